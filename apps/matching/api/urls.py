"""Addresses of matching."""

from django.urls import path
from django.urls.resolvers import URLPattern, URLResolver

from apps.matching.api.views.comparisons import MatchChanges
from apps.matching.api.views.decisions import DecisionSpeed
from apps.matching.api.views.digests import DigestRounds, MatchDigests
from apps.matching.api.views.introductions import Introductions
from apps.matching.api.views.matches import Matches
from apps.matching.api.views.previews import MatchPreviews, Unlocks
from apps.matching.api.views.runs import MatchRuns
from apps.matching.api.views.scoring_models import ModelEvaluations, ScoringModels
from apps.matching.metrics import metrics_register
from kernel.api.routers import ApiRouter

metrics_register()  # only who serves requests is scraped

router = ApiRouter()
router.register("introductions", Introductions, basename="introductions")
router.register("match-runs", MatchRuns, basename="match-runs")
router.register("matches/changes", MatchChanges, basename="matches-changes")
router.register("matches/preview", MatchPreviews, basename="matches-preview")
router.register("matches", Matches, basename="matches")
router.register("scoring-models", ScoringModels, basename="scoring-models")
router.register("model-evaluations", ModelEvaluations, basename="model-evaluations")

router.register("match-digests", MatchDigests, basename="match-digests")
router.register("digest-rounds", DigestRounds, basename="digest-rounds")
router.register("unlocks", Unlocks, basename="unlocks")

DECISION_SPEED = DecisionSpeed.as_view({"get": "retrieve"})

urlpatterns: list[URLPattern | URLResolver] = [
    path("investors/<str:id>/decision-speed", DECISION_SPEED, name="investors-decision-speed"),
    *router.urls,
]
