"""Match runs, matches and scoring models."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.matching import services
from apps.matching.api import serializers
from apps.matching.models import MatchRun
from apps.matching.scoring_models import UnknownScoringModel, scoring_model, scoring_models
from apps.matching.selectors import matches, runs
from apps.matching.services.runs import AsOfInFuture, RunAlreadyUnderWay
from apps.matching.states import Section
from apps.permissions import Permission as P
from kernel.api.problems import CursorInvalid, query_problem
from kernel.api.routers import ApiRouter
from kernel.api.views import ApiViewSet, ListMixin, RetrieveMixin
from kernel.errors import NotFound
from kernel.states import NotNow

__all__ = ["ApiRouter", "MatchRuns", "Matches", "ScoringModels"]


class MatchRuns(ListMixin, RetrieveMixin, ApiViewSet):
    """Match runs: all mandates against all raises."""

    queryset = runs.run_list()
    serializer_class = serializers.MatchRunOut
    outputs = {"list": serializers.MatchRunBrief}
    filterset_class = serializers.MatchRunFilter
    ordering_fields = {"created_at": "created_at", "as_of": "as_of"}
    ordering = "-created_at"
    inputs = {"create": serializers.MatchRunIn, "cancel": None}
    success = {"create": 202}
    permissions = {"list": P.RUN_READ, "retrieve": P.RUN_READ, "create": P.RUN_START, "cancel": P.RUN_CANCEL}
    problems = {"create": (RunAlreadyUnderWay, AsOfInFuture, UnknownScoringModel), "cancel": (NotNow,)}

    def create(self, request: Request) -> Response:
        """Start a match run."""
        run = services.run_start(actor=self.actor, **self.validated())
        return self.answer(run, location=f"/api/v1/jobs/{run.job_id}")

    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, id: str) -> Response:  # noqa: A002 - the name in the path
        """Cancel a match run that has not ended."""
        return self.answer(services.run_cancel(run=self.get_object(), actor=self.actor))


class Matches(ApiViewSet):
    """Matches of one's own mandate or raise in the current run."""

    queryset = MatchRun.objects.all()
    serializer_class = serializers.MatchOut
    outputs = {"explanation": serializers.ExplanationOut}
    permissions = {"list": P.MATCH_READ, "explanation": P.MATCH_READ}
    parameters = {"list": serializers.LIST_PARAMETERS, "explanation": serializers.EXPLANATION_PARAMETERS}
    lookup_value_regex = "[0-9a-f-]{36}~[0-9a-f-]{36}"

    def list(self, request: Request) -> Response:
        """List the best counterparts of one's mandate (`?mandate=`) or raise (`?raise=`), best first."""
        mandate_id, raise_id = self._identifier("mandate"), self._identifier("raise")
        if (mandate_id is None) == (raise_id is None):
            raise query_problem("mandate", _("Name either a mandate or a raise of yours."), "required")
        side, owner = matches.side_of(actor=self.actor, mandate_id=mandate_id, raise_id=raise_id)
        section = self._single("section") or Section.RANKED
        if section not in Section.values:
            raise query_problem("section", _("One of: %(names)s.") % {"names": ", ".join(Section.values)})
        pages = self.sequence_pages(order=[side])
        run = self._run(pages.pin)
        if run is None:
            return pages.answer([])
        found = matches.match_list(run=run, side=side, owner_id=owner, section=section, actor=self.actor)
        window = pages.window(total=len(found), pin=str(run.pk))
        context = {**self.output_context(self.selection), "run": run}
        return pages.answer(serializers.MatchOut(found[window], many=True, context=context).data)

    @action(detail=True, methods=["get"])
    def explanation(self, request: Request, id: str) -> Response:  # noqa: A002 - the name in the path
        """Explain a pair: every feature with its raw values, x, weight, contribution, tier and basis."""
        asked = self._identifier("run")
        run = runs.run_current() if asked is None else runs.run_readable(run_id=asked)
        mandate, _separator, item = id.partition(matches.SEPARATOR)
        try:
            mandate_id, raise_id = UUID(mandate), UUID(item)
        except ValueError:
            raise NotFound from None
        if run is None:
            raise NotFound
        explained = matches.match_explanation(run=run, mandate_id=mandate_id, raise_id=raise_id, actor=self.actor)
        return self.answer(serializers.Explained(run, explained))

    def _run(self, pin: str | None) -> MatchRun | None:
        """The run that a cursor is pinned to, else the current one. Raises CursorInvalid when its lists are gone."""
        if pin is None:
            return runs.run_current()
        run = runs.run_readable(run_id=UUID(pin))
        if run is None:
            raise CursorInvalid
        return run

    def _identifier(self, name: str) -> UUID | None:
        value = self._single(name)
        if value is None:
            return None
        try:
            return UUID(value)
        except ValueError:
            raise query_problem(name, _("An id (UUID).")) from None

    def _single(self, name: str) -> str | None:
        values = self.request.query_params.getlist(name)
        if len(values) > 1:
            raise query_problem(name, _("At most once."))
        return values[0] if values else None

    def visible(self) -> QuerySet[Any]:
        return MatchRun.objects.visible_to(self.actor)


class ScoringModels(ApiViewSet):
    """The scoring models that the product carries."""

    queryset = MatchRun.objects.none()
    serializer_class = serializers.ScoringModelOut
    permissions = {"list": P.SCORING_MODEL_READ, "retrieve": P.SCORING_MODEL_READ}

    def list(self, request: Request) -> Response:
        """List the scoring models."""
        pages = self.sequence_pages()
        found = list(scoring_models().values())
        window = pages.window(total=len(found), pin="models")
        return pages.answer(serializers.ScoringModelOut(found[window], many=True).data)

    def retrieve(self, request: Request, id: str) -> Response:  # noqa: A002 - the name in the path
        """Show a scoring model with all its numbers."""
        return self.answer(scoring_model(id))
