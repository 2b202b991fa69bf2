"""The shapes of a firm's yearly figures."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from apps.organisations.tiered import TieredSerializer
from apps.reference.evidence import EvidenceTier
from apps.startups.api.serializers.fields import months_field, share_field
from apps.startups.disclosure import (
    TIERS,
)
from apps.startups.models import Financials
from kernel.api.money import MoneyIn, MoneyOut, money_flat


def shares_field() -> serializers.DictField:
    """Fractions by class of customer."""
    return serializers.DictField(
        child=serializers.FloatField(min_value=0, max_value=1),
        allow_null=True,
        required=False,
        help_text="Shares by class of customer.",
    )


class FinancialsIn(serializers.Serializer[Any]):
    year = serializers.IntegerField(min_value=1900, max_value=2200)
    revenue = MoneyIn(allow_null=True, required=False)
    order_book = MoneyIn(allow_null=True, required=False)
    debt = MoneyIn(allow_null=True, required=False)
    customers = shares_field()
    order_book_customers = shares_field()
    largest_customer_share = share_field(min_value=Decimal(0), max_value=Decimal(1), allow_null=True, required=False)
    gross_margin = share_field(max_value=Decimal(1), allow_null=True, required=False)
    cash_months = months_field(min_value=Decimal(0), allow_null=True, required=False)
    headcount = serializers.IntegerField(min_value=0, max_value=10_000_000, allow_null=True, required=False)
    audited = serializers.BooleanField(allow_null=True, required=False)
    document = serializers.UUIDField(
        allow_null=True, required=False, help_text="A clean document of one's own: the tier follows from it."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return money_flat(attrs, ("revenue", "order_book", "debt"))


class FinancialsOut(TieredSerializer):
    tiers = TIERS[Financials]

    id = serializers.UUIDField()
    year = serializers.IntegerField()
    revenue = MoneyOut(column="revenue")
    order_book = MoneyOut(column="order_book")
    debt = MoneyOut(column="debt")
    customers = serializers.DictField(child=serializers.FloatField(), allow_null=True)
    order_book_customers = serializers.DictField(child=serializers.FloatField(), allow_null=True)
    largest_customer_share = share_field(allow_null=True)
    gross_margin = share_field(allow_null=True)
    cash_months = months_field(allow_null=True)
    headcount = serializers.IntegerField(allow_null=True)
    audited = serializers.BooleanField(allow_null=True)
    document = serializers.UUIDField(source="document_id", allow_null=True)
    tier = serializers.ChoiceField(choices=EvidenceTier.choices)
