"""A fund's stages and its board."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.dealflow.api.serializers import watchlist as serializers
from apps.dealflow.api.watchlist_filters import StageFilter
from apps.dealflow.models import PipelineStage
from apps.dealflow.selectors import watchlist as selectors
from apps.dealflow.services import stages as services
from apps.organisations.rules import NotYours
from apps.permissions import Permission as P
from kernel.api.views import ApiViewSet, ListMixin, RetrieveMixin
from kernel.versions import ChangedMeanwhile

BOARD_ORDER = ("position", "id")


class PipelineStages(ListMixin, RetrieveMixin, ApiViewSet):
    """The stages of one's own fund's pipeline. Nobody else sees them."""

    queryset = PipelineStage.objects.all()
    serializer_class = serializers.StageOut
    filterset_class = StageFilter
    ordering_fields = {"id": "id", "position": "position"}
    ordering = BOARD_ORDER
    inputs = {
        "create": serializers.StageIn,
        "partial_update": serializers.StageIn,
        "order": serializers.StageOrder,
        "archive": None,
        "restore": None,
    }
    outputs = {"order": None}
    success = {"order": 204}
    permissions = {
        "list": P.WATCHLIST_READ,
        "retrieve": P.WATCHLIST_READ,
        "create": P.PIPELINE_UPDATE,
        "partial_update": P.PIPELINE_UPDATE,
        "order": P.PIPELINE_UPDATE,
        "archive": P.PIPELINE_UPDATE,
        "restore": P.PIPELINE_UPDATE,
    }
    if_match_required = {"partial_update"}
    problems = {
        "create": (NotYours, services.StageNotAcceptable, services.StageNameTaken, services.TooManyStages),
        "partial_update": (services.StageNotAcceptable, services.StageNameTaken, ChangedMeanwhile),
        "order": (NotYours, services.StagesNotAll),
        "archive": (services.StageArchived, services.StageInUse, services.LastStage),
        "restore": (services.StageNotArchived, services.StageNameTaken, services.TooManyStages),
    }

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the stages, archived ones too; a fund that never had any is given its first ones."""
        services.stages_ensure(actor=self.actor)
        return self.page()

    def create(self, _request: Request) -> Response:
        """Add a stage behind the others."""
        stage = services.stage_create(actor=self.actor, **self.validated())
        return self.answer(stage, location=f"/api/v1/pipeline-stages/{stage.pk}")

    def partial_update(self, _request: Request, **_path: str) -> Response:
        """Rename a stage."""
        stage = self.get_object()
        name = self.validated().get("name", stage.name)
        return self.answer(services.stage_rename(actor=self.actor, stage=stage, name=name))

    @action(detail=False, methods=["post"])
    def order(self, _request: Request) -> Response:
        """Put all stages in use in another order."""
        services.stages_order(actor=self.actor, **self.validated())
        return self.answer()

    @action(detail=True, methods=["post"])
    def archive(self, _request: Request, **_path: str) -> Response:
        """Take a stage in which nothing stands off the board."""
        return self.answer(services.stage_archive(actor=self.actor, stage=self.get_object()))

    @action(detail=True, methods=["post"])
    def restore(self, _request: Request, **_path: str) -> Response:
        """Put an archived stage behind the others again."""
        return self.answer(services.stage_restore(actor=self.actor, stage=self.get_object()))


class WatchlistBoard(ListMixin, ApiViewSet):
    """How many entries of one's own fund's watch-list stand in each stage."""

    queryset = PipelineStage.objects.all()
    serializer_class = serializers.BoardColumnOut
    ordering_fields = {"id": "id", "position": "position"}
    ordering = BOARD_ORDER
    permissions = {"list": P.WATCHLIST_READ}

    def visible(self) -> QuerySet[PipelineStage]:
        return selectors.board(actor=self.actor)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Count the entries in each stage in use; a fund that never had stages is given its first ones."""
        services.stages_ensure(actor=self.actor)
        return self.page()
