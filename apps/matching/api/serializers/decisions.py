"""The shapes of a fund's decision figures: bands for others, exact for itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.matching.disclosure import DECISION_FIGURES
from apps.matching.rules.decisions import (
    CASH_EDGES,
    RESPONSE_EDGES,
    TERMS_EDGES,
    DecisionFigures,
    count_band,
    days_band,
    days_bands,
)
from apps.organisations.disclosure import Tier
from apps.organisations.tiered import TieredSerializer
from apps.reference.evidence import EvidenceTier
from apps.startups.rules.speed import SpeedFigure

EDGES: dict[str, Sequence[int]] = {
    "first_response": RESPONSE_EDGES,
    "term_sheet": TERMS_EDGES,
    "cash": CASH_EDGES,
}
BANDS = sorted({band for edges in EDGES.values() for band in days_bands(edges=edges)})


class DecisionBandOut(serializers.Serializer[Any]):
    days = serializers.CharField(help_text=f"A band of days; one of: {', '.join(BANDS)}.")
    count = serializers.CharField(help_text="A band of how many it rests on, five at least.")


class DecisionBandsOut(serializers.Serializer[Any]):
    first_response = DecisionBandOut(allow_null=True, help_text="Of a fund that was asked; null under five.")
    term_sheet = DecisionBandOut(allow_null=True, help_text="From introduction; null under five.")
    cash = DecisionBandOut(allow_null=True, help_text="From introduction, as firms confirm it; null under five.")


class DecisionFigureOut(serializers.Serializer[Any]):
    days = serializers.FloatField()
    low = serializers.FloatField(help_text="Lower end of the 90 % interval, in days.")
    high = serializers.FloatField(help_text="Its upper end.")
    n_closed = serializers.IntegerField()
    n_open = serializers.IntegerField()
    tier = serializers.ChoiceField(choices=EvidenceTier.choices)
    basis = serializers.CharField(help_text='Of the prior; "assumption": nobody published it.')


class DecisionExactOut(serializers.Serializer[Any]):
    first_response = DecisionFigureOut(allow_null=True)
    term_sheet = DecisionFigureOut(allow_null=True)
    cash = DecisionFigureOut(allow_null=True)
    closed = serializers.IntegerField(help_text="Introductions that became money.")
    passed = serializers.IntegerField(help_text="That the fund declined.")
    lapsed = serializers.IntegerField(help_text="That the fund left without an answer.")


class DecisionSpeedOut(TieredSerializer):
    """Of a fund with its decision `figures`, as its log stands `as_of`."""

    tiers = DECISION_FIGURES

    id = serializers.UUIDField(help_text="Of the fund.")
    as_of = serializers.DateField()
    bands = serializers.SerializerMethodField()
    exact = serializers.SerializerMethodField(required=False, help_text="One's own alone.")

    @extend_schema_field(DecisionBandsOut)
    def get_bands(self, fund: Any) -> dict[str, Any]:
        return {name: _band(getattr(fund.figures, name), edges) for name, edges in EDGES.items()}

    @extend_schema_field(DecisionExactOut)
    def get_exact(self, fund: Any) -> dict[str, Any]:
        figures: DecisionFigures = fund.figures
        if fund.viewer_tier < Tier.T4:
            return {}
        return dict(DecisionExactOut(figures).data)


def _band(figure: SpeedFigure | None, edges: Sequence[int]) -> dict[str, str] | None:
    count = None if figure is None else count_band(count=figure.n_closed)
    if figure is None or count is None:
        return None
    return {"days": days_band(days=figure.days, edges=edges), "count": count}
