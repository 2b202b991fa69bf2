"""The development log."""

import datetime as dt
from typing import Any

import pytest

from apps.organisations.rules import NotYours
from apps.startups import services
from apps.startups.services.capabilities import CapabilityArchived
from apps.startups.services.development import DevelopmentEventNotAcceptable
from apps.startups.states import CapabilityStatus, EventKind
from kernel.access import Actor
from kernel.clock import utc_now
from kernel.ids import uuid7
from kernel.models import Event
from tests.factories.organisations import actor_of
from tests.factories.startups import CapabilityFactory, DevelopmentEventFactory, FirmFactory

pytestmark = pytest.mark.django_db

WHEN = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)


class TestDevelopmentEventRecord:
    def test_adds_an_answer_to_the_log(self) -> None:
        question = DevelopmentEventFactory()
        capability = question.capability

        recorded = services.development_event_record(
            actor=actor_of(capability.firm.organisation),
            capability=capability,
            kind=EventKind.FIX_FIELDED,
            occurred_at=WHEN,
            answers=question.pk,
            tier="E1",
        )

        assert (recorded.answers, recorded.tier) == (question, "E1")
        event = Event.objects.get(name="startups.development_event.recorded")
        assert event.organisation_id == capability.firm.organisation_id
        assert event.data == {"capability_id": str(capability.pk), "kind": "fix_fielded", "tier": "E1"}

    @pytest.mark.parametrize(
        ("values", "pointer"),
        [
            ({"occurred_at": utc_now() + dt.timedelta(hours=1)}, "/occurred_at"),
            ({"tier": "E2"}, "/tier"),
            ({"answers": uuid7()}, "/answers"),
            ({"supersedes": uuid7()}, "/supersedes"),
        ],
    )
    def test_says_what_is_wrong(self, values: dict[str, Any], pointer: str) -> None:
        capability = CapabilityFactory()
        given = {"kind": EventKind.FIELD_TEST, "occurred_at": WHEN, **values}

        with pytest.raises(DevelopmentEventNotAcceptable) as refusal:
            services.development_event_record(
                actor=actor_of(capability.firm.organisation), capability=capability, **given
            )

        assert [problem.pointer for problem in refusal.value.errors] == [pointer]

    @pytest.mark.parametrize("link", ["answers", "supersedes"])
    def test_refuses_links_to_another_capability(self, link: str) -> None:
        capability = CapabilityFactory()
        elsewhere = DevelopmentEventFactory(capability__firm=capability.firm)

        with pytest.raises(DevelopmentEventNotAcceptable) as refusal:
            services.development_event_record(
                actor=actor_of(capability.firm.organisation),
                capability=capability,
                kind=EventKind.FIX_FIELDED,
                occurred_at=WHEN,
                **{link: elsewhere.pk},
            )

        assert [problem.pointer for problem in refusal.value.errors] == [f"/{link}"]

    def test_refuses_an_answer_before_its_question(self) -> None:
        question = DevelopmentEventFactory(occurred_at=WHEN + dt.timedelta(days=1))

        with pytest.raises(DevelopmentEventNotAcceptable) as refusal:
            services.development_event_record(
                actor=actor_of(question.capability.firm.organisation),
                capability=question.capability,
                kind=EventKind.FIX_FIELDED,
                occurred_at=WHEN,
                answers=question.pk,
            )

        assert [problem.code for problem in refusal.value.errors] == ["not_before"]

    def test_supersedes_an_event_once(self) -> None:
        wrong = DevelopmentEventFactory()
        given: dict[str, Any] = {
            "actor": actor_of(wrong.capability.firm.organisation),
            "capability": wrong.capability,
            "kind": EventKind.FEEDBACK_REPORTED,
            "occurred_at": WHEN,
            "supersedes": wrong.pk,
        }
        services.development_event_record(**given)

        with pytest.raises(DevelopmentEventNotAcceptable) as refusal:
            services.development_event_record(**given)

        assert [problem.code for problem in refusal.value.errors] == ["superseded"]

    def test_lets_the_system_record_what_others_attested(self) -> None:
        recorded = services.development_event_record(
            actor=Actor.system(), capability=CapabilityFactory(), kind=EventKind.FIELD_TEST, occurred_at=WHEN, tier="E3"
        )

        assert recorded.tier == "E3"

    def test_is_for_the_own_living_capability_only(self) -> None:
        archived = CapabilityFactory(status=CapabilityStatus.ARCHIVED)
        given: dict[str, Any] = {"kind": EventKind.FIELD_TEST, "occurred_at": WHEN}

        with pytest.raises(CapabilityArchived):
            services.development_event_record(actor=actor_of(archived.firm.organisation), capability=archived, **given)
        with pytest.raises(NotYours):
            services.development_event_record(
                actor=actor_of(FirmFactory().organisation), capability=CapabilityFactory(), **given
            )
