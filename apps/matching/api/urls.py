"""Addresses of matching."""

from apps.matching.api.views.matches import Matches
from apps.matching.api.views.runs import MatchRuns
from apps.matching.api.views.scoring_models import ScoringModels
from kernel.api.routers import ApiRouter

router = ApiRouter()
router.register("match-runs", MatchRuns, basename="match-runs")
router.register("matches", Matches, basename="matches")
router.register("scoring-models", ScoringModels, basename="scoring-models")

urlpatterns = router.urls
