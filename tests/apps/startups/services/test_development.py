"""The development log."""

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from apps.organisations.rules import NotYours
from apps.startups import services
from apps.startups.models import DevelopmentEvent
from apps.startups.services.capabilities import CapabilityArchived
from apps.startups.services.development import DevelopmentEventNotAcceptable, event_add
from apps.startups.states import CapabilityStatus, EventKind, EventSource
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
        )

        assert (recorded.answers, recorded.tier, recorded.source) == (question, "E0", "api")
        event = Event.objects.get(name="startups.development_event.recorded")
        assert event.organisation_id == capability.firm.organisation_id
        assert event.data == {
            "capability_id": str(capability.pk),
            "kind": "fix_fielded",
            "tier": "E0",
            "source": "api",
        }

    @pytest.mark.parametrize(
        ("values", "pointer", "code"),
        [
            ({"occurred_at": utc_now() + dt.timedelta(hours=1)}, "/occurred_at", "in_the_future"),
            ({"tier": "E1"}, "/tier", "needs_document"),
            ({"tier": "E2"}, "/tier", "not_self_declared"),
            ({"answers": uuid7()}, "/answers", "unknown_event"),
            ({"supersedes": uuid7()}, "/supersedes", "unknown_event"),
        ],
    )
    def test_says_what_is_wrong(self, values: dict[str, Any], pointer: str, code: str) -> None:
        capability = CapabilityFactory()
        given = {"kind": EventKind.FIELD_TEST, "occurred_at": WHEN, **values}

        with pytest.raises(DevelopmentEventNotAcceptable) as refusal:
            services.development_event_record(
                actor=actor_of(capability.firm.organisation), capability=capability, **given
            )

        assert [(problem.pointer, problem.code) for problem in refusal.value.errors] == [(pointer, code)]

    def test_refuses_an_answer_of_another_kind(self) -> None:
        question = DevelopmentEventFactory()

        with pytest.raises(DevelopmentEventNotAcceptable) as refusal:
            services.development_event_record(
                actor=actor_of(question.capability.firm.organisation),
                capability=question.capability,
                kind=EventKind.DELIVERY_MADE,
                occurred_at=WHEN,
                answers=question.pk,
            )

        assert [(problem.pointer, problem.code) for problem in refusal.value.errors] == [("/answers", "other_kind")]

    @pytest.mark.parametrize(("days", "is_late"), [(89, False), (91, True)])
    def test_marks_what_is_told_late(self, *, days: int, is_late: bool) -> None:
        capability = CapabilityFactory()

        recorded = services.development_event_record(
            actor=actor_of(capability.firm.organisation),
            capability=capability,
            kind=EventKind.FIELD_TEST,
            occurred_at=utc_now() - dt.timedelta(days=days),
        )

        assert recorded.is_late is is_late

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


class TestEventAdd:
    def test_keeps_its_source_and_place(self) -> None:
        capability = CapabilityFactory()
        given: dict[str, Any] = {"actor": Actor.system(), "capability": capability, "kind": EventKind.FIELD_TEST}

        added = event_add(**given, source=EventSource.ATTESTOR, occurred_at=WHEN)
        with pytest.raises(DevelopmentEventNotAcceptable) as refusal:
            event_add(**given, source=EventSource.TRACKER, occurred_at=WHEN, answers=added.pk, place="/events/4")

        assert added.source == "attestor"
        assert [problem.pointer for problem in refusal.value.errors] == ["/events/4/answers"]


class TestDevelopmentEvents:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE startups_developmentevent SET note = 'x'",
            "DELETE FROM startups_developmentevent",
            "TRUNCATE startups_developmentevent CASCADE",
        ],
    )
    def test_are_never_changed(self, statement: str) -> None:
        DevelopmentEventFactory()

        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
                cursor.execute(statement)

        assert DevelopmentEvent.objects.count() == 1
