"""Collected mails: one a day or a week to a person, as a member of one organisation.

A turn belongs to whoever takes its slot, and a digest of a period exists once; sending it is as exact as that of a
single message (`mails`).
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from apps.accounts.cadences import Cadence, rarer
from apps.accounts.models import User
from apps.notifications import events
from apps.notifications.kinds import KINDS
from apps.notifications.mails import Letter, letter_send
from apps.notifications.models import Digest, Notification
from apps.notifications.selectors import Face, face_of, wishes
from apps.notifications.services.mails import reader_of
from apps.notifications.services.preferences import unsubscribe_token
from apps.startups.labels import language_of
from kernel.access import Actor
from kernel.bulk_events import publish_many
from kernel.clock import database_now, utc_now
from kernel.periodic import slot_take

HOUR = dt.timedelta(hours=6)
"""UTC: before work begins in Kyiv and in Brussels."""
DAY = dt.timedelta(days=1)
MOST_ITEMS = 100
"""Lines of a digest; what is beyond them is told in the inbox."""


def period_of(*, cadence: str, now: dt.datetime) -> dt.datetime:
    """When the latest whole period ended: today's 6:00 UTC or yesterday's, or the latest Monday's."""
    day = (now.astimezone(dt.UTC) - HOUR).replace(hour=0, minute=0, second=0, microsecond=0)
    if cadence == Cadence.WEEKLY:
        day -= day.weekday() * DAY
    return day + HOUR


@transaction.atomic
def digests_plan(*, now: dt.datetime | None = None) -> int:
    """Once a day, whoever comes first: plan a digest for everybody to whom something of a whole period is still to be
    mailed; returns how many. A day without a clock is made up for on the next.
    """
    moment = now or database_now()
    if not slot_take(name="notifications-digests", every=DAY, now=moment - HOUR):
        return 0
    return sum(_plan(cadence, period_of(cadence=cadence, now=moment)) for cadence in (Cadence.DAILY, Cadence.WEEKLY))


def _plan(cadence: Cadence, period: dt.datetime) -> int:
    waiting = Notification.objects.filter(mail=cadence, mailed_at=None, read_at=None, created_at__lt=period)
    people = waiting.order_by("user_id", "organisation_id").values_list("user_id", "organisation_id").distinct()
    rows = [
        Digest(user_id=user, organisation_id=organisation, cadence=cadence, period=period)
        for user, organisation in people
    ]
    Digest.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1_000)
    made = Digest.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk")
    subjects = [(Digest._meta.label_lower, row.pk, row.organisation_id) for row in made]
    publish_many(events.DIGEST_PLANNED, actor=Actor.system(), subjects=subjects, data={"cadence": str(cadence)})
    return len(subjects)


@transaction.atomic
def digest_mail(*, digest_id: UUID, now: dt.datetime | None = None) -> bool:
    """Mail a planned digest, unless it was or nothing is left that its reader may and wants to know; returns whether it
    went out. Raises MailNotSent.
    """
    digest = Digest.objects.select_for_update(no_key=True).filter(pk=digest_id, mailed_at=None).first()
    reader = None
    if digest is not None:
        reader = reader_of(user_id=digest.user_id, organisation_id=digest.organisation_id)
    if digest is None or reader is None:
        return False
    rows = list(_waiting(digest, reader))
    if not rows:
        return False
    user = User.objects.get(pk=digest.user_id)
    digest.mailed_at = now or utc_now()
    digest.save(update_fields=["mailed_at"])
    Notification.objects.filter(pk__in=[row.pk for row in rows]).update(mailed_at=digest.mailed_at)
    letter_send(
        letter=Letter(
            key=f"digest-{digest.pk}",
            address=user.email,
            language=user.language,
            faces=_lines(rows, reader, language_of(user.language)),
            token=unsubscribe_token(user_id=user.pk, kinds={row.kind for row in rows}),
            cadence=digest.cadence,
        )
    )
    return True


def _waiting(digest: Digest, reader: Actor) -> QuerySet[Any]:
    """What the digest is to tell: visible, unread, and still wanted as often."""
    wanted = [
        wish.kind
        for wish in wishes(user_id=digest.user_id).values()
        if rarer(digest.cadence, wish.mail) == digest.cadence
    ]
    return (
        Notification.objects.visible_to(reader)
        .filter(mail=digest.cadence, mailed_at=None, read_at=None, created_at__lt=digest.period, kind__in=wanted)
        .order_by("id")
    )


def _lines(rows: Sequence[Any], reader: Actor, language: str) -> tuple[Face, ...]:
    """One line for each subject of each kind, with all that its messages tell of."""
    counts: Counter[tuple[str, UUID]] = Counter()
    for row in rows:
        counts[row.kind, row.subject_id] += row.mentioned
    values = {
        kind: KINDS[kind].values([subject for name, subject in counts if name == kind], reader)
        for kind in {name for name, _ in counts}
    }
    return tuple(
        face_of(kind=kind, subject_id=subject, count=count, values=values[kind].get(subject), language=language)
        for (kind, subject), count in list(counts.items())[:MOST_ITEMS]
    )
