"""The shapes of funds in the REST interface."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from apps.investors.api.serializers.fields import countries_field, prose_field
from apps.investors.disclosure import DERIVED, TEASER, TIERS
from apps.investors.models import Fund
from apps.organisations.states import Standing
from apps.organisations.tiered import TieredSerializer

AREA_ROOTS = "area_roots"
"""In the context: every area's code and its root's."""


class InvestorEdit(serializers.Serializer[Any]):
    fund_type = serializers.CharField(max_length=40, allow_blank=True)
    investor_countries = countries_field(allow_null=True)
    life_ends_on = serializers.DateField(allow_null=True, help_text="When the fund gives its money back.")
    strategy = prose_field()
    strategy_uk = prose_field()


def area_roots_of(fund: Any, roots: Mapping[str, str]) -> list[str]:
    """The roots of the areas that the fund's active mandates name."""
    return sorted({roots.get(code, code) for mandate in fund.active_mandates for code, _ in mandate.areas})


class InvestorTeaserOut(TieredSerializer):
    """A fund to those who are no verified counterpart of it."""

    tiers = TEASER

    id = serializers.UUIDField(source="teaser_id", help_text="Of the teaser alone, not the fund's.")
    fund_type = serializers.CharField()
    country = serializers.CharField(source="organisation.country")
    areas = serializers.SerializerMethodField(help_text="Roots of the areas that the active mandates name.")

    def get_areas(self, fund: Any) -> list[str]:
        return area_roots_of(fund, self.context[AREA_ROOTS])


class InvestorOut(TieredSerializer):
    tiers = {**TIERS[Fund], **DERIVED[Fund]}

    id = serializers.UUIDField()
    name = serializers.CharField(source="organisation.legal_name")
    country = serializers.CharField(source="organisation.country")
    fund_type = serializers.CharField()
    areas = serializers.SerializerMethodField(help_text="Roots of the areas that the active mandates name.")
    standing = serializers.ChoiceField(source="shown_standing", choices=Standing.choices)
    life_ends_on = serializers.DateField(allow_null=True, help_text="When the fund gives its money back.")
    strategy = serializers.CharField()
    strategy_uk = serializers.CharField()
    organisation = serializers.UUIDField(source="organisation_id")
    investor_countries = serializers.ListField(child=serializers.CharField(), allow_null=True)
    created_at = serializers.DateTimeField()

    def get_areas(self, fund: Any) -> list[str]:
        return area_roots_of(fund, self.context[AREA_ROOTS])
