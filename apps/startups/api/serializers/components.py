"""The shapes of bills of materials."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from apps.organisations.tiered import TieredSerializer
from apps.startups.api.serializers.fields import COUNTRY
from apps.startups.disclosure import (
    TIERS,
)
from apps.startups.models import Component
from kernel.api.money import FineMoneyIn, FineMoneyOut, money_flat
from kernel.api.serializers import ApiSerializer
from kernel.api.whole import WholeSerializer

MAX_COMPONENTS = 500


class ComponentIn(WholeSerializer):
    name = serializers.CharField(max_length=200)
    unit_cost = FineMoneyIn()
    quantity = serializers.DecimalField(max_digits=12, decimal_places=4, min_value=Decimal("0.0001"))
    origin = serializers.RegexField(COUNTRY, allow_null=True, required=False, help_text="null: not known")
    supplier = serializers.CharField(max_length=200, allow_blank=True, required=False)
    single_source = serializers.BooleanField(allow_null=True, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return money_flat(attrs, ("unit_cost",))


class ComponentsIn(serializers.Serializer[Any]):
    components = ComponentIn(many=True, max_length=MAX_COMPONENTS)  # type: ignore[call-arg]


class ComponentOut(TieredSerializer):
    tiers = TIERS[Component]

    id = serializers.UUIDField()
    name = serializers.CharField()
    unit_cost = FineMoneyOut(column="unit_cost")
    quantity = serializers.DecimalField(max_digits=12, decimal_places=4)
    origin = serializers.CharField(allow_null=True)
    supplier = serializers.CharField()
    single_source = serializers.BooleanField(allow_null=True)


class ComponentsOut(ApiSerializer):
    components = ComponentOut(many=True)
