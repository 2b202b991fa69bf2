"""Reading messages and putting them away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from apps.notifications.models import Notification
from apps.notifications.selectors import notification_list
from kernel.access import Actor
from kernel.clock import utc_now

READ_AT, ARCHIVED_AT = "read_at", "archived_at"


@transaction.atomic
def notifications_read(*, actor: Actor, ids: Collection[UUID] | None = None, now: dt.datetime | None = None) -> int:
    """Mark the actor's own messages as read: those named, or all; returns how many were unread.

    Who reads what is nobody's business: no fact is recorded.
    """
    return _mark(actor, ids, READ_AT, now)


@transaction.atomic
def notifications_archive(*, actor: Actor, ids: Collection[UUID], now: dt.datetime | None = None) -> int:
    """Put the actor's own messages away, as read; returns how many were not away yet."""
    _mark(actor, ids, READ_AT, now)
    return _mark(actor, ids, ARCHIVED_AT, now)


def unread_count(*, actor: Actor) -> int:
    """How many unread messages the actor's inbox shows."""
    return notification_list(actor=actor).filter(read_at=None, archived_at=None).count()


def _mark(actor: Actor, ids: Collection[UUID] | None, column: str, now: dt.datetime | None) -> int:
    rows = notification_list(actor=actor).filter(**{column: None})
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    chosen = list(rows.values_list("pk", flat=True))
    return Notification.objects.filter(pk__in=chosen, **{column: None}).update(**{column: now or utc_now()})
