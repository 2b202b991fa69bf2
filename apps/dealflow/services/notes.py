"""Notes on a fund's watch-list: written, edited by their author with the earlier texts kept, deleted with them."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from apps.dealflow import events
from apps.dealflow.models import WatchlistEntry, WatchlistNote, WatchlistNoteText
from apps.dealflow.rules.pipeline import MOST_EDITS, MOST_NOTES
from apps.organisations.rules import NotYours
from apps.permissions import Role
from kernel.access import Actor
from kernel.clock import utc_now
from kernel.errors import Conflict, Forbidden
from kernel.events import publish
from kernel.versions import version_save


class TooManyNotes(Conflict):
    """There are as many notes here as there may be."""


class TooManyEdits(Conflict):
    """This note was edited as often as a note may be. Write another one."""


class NotTheAuthor(Forbidden):
    """Only its author changes a note; its author or an owner of the fund deletes it."""


@transaction.atomic
def note_write(*, actor: Actor, entry: WatchlistEntry, text: str) -> WatchlistNote:
    """Write a note. Raises TooManyNotes."""
    if actor.user_id is None:
        raise NotYours
    held = WatchlistEntry.objects.select_for_update(no_key=True).get(pk=entry.pk)
    if held.notes.count() >= MOST_NOTES:
        raise TooManyNotes
    note = WatchlistNote.objects.create(entry=held, author_id=actor.user_id, text=text)
    publish(events.NOTE_WRITTEN, actor=actor, subject=note, organisation_id=held.organisation_id, data=_of(note))
    return note


@transaction.atomic
def note_edit(*, actor: Actor, note: WatchlistNote, text: str, now: dt.datetime | None = None) -> WatchlistNote:
    """Change one's own note; the earlier text is kept. Raises NotTheAuthor, TooManyEdits and ChangedMeanwhile."""
    if actor.user_id is None or note.author_id != actor.user_id:
        raise NotTheAuthor
    if note.text == text:
        return note
    if note.version > MOST_EDITS:
        raise TooManyEdits
    number, before, written_at = note.version, note.text, note.edited_at or note.created_at
    version_save(instance=note, changes={"text": text, "edited_at": now or utc_now()})
    WatchlistNoteText.objects.create(note=note, number=number, text=before, written_at=written_at)
    publish(events.NOTE_EDITED, actor=actor, subject=note, organisation_id=note.entry.organisation_id, data=_of(note))
    return note


@transaction.atomic
def note_delete(*, actor: Actor, note: WatchlistNote) -> None:
    """Delete a note with its earlier texts, as its author or an owner. Raises NotTheAuthor."""
    is_author = actor.user_id is not None and note.author_id == actor.user_id
    if not (is_author or Role.OWNER in actor.roles):
        raise NotTheAuthor
    publish(events.NOTE_DELETED, actor=actor, subject=note, organisation_id=note.entry.organisation_id, data=_of(note))
    note.delete()


def _of(note: WatchlistNote) -> dict[str, str]:
    return {"entry": str(note.entry_id)}
