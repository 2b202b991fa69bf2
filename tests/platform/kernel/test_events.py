"""Facts, their append-only table and their deliveries."""

import datetime as dt

import pytest
from django.db import InternalError, ProgrammingError, connection, transaction

from kernel import events
from kernel.access import Actor
from kernel.models import Delivery, Event
from kernel.outbox import delivery_make
from tests.factories.organisations import OrganisationFactory

NAME = "investors.mandate.created"


@pytest.fixture
def subscribed(monkeypatch):
    """A subscriber of NAME that notes what it is told, and fails while `fail` is set."""
    told = []

    def note(event):
        if getattr(note, "fail", False):
            raise RuntimeError("not today")
        told.append(event.pk)

    monkeypatch.setitem(events._subscribers, NAME, {"tests.note": note})
    note.told = told
    return note


def published() -> Event:
    return events.publish(NAME, actor=Actor.system(), subject=OrganisationFactory())


@pytest.mark.django_db
class TestPublish:
    def test_refuses_an_undeclared_name(self):
        with pytest.raises(LookupError, match="declared by nobody"):
            events.publish("rooms.room.opened", actor=Actor.system(), subject=OrganisationFactory())

    def test_names_the_actor_by_id(self):
        event = published()

        assert event.actor == "system"

    def test_owes_one_delivery_to_each_subscriber(self, subscribed):
        event = published()

        assert list(Delivery.objects.values_list("event_id", "subscriber")) == [(event.pk, "tests.note")]


class TestOutsideATransaction:
    def test_publish_is_refused(self):
        with pytest.raises(RuntimeError, match="transaction"):
            events.publish(NAME, actor=Actor.system(), subject=OrganisationFactory.build())


@pytest.mark.django_db
class TestAppendOnly:
    @pytest.mark.parametrize(
        "statement", ["UPDATE kernel_event SET name = 'x'", "DELETE FROM kernel_event", "TRUNCATE kernel_event CASCADE"]
    )
    def test_the_database_refuses(self, statement):
        published()

        with pytest.raises((InternalError, ProgrammingError), match="append-only"), transaction.atomic():
            connection.cursor().execute(statement)

        assert Event.objects.count() == 1


class TestNames:
    def test_malformed_is_refused(self):
        with pytest.raises(ValueError, match="past_participle"):
            events.declare("opened")

    def test_a_handler_without_a_fact_fails_at_start(self, monkeypatch):
        monkeypatch.setitem(events._subscribers, "rooms.room.exploded", {})

        with pytest.raises(LookupError, match=r"rooms\.room\.exploded"):
            events.check_subscriptions()


@pytest.mark.django_db
class TestDelivery:
    def test_is_made_once(self, subscribed):
        event = published()
        delivery = Delivery.objects.get()

        assert delivery_make(delivery_id=delivery.pk) == "delivered"
        assert delivery_make(delivery_id=delivery.pk) == "skipped"

        assert subscribed.told == [event.pk]

    def test_that_fails_is_postponed_and_made_later(self, subscribed):
        published()
        delivery = Delivery.objects.get()
        subscribed.fail = True

        assert delivery_make(delivery_id=delivery.pk) == "retry"

        delivery.refresh_from_db()
        assert (delivery.attempts, delivery.error) == (1, "RuntimeError: not today")
        subscribed.fail = False
        assert delivery_make(delivery_id=delivery.pk) == "delivered"

    def test_is_parked_in_the_end(self, subscribed, settings):
        published()
        delivery = Delivery.objects.get()
        subscribed.fail = True
        settings.DELIVERY_GIVE_UP_HOURS = -1

        assert delivery_make(delivery_id=delivery.pk) == "parked"
        assert delivery_make(delivery_id=delivery.pk) == "skipped"


@pytest.mark.django_db
class TestClocks:
    def test_a_wrong_clock_of_this_machine_postpones_nothing(self, subscribed, time_machine):
        published()
        delivery = Delivery.objects.get()
        subscribed.fail = True
        time_machine.move_to(dt.datetime.now(tz=dt.UTC) + dt.timedelta(hours=6))

        delivery_make(delivery_id=delivery.pk)

        delivery.refresh_from_db()
        assert delivery.next_at - delivery.event.at < dt.timedelta(minutes=1)
        assert delivery.parked_at is None


class TestRetryAfter:
    def test_doubles_to_an_hour(self):
        assert [events.retry_after(n).total_seconds() for n in (1, 2, 3, 20)] == [5, 10, 20, 3600]
