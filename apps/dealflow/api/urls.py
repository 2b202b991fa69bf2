"""Addresses of the deal flow."""

from django.urls import path
from django.urls.resolvers import URLPattern, URLResolver

from apps.dealflow.api.views import comparison, deal_flow, pipeline, saved_searches, watchlist
from kernel.api.routers import ApiRouter

router = ApiRouter()
router.register("deal-flow", deal_flow.DealFlow, basename="deal-flow")
router.register("saved-searches", saved_searches.SavedSearches, basename="saved-searches")
router.register("pipeline-stages", pipeline.PipelineStages, basename="pipeline-stages")
router.register("watchlist-entries", watchlist.WatchlistEntries, basename="watchlist-entries")

COMPARE = comparison.DealFlowComparison.as_view({"get": "compare"})
COMPARE_TABLE = comparison.DealFlowComparisonTable.as_view({"get": "table"})
SEARCH_RESULTS = saved_searches.SavedSearchResults.as_view({"get": "list"})
BOARD = pipeline.WatchlistBoard.as_view({"get": "list"})
MOVES = watchlist.EntryMoves.as_view({"get": "list"})
NOTES = watchlist.EntryNotes.as_view({"get": "list", "post": "create"})
NOTE = watchlist.EntryNotes.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"})
REMINDERS = watchlist.EntryReminders.as_view({"get": "list", "post": "create"})
REMINDER = watchlist.EntryReminders.as_view({"delete": "destroy"})

urlpatterns: list[URLPattern | URLResolver] = [
    path("deal-flow/compare", COMPARE, name="deal-flow-compare"),
    path("deal-flow/compare.csv", COMPARE_TABLE, name="deal-flow-compare-table"),
    path("saved-searches/<str:id>/results", SEARCH_RESULTS, name="saved-searches-results"),
    path("watchlist-board", BOARD, name="watchlist-board"),
    path("watchlist-entries/<str:id>/moves", MOVES, name="watchlist-entries-moves"),
    path("watchlist-entries/<str:id>/notes", NOTES, name="watchlist-entries-notes"),
    path("watchlist-entries/<str:id>/notes/<str:note>", NOTE, name="watchlist-entries-notes-detail"),
    path("watchlist-entries/<str:id>/reminders", REMINDERS, name="watchlist-entries-reminders"),
    path("watchlist-entries/<str:id>/reminders/<str:reminder>", REMINDER, name="watchlist-entries-reminders-detail"),
    *router.urls,
]
