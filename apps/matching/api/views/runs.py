"""Match runs."""

from __future__ import annotations

from uuid import UUID

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.matching import services
from apps.matching.api.owners import identifier
from apps.matching.api.serializers import comparisons as compared
from apps.matching.api.serializers import runs as shapes
from apps.matching.models import MatchRun
from apps.matching.scoring_models import UnknownScoringModel
from apps.matching.selectors import comparisons, runs
from apps.matching.services.comparisons import ListsNotKept, comparison_request
from apps.matching.services.runs import AsOfInFuture, RunAlreadyUnderWay
from apps.permissions import Permission as P
from kernel.api.views import ApiViewSet, ListMixin, RetrieveMixin
from kernel.states import NotNow


class MatchRuns(ListMixin, RetrieveMixin, ApiViewSet):
    """Match runs: all mandates against all raises."""

    queryset = runs.run_list()
    serializer_class = shapes.MatchRunOut
    outputs = {"list": shapes.MatchRunBrief, "comparison": compared.RunComparisonOut}
    parameters = {"comparison": compared.COMPARISON_PARAMETERS}
    filterset_class = shapes.MatchRunFilter
    ordering_fields = {"created_at": "created_at", "as_of": "as_of"}
    ordering = "-created_at"
    inputs = {"create": shapes.MatchRunIn, "cancel": None}
    success = {"create": 202}
    permissions = {
        "list": P.RUN_READ,
        "retrieve": P.RUN_READ,
        "create": P.RUN_START,
        "cancel": P.RUN_CANCEL,
        "comparison": P.RUN_COMPARE,
    }
    problems = {
        "create": (RunAlreadyUnderWay, AsOfInFuture, UnknownScoringModel),
        "cancel": (NotNow,),
        "comparison": (ListsNotKept,),
    }

    def create(self, request: Request) -> Response:
        """Start a match run."""
        run = services.run_start(actor=self.actor, **self.validated())
        return self.answer(run, location=f"/api/v1/jobs/{run.job_id}")

    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, id: str) -> Response:  # noqa: A002 - the name in the path
        """Cancel a match run that has not ended."""
        return self.answer(services.run_cancel(run=self.get_object(), actor=self.actor))

    @action(detail=True, methods=["get"])
    def comparison(self, request: Request, id: str) -> Response:  # noqa: A002 - the name in the path
        """Compare a run's lists with those of an earlier one: who entered, left and moved, over all owners."""
        later = self.get_object()
        asked = identifier(request=request, name="with")
        earlier = comparisons.run_before(run=later) if asked is None else self._earlier(asked)
        if earlier is None:
            raise ListsNotKept
        return self.answer(comparison_request(actor=self.actor, later=later, earlier=earlier))

    def _earlier(self, asked: UUID) -> MatchRun:
        found: MatchRun = self._find(pk=asked)
        return found
