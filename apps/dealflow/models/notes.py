"""What a fund's people write beside an entry of their watch-list: notes with their earlier texts, and reminders."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.dealflow.models.pipeline import OwnQuerySet, WatchlistEntry
from kernel.ids import uuid7

MAX_NOTE = 5_000
MAX_REMINDER = 500


class WatchlistNoteQuerySet(OwnQuerySet["WatchlistNote"]):
    owner = "entry__organisation"


class WatchlistNote(models.Model):
    """A note as it reads now. Deleted, it goes with all its texts."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    entry = models.ForeignKey(WatchlistEntry, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(max_length=MAX_NOTE)
    edited_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())

    objects = WatchlistNoteQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["entry", "id"], name="watchlist_note_of_entry")]


class WatchlistNoteTextQuerySet(OwnQuerySet["WatchlistNoteText"]):
    owner = "note__entry__organisation"


class WatchlistNoteText(models.Model):
    """What a note said before it was edited."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    note = models.ForeignKey(WatchlistNote, on_delete=models.CASCADE, related_name="earlier")
    number = models.PositiveSmallIntegerField(help_text="of the version that the text was")
    text = models.TextField(max_length=MAX_NOTE)
    written_at = models.DateTimeField()

    objects = WatchlistNoteTextQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["note", "number"], name="watchlist_note_text_once")]


class WatchlistReminderQuerySet(OwnQuerySet["WatchlistReminder"]):
    owner = "entry__organisation"


class WatchlistReminder(models.Model):
    """That a person of the fund wants to be told at a moment; `told_at` is when that was published, once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    entry = models.ForeignKey(WatchlistEntry, on_delete=models.CASCADE, related_name="reminders")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    due_at = models.DateTimeField()
    text = models.CharField(max_length=MAX_REMINDER, blank=True)
    told_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = WatchlistReminderQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["entry", "id"], name="watchlist_reminder_of_entry"),
            models.Index(fields=["person"], name="watchlist_reminder_person"),
            models.Index(fields=["due_at"], name="watchlist_reminder_due", condition=Q(told_at__isnull=True)),
        ]
