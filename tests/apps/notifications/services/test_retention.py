"""Old messages go, once an hour."""

from __future__ import annotations

import datetime as dt

import pytest

from apps.notifications.models import Digest, Notification
from apps.notifications.services.retention import ARCHIVE_KEPT, DIGESTS_KEPT, INBOX_KEPT, notifications_tidy
from apps.permissions import Kind
from kernel.clock import utc_now
from tests.factories.notifications import told
from tests.factories.organisations import OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db


class TestNotificationsTidy:
    def test_removes_what_is_old_or_long_away(self) -> None:
        actor, now = actor_of(OrganisationFactory(kind=Kind.FUND)), utc_now()
        second = dt.timedelta(seconds=1)
        values = [
            {"created_at": now - INBOX_KEPT - second},
            {"created_at": now - INBOX_KEPT + second},
            {"archived_at": now - ARCHIVE_KEPT - second},
            {"archived_at": now - ARCHIVE_KEPT + second},
        ]
        rows = [told(actor, about=[OrganisationFactory()]) for _ in values]
        for row, changes in zip(rows, values, strict=True):
            Notification.objects.filter(pk=row.pk).update(**changes)
        for period in (now - DIGESTS_KEPT - second, now):
            Digest.objects.create(
                user_id=actor.user_id, organisation_id=actor.organisation_id, cadence="daily", period=period
            )

        counts = [notifications_tidy(now=now) for _ in range(2)]

        assert counts == [2, 0]
        assert set(Notification.objects.all()) == {rows[1], rows[3]}
        assert Digest.objects.get().period == now
