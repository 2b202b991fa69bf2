"""What trackers send: recorded once, whole or not at all."""

import datetime as dt
import json
from typing import Any

import pytest

from apps.startups.models import DevelopmentEvent, TrackerDelivery, TrackerReference
from apps.startups.services.development import DevelopmentEventNotAcceptable
from apps.startups.services.tracked import MessageDiffers, TrackedEvent, tracker_receive
from apps.startups.services.trackers import TrackerMade
from apps.startups.states import CapabilityStatus
from kernel.models import Event
from tests.factories.startups import CapabilityFactory, DevelopmentEventFactory, FirmFactory, tracker_of
from tests.transactions import together

AT = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)


def told(reference: str = "ENG-1", kind: str = "feedback_reported", **values: Any) -> TrackedEvent:
    return TrackedEvent(**{"reference": reference, "kind": kind, "occurred_at": AT, "project": "ENG"} | values)


def sent(made: TrackerMade, *items: TrackedEvent, message_id: str = "msg_1") -> dict[str, Any]:
    body = json.dumps([item.digest() for item in items]).encode()
    return tracker_receive(endpoint=made.endpoint, message_id=message_id, body=body, items=items)


def made_for(**values: Any) -> TrackerMade:
    capability = CapabilityFactory(**values)
    return tracker_of(capability.firm, ENG=capability)


@pytest.mark.django_db
class TestTrackerReceive:
    def test_records_linked_events_self_declared(self) -> None:
        made = made_for()
        fix = told("ENG-2", "fix_fielded", answers="ENG-1", note="v1.2")

        answer = sent(made, told(), fix)

        question, answered = DevelopmentEvent.objects.order_by("id")
        assert answer == {
            "events": [
                {"reference": "ENG-1", "id": str(question.pk), "is_new": True},
                {"reference": "ENG-2", "id": str(answered.pk), "is_new": True},
            ]
        }
        assert (answered.answers, answered.note, answered.tier, answered.source) == (question, "v1.2", "E0", "tracker")
        facts = Event.objects.filter(name="startups.development_event.recorded")
        assert {fact.actor for fact in facts} == {f"key:{made.endpoint.pk}"}
        assert Event.objects.get(name="startups.tracker.received").data["events"] == 2

    def test_answers_the_same_message_with_the_same(self) -> None:
        made = made_for()

        first, second = sent(made, told()), sent(made, told())

        assert first == second
        assert DevelopmentEvent.objects.count() == TrackerDelivery.objects.count() == 1

    def test_refuses_another_body_under_the_same_id(self) -> None:
        made = made_for()
        sent(made, told())

        with pytest.raises(MessageDiffers):
            sent(made, told("ENG-2"))

        assert DevelopmentEvent.objects.count() == 1

    def test_knows_an_event_again_in_another_message(self) -> None:
        made = made_for()
        first = sent(made, told())
        at = AT.astimezone(dt.timezone(dt.timedelta(hours=2)))

        again = sent(made, told(occurred_at=at), message_id="msg_2")

        assert again["events"] == [{**first["events"][0], "is_new": False}]
        with pytest.raises(DevelopmentEventNotAcceptable) as refusal:
            sent(made, told(note="other"), message_id="msg_3")
        assert [(item.pointer, item.code) for item in refusal.value.errors] == [
            ("/events/0/reference", "reference_taken")
        ]

    def test_corrects_by_reference(self) -> None:
        made = made_for()

        sent(made, told(), told("ENG-1b", occurred_at=AT - dt.timedelta(days=1), supersedes="ENG-1"))

        wrong, right = DevelopmentEvent.objects.order_by("id")
        assert right.supersedes == wrong

    def test_takes_the_capability_by_its_id(self) -> None:
        capability = CapabilityFactory()
        made = tracker_of(capability.firm)

        sent(made, told(project="", capability=capability.pk))

        assert DevelopmentEvent.objects.get().capability == capability

    @pytest.mark.parametrize(
        ("values", "pointer", "code"),
        [
            ({"project": "OPS"}, "project", "unknown_project"),
            ({"project": ""}, "capability", "one_of"),
            ({"answers": "ENG-9"}, "answers", "unknown_reference"),
            ({"supersedes": "ENG-9"}, "supersedes", "unknown_reference"),
            ({"kind": "delivery_made", "answers": "ENG-0"}, "answers", "other_kind"),
            ({"occurred_at": dt.datetime(2999, 1, 1, tzinfo=dt.UTC)}, "occurred_at", "in_the_future"),
        ],
    )
    def test_records_nothing_where_one_is_wrong(self, values: dict[str, Any], pointer: str, code: str) -> None:
        made = made_for()

        with pytest.raises(DevelopmentEventNotAcceptable) as refusal:
            sent(made, told("ENG-0"), told(**values))

        assert [(item.pointer, item.code) for item in refusal.value.errors] == [(f"/events/1/{pointer}", code)]
        assert not DevelopmentEvent.objects.exists()
        assert not TrackerReference.objects.exists()
        assert not TrackerDelivery.objects.exists()

    def test_records_nothing_in_anothers_or_an_archived_capability(self) -> None:
        archived = made_for(status=CapabilityStatus.ARCHIVED)
        elsewhere = told(project="", capability=CapabilityFactory().pk)

        for made, item, code in ((archived, told(), "archived"), (made_for(), elsewhere, "does_not_exist")):
            with pytest.raises(DevelopmentEventNotAcceptable) as refusal:
                sent(made, item)
            assert [problem.code for problem in refusal.value.errors] == [code]

    def test_refers_only_to_what_the_endpoint_sent(self) -> None:
        capability = CapabilityFactory()
        first, second = (tracker_of(capability.firm, ENG=capability) for _ in range(2))
        sent(first, told())
        DevelopmentEventFactory(capability=capability)

        with pytest.raises(DevelopmentEventNotAcceptable) as refusal:
            sent(second, told("ENG-2", "fix_fielded", answers="ENG-1"))

        assert [problem.code for problem in refusal.value.errors] == ["unknown_reference"]


class TestTogether:
    def test_records_a_message_that_comes_twice_at_once_only_once(self, committed: None) -> None:
        made = made_for(firm=FirmFactory())

        first, second = together(lambda: sent(made, told()), lambda: sent(made, told()))

        assert first == second
        assert DevelopmentEvent.objects.count() == 1
