"""The shapes of a start."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.organisations.tiered import TieredSerializer
from apps.reference.instruments import Instrument
from apps.startups.disclosure import DERIVED, TIERS
from apps.startups.models import StartDraft
from apps.startups.rules.starts import START_FIELDS, start_missing
from apps.startups.states import Maturity
from kernel.api.money import MoneyIn, MoneyOut
from kernel.api.serializers import ApiSerializer


class StartEdit(serializers.Serializer[Any]):
    """Any of the fields; null empties one."""

    area = serializers.CharField(max_length=60, allow_null=True, required=False, help_text="Code of a capability area.")
    title = serializers.CharField(max_length=200, allow_null=True, required=False)
    maturity = serializers.ChoiceField(choices=Maturity.choices, allow_null=True, required=False)
    trl = serializers.IntegerField(min_value=1, max_value=9, allow_null=True, required=False)
    staff = serializers.IntegerField(min_value=0, max_value=10_000_000, allow_null=True, required=False)
    amount = MoneyIn(allow_null=True, required=False, help_text="What is sought.")
    instruments = serializers.ListField(
        child=serializers.ChoiceField(choices=Instrument.choices),
        max_length=len(Instrument),
        allow_null=True,
        required=False,
        help_text="Of one class: equity, debt or grant.",
    )
    stage = serializers.CharField(max_length=40, allow_null=True, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        money = attrs.get("amount")
        return attrs if money is None else {**attrs, "amount": money["amount"], "currency": money["currency"]}


class StartOut(TieredSerializer):
    tiers = {**TIERS[StartDraft], **DERIVED[StartDraft]}

    area = serializers.SerializerMethodField()
    title = serializers.CharField(allow_null=True)
    maturity = serializers.ChoiceField(choices=Maturity.choices, allow_null=True)
    trl = serializers.IntegerField(allow_null=True)
    staff = serializers.IntegerField(allow_null=True)
    amount = MoneyOut(column="amount")
    instruments = serializers.ListField(child=serializers.ChoiceField(choices=Instrument.choices), allow_null=True)
    stage = serializers.CharField(allow_null=True)
    missing = serializers.SerializerMethodField(help_text="The fields that publishing still needs.")

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_area(self, draft: Any) -> str | None:
        return None if draft.area is None else draft.area.code

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(choices=START_FIELDS)))
    def get_missing(self, draft: Any) -> list[str]:
        return start_missing(stated={name: getattr(draft, name) for name in START_FIELDS})


class StartedOut(ApiSerializer):
    capability = serializers.UUIDField(source="capability.pk", help_text="Published: the firm's teaser shows.")
    draft_raise = serializers.UUIDField(source="item.pk", help_text="The draft raise that it leads.")
