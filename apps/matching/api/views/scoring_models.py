"""Scoring models."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from apps.matching.api.serializers import models as shapes
from apps.matching.models import MatchRun
from apps.matching.scoring_models import scoring_model, scoring_models
from apps.permissions import Permission as P
from kernel.api.views import ApiViewSet


class ScoringModels(ApiViewSet):
    """The scoring models that the product carries."""

    queryset = MatchRun.objects.none()
    serializer_class = shapes.ScoringModelOut
    permissions = {"list": P.SCORING_MODEL_READ, "retrieve": P.SCORING_MODEL_READ}

    def list(self, request: Request) -> Response:
        """List the scoring models."""
        pages = self.sequence_pages()
        found = list(scoring_models().values())
        window = pages.window(total=len(found), pin="models")
        return pages.answer(shapes.ScoringModelOut(found[window], many=True).data)

    def retrieve(self, request: Request, id: str) -> Response:  # noqa: A002 - the name in the path
        """Show a scoring model with all its numbers."""
        return self.answer(scoring_model(id))
