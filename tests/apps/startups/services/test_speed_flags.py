"""An officer's word on a pattern in a firm's log."""

from __future__ import annotations

import datetime as dt

import pytest

from apps.compliance.services.interests import OfficerNeedsPerson
from apps.startups.models import SpeedFlag
from apps.startups.services.speed import speed_recompute
from apps.startups.services.speed_flags import SpeedFlagNotAcceptable, speed_flag_judge
from kernel.access import Actor
from kernel.errors import NotFound
from tests.factories.organisations import OrganisationFactory, actor_of
from tests.factories.startups import CapabilityFactory, answered

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 6, 15, 9, tzinfo=dt.UTC)


@pytest.fixture
def flag() -> SpeedFlag:
    capability = CapabilityFactory()
    on = NOW - dt.timedelta(days=50)
    answered(capability, "countermeasure_observed", "countermeasure_answered", on=on, days=0.1, tier="E0")
    speed_recompute(firm_id=capability.firm_id, now=NOW)
    return SpeedFlag.objects.get()


def officer() -> Actor:
    return actor_of(OrganisationFactory(kind="operator"), "compliance")


class TestSpeedFlagJudge:
    def test_keeps_who_said_what_when_and_why(self, flag: SpeedFlag) -> None:
        actor = officer()

        speed_flag_judge(actor=actor, flag=flag, verdict="explained", reason=" A patch. ", now=NOW)

        flag.refresh_from_db()
        assert (flag.verdict, flag.reason, flag.judged_by_id) == ("explained", "A patch.", actor.user_id)
        assert (flag.judged_at, flag.version) == (NOW, 2)

    def test_the_last_word_holds(self, flag: SpeedFlag) -> None:
        for verdict in ("explained", "confirmed"):
            speed_flag_judge(actor=officer(), flag=flag, verdict=verdict, reason="Why.", now=NOW)

        flag.refresh_from_db()
        assert flag.verdict == "confirmed"

    def test_is_a_persons_of_the_operator_with_a_reason(self, flag: SpeedFlag) -> None:
        with pytest.raises(OfficerNeedsPerson):
            speed_flag_judge(actor=actor_of(flag.firm.organisation), flag=flag, verdict="explained", reason="Why.")
        with pytest.raises(SpeedFlagNotAcceptable):
            speed_flag_judge(actor=officer(), flag=flag, verdict="explained", reason="  ")

        flag.refresh_from_db()
        assert flag.verdict == ""

    def test_finds_nothing_once_the_events_changed(self, flag: SpeedFlag) -> None:
        SpeedFlag.objects.all().delete()

        with pytest.raises(NotFound):
            speed_flag_judge(actor=officer(), flag=flag, verdict="explained", reason="Why.")
