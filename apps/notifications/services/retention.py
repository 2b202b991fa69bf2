"""Forgetting messages that have outlived their use."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q

from apps.notifications.models import Digest, Notification
from kernel.clock import database_now
from kernel.periodic import slot_take

ARCHIVE_KEPT = dt.timedelta(days=30)
INBOX_KEPT = dt.timedelta(days=180)
DIGESTS_KEPT = dt.timedelta(days=30)
"""Longer than the period of any digest, of which there must not be a second."""


@transaction.atomic
def notifications_tidy(*, now: dt.datetime | None = None) -> int:
    """Once an hour, whoever comes first: remove what was put away 30 days or came 180 days ago, and old digests' marks.

    Returns how many messages went.
    """
    moment = now or database_now()
    if not slot_take(name="notifications-tidy", every=dt.timedelta(hours=1), now=moment):
        return 0
    Digest.objects.filter(period__lt=moment - DIGESTS_KEPT).delete()
    gone = Q(archived_at__lt=moment - ARCHIVE_KEPT) | Q(created_at__lt=moment - INBOX_KEPT)
    removed: dict[str, int] = Notification.objects.filter(gone).delete()[1]
    return removed.get(Notification._meta.label, 0)
