"""The tier of every field of the deal flow."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models

from apps.dealflow.models import (
    AlertHit,
    PipelineStage,
    SavedSearch,
    SearchSubscription,
    WatchlistEntry,
    WatchlistMove,
    WatchlistNote,
    WatchlistNoteText,
    WatchlistReminder,
)
from apps.organisations.disclosure import Tier

TIERS: Mapping[type[models.Model], Mapping[str, Tier]] = {
    PipelineStage: dict.fromkeys(
        ("id", "organisation", "name", "position", "archived_at", "version", "created_at"), Tier.T4
    ),
    WatchlistEntry: dict.fromkeys(
        (
            *("id", "organisation", "kind", "firm", "capability", "raise_item", "stage", "title", "assignee"),
            *("priority", "tags", "follow_up_on", "moved_at", "version", "created_at"),
        ),
        Tier.T4,
    ),
    WatchlistMove: dict.fromkeys(("id", "entry", "from_stage", "to_stage", "moved_by", "moved_at"), Tier.T4),
    WatchlistNote: dict.fromkeys(("id", "entry", "author", "text", "edited_at", "version", "created_at"), Tier.T4),
    WatchlistNoteText: dict.fromkeys(("id", "note", "number", "text", "written_at"), Tier.T4),
    WatchlistReminder: dict.fromkeys(
        ("id", "entry", "person", "set_by", "due_at", "text", "told_at", "created_at"), Tier.T4
    ),
    SavedSearch: dict.fromkeys(
        (
            *("id", "organisation", "owner", "name", "is_shared", "query", "query_version"),
            *("watched_since", "version", "created_at"),
        ),
        Tier.T4,
    ),
    SearchSubscription: dict.fromkeys(("id", "search", "user", "cadence", "seen_at"), Tier.T4),
    AlertHit: dict.fromkeys(("id", "search", "listing", "is_told", "found_at"), Tier.T4),
}
"""What searchers keep for themselves is seen by their own organisation alone; what is searched has its tiers where it
is kept.
"""
