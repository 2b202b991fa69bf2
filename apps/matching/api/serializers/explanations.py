"""The shapes of explanations."""

from __future__ import annotations

import dataclasses
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.matching.api.serializers.editions import BasisField
from apps.matching.engine.explain import Explanation
from apps.matching.models import MatchRun
from apps.matching.scoring_models import scoring_model
from apps.matching.states import Side
from apps.reference.tables import editions
from kernel.api.serializers import ApiSerializer

EXPLANATION_PARAMETERS = {
    "run": {
        "type": "string",
        "format": "uuid",
        "description": "The run of a match shown earlier; else the current one.",
    },
}


class RawOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    value = serializers.JSONField(help_text="number, text, or null for not stated")
    unit = serializers.CharField()


class FeatureOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    x = serializers.FloatField(help_text="0–1; to one decimal where more would tell what a fund keeps to itself")
    weight = serializers.IntegerField()
    contribution = serializers.IntegerField()
    tier = serializers.CharField(allow_null=True, help_text="evidence behind it; null where there is none")
    basis = serializers.CharField(help_text="stated, figure, reference or prior")
    raw = RawOut(many=True)


class GateOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    answer = serializers.CharField(help_text="pass, fail, unknown, or withheld where it is the other side's business")
    reason = serializers.CharField()
    missing = serializers.ListField(child=serializers.CharField())


class SavingOut(serializers.Serializer[Any]):
    basis_points = serializers.IntegerField(help_text="per year")
    per_year = serializers.FloatField(help_text="EUR")
    worth_today = serializers.FloatField(allow_null=True, help_text="EUR, at the firm's own rate")
    tenor_years = serializers.FloatField(allow_null=True)


@dataclasses.dataclass(frozen=True)
class Explained:
    """An explanation with the run it belongs to."""

    run: MatchRun
    explanation: Explanation


class ExplanationOut(ApiSerializer):
    """Why a pair scores as it does for the caller's side; the contributions add up to the score."""

    run = serializers.UUIDField(source="run.pk")
    as_of = serializers.DateField(source="run.as_of")
    model = serializers.SerializerMethodField()
    reference = serializers.SerializerMethodField()
    areas = serializers.SerializerMethodField()
    side = serializers.ChoiceField(choices=Side.choices, source="explanation.side")
    score = serializers.IntegerField(source="explanation.score")
    score_mutual = serializers.IntegerField(source="explanation.score_mutual")
    confidence = serializers.FloatField(source="explanation.confidence")
    profile = serializers.CharField(
        source="explanation.profile", help_text="which weights the area's speed features take"
    )
    features = FeatureOut(many=True, source="explanation.features")
    gates = GateOut(many=True, source="explanation.gates")
    saving = SavingOut(allow_null=True, source="explanation.saving")

    @extend_schema_field(BasisField)
    def get_model(self, explained: Explained) -> dict[str, str]:
        run = explained.run
        return {"id": run.model_id, "sha256": run.model_sha256, "basis": str(scoring_model(run.model_id).raw["basis"])}

    @extend_schema_field(BasisField)
    def get_reference(self, explained: Explained) -> dict[str, str]:
        run, table = explained.run, editions().table(explained.run.reference_id)
        basis = f"as of {table.as_of.isoformat()}; each figure's own source or assumption stands in the file"
        return {"id": run.reference_id, "sha256": run.reference_sha256, "basis": basis}

    @extend_schema_field(BasisField)
    def get_areas(self, explained: Explained) -> dict[str, str]:
        run = explained.run
        return {"id": run.areas_id, "sha256": run.areas_sha256, "basis": editions().taxonomy(run.areas_id).basis}
