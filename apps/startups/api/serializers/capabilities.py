"""The shapes of capabilities."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.organisations.disclosure import Tier
from apps.organisations.tiered import TieredSerializer
from apps.reference.evidence import EvidenceTier
from apps.startups.api.serializers.firms import StartupBrief, startup_brief
from apps.startups.disclosure import (
    DERIVED,
    TIERS,
)
from apps.startups.models import Capability
from apps.startups.states import (
    CAPABILITY,
    CapabilityStatus,
    Flag,
    Maturity,
)
from kernel.api.money import MoneyIn, MoneyOut, money_flat
from kernel.api.permissions import get_actor


class CapabilityEdit(serializers.Serializer[Any]):
    area = serializers.CharField(max_length=60, help_text="Code of a capability area.")
    title = serializers.CharField(max_length=200)
    maturity = serializers.ChoiceField(choices=Maturity.choices)
    description = serializers.CharField(max_length=5000, allow_blank=True, required=False)
    trl = serializers.IntegerField(min_value=1, max_value=9, allow_null=True, required=False)
    tier = serializers.ChoiceField(choices=EvidenceTier.choices, allow_blank=True, required=False)
    unit_cost = MoneyIn(allow_null=True, required=False)
    output_per_month = serializers.IntegerField(min_value=0, max_value=2_000_000_000, allow_null=True, required=False)
    lead_time_days = serializers.IntegerField(min_value=0, max_value=100_000, allow_null=True, required=False)
    export_class = serializers.CharField(max_length=20, allow_blank=True, required=False)
    flags = serializers.ListField(
        child=serializers.ChoiceField(choices=Flag.choices),
        max_length=len(Flag),
        allow_null=True,
        required=False,
        help_text="null: not declared; an empty list: declared as none",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return money_flat(attrs, ("unit_cost",))


class CapabilityOut(TieredSerializer):
    tiers = {**TIERS[Capability], **DERIVED[Capability]}

    id = serializers.UUIDField()
    startup = serializers.SerializerMethodField()
    area = serializers.CharField(source="area.code")
    title = serializers.CharField()
    maturity = serializers.ChoiceField(choices=Maturity.choices)
    trl = serializers.IntegerField(allow_null=True)
    tier = serializers.ChoiceField(choices=EvidenceTier.choices, allow_blank=True)
    status = serializers.ChoiceField(choices=CapabilityStatus.choices)
    actions = serializers.SerializerMethodField()
    description = serializers.CharField()
    unit_cost = MoneyOut(column="unit_cost")
    output_per_month = serializers.IntegerField(allow_null=True)
    lead_time_days = serializers.IntegerField(allow_null=True)
    export_class = serializers.CharField()
    flags = serializers.ListField(child=serializers.ChoiceField(choices=Flag.choices), allow_null=True)
    created_at = serializers.DateTimeField()

    @extend_schema_field(StartupBrief)
    def get_startup(self, capability: Any) -> dict[str, Any]:
        return startup_brief(capability.firm, capability)

    def get_actions(self, capability: Any) -> list[str]:
        if capability.viewer_tier < Tier.T4:
            return []
        return CAPABILITY.available(capability, get_actor(self.context["request"]))
