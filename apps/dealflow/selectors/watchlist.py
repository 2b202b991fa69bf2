"""Reading a fund's watch-list: its own words, and of what it watches only what it may see at this moment."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet

from apps.dealflow.models import PipelineStage, WatchlistEntry, WatchlistNote, WatchlistReminder
from apps.dealflow.states import Priority, SubjectKind
from apps.startups.models import Capability, Firm, Raise
from kernel.access import Actor
from kernel.clock import utc_today

SUBJECTS: dict[str, tuple[str, Any]] = {
    SubjectKind.FIRM: ("firm", Firm),
    SubjectKind.CAPABILITY: ("capability", Capability),
    SubjectKind.RAISE: ("raise_item", Raise),
}
"""The column of an entry that a kind of subject stands in, and its model."""


def subject_list(*, actor: Actor, kind: str) -> QuerySet[Any]:
    """The rows of the kind (SubjectKind) that the actor may see now, with what a card shows of them."""
    _, model = SUBJECTS[kind]
    rows: QuerySet[Any] = model.objects.visible_to(actor)
    if kind == SubjectKind.FIRM:
        return rows.select_related("organisation")
    if kind == SubjectKind.CAPABILITY:
        return rows.select_related("firm__organisation", "area")
    return rows.select_related("firm__organisation", "lead_capability__area")


def entry_list(*, actor: Actor) -> QuerySet[WatchlistEntry]:
    """The actor's fund's entries, each with `shown_firm`, `shown_capability` and `shown_raise_item`: what it watches
    where the fund may see that now, else None.
    """
    shown = [
        Prefetch(column, queryset=subject_list(actor=actor, kind=kind), to_attr=f"shown_{column}")
        for kind, (column, _) in SUBJECTS.items()
    ]
    return WatchlistEntry.objects.visible_to(actor).prefetch_related(*shown)


def entry_subject(*, entry: WatchlistEntry) -> Any:
    """What an entry of `entry_list` watches; None where the fund does not see it any longer."""
    column, _ = SUBJECTS[entry.kind]
    return getattr(entry, f"shown_{column}", None)


def watches(*, actor: Actor, subjects: list[UUID]) -> Q:
    """Entries that watch one of these rows and whose fund sees it now: an id finds nothing that has gone."""
    found = Q(pk__in=[])
    for column, model in SUBJECTS.values():
        seen = model.objects.visible_to(actor).filter(pk__in=subjects)
        found |= Q(**{f"{column}__in": seen.values("pk")})
    return found


def is_overdue(*, prefix: str = "", on: dt.date | None = None) -> Q:
    """Entries whose follow-up was to be on an earlier day than `on` (UTC), today if none is given."""
    return Q(**{f"{prefix}follow_up_on__lt": on or utc_today()})


def board(*, actor: Actor) -> QuerySet[PipelineStage]:
    """The actor's fund's stages in use with how many entries stand in each: `count`, `overdue_count`, `high_count`."""
    own: QuerySet[Any] = PipelineStage.objects.visible_to(actor).filter(archived_at=None)
    counted: QuerySet[PipelineStage] = own.annotate(
        count=Count("entries"),
        overdue_count=Count("entries", filter=is_overdue(prefix="entries__")),
        high_count=Count("entries", filter=Q(entries__priority=Priority.HIGH)),
    )
    return counted


def note_list(*, actor: Actor, entry: WatchlistEntry) -> QuerySet[WatchlistNote]:
    """The notes on an entry."""
    return WatchlistNote.objects.visible_to(actor).filter(entry=entry)


def reminder_list(*, actor: Actor, entry: WatchlistEntry) -> QuerySet[WatchlistReminder]:
    """The reminders of an entry, told ones too."""
    return WatchlistReminder.objects.visible_to(actor).filter(entry=entry)


def reminder_find(*, reminder_id: UUID) -> WatchlistReminder | None:
    """A reminder with its entry, for telling its person; None where it is gone. It names nothing that is watched."""
    return WatchlistReminder.objects.select_related("entry", "person").filter(pk=reminder_id).first()
