"""The shapes of what changed between two generations."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.matching.models import RunComparison
from apps.matching.rules.comparison import Cause, Change
from apps.matching.selectors.comparisons import ListChange, comparison_status
from apps.matching.states import PreviewStatus, Section, Side
from kernel.api.serializers import ApiSerializer

COMPARISON_PARAMETERS = {
    "with": {
        "type": "string",
        "format": "uuid",
        "description": "The earlier run; else the one that readers saw before this one.",
    },
}
CHANGES_PARAMETERS = {
    "mandate": {"type": "string", "format": "uuid", "description": "One's own mandate, whose list is compared."},
    "raise": {"type": "string", "format": "uuid", "description": "One's own raise, whose list is compared."},
    "section": {"type": "string", "enum": list(Section.values), "default": Section.RANKED.value},
}


class FeaturePoints(serializers.Serializer[Any]):
    feature = serializers.CharField()
    points = serializers.IntegerField(help_text="later less earlier, of 10 000")


class LargestMove(serializers.Serializer[Any]):
    owner = serializers.UUIDField()
    counterpart = serializers.UUIDField()
    from_rank = serializers.IntegerField()
    to_rank = serializers.IntegerField()
    from_score = serializers.IntegerField()
    to_score = serializers.IntegerField()
    because = FeaturePoints(many=True)


class SideComparison(serializers.Serializer[Any]):
    side = serializers.ChoiceField(choices=Side.choices)
    lists = serializers.IntegerField()
    changed_lists = serializers.IntegerField()
    entered = serializers.IntegerField()
    left = serializers.IntegerField()
    moved = serializers.IntegerField()
    points = FeaturePoints(many=True, help_text="by how much each feature differs, up or down, all lines together")
    largest = LargestMove(many=True)


class RunComparisonOut(ApiSerializer):
    """What changed from one run to a later one, over the first fifty of all lists."""

    earlier = serializers.UUIDField(source="earlier_id")
    later = serializers.UUIDField(source="later_id")
    status = serializers.SerializerMethodField()
    sides = serializers.SerializerMethodField()
    job = serializers.UUIDField(source="job_id", allow_null=True)
    created_at = serializers.DateTimeField()

    @extend_schema_field(serializers.ChoiceField(choices=PreviewStatus.choices))
    def get_status(self, comparison: RunComparison) -> str:
        return comparison_status(comparison)

    @extend_schema_field(SideComparison(many=True))
    def get_sides(self, comparison: RunComparison) -> list[dict[str, Any]]:
        return [_side(side, comparison.tallies[side]) for side in Side.values if side in comparison.tallies]


def _side(side: str, tally: dict[str, Any]) -> dict[str, Any]:
    points = sorted(tally["points"].items(), key=lambda item: (-item[1], item[0]))
    return {
        "side": side,
        "lists": tally["lists"],
        "changed_lists": tally["changed_lists"],
        **{change.value: tally["changes"].get(change.value, 0) for change in Change},
        "points": [{"feature": name, "points": number} for name, number in points],
        "largest": [
            {name: value for name, value in {**item, "because": _because(item["because"])}.items() if name != "change"}
            for item in tally["largest"]
        ],
    }


def _because(pairs: Any) -> list[dict[str, Any]]:
    return [{"feature": name, "points": points} for name, points in pairs]


class ListChangeOut(ApiSerializer):
    """A counterpart that entered, left or moved on one's own list between two runs."""

    id = serializers.CharField(help_text="of the pair, as for its explanation")
    mandate = serializers.UUIDField(source="mandate_id")
    vars()["raise"] = serializers.UUIDField(source="raise_id")  # a keyword: it cannot be assigned like the others
    side = serializers.ChoiceField(choices=Side.choices)
    change = serializers.ChoiceField(choices=[(name.value, name.value) for name in Change], source="move.change")
    from_rank = serializers.IntegerField(source="move.from_rank", allow_null=True)
    to_rank = serializers.IntegerField(source="move.to_rank", allow_null=True)
    from_score = serializers.IntegerField(source="move.from_score", allow_null=True)
    to_score = serializers.IntegerField(source="move.to_score", allow_null=True)
    cause = serializers.ChoiceField(
        choices=[(name.value, name.value) for name in Cause],
        help_text="score: others are better, or are no more; gate: one fails in the other run; data: a fact is missing "
        "in the other run, or here; unavailable: not matched in the other run, or not for reasons of one's own",
    )
    gates = serializers.ListField(child=serializers.CharField(), help_text="which fail, where that is the cause")
    because = serializers.SerializerMethodField()

    @extend_schema_field(FeaturePoints(many=True))
    def get_because(self, change: ListChange) -> list[dict[str, Any]]:
        return _because(change.move.because)
