"""What people want, and the links that end mails."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import override_settings

from apps.notifications.models import Preference
from apps.notifications.selectors import wishes
from apps.notifications.services.preferences import (
    LinkNotUsable,
    PersonNeeded,
    preference_update,
    unsubscribe,
    unsubscribe_token,
)
from apps.permissions import Kind
from kernel.access import Actor
from kernel.errors import NotFound
from kernel.ids import uuid7
from kernel.models import Event
from tests.factories.accounts import UserFactory
from tests.factories.notifications import person_of
from tests.factories.organisations import OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db

KIND = "dealflow.alert"


@pytest.fixture
def actor() -> Actor:
    return actor_of(OrganisationFactory(kind=Kind.FUND))


class TestPreferenceUpdate:
    def test_changes_what_is_named_alone(self, actor: Actor) -> None:
        preference_update(actor=actor, kind=KIND, mail="weekly")

        wish = preference_update(actor=actor, kind=KIND, inbox=False)

        assert (wish.inbox, wish.mail, wish.is_default) == (False, "weekly", False)
        assert Preference.objects.count() == 1
        facts = Event.objects.filter(name="notifications.preference.changed").order_by("id")
        assert [fact.data for fact in facts] == [
            {"kind": KIND, "inbox": True, "mail": "weekly"},
            {"kind": KIND, "inbox": False, "mail": "weekly"},
        ]

    def test_is_for_people_and_known_kinds(self, actor: Actor) -> None:
        with pytest.raises(NotFound):
            preference_update(actor=actor, kind="nothing", mail="off")
        with pytest.raises(PersonNeeded):
            preference_update(actor=replace(actor, api_key_id=uuid7()), kind=KIND, mail="off")


class TestUnsubscribe:
    def test_ends_the_kinds_of_the_link_alone(self) -> None:
        user, other = UserFactory(), UserFactory()
        token = unsubscribe_token(user_id=user.pk, kinds=[KIND])

        assert unsubscribe(token=token) == 1
        assert unsubscribe(token=token) == 0
        assert wishes(user_id=user.pk)[KIND].mail == "off"
        assert wishes(user_id=user.pk)["dealflow.reminder"].mail == "instant"
        assert wishes(user_id=other.pk)[KIND].mail == "instant"
        [fact] = Event.objects.filter(name="notifications.preference.unsubscribed")
        assert fact.actor == f"user:{user.pk}"

    def test_keeps_the_inbox(self, actor: Actor) -> None:
        preference_update(actor=actor, kind=KIND, inbox=False)

        unsubscribe(token=unsubscribe_token(user_id=person_of(actor).pk, kinds=[KIND]), scope="everything")

        inbox = {kind: wish.inbox for kind, wish in wishes(user_id=person_of(actor).pk).items()}
        assert inbox.pop(KIND) is False
        assert inbox["dealflow.reminder"]
        assert all(inbox.values())

    def test_works_while_the_key_of_the_site_is_changed(self) -> None:
        user = UserFactory()
        with override_settings(SECRET_KEY="the key before"):
            token = unsubscribe_token(user_id=user.pk, kinds=[KIND])

        with pytest.raises(LinkNotUsable):
            unsubscribe(token=token)
        with override_settings(SECRET_KEY_FALLBACKS=["the key before"]):
            assert unsubscribe(token=token) == 1

    def test_is_refused_for_who_is_gone(self) -> None:
        user = UserFactory(is_active=False)

        for user_id in (user.pk, uuid7()):
            with pytest.raises(LinkNotUsable):
                unsubscribe(token=unsubscribe_token(user_id=user_id, kinds=[KIND]))
