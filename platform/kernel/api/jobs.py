"""Long work as callers see it: status, progress, counts, cancel."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from kernel.api.filters import ChoiceFilter, StrictFilterSet, TextFilter
from kernel.api.serializers import ApiSerializer
from kernel.api.views import ApiViewSet, ListMixin, RetrieveMixin
from kernel.job_states import JobStatus
from kernel.jobs import JobAlreadyEnded, job_cancel, job_progress
from kernel.models import Job

READ = "kernel.job.read"
CANCEL = "kernel.job.cancel"


class JobOut(ApiSerializer):
    id = serializers.UUIDField()
    kind = serializers.CharField()
    status = serializers.ChoiceField(choices=JobStatus.choices)
    progress = serializers.SerializerMethodField()
    chunks = serializers.SerializerMethodField()
    counts = serializers.JSONField(source="result", help_text="what has been done so far, by name")
    reasons = serializers.JSONField(help_text="why parts of it were given up")
    payload = serializers.JSONField(help_text="what it works on")
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field({"type": "number", "minimum": 0, "maximum": 1})
    def get_progress(self, job: Job) -> float:
        return float(job_progress(job=job)["fraction"])

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "integer"}})
    def get_chunks(self, job: Job) -> dict[str, Any]:
        return dict(job_progress(job=job)["chunks"])


class JobBrief(ApiSerializer):
    id = serializers.UUIDField()
    kind = serializers.CharField()
    status = serializers.ChoiceField(choices=JobStatus.choices)
    created_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class JobFilter(StrictFilterSet):
    status = ChoiceFilter(choices=JobStatus.choices)
    kind = TextFilter()


class Jobs(ListMixin, RetrieveMixin, ApiViewSet):
    """Long work of one's own organisation."""

    queryset = Job.objects.all()
    serializer_class = JobOut
    outputs = {"list": JobBrief}
    filterset_class = JobFilter
    ordering_fields = {"created_at": "created_at"}
    ordering = "-created_at"
    inputs = {"cancel": None}
    permissions = {"list": READ, "retrieve": READ, "cancel": CANCEL}
    problems = {"cancel": (JobAlreadyEnded,)}

    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, id: str) -> Response:  # noqa: A002 - the name in the path
        """Ask a job to stop."""
        return self.answer(job_cancel(job=self.get_object(), actor=self.actor))
