"""From a fact to a message in the inbox of each person whom it concerns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.accounts.cadences import Cadence, rarer
from apps.notifications import events
from apps.notifications.kinds import KINDS, MessageKind
from apps.notifications.models import Mention, Notification, Preference
from apps.organisations.models import Membership
from kernel.access import Actor
from kernel.bulk_events import publish_many
from kernel.models import Event

PEOPLE, ABOUT = "people", "about"
"""In a fact's data: how often each person wants mail about it, by id; and whose objects it tells of."""


@transaction.atomic
def notifications_raise(*, kind: MessageKind, event: Event) -> int:
    """Give each person that the fact names a message, once however often the fact is delivered; returns how many were
    new. Only active members of the fact's organisation are told, and nobody who wants neither inbox nor mail.
    """
    if event.organisation_id is None:
        return 0
    wanted = {UUID(person): str(cadence) for person, cadence in event.data.get(PEOPLE, {}).items()}
    members = Membership.objects.filter(
        organisation_id=event.organisation_id, user_id__in=wanted, user__is_active=True
    ).values_list("user_id", flat=True)
    said = {row.user_id: row for row in Preference.objects.filter(kind=kind.name, user_id__in=wanted)}
    rows = [
        row
        for person in sorted(members)
        if (row := _row(kind, event, event.organisation_id, person, wanted[person], said.get(person))) is not None
    ]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    made = list(Notification.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk"))
    Mention.objects.bulk_create(
        (_mention(row, item) for row in made for item in event.data.get(ABOUT, ())), ignore_conflicts=True
    )
    publish_many(
        events.NOTIFICATION_RAISED,
        actor=Actor.system(),
        subjects=[(Notification._meta.label_lower, row.pk, row.organisation_id) for row in made],
        data={"kind": kind.name},
    )
    return len(made)


def notifications_end(*, kind: MessageKind, subject_id: UUID) -> int:
    """Remove the messages about a subject that is no more; returns how many."""
    removed: Mapping[str, int] = Notification.objects.filter(kind=kind.name, subject_id=subject_id).delete()[1]
    return removed.get(Notification._meta.label, 0)


def kinds_of(*, event: str) -> list[MessageKind]:
    """The kinds of messages that tell of the fact."""
    return [kind for kind in KINDS.values() if kind.event == event]


def _row(
    kind: MessageKind, event: Event, organisation_id: UUID, person: UUID, cadence: str, said: Any
) -> Notification | None:
    mail = rarer(cadence, kind.mail if said is None else said.mail)
    is_in_inbox = said is None or said.inbox
    if not is_in_inbox and mail == Cadence.OFF:
        return None
    return Notification(
        user_id=person,
        organisation_id=organisation_id,
        kind=kind.name,
        cause=event.pk,
        subject_id=event.object_id,
        is_in_inbox=is_in_inbox,
        mail=mail,
    )


def _mention(row: Notification, item: Mapping[str, str]) -> Mention:
    return Mention(
        notification=row,
        organisation_id=UUID(item["organisation"]),
        object_type=item["type"],
        object_id=UUID(item["id"]),
    )
