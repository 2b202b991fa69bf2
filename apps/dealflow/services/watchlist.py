"""A fund's watch-list: what is put on it, said of it, moved along the stages, and taken off."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from apps.dealflow import events
from apps.dealflow.models import PipelineStage, WatchlistEntry, WatchlistMove
from apps.dealflow.models.pipeline import MAX_TAGS
from apps.dealflow.rules.pipeline import MOST_ENTRIES, tags_of
from apps.dealflow.selectors.watchlist import SUBJECTS, subject_list
from apps.dealflow.services.stages import stage_hold, stages_ensure
from apps.dealflow.states import Priority
from apps.organisations.models import Membership
from apps.organisations.rules import NotYours
from apps.organisations.services import organisation_lock
from kernel.access import Actor
from kernel.clock import utc_now
from kernel.errors import Conflict, FieldProblem, Invalid
from kernel.events import publish
from kernel.versions import version_save


class EntryNotAcceptable(Invalid):
    """The entry names what there is not, or says too much."""


class AlreadyWatched(Conflict):
    """This is on your watch-list already."""


class WatchlistFull(Conflict):
    """Your watch-list is full. Take something off it first."""


@transaction.atomic
def entry_add(*, actor: Actor, kind: str, subject: UUID, stage: UUID | None = None, **values: Any) -> WatchlistEntry:
    """Watch what the fund may see now; `stage` is the fund's first if none is named.

    `values` are those of `entry_update`. Raises EntryNotAcceptable, AlreadyWatched and WatchlistFull.
    """
    if actor.organisation_id is None:
        raise NotYours
    stages_ensure(actor=actor)
    organisation = organisation_lock(organisation_id=actor.organisation_id)
    own = WatchlistEntry.objects.filter(organisation=organisation)
    problems = _problems(organisation.pk, values)
    if not subject_list(actor=actor, kind=kind).filter(pk=subject).exists():
        problems.append(FieldProblem("/subject", "unknown_subject", "There is no such object."))
    held = _stage(organisation.pk, stage)
    if held is None:
        problems.append(_unknown_stage())
    if problems or held is None:
        raise EntryNotAcceptable(errors=problems)
    column, _ = SUBJECTS[kind]
    if own.filter(**{column: subject}).exists():
        raise AlreadyWatched
    if own.count() >= MOST_ENTRIES:
        raise WatchlistFull
    now = utc_now()
    entry = WatchlistEntry.objects.create(
        organisation=organisation,
        kind=kind,
        stage=held,
        moved_at=now,
        **{f"{column}_id": subject},
        **_columns(values),
    )
    WatchlistMove.objects.create(entry=entry, to_stage=held, moved_by_id=actor.user_id, moved_at=now)
    publish(events.ENTRY_ADDED, actor=actor, subject=entry, data={"stage": str(held.pk)})
    return entry


@transaction.atomic
def entry_update(*, actor: Actor, entry: WatchlistEntry, **values: Any) -> WatchlistEntry:
    """Change `title`, `assignee` (a member's user id), `priority`, `tags` or `follow_up_on`.

    Raises EntryNotAcceptable and ChangedMeanwhile.
    """
    problems = _problems(entry.organisation_id, values)
    if problems:
        raise EntryNotAcceptable(errors=problems)
    changed = version_save(instance=entry, changes=_columns(values))
    if changed:
        fields = [name.removesuffix("_id") for name in changed]
        publish(events.ENTRY_UPDATED, actor=actor, subject=entry, data={"fields": fields})
    return entry


@transaction.atomic
def entry_move(*, actor: Actor, entry: WatchlistEntry, stage: UUID, now: dt.datetime | None = None) -> WatchlistEntry:
    """Put an entry into another stage in use. Raises EntryNotAcceptable and, for the loser of two, ChangedMeanwhile."""
    held = stage_hold(organisation_id=entry.organisation_id, stage_id=stage)
    if held is None:
        raise EntryNotAcceptable(errors=[_unknown_stage()])
    if held.pk == entry.stage_id:
        return entry
    before, moment = entry.stage_id, now or utc_now()
    version_save(instance=entry, changes={"stage_id": held.pk, "moved_at": moment})
    WatchlistMove.objects.create(
        entry=entry, from_stage_id=before, to_stage=held, moved_by_id=actor.user_id, moved_at=moment
    )
    publish(events.ENTRY_MOVED, actor=actor, subject=entry, data={"from": str(before), "to": str(held.pk)})
    return entry


@transaction.atomic
def entry_remove(*, actor: Actor, entry: WatchlistEntry) -> None:
    """Take an entry off the watch-list, with its notes, reminders and moves."""
    publish(events.ENTRY_REMOVED, actor=actor, subject=entry)
    entry.delete()


@transaction.atomic
def assignee_clear(*, organisation_id: UUID, user_id: UUID) -> int:
    """Leave to nobody what was assigned to somebody who is no member any longer; returns of how many entries."""
    if Membership.objects.filter(organisation_id=organisation_id, user_id=user_id).exists():
        return 0
    return _unassign(WatchlistEntry.objects.filter(organisation_id=organisation_id, assignee_id=user_id))


@transaction.atomic
def assignments_clear(*, user_id: UUID) -> int:
    """Leave to nobody all that was assigned to a person, anywhere; returns how many entries that was."""
    return _unassign(WatchlistEntry.objects.filter(assignee_id=user_id))


def _unassign(rows: QuerySet[WatchlistEntry]) -> int:
    found = list(rows.select_for_update().order_by("pk"))
    for entry in found:
        version_save(instance=entry, changes={"assignee_id": None})
        publish(events.ENTRY_UPDATED, actor=Actor.system(), subject=entry, data={"fields": ["assignee"]})
    return len(found)


def is_member(*, organisation_id: UUID, user_id: UUID) -> bool:
    """Whether the person, whose account is not closed, belongs to the organisation."""
    members = Membership.objects.filter(organisation_id=organisation_id, user_id=user_id, user__is_active=True)
    return members.exists()


def _stage(organisation_id: UUID, stage_id: UUID | None) -> PipelineStage | None:
    if stage_id is not None:
        return stage_hold(organisation_id=organisation_id, stage_id=stage_id)
    first = PipelineStage.objects.filter(organisation_id=organisation_id, archived_at=None)
    return first.select_for_update(no_key=True).order_by("position", "pk").first()


def _unknown_stage() -> FieldProblem:
    return FieldProblem("/stage", "unknown_stage", "There is no such stage in use.")


def _columns(values: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(values)
    if "assignee" in found:
        found["assignee_id"] = found.pop("assignee")
    if "tags" in found:
        found["tags"] = tags_of(given=found["tags"])
    return found


def _problems(organisation_id: UUID, values: Mapping[str, Any]) -> list[FieldProblem]:
    problems = []
    assignee: UUID | None = values.get("assignee")
    if assignee is not None and not is_member(organisation_id=organisation_id, user_id=assignee):
        problems.append(FieldProblem("/assignee", "no_member", "There is no such member."))
    tags: Sequence[str] = values.get("tags", ())
    if len(tags_of(given=tags)) > MAX_TAGS:
        problems.append(FieldProblem("/tags", "too_many", "At most {most} tags.", {"most": MAX_TAGS}))
    if values.get("priority", Priority.NORMAL) not in Priority.values:
        problems.append(FieldProblem("/priority", "invalid", "There is no such priority."))
    return problems
