"""What messages keep of a person is told to it and forgotten with it."""

from __future__ import annotations

import pytest

from apps.accounts.personal_data import parts
from apps.notifications.models import Digest, Mention, Notification, Preference
from apps.notifications.services.preferences import preference_update
from apps.permissions import Kind
from kernel.access import Actor
from kernel.clock import utc_now
from tests.factories.notifications import person_of, told
from tests.factories.organisations import OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db

PART = next(part for part in parts() if part.section == "notifications")


def told_person() -> Actor:
    actor = actor_of(OrganisationFactory(kind=Kind.FUND))
    told(actor, about=[OrganisationFactory()])
    preference_update(actor=actor, kind="dealflow.alert", mail="off")
    Digest.objects.create(
        user_id=actor.user_id, organisation_id=actor.organisation_id, cadence="daily", period=utc_now()
    )
    return actor


class TestExport:
    def test_tells_what_is_kept(self) -> None:
        found = PART.export(person_of(told_person()))

        assert {name: len(rows) for name, rows in found.items()} == {"messages": 1, "preferences": 1, "digests": 1}
        assert found["preferences"] == [{"kind": "dealflow.alert", "inbox": True, "mail": "off"}]


class TestErase:
    def test_leaves_nothing_of_that_person(self) -> None:
        person, other = person_of(told_person()), told_person()

        PART.erase(person, Actor.system())

        for model in (Notification, Preference, Digest):
            assert set(model._base_manager.values_list("user_id", flat=True)) == {other.user_id}
        assert Mention.objects.count() == 1
