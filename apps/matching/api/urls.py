"""Addresses of matching."""

from apps.matching.api.views import Matches, MatchRuns, ScoringModels
from kernel.api.routers import ApiRouter

router = ApiRouter()
router.register("match-runs", MatchRuns, basename="match-runs")
router.register("matches", Matches, basename="matches")
router.register("scoring-models", ScoringModels, basename="scoring-models")

urlpatterns = router.urls
