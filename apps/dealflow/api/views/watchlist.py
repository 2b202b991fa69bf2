"""A fund's watch-list with its moves, notes and reminders. Nobody else sees any of it."""

from __future__ import annotations

from django.db.models import Case, IntegerField, QuerySet, Value, When
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.dealflow.api.serializers import watchlist as serializers
from apps.dealflow.api.watchlist_filters import EntryFilter
from apps.dealflow.models import WatchlistEntry, WatchlistMove, WatchlistNote, WatchlistReminder
from apps.dealflow.selectors import watchlist as selectors
from apps.dealflow.services import notes, reminders
from apps.dealflow.services import watchlist as services
from apps.dealflow.states import Priority
from apps.organisations.parents import parent_get
from apps.organisations.rules import NotYours
from apps.permissions import Permission as P
from kernel.api.views import ApiView, ApiViewSet, ListMixin, RetrieveMixin
from kernel.versions import ChangedMeanwhile

RANK = Case(
    *(When(priority=name, then=Value(rank)) for rank, name in enumerate(Priority.values)), output_field=IntegerField()
)
"""Low before normal before high."""


class WatchlistEntries(ListMixin, RetrieveMixin, ApiViewSet):
    """What one's own fund watches. Neither its firm nor anybody else learns of it."""

    queryset = WatchlistEntry.objects.all()
    serializer_class = serializers.EntryOut
    filterset_class = EntryFilter
    ordering_fields = {
        "id": "id",
        "follow_up_on": "follow_up_on",
        "moved_at": "moved_at",
        "priority": RANK,
    }
    ordering = "-id"
    inputs = {
        "create": serializers.EntryIn,
        "partial_update": serializers.EntryEdit,
        "move": serializers.EntryMove,
        "destroy": None,
    }
    outputs = {"destroy": None}
    permissions = {
        "list": P.WATCHLIST_READ,
        "retrieve": P.WATCHLIST_READ,
        "create": P.WATCHLIST_UPDATE,
        "partial_update": P.WATCHLIST_UPDATE,
        "move": P.WATCHLIST_UPDATE,
        "destroy": P.WATCHLIST_UPDATE,
    }
    if_match_required = {"partial_update", "move"}
    problems = {
        "create": (NotYours, services.EntryNotAcceptable, services.AlreadyWatched, services.WatchlistFull),
        "partial_update": (services.EntryNotAcceptable, ChangedMeanwhile),
        "move": (services.EntryNotAcceptable, ChangedMeanwhile),
    }

    def visible(self) -> QuerySet[WatchlistEntry]:
        return selectors.entry_list(actor=self.actor)

    def create(self, _request: Request) -> Response:
        """Watch a firm, a capability or a raise that the fund sees."""
        entry = services.entry_add(actor=self.actor, **self.validated())
        return self.answer(entry, location=f"/api/v1/watchlist-entries/{entry.pk}")

    def partial_update(self, _request: Request, **_path: str) -> Response:
        """Change what the fund says of an entry."""
        entry = self.get_object()
        return self.answer(services.entry_update(actor=self.actor, entry=entry, **self.validated()))

    @action(detail=True, methods=["post"])
    def move(self, _request: Request, **_path: str) -> Response:
        """Put an entry into another stage; of two who move it at once one wins."""
        entry = self.get_object()
        return self.answer(services.entry_move(actor=self.actor, entry=entry, **self.validated()))

    def destroy(self, _request: Request, **_path: str) -> Response:
        """Take an entry off the watch-list, with its notes, reminders and moves."""
        services.entry_remove(actor=self.actor, entry=self.get_object())
        return self.answer()


class OfEntry(ApiView):
    """What hangs on an entry of one's own watch-list."""

    def entry(self) -> WatchlistEntry:
        """The entry in the path; another fund's is not found."""
        return parent_get(rows=WatchlistEntry.objects.visible_to(self.actor), value=self.kwargs["id"])


class EntryMoves(ListMixin, OfEntry, ApiViewSet):
    """Through which stages an entry went."""

    queryset = WatchlistMove.objects.all()
    serializer_class = serializers.MoveOut
    ordering_fields = {"id": "id"}
    ordering = "-id"
    permissions = {"list": P.WATCHLIST_READ}

    def visible(self) -> QuerySet[WatchlistMove]:
        return WatchlistMove.objects.visible_to(self.actor).filter(entry=self.entry())


class EntryNotes(ListMixin, RetrieveMixin, OfEntry, ApiViewSet):
    """Notes on an entry."""

    queryset = WatchlistNote.objects.all()
    serializer_class = serializers.WatchlistNoteOut
    lookup_url_kwarg = "note"
    ordering_fields = {"id": "id"}
    ordering = "-id"
    inputs = {"create": serializers.WatchlistNoteIn, "partial_update": serializers.WatchlistNoteIn, "destroy": None}
    outputs = {"list": serializers.WatchlistNoteBrief, "destroy": None}
    permissions = {
        "list": P.WATCHLIST_READ,
        "retrieve": P.WATCHLIST_READ,
        "create": P.WATCHLIST_UPDATE,
        "partial_update": P.WATCHLIST_UPDATE,
        "destroy": P.WATCHLIST_UPDATE,
    }
    if_match_required = {"partial_update"}
    problems = {
        "create": (NotYours, notes.TooManyNotes),
        "partial_update": (notes.NotTheAuthor, notes.TooManyEdits, ChangedMeanwhile),
        "destroy": (notes.NotTheAuthor,),
    }

    def visible(self) -> QuerySet[WatchlistNote]:
        rows = selectors.note_list(actor=self.actor, entry=self.entry()).select_related("entry")
        return rows if self.action == "list" else rows.prefetch_related("earlier")

    def create(self, _request: Request, **_path: str) -> Response:
        """Write a note on an entry."""
        entry = self.entry()
        note = notes.note_write(actor=self.actor, entry=entry, **self.validated())
        return self.answer(note, location=f"/api/v1/watchlist-entries/{entry.pk}/notes/{note.pk}")

    def partial_update(self, _request: Request, **_path: str) -> Response:
        """Change one's own note; what it said before is kept."""
        note = self.get_object()
        text = self.validated().get("text", note.text)
        return self.answer(notes.note_edit(actor=self.actor, note=note, text=text))

    def destroy(self, _request: Request, **_path: str) -> Response:
        """Delete a note with its earlier texts: one's own, or as an owner of the fund anybody's."""
        notes.note_delete(actor=self.actor, note=self.get_object())
        return self.answer()


class EntryReminders(ListMixin, OfEntry, ApiViewSet):
    """Reminders about an entry."""

    queryset = WatchlistReminder.objects.all()
    serializer_class = serializers.ReminderOut
    lookup_url_kwarg = "reminder"
    ordering_fields = {"id": "id", "due_at": "due_at"}
    ordering = "due_at"
    inputs = {"create": serializers.ReminderIn, "destroy": None}
    outputs = {"destroy": None}
    permissions = {"list": P.WATCHLIST_READ, "create": P.WATCHLIST_UPDATE, "destroy": P.WATCHLIST_UPDATE}
    problems = {
        "create": (NotYours, reminders.ReminderNotAcceptable, reminders.TooManyReminders),
        "destroy": (reminders.ReminderNotYours,),
    }

    def visible(self) -> QuerySet[WatchlistReminder]:
        return selectors.reminder_list(actor=self.actor, entry=self.entry()).select_related("entry")

    def create(self, _request: Request, **_path: str) -> Response:
        """Have a member of the fund told at a moment to come."""
        return self.answer(reminders.reminder_set(actor=self.actor, entry=self.entry(), **self.validated()))

    def destroy(self, _request: Request, **_path: str) -> Response:
        """Drop a reminder."""
        reminders.reminder_cancel(actor=self.actor, reminder=self.get_object())
        return self.answer()
