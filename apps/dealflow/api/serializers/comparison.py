"""The shape of raises side by side."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.dealflow.rules.comparison import BASES, MOST_COMPARED, Figure
from apps.organisations.disclosure import Tier
from apps.organisations.tiered import read_note
from apps.startups.disclosure import firm_name
from kernel.api.serializers import ApiSerializer

PARAMETERS = {
    "raise": {
        "type": "array",
        "items": {"type": "string", "format": "uuid"},
        "minItems": 1,
        "maxItems": MOST_COMPARED,
        "description": "A raise that one sees, given up to six times.",
    }
}


class ComparedCellOut(serializers.Serializer[Any]):
    value = serializers.JSONField(
        allow_null=True, help_text="A text, number, flag or list; amounts and shares are texts. null: not stated."
    )
    unit = serializers.CharField()
    as_of = serializers.CharField(help_text="A day or a year; empty where the figure has none of its own.")
    basis = serializers.ChoiceField(choices=BASES, allow_blank=True)
    evidence = serializers.CharField(help_text="E0 to E4; empty where nobody graded it.")


class ComparedFigureOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    tier = serializers.CharField(help_text="From which disclosure tier it is read.")
    differs = serializers.BooleanField(allow_null=True, help_text="null: known of fewer than two of the raises.")
    cells = serializers.DictField(
        child=ComparedCellOut(),
        help_text="By the raise's id; no cell where one may not read it.",
    )


class ComparedFirmOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    is_pseudonym = serializers.BooleanField()


class ComparedOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    startup = ComparedFirmOut()
    tier = serializers.CharField(help_text="How much of it one sees.")


class RaiseComparisonOut(ApiSerializer):
    """Made of cells that are cut one by one: `raise_comparison` makes none that the viewer's tier does not reach."""

    raises = serializers.SerializerMethodField()
    figures = serializers.SerializerMethodField()

    @extend_schema_field(ComparedOut(many=True))
    def get_raises(self, found: Any) -> list[dict[str, Any]]:
        for row in found.raises:
            read_note(context=self.context, row=row)
        return [{"id": str(row.pk), "startup": _firm(row), "tier": Tier(row.viewer_tier).name} for row in found.raises]

    @extend_schema_field(ComparedFigureOut(many=True))
    def get_figures(self, found: Any) -> list[dict[str, Any]]:
        for row in found.raises:
            read_note(context=self.context, row=row)
        return [_figure(figure) for figure in found.figures]


def _firm(row: Any) -> dict[str, Any]:
    shown = firm_name(firm=row.firm, viewer_tier=row.viewer_tier, is_revealed=row.is_revealed)
    return {"id": str(row.firm_id), "name": shown.name, "is_pseudonym": shown.is_pseudonym}


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "name": figure.name,
        "tier": f"T{figure.tier}",
        "differs": figure.differs,
        "cells": {str(raise_id): ComparedCellOut(cell).data for raise_id, cell in figure.cells.items()},
    }
