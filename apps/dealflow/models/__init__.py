"""Tables of the deal flow: what searchers keep for themselves."""

from apps.dealflow.models.notes import WatchlistNote, WatchlistNoteText, WatchlistReminder
from apps.dealflow.models.pipeline import PipelineStage, WatchlistEntry, WatchlistMove
from apps.dealflow.models.saved_searches import AlertHit, SavedSearch, SearchSubscription

__all__ = [
    "AlertHit",
    "PipelineStage",
    "SavedSearch",
    "SearchSubscription",
    "WatchlistEntry",
    "WatchlistMove",
    "WatchlistNote",
    "WatchlistNoteText",
    "WatchlistReminder",
]
