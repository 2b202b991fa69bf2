"""Scoring models, how they were judged, and which one is current."""

from __future__ import annotations

from typing import Any

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.matching.api.serializers import models as shapes
from apps.matching.api.serializers.runs import MatchRunOut
from apps.matching.models import MatchRun, ModelEvaluation
from apps.matching.scoring_models import UnknownScoringModel, model_current, scoring_model, scoring_models
from apps.matching.selectors import scoring_models as selectors
from apps.matching.services.scoring_models import (
    EvaluationOfOthers,
    ModelInForce,
    ModelKnown,
    ModelUnfit,
    NotShownBetter,
    model_promote,
    model_register,
)
from apps.matching.services.shadows import NothingToShadow, ShadowUnderWay, shadow_start
from apps.permissions import Permission as P
from kernel.api.serializers import Selection
from kernel.api.views import ApiViewSet, ListMixin, RetrieveMixin
from kernel.errors import NotFound


class ScoringModels(ApiViewSet):
    """The scoring models: those that the product carries, and those that were registered."""

    queryset = MatchRun.objects.none()
    serializer_class = shapes.ScoringModelOut
    inputs = {"create": shapes.ScoringModelIn, "promote": shapes.PromotionIn, "shadow": None}
    outputs = {"shadow": MatchRunOut, "agreement": shapes.ShadowOut}
    success = {"shadow": 202, "promote": 200}
    permissions = {
        "list": P.SCORING_MODEL_READ,
        "retrieve": P.SCORING_MODEL_READ,
        "create": P.SCORING_MODEL_REGISTER,
        "promote": P.SCORING_MODEL_PROMOTE,
        "shadow": P.SCORING_MODEL_SHADOW,
        "agreement": P.EVALUATION_READ,
    }
    problems = {
        "create": (ModelUnfit, ModelKnown),
        "promote": (UnknownScoringModel, ModelInForce, EvaluationOfOthers, NotShownBetter),
        "shadow": (UnknownScoringModel, NothingToShadow, ShadowUnderWay),
    }
    step_up = {"promote"}

    def output_context(self, selection: Selection) -> dict[str, Any]:
        return {**super().output_context(selection), "current": model_current().id}

    def list(self, request: Request) -> Response:
        """List the scoring models."""
        pages = self.sequence_pages()
        found = list(scoring_models().values())
        window = pages.window(total=len(found), pin="models")
        context = self.output_context(self.selection)
        return pages.answer(shapes.ScoringModelOut(found[window], many=True, context=context).data)

    def retrieve(self, request: Request, id: str) -> Response:  # noqa: A002 - the name in the path
        """Show a scoring model with all its numbers."""
        return self.answer(scoring_model(id))

    def create(self, request: Request) -> Response:
        """Register a scoring model for good; it scores nothing until a run names it or it is promoted."""
        row = model_register(actor=self.actor, content=self.validated()["content"])
        return self.answer(scoring_model(row.name), location=f"/api/v1/scoring-models/{row.name}")

    @action(detail=True, methods=["post"])
    def promote(self, request: Request, id: str) -> Response:  # noqa: A002 - the name in the path
        """Make a model the one that runs score with, on an evaluation that shows it to be better on each side."""
        model = scoring_model(id)
        model_promote(actor=self.actor, model_id=model.id, **self.validated())
        return self.answer(model)

    @action(detail=True, methods=["post"])
    def shadow(self, request: Request, id: str) -> Response:  # noqa: A002 - the name in the path
        """Score the current generation's inputs with this model, unseen by firms and funds."""
        run = shadow_start(actor=self.actor, model_id=scoring_model(id).id)
        return self.answer(run, location=f"/api/v1/jobs/{run.job_id}")

    @action(detail=True, methods=["get"])
    def agreement(self, request: Request, id: str) -> Response:  # noqa: A002 - the name in the path
        """Compare the lists of the model's newest shadow run with those whose inputs it scored."""
        found = selectors.shadow_latest(model_id=scoring_model(id).id)
        if found is None or found.shadow_of_id is None:
            raise NotFound
        return self.answer(
            {
                "run": found.pk,
                "shadow_of": found.shadow_of_id,
                "agreements": selectors.agreements(run_id=found.pk, against_id=found.shadow_of_id),
            }
        )


class ModelEvaluations(ListMixin, RetrieveMixin, ApiViewSet):
    """How models were judged: for operators."""

    queryset = ModelEvaluation.objects.all()
    serializer_class = shapes.EvaluationOut
    filterset_class = shapes.EvaluationFilter
    ordering_fields = {"evaluated_at": "evaluated_at"}
    ordering = "-evaluated_at"
    permissions = {"list": P.EVALUATION_READ, "retrieve": P.EVALUATION_READ}
