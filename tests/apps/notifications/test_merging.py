"""Messages follow their organisation into another."""

from __future__ import annotations

import datetime as dt

import pytest

from apps.notifications.merging import notifications_merge
from apps.notifications.models import Digest, Mention, Notification
from apps.permissions import Kind
from kernel.clock import utc_now
from tests.factories.notifications import told
from tests.factories.organisations import OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db

PERIOD = dt.datetime(2026, 3, 2, 6, tzinfo=dt.UTC)


class TestNotificationsMerge:
    def test_moves_messages_mentions_and_periods_of_its_own(self) -> None:
        merged, into = OrganisationFactory(kind=Kind.FUND), OrganisationFactory(kind=Kind.FUND)
        actor = actor_of(merged)
        told(actor, about=[merged])
        for organisation, period in ((merged, PERIOD), (into, PERIOD), (merged, PERIOD + dt.timedelta(days=1))):
            Digest.objects.create(user_id=actor.user_id, organisation=organisation, cadence="daily", period=period)

        moved = notifications_merge(merged=merged, into=into, now=utc_now())

        assert moved.moved == {"notifications": 1, "mentions": 1}
        assert Notification.objects.get().organisation_id == into.pk
        assert Mention.objects.get().organisation_id == into.pk
        assert set(Digest.objects.values_list("organisation_id", "period")) == {
            (into.pk, PERIOD),
            (into.pk, PERIOD + dt.timedelta(days=1)),
        }
