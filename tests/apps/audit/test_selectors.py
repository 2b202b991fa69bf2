"""The parts of a trail: whose facts they are, without overlap, in the order of time."""

import datetime as dt
import uuid
from typing import Any

import pytest

from apps.audit.selectors import Trail, id_at, since, trail, trail_parts, until
from apps.audit.services import reads_record
from apps.organisations import events
from kernel.access import Actor
from kernel.api.reads import Disclosed
from kernel.events import publish
from kernel.models import Event
from tests.factories.organisations import OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db


def told(actor: Actor) -> list[Any]:
    return [event.pk for event in Trail(trail_parts(actor=actor)).order_by("-id")[:100]]


def updated(actor: Actor, organisation: Any, name: str = events.ORGANISATION_UPDATED) -> Event:
    event: Event = publish(name, actor=actor, subject=organisation, organisation_id=organisation.pk)
    return event


def read(reader: Actor, *subjects: Any) -> Event:
    rows = [Disclosed("startups.firm", uuid.uuid4(), subject.pk, 2) for subject in subjects]
    reads_record(actor=reader, operation="startups.list", disclosed=rows)
    return Event.objects.latest("id")


class TestTrail:
    def test_holds_ones_acts_others_acts_upon_one_and_reads(self) -> None:
        mine, other = OrganisationFactory(), OrganisationFactory()
        me, they = actor_of(mine), actor_of(other)
        expected = [
            updated(me, mine),
            updated(me, other),
            updated(they, mine),
            updated(Actor.system(), mine),
            read(they, mine),
            read(they, mine, OrganisationFactory()),
            read(me, other, OrganisationFactory()),
        ]
        updated(they, other)
        read(they, OrganisationFactory())
        read(they, OrganisationFactory(), OrganisationFactory())

        assert told(me) == [event.pk for event in reversed(expected)]
        assert set(trail(actor=me)) == set(expected)

    def test_counts_each_fact_once(self) -> None:
        mine = OrganisationFactory()
        me = actor_of(mine)
        for _ in range(3):
            updated(me, mine)

        assert Trail(trail_parts(actor=me)).count() == 3

    def test_is_empty_for_who_acts_for_no_organisation(self) -> None:
        updated(Actor.system(), OrganisationFactory())
        read(actor_of(OrganisationFactory()), OrganisationFactory(), OrganisationFactory())

        assert told(Actor(user_id=uuid.uuid4())) == []
        assert not trail(actor=Actor(user_id=uuid.uuid4())).exists()

    def test_tells_no_organisation_that_another_registers_its_number(self) -> None:
        mine, operator = OrganisationFactory(), OrganisationFactory(kind="operator")
        found = updated(Actor.system(), mine, events.CLASH_FOUND)
        judged = updated(actor_of(operator), mine, events.CLASH_JUDGED_SAME)

        assert told(actor_of(mine)) == []
        assert told(actor_of(operator)) == [judged.pk]
        assert not trail(actor=actor_of(mine)).filter(pk=found.pk).exists()

    @pytest.mark.parametrize("name", [events.ORGANISATION_REGISTERED, events.INVITATION_ACCEPTED])
    def test_what_a_member_does_elsewhere_is_not_its_employers(self, name: str) -> None:
        employer, elsewhere = OrganisationFactory(), OrganisationFactory()
        event = updated(actor_of(employer), elsewhere, name)

        assert told(actor_of(employer)) == []
        assert told(actor_of(elsewhere)) == [event.pk]

    def test_reads_one_page_in_one_query(self, django_assert_num_queries: Any) -> None:
        me = actor_of(OrganisationFactory())

        with django_assert_num_queries(1):
            list(Trail(trail_parts(actor=me)).order_by("-id")[:50])


class TestMoments:
    def test_since_and_until_include_their_moment(self) -> None:
        event = updated(Actor.system(), OrganisationFactory())
        event.refresh_from_db()
        instant = dt.timedelta(microseconds=1)

        assert Event.objects.filter(since(moment=event.at)).exists()
        assert not Event.objects.filter(since(moment=event.at + instant)).exists()
        assert Event.objects.filter(until(moment=event.at)).exists()
        assert not Event.objects.filter(until(moment=event.at - instant)).exists()

    @pytest.mark.parametrize(
        "moment", [dt.datetime(1, 1, 1, tzinfo=dt.UTC), dt.datetime(9999, 12, 31, tzinfo=dt.UTC)], ids=str
    )
    def test_bear_the_ends_of_time(self, moment: dt.datetime) -> None:
        updated(Actor.system(), OrganisationFactory())

        found = [Event.objects.filter(bound(moment=moment)).count() for bound in (since, until)]

        assert sum(found) == 1

    def test_an_id_sorts_after_those_before_its_moment(self) -> None:
        earlier = uuid.UUID("01981f5e-7c00-7fff-bfff-ffffffffffff")
        moment = dt.datetime.fromtimestamp((earlier.int >> 80) / 1000, dt.UTC)

        assert id_at(moment=moment) < earlier < id_at(moment=moment + dt.timedelta(milliseconds=1))
