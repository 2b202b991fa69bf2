"""Screenings and their hits, for the operator's compliance role."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.compliance.api.serializers import screening as serializers
from apps.compliance.models import Hit, ScreeningRun
from apps.compliance.rules.screening import canonical_json
from apps.compliance.selectors.screening import hit_list, run_list
from apps.compliance.services.hits import EntryChanged, HitOnOneself, hit_decide
from apps.compliance.services.interests import ConflictOfInterest, OfficerNeedsPerson
from apps.compliance.services.screening import ScreeningNotAcceptable, ScreeningUnderWay, screening_request
from apps.compliance.states import HitStatus
from apps.permissions import Permission as P
from kernel.api.serializers import Selection
from kernel.api.views import ApiViewSet, ListMixin, RetrieveMixin
from kernel.states import NotNow, NotPermitted


class Screenings(ListMixin, RetrieveMixin, ApiViewSet):
    """Comparisons of organisations, their signatories and owners with the watch-lists in force."""

    queryset = ScreeningRun.objects.all()
    serializer_class = serializers.ScreeningOut
    outputs = {"list": serializers.ScreeningBrief, "create": serializers.ScreeningQueued}
    filterset_class = serializers.ScreeningFilter
    ordering_fields = {"id": "id"}
    ordering = "-id"
    inputs = {"create": serializers.ScreeningIn}
    success = {"create": 202}
    permissions = {
        "list": P.SCREENING_READ,
        "retrieve": P.SCREENING_READ,
        "create": P.SCREENING_REQUEST,
        "export": P.SCREENING_READ,
    }
    problems = {"create": (ScreeningUnderWay, ScreeningNotAcceptable)}

    def visible(self) -> QuerySet[Any]:
        rows = run_list(actor=self.actor)
        return rows.defer("query", "candidates", "lists") if self.action == "list" else rows

    def create(self, _request: Request) -> Response:
        """Screen an organisation, its signatories and owners against every list in force."""
        organisation = self.validated()["organisation"]
        job = screening_request(actor=self.actor, organisation=organisation)
        queued = {"organisation": organisation.pk, "job": job.pk}
        return self.answer(queued, location=f"/api/v1/jobs/{job.pk}")

    @action(detail=True, methods=["get"])
    def export(self, _request: Request, **_path: str) -> HttpResponseBase:
        """Export a screening whole: lists with hashes, query, candidates, features and decisions, as canonical JSON."""
        run = self.get_object()
        shown = self.serializer_class(run, context=self.output_context(Selection())).data
        for hit in shown["hits"]:
            del hit["actions"]
        headers = {
            "Content-Disposition": f'attachment; filename="screening-{run.pk}.json"',
            "Cache-Control": "no-store",
        }
        return HttpResponse(canonical_json(content=shown), content_type="application/json", headers=headers)


class ScreeningHits(ListMixin, RetrieveMixin, ApiViewSet):
    """Whom a list may mean: each waits for a person's decision."""

    queryset = Hit.objects.all()
    serializer_class = serializers.HitOut
    filterset_class = serializers.HitFilter
    ordering_fields = {"id": "id", "score": "score"}
    ordering = "id"
    inputs = {"decide": serializers.DecisionIn}
    permissions = {"list": P.SCREENING_READ, "retrieve": P.SCREENING_READ, "decide": P.SCREENING_HIT_DECIDE}
    step_up = {"decide"}
    problems = {"decide": (NotNow, NotPermitted, OfficerNeedsPerson, ConflictOfInterest, HitOnOneself, EntryChanged)}

    def visible(self) -> QuerySet[Any]:
        return hit_list(actor=self.actor)

    @action(detail=True, methods=["post"])
    def decide(self, _request: Request, **_path: str) -> Response:
        """Say whether the subject is the listed one, and why; it holds for the pair until either side changes."""
        given = self.validated()
        hit = hit_decide(
            actor=self.actor, hit=self.get_object(), verdict=HitStatus(given["verdict"]), reason=given["reason"]
        )
        return self.answer(hit)
