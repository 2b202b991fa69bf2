"""Periodic work: a turn belongs to whoever inserts its slot, however many clocks tick."""

from __future__ import annotations

import datetime as dt

from django.contrib.sessions.backends.db import SessionStore
from django.db import IntegrityError, transaction

from kernel.api.idempotency import idempotent_answers_purge
from kernel.clock import database_now
from kernel.models import Slot

SLOTS_KEPT = dt.timedelta(days=7)


def slot_take(*, name: str, every: dt.timedelta, now: dt.datetime) -> bool:
    """Take the turn of `name` that `now` falls into; False when it is taken already."""
    seconds = int(every.total_seconds())
    turn = dt.datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, tz=dt.UTC)
    try:
        with transaction.atomic():
            Slot.objects.create(name=name, at=turn)
    except IntegrityError:
        return False
    return True


def tidy(*, now: dt.datetime | None = None) -> int:
    """Remove idempotent answers, slots and sessions that have outlived their use, once an hour.

    Returns how many answers went.
    """
    now = now or database_now()
    with transaction.atomic():
        if not slot_take(name="tidy", every=dt.timedelta(hours=1), now=now):
            return 0
        Slot.objects.filter(at__lt=now - SLOTS_KEPT).delete()
        SessionStore.clear_expired()
        return idempotent_answers_purge(now=now)
