"""What became of a mutual introduction."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from apps.matching.models import DecisionStep
from apps.matching.services.decision_steps import NotUnderWay, StepNotAcceptable, StepRecordedAlready, step_record
from apps.matching.states import IntroductionStatus, Side
from apps.organisations.rules import NotYours
from kernel.clock import utc_now, utc_today
from kernel.models import Event
from tests.factories.introductions import DAY, Couple
from tests.factories.organisations import OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db
LATER = 10 * DAY


def recorded(couple: Couple, side: str, introduction: Any, step: str, **given: Any) -> DecisionStep:
    now = utc_now() + LATER
    return step_record(
        actor=couple.actor(side),
        introduction=introduction,
        **{"step": step, "on": utc_today(now), "now": now, **given},
    )


class TestStepRecord:
    def test_keeps_each_side_s_word_on_the_terms(self) -> None:
        couple = Couple()
        met = couple.mutual()
        first, second = utc_today() + 2 * DAY, utc_today() + 3 * DAY

        recorded(couple, Side.INVESTOR, met, "term_sheet", on=first)
        recorded(couple, Side.STARTUP, met, "term_sheet", on=second)

        days = dict(DecisionStep.objects.filter(step="term_sheet").values_list("side", "on"))
        assert days == {"investor": first, "startup": second}
        met.refresh_from_db()
        assert met.closed_at is None

    def test_is_told_in_both_trails_without_the_reason(self) -> None:
        couple = Couple()
        met = couple.mutual()

        recorded(couple, Side.INVESTOR, met, "pass", reason="risk", note="Too hot.")

        fact = Event.objects.get(name="matching.introduction.step_recorded")
        assert (fact.object_id, fact.data["step"], fact.data["side"]) == (met.pk, "pass", "investor")
        assert len(fact.data["subjects"]) == 2
        assert "risk" not in str(fact.data)

    def test_ends_with_money_that_the_firm_confirms(self) -> None:
        couple = Couple()
        met = couple.mutual()

        with pytest.raises(StepNotAcceptable):
            recorded(couple, Side.INVESTOR, met, "cash")
        recorded(couple, Side.STARTUP, met, "cash")

        met.refresh_from_db()
        assert (met.status, met.closed_by, met.reason) == (IntroductionStatus.MUTUAL, "startup", "")
        assert met.closed_at is not None

    @pytest.mark.parametrize(("side", "reason"), [(Side.INVESTOR, "team"), (Side.STARTUP, "investors")])
    def test_ends_with_either_side_s_pass(self, side: str, reason: str) -> None:
        couple = Couple()
        met = couple.mutual()

        recorded(couple, side, met, "pass", reason=reason, note="Sorry.", is_reason_told=True)

        met.refresh_from_db()
        assert (met.closed_by, met.reason, met.note, met.is_reason_told) == (side, reason, "Sorry.", True)

    def test_wants_a_reason_of_its_side_for_a_pass(self) -> None:
        couple = Couple()
        met = couple.mutual()

        for reason in ("", "investors"):
            with pytest.raises(StepNotAcceptable) as caught:
                recorded(couple, Side.INVESTOR, met, "pass", reason=reason)
            assert [item.pointer for item in caught.value.errors] == ["/reason"]

    def test_is_recorded_once_by_each_side(self) -> None:
        couple = Couple()
        met = couple.mutual()
        recorded(couple, Side.INVESTOR, met, "term_sheet")

        with pytest.raises(StepRecordedAlready):
            recorded(couple, Side.INVESTOR, met, "term_sheet")

    def test_needs_a_mutual_introduction_that_goes_on(self) -> None:
        couple = Couple()
        waiting = couple.express()
        with pytest.raises(NotUnderWay):
            recorded(couple, Side.INVESTOR, waiting, "term_sheet")

        met = couple.accept(waiting)
        recorded(couple, Side.STARTUP, met, "cash")
        with pytest.raises(NotUnderWay):
            recorded(couple, Side.INVESTOR, met, "term_sheet")

    def test_is_a_party_s(self) -> None:
        couple = Couple()
        met = couple.mutual()

        with pytest.raises(NotYours):
            step_record(
                actor=actor_of(OrganisationFactory(kind="authority")),
                introduction=met,
                step="pass",
                on=utc_today(),
                reason="other",
            )

    def test_has_a_day_that_has_been(self) -> None:
        couple = Couple()
        met = couple.mutual()

        for on in (utc_today() - DAY, utc_today() + 11 * DAY):
            with pytest.raises(StepNotAcceptable):
                recorded(couple, Side.STARTUP, met, "cash", on=on)

    def test_moves_what_the_parties_read(self) -> None:
        couple = Couple()
        met = couple.mutual()
        before = met.version

        recorded(couple, Side.INVESTOR, met, "term_sheet")

        met.refresh_from_db()
        assert met.version == before + 1


class TestDecisionStep:
    def test_is_never_changed(self) -> None:
        couple = Couple()
        met = couple.mutual()
        recorded(couple, Side.INVESTOR, met, "term_sheet")

        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            DecisionStep.objects.update(on=utc_today() - dt.timedelta(days=1))

    def test_of_money_is_the_firm_s_in_the_database_too(self) -> None:
        met = Couple().mutual()

        with pytest.raises(IntegrityError), transaction.atomic():
            DecisionStep.objects.create(introduction=met, step="cash", side=Side.INVESTOR, on=utc_today())
