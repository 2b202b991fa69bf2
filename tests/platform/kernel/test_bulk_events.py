"""Many facts of one name at once."""

import pytest

from kernel import bulk_events, events
from kernel.access import Actor
from kernel.bulk_events import publish_many
from kernel.ids import uuid7
from kernel.models import Delivery, Event

NAME = "investors.mandate.created"
TYPE = "organisations.organisation"


def subjects(count):
    return [(TYPE, party, party) for party in (uuid7() for _ in range(count))]


@pytest.fixture
def nudged(monkeypatch):
    """The deliveries that are nudged one by one, of one subscriber of NAME."""
    sent = []
    monkeypatch.setitem(events._subscribers, NAME, {"tests.note": print})

    def send(task, *, delivery_id):
        sent.append(delivery_id)
        return True

    monkeypatch.setattr("kernel.nudges.send", send)
    return sent


@pytest.mark.django_db
class TestPublishMany:
    def test_records_one_fact_for_each_subject(self):
        named = subjects(3)
        actor = Actor(user_id=uuid7(), organisation_id=uuid7())

        publish_many(NAME, actor=actor, subjects=named, data={"to": "verified"})

        found = Event.objects.order_by("id")
        assert [(item.object_type, item.object_id, item.organisation_id) for item in found] == named
        assert {(item.name, item.actor, item.actor_organisation_id) for item in found} == {
            (NAME, f"user:{actor.user_id}", actor.organisation_id)
        }
        assert [item.data for item in found] == [{"to": "verified"}] * 3
        assert not Delivery.objects.exists()

    def test_tells_each_subject_its_own(self):
        named = subjects(2)

        publish_many(NAME, actor=Actor.system(), subjects=named, data=[{"place": 1}, {"place": 2}])

        told = {item.object_id: item.data for item in Event.objects.all()}
        assert told == {named[0][1]: {"place": 1}, named[1][1]: {"place": 2}}

    def test_refuses_data_for_fewer_subjects(self):
        with pytest.raises(ValueError, match="zip"):
            publish_many(NAME, actor=Actor.system(), subjects=subjects(2), data=[{}])

    def test_of_nothing_records_nothing(self, nudged, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True) as callbacks:
            publish_many(NAME, actor=Actor.system(), subjects=[], data={})

        assert (Event.objects.count(), callbacks) == (0, [])

    def test_nudges_the_deliveries_of_a_few(self, nudged, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            publish_many(NAME, actor=Actor.system(), subjects=subjects(bulk_events.NUDGED), data={})

        assert sorted(nudged) == sorted(str(item.pk) for item in Delivery.objects.all())
        assert Delivery.objects.filter(subscriber="tests.note").count() == bulk_events.NUDGED

    def test_leaves_the_deliveries_of_many_to_the_sweep(self, nudged, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            publish_many(NAME, actor=Actor.system(), subjects=subjects(bulk_events.NUDGED + 1), data={})

        assert nudged == []
        assert Delivery.objects.filter(delivered_at=None).count() == bulk_events.NUDGED + 1

    def test_takes_statements_by_batch_not_by_fact(self, nudged, django_assert_num_queries):
        with django_assert_num_queries(2):
            publish_many(NAME, actor=Actor.system(), subjects=subjects(50), data={})

    def test_refuses_an_undeclared_name(self):
        with pytest.raises(LookupError, match="declared by nobody"):
            publish_many("rooms.room.opened", actor=Actor.system(), subjects=subjects(1), data={})


class TestOutsideATransaction:
    def test_is_refused(self):
        with pytest.raises(RuntimeError, match="transaction"):
            publish_many(NAME, actor=Actor.system(), subjects=subjects(1), data={})
