"""What is kept about a person who works with a watch-list."""

from __future__ import annotations

from typing import Any

from apps.accounts.models import User
from apps.accounts.personal_data import PersonalData, register
from apps.dealflow.models import (
    SavedSearch,
    SearchSubscription,
    WatchlistEntry,
    WatchlistMove,
    WatchlistNote,
    WatchlistReminder,
)
from apps.dealflow.services.reminders import reminders_drop
from apps.dealflow.services.saved_searches import searches_release
from apps.dealflow.services.watchlist import assignments_clear
from kernel.access import Actor


def _export(user: User) -> dict[str, Any]:
    """What the person wrote and was to do; what a fund watches is the fund's and not told."""
    return {
        "notes": list(
            WatchlistNote.objects.filter(author=user).order_by("pk").values("id", "text", "created_at", "edited_at")
        ),
        "earlier_texts": list(
            WatchlistNote.objects.filter(author=user, earlier__isnull=False)
            .order_by("earlier__pk")
            .values("id", "earlier__text", "earlier__written_at")
        ),
        "reminders": list(
            WatchlistReminder.objects.filter(person=user).order_by("pk").values("id", "due_at", "text", "told_at")
        ),
        "assigned": list(WatchlistEntry.objects.filter(assignee=user).order_by("pk").values("id")),
        "moves": list(WatchlistMove.objects.filter(moved_by=user).order_by("pk").values("id", "moved_at")),
    }


def _erase(user: User, _actor: Actor) -> None:
    """Drop the person's reminders and assignments. Notes are the fund's record; the author's id names nobody once the
    account is scrubbed.
    """
    reminders_drop(user_id=user.pk)
    assignments_clear(user_id=user.pk)


register(PersonalData("watchlist", _export, _erase))


def _export_searches(user: User) -> dict[str, Any]:
    """The searches that the person keeps, and what it is told of."""
    return {
        "searches": list(
            SavedSearch.objects.filter(owner=user)
            .order_by("pk")
            .values("id", "name", "query", "is_shared", "created_at")
        ),
        "subscriptions": list(
            SearchSubscription.objects.filter(user=user).order_by("pk").values("search_id", "cadence", "seen_at")
        ),
    }


def _erase_searches(user: User, _actor: Actor) -> None:
    """Delete the person's searches; shared ones stay with the organisation, without an owner."""
    searches_release(user_id=user.pk)


register(PersonalData("saved_searches", _export_searches, _erase_searches))
