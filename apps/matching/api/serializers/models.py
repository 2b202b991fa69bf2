"""The shapes of scoring models."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.matching.scoring_models import ScoringModel
from kernel.api.serializers import ApiSerializer


class ScoringModelOut(ApiSerializer):
    id = serializers.CharField()
    sha256 = serializers.CharField()
    basis = serializers.SerializerMethodField()
    content = serializers.JSONField(source="raw", help_text="weights and parameters as in the model's file")

    @extend_schema_field({"type": "string"})
    def get_basis(self, model: ScoringModel) -> str:
        return str(model.raw["basis"])
