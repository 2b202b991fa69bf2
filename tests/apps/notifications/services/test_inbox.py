"""Reading and putting away touch one's own messages alone."""

from __future__ import annotations

import datetime as dt

import pytest

from apps.notifications.services.inbox import notifications_archive, notifications_read, unread_count
from apps.permissions import Kind
from kernel.access import Actor
from tests.factories.notifications import told
from tests.factories.organisations import OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db

THEN = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)


@pytest.fixture
def actor() -> Actor:
    return actor_of(OrganisationFactory(kind=Kind.FUND))


class TestNotificationsRead:
    def test_keeps_when_a_message_was_first_read(self, actor: Actor) -> None:
        row = told(actor)

        counts = [notifications_read(actor=actor, ids=[row.pk], now=THEN + dt.timedelta(days=n)) for n in (0, 1)]

        row.refresh_from_db()
        assert counts == [1, 0]
        assert row.read_at == THEN


class TestNotificationsArchive:
    def test_counts_as_reading(self, actor: Actor) -> None:
        row = told(actor)

        assert notifications_archive(actor=actor, ids=[row.pk], now=THEN) == 1
        row.refresh_from_db()
        assert (row.read_at, row.archived_at) == (THEN, THEN)


class TestUnreadCount:
    def test_counts_what_is_neither_read_nor_away(self, actor: Actor) -> None:
        rows = [told(actor) for _ in range(3)]
        notifications_read(actor=actor, ids=[rows[0].pk])
        notifications_archive(actor=actor, ids=[rows[1].pk])

        assert unread_count(actor=actor) == 1
