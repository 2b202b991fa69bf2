"""A fact becomes one message for each person whom it concerns, however often it is delivered."""

from __future__ import annotations

import pytest

from apps.accounts.cadences import Cadence
from apps.notifications.kinds import KINDS
from apps.notifications.models import Mention, Notification, Preference
from apps.notifications.services.raising import kinds_of, notifications_end, notifications_raise
from apps.permissions import Kind
from kernel.models import Event
from tests.factories.notifications import ALERT, alert_of, person_of, search_of, told
from tests.factories.organisations import OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db


class TestNotificationsRaise:
    def test_tells_each_person_once(self) -> None:
        fund = OrganisationFactory(kind=Kind.FUND)
        first, second = actor_of(fund), actor_of(fund)
        event = alert_of(search_of(first), {first.user_id: "instant", second.user_id: "daily"}, about=[fund])

        made = [notifications_raise(kind=ALERT, event=event) for _ in range(2)]

        assert made == [2, 0]
        rows = Notification.objects.filter(cause=event.pk)
        assert {row.user_id: row.mail for row in rows} == {first.user_id: "instant", second.user_id: "daily"}
        assert Mention.objects.count() == 2

    def test_publishes_one_fact_for_each_new_message(self) -> None:
        actor = actor_of(OrganisationFactory(kind=Kind.FUND))

        row = told(actor)

        [fact] = Event.objects.filter(name="notifications.notification.raised")
        assert (fact.object_id, fact.organisation_id) == (row.pk, actor.organisation_id)
        assert fact.data == {"kind": "dealflow.alert"}

    def test_tells_nobody_who_is_no_member_any_more(self) -> None:
        fund = OrganisationFactory(kind=Kind.FUND)
        member, stranger, gone = actor_of(fund), actor_of(OrganisationFactory()), actor_of(fund)
        person = person_of(gone)
        person.is_active = False
        person.save()
        people = {actor.user_id: "instant" for actor in (member, stranger, gone)}

        notifications_raise(kind=ALERT, event=alert_of(search_of(member), people))

        assert list(Notification.objects.values_list("user_id", flat=True)) == [member.user_id]

    @pytest.mark.parametrize(
        ("inbox", "mail", "cadence", "expected"),
        [
            (True, "instant", "daily", (True, Cadence.DAILY)),
            (True, "weekly", "instant", (True, Cadence.WEEKLY)),
            (True, "off", "instant", (True, Cadence.OFF)),
            (False, "instant", "instant", (False, Cadence.INSTANT)),
            (False, "off", "instant", None),
        ],
    )
    def test_goes_by_the_rarer_of_subscription_and_preference(
        self, inbox: bool, mail: str, cadence: str, expected: tuple[bool, Cadence] | None
    ) -> None:
        actor = actor_of(OrganisationFactory(kind=Kind.FUND))
        Preference.objects.create(user_id=actor.user_id, kind=ALERT.name, inbox=inbox, mail=mail)

        notifications_raise(kind=ALERT, event=alert_of(search_of(actor), {actor.user_id: cadence}))

        found = [(row.is_in_inbox, row.mail) for row in Notification.objects.all()]
        assert found == ([] if expected is None else [expected])


class TestNotificationsEnd:
    def test_removes_the_messages_about_a_subject_alone(self) -> None:
        actor = actor_of(OrganisationFactory(kind=Kind.FUND))
        row, other = told(actor), told(actor)

        assert notifications_end(kind=ALERT, subject_id=row.subject_id) == 1
        assert list(Notification.objects.all()) == [other]


class TestKindsOf:
    def test_finds_each_kind_by_its_fact(self) -> None:
        assert {name: kinds_of(event=kind.event) for name, kind in KINDS.items()} == {
            name: [kind] for name, kind in KINDS.items()
        }
        assert kinds_of(event="organisations.member.added") == []
