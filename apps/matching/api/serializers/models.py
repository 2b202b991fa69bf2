"""The shapes of scoring models, their evaluations and their shadow runs."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.matching.models import ModelEvaluation
from apps.matching.scoring_models import ScoringModel
from apps.matching.selectors.scoring_models import Agreement
from apps.matching.states import EvaluationSource, Side
from kernel.api.filters import StrictFilterSet, TextFilter
from kernel.api.serializers import ApiSerializer, VisibleObject


class ScoringModelIn(serializers.Serializer[Any]):
    content = serializers.DictField(help_text="the whole model: id, basis, weights, tables, parameters")


class PromotionIn(serializers.Serializer[Any]):
    evaluation = VisibleObject(
        queryset=ModelEvaluation.objects.all(), help_text="of this model against the current one"
    )


class ScoringModelOut(ApiSerializer):
    id = serializers.CharField()
    sha256 = serializers.CharField()
    is_current = serializers.SerializerMethodField(help_text="runs score with it")
    basis = serializers.SerializerMethodField()
    content = serializers.JSONField(source="raw", help_text="weights, tables and parameters as in the model's file")

    @extend_schema_field({"type": "boolean"})
    def get_is_current(self, model: ScoringModel) -> bool:
        return bool(self.context["current"] == model.id)

    @extend_schema_field({"type": "string"})
    def get_basis(self, model: ScoringModel) -> str:
        return str(model.raw["basis"])


class EvaluationFilter(StrictFilterSet):
    candidate = TextFilter()


class EvaluationOut(ApiSerializer):
    """How a model ranked what was chosen, against the model that was current then."""

    id = serializers.UUIDField()
    candidate = serializers.CharField()
    candidate_sha256 = serializers.CharField()
    baseline = serializers.CharField()
    baseline_sha256 = serializers.CharField()
    rests_on = serializers.ChoiceField(choices=EvaluationSource.choices, source="source")
    subject = serializers.CharField(help_text="sha256 of the folder, or id of the run")
    as_of = serializers.DateField()
    seed = serializers.IntegerField()
    resamples = serializers.IntegerField()
    figures = serializers.DictField(
        help_text="side → measure → owners, candidate, baseline, mean difference and its 95 % interval (low, high)"
    )
    is_better = serializers.BooleanField(help_text="shown on each side: what a promotion asks")
    evaluated_at = serializers.DateTimeField()


class OverlapOut(serializers.Serializer[Any]):
    top = serializers.IntegerField()
    share = serializers.FloatField(allow_null=True)


class AgreementOut(ApiSerializer):
    """How alike the lists of two runs are on one side, as means over the owners that have one in both."""

    side = serializers.ChoiceField(choices=Side.choices)
    owners = serializers.IntegerField()
    overlap = serializers.SerializerMethodField()
    rank_correlation = serializers.FloatField(allow_null=True, help_text="Spearman's, over what both lists name")
    entered = serializers.IntegerField(help_text="pairs in the model's top 50 only")
    left = serializers.IntegerField(help_text="pairs in the current top 50 only")

    @extend_schema_field(OverlapOut(many=True))
    def get_overlap(self, agreement: Agreement) -> list[dict[str, Any]]:
        return [{"top": top, "share": share} for top, share in agreement.overlap.items()]


class ShadowOut(ApiSerializer):
    """A shadow run of a model, and how its lists agree with those of the run whose inputs it scored."""

    run = serializers.UUIDField()
    shadow_of = serializers.UUIDField()
    agreements = AgreementOut(many=True)
