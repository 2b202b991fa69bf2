"""The shapes of levers in the REST interface."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from apps.investors.api.serializers.fields import (
    countries_field,
    cover_field,
    places_field,
    rate_field,
    tenor_field,
)
from apps.investors.disclosure import DERIVED, TIERS
from apps.investors.models import Lever
from apps.investors.rules import EXCLUDABLE
from apps.investors.states import Confidence, LeverKind
from apps.organisations.tiered import TieredSerializer
from apps.reference.instruments import InstrumentClass
from kernel.api.money import MoneyIn, MoneyOut, money_flat


class LeverEdit(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=LeverKind.choices)
    issuer = serializers.CharField(max_length=200, allow_blank=True, required=False)
    classes = serializers.ListField(
        child=serializers.ChoiceField(choices=InstrumentClass.choices),
        max_length=len(InstrumentClass),
        allow_null=True,
        required=False,
    )
    countries = countries_field(allow_null=True, required=False)
    excluded_flags = serializers.ListField(
        child=serializers.ChoiceField(choices=EXCLUDABLE), max_length=len(EXCLUDABLE), allow_null=True, required=False
    )
    risk_cover = cover_field(min_value=Decimal(0), max_value=Decimal(1), allow_null=True, required=False)
    cover_cap = MoneyIn(allow_null=True, required=False)
    premium = rate_field(min_value=Decimal(0), max_value=Decimal(10), allow_null=True, required=False)
    fee = cover_field(
        min_value=Decimal(0),
        max_value=Decimal(1),
        allow_null=True,
        required=False,
        help_text="Paid once, a fraction of the covered amount.",
    )
    tenor_max_years = tenor_field(min_value=Decimal("0.001"), allow_null=True, required=False)
    places = places_field(
        allow_null=True,
        required=False,
        help_text="Regions and whole countries that narrow `countries`; empty: none do.",
    )
    conditions = serializers.CharField(max_length=500, allow_blank=True, required=False)
    conditions_uk = serializers.CharField(max_length=500, allow_blank=True, required=False)
    valid_from = serializers.DateField(allow_null=True, required=False)
    valid_to = serializers.DateField(allow_null=True, required=False)
    source = serializers.CharField(max_length=500, allow_blank=True, required=False)  # type: ignore[assignment]
    as_of = serializers.DateField(allow_null=True, required=False, help_text="When its terms were read.")
    confidence = serializers.ChoiceField(choices=Confidence.choices, allow_blank=True, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return money_flat(attrs, ("cover_cap",))


class LeverOut(TieredSerializer):
    tiers = {**TIERS[Lever], **DERIVED[Lever]}

    id = serializers.UUIDField()
    is_public = serializers.SerializerMethodField()
    kind = serializers.ChoiceField(choices=LeverKind.choices)
    issuer = serializers.CharField()
    classes = serializers.ListField(child=serializers.ChoiceField(choices=InstrumentClass.choices), allow_null=True)
    countries = serializers.ListField(child=serializers.CharField(), allow_null=True)
    excluded_flags = serializers.ListField(child=serializers.CharField(), allow_null=True)
    risk_cover = cover_field(allow_null=True)
    cover_cap = MoneyOut(column="cover_cap")
    premium = rate_field(allow_null=True)
    fee = cover_field(allow_null=True)
    tenor_max_years = tenor_field(allow_null=True)
    places = serializers.ListField(child=serializers.CharField(), allow_null=True)
    conditions = serializers.CharField()
    conditions_uk = serializers.CharField()
    valid_from = serializers.DateField(allow_null=True)
    valid_to = serializers.DateField(allow_null=True)
    source = serializers.CharField()  # type: ignore[assignment]
    as_of = serializers.DateField(allow_null=True)
    confidence = serializers.ChoiceField(choices=Confidence.choices, allow_blank=True)

    def get_is_public(self, lever: Any) -> bool:
        return lever.organisation_id is None


class LeverBrief(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=LeverKind.choices)
    issuer = serializers.CharField()
    classes = serializers.ListField(child=serializers.CharField(), allow_null=True)
    risk_cover = cover_field(allow_null=True)
    valid_from = serializers.DateField(allow_null=True)
    valid_to = serializers.DateField(allow_null=True)
    confidence = serializers.ChoiceField(choices=Confidence.choices, allow_blank=True)
