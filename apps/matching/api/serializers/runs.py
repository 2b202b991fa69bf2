"""The shapes of match runs."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.matching.api.serializers.editions import EditionField
from apps.matching.models import MatchRun
from apps.matching.selectors import freshness, runs
from apps.matching.states import RUN, RunStatus
from apps.permissions import Kind
from kernel.api.filters import ChoiceFilter, DateFilter, StrictFilterSet
from kernel.api.permissions import get_actor
from kernel.api.serializers import ApiSerializer


class MatchRunIn(serializers.Serializer[Any]):
    as_of = serializers.DateField(required=False, help_text="UTC date that counts as now; today if left out")
    model_id = serializers.CharField(required=False, max_length=40)


class MatchRunFilter(StrictFilterSet):
    status = ChoiceFilter(choices=RunStatus.choices)
    as_of = DateFilter()


class MatchRunBrief(ApiSerializer):
    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=RunStatus.choices)
    is_current = serializers.BooleanField()
    as_of = serializers.DateField()
    model = serializers.CharField(source="model_id")
    sha256 = serializers.CharField(source="digest")
    created_at = serializers.DateTimeField()
    published_at = serializers.DateTimeField(allow_null=True)


FOR_OPERATORS = frozenset({"behind_seconds", "counts", "reasons", "seconds", "phases", "sha256", "job"})


class PhaseOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    seconds = serializers.FloatField(allow_null=True, help_text="so far; null before it begins")


class MatchRunOut(ApiSerializer):
    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=RunStatus.choices)
    actions = serializers.SerializerMethodField()
    is_current = serializers.BooleanField()
    as_of = serializers.DateField()
    model = serializers.SerializerMethodField()
    areas = serializers.SerializerMethodField()
    reference = serializers.SerializerMethodField()
    progress = serializers.SerializerMethodField()
    seconds = serializers.SerializerMethodField()
    phases = serializers.SerializerMethodField()
    behind_seconds = serializers.SerializerMethodField()
    counts = serializers.SerializerMethodField()
    reasons = serializers.SerializerMethodField()
    sha256 = serializers.CharField(source="digest")
    job = serializers.UUIDField(source="job_id", allow_null=True)
    created_at = serializers.DateTimeField()
    published_at = serializers.DateTimeField(allow_null=True)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        shown = super().to_representation(instance)
        actor = get_actor(self.context["request"])
        if actor.is_system or actor.kind == Kind.OPERATOR:
            return shown
        # They move with every mandate and raise, also with those that the caller may not know of.
        return {name: value for name, value in shown.items() if name not in FOR_OPERATORS}

    @extend_schema_field({"type": "array", "items": {"type": "string"}})
    def get_actions(self, run: MatchRun) -> list[str]:
        return RUN.available(run, get_actor(self.context["request"]))

    @extend_schema_field(EditionField)
    def get_model(self, run: MatchRun) -> dict[str, str]:
        return {"id": run.model_id, "sha256": run.model_sha256}

    @extend_schema_field(EditionField)
    def get_areas(self, run: MatchRun) -> dict[str, str]:
        return {"id": run.areas_id, "sha256": run.areas_sha256}

    @extend_schema_field(EditionField)
    def get_reference(self, run: MatchRun) -> dict[str, str]:
        return {"id": run.reference_id, "sha256": run.reference_sha256}

    @extend_schema_field({"type": "number", "minimum": 0, "maximum": 1})
    def get_progress(self, run: MatchRun) -> float:
        return runs.run_progress(run=run)

    @extend_schema_field({"type": ["number", "null"], "description": "From the first work to the publication."})
    def get_seconds(self, run: MatchRun) -> float | None:
        return runs.run_seconds(run=run)

    @extend_schema_field(
        {
            "type": ["number", "null"],
            "description": "Age of the oldest change that the lists do not hold, 0 with none; null unless current.",
        }
    )
    def get_behind_seconds(self, run: MatchRun) -> float | None:
        return freshness.behind_seconds(run=run) if run.is_current else None

    @extend_schema_field(PhaseOut(many=True))
    def get_phases(self, run: MatchRun) -> list[dict[str, Any]]:
        return [{"name": phase.name, "seconds": phase.seconds} for phase in runs.run_phases(run=run)]

    @extend_schema_field({"type": "object", "additionalProperties": True})
    def get_counts(self, run: MatchRun) -> dict[str, Any]:
        return runs.run_counts(run=run)

    @extend_schema_field({"type": "array", "items": {"type": "object", "additionalProperties": True}})
    def get_reasons(self, run: MatchRun) -> list[Any]:
        return run.job.reasons if run.job is not None else []
