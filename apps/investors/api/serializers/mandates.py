"""The shapes of mandates in the REST interface."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.investors.api.serializers.fields import countries_field, prose_field, rate_field, tenor_field
from apps.investors.api.serializers.levers import LeverBrief
from apps.investors.coverage import lever_coverage
from apps.investors.disclosure import DERIVED, TIERS
from apps.investors.models import Mandate
from apps.investors.rules import EXCLUDABLE, FOREIGN_SHARE_EDGES, capacity_left
from apps.investors.rules.levers import WARNED
from apps.investors.services import WEIGHTED
from apps.investors.states import MANDATE, MandateStatus, Perimeter
from apps.organisations.disclosure import Tier
from apps.organisations.tiered import TieredSerializer
from apps.reference.evidence import EvidenceTier
from apps.reference.instruments import Instrument
from apps.reference.tables import editions
from apps.reference.terms import TERMS
from kernel.api.money import MoneyIn, MoneyOut, money_flat
from kernel.api.permissions import get_actor
from kernel.api.problems import translated
from kernel.api.whole import WholeSerializer
from kernel.clock import utc_today

MAX_WEIGHTS = 100


def reserve_field(**kwargs: Any) -> serializers.DecimalField:
    """A multiple of the first ticket."""
    return serializers.DecimalField(
        max_digits=5, decimal_places=3, help_text="Kept for later rounds, a multiple of the first ticket.", **kwargs
    )


class AreaWeight(WholeSerializer):
    area = serializers.CharField(max_length=60, help_text="Code of a capability area.")
    weight = serializers.FloatField(min_value=0, max_value=1_000_000)


class StageWeight(WholeSerializer):
    stage = serializers.CharField(max_length=40)
    weight = serializers.FloatField(min_value=0, max_value=1_000_000)


class PlaceWeight(WholeSerializer):
    place = serializers.CharField(max_length=6, help_text="ISO 3166-1 alpha-2 or ISO 3166-2")
    weight = serializers.FloatField(min_value=0, max_value=1_000_000)


class MandateTerm(WholeSerializer):
    term = serializers.ChoiceField(choices=TERMS)
    value = serializers.CharField(max_length=40)
    required = serializers.BooleanField(default=False)  # type: ignore[assignment]


def weights(pairs: Iterable[tuple[str, float]], name: str) -> list[dict[str, Any]]:
    """Stored pairs as objects."""
    return [{name: code, "weight": weight} for code, weight in pairs]


class InvestorBrief(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    fund_type = serializers.CharField()
    country = serializers.CharField()


class MoneyAmount(serializers.Serializer[Any]):
    amount = serializers.DecimalField(max_digits=18, decimal_places=2)
    currency = serializers.CharField()


class MandateWarning(serializers.Serializer[Any]):
    pointer = serializers.CharField(help_text="The term of the lever.")
    code = serializers.CharField()
    answer = serializers.ChoiceField(choices=WARNED)
    detail = serializers.CharField()


class MandateEdit(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=200)
    areas = AreaWeight(many=True, min_length=1, max_length=MAX_WEIGHTS)  # type: ignore[call-arg]
    ticket_min = MoneyIn()
    ticket_max = MoneyIn()
    instruments = serializers.ListField(
        child=serializers.ChoiceField(choices=Instrument.choices), min_length=1, max_length=len(Instrument)
    )
    ticket_typical = MoneyIn(allow_null=True, required=False)
    stages = StageWeight(many=True, required=False, max_length=MAX_WEIGHTS)  # type: ignore[call-arg]
    countries = countries_field(required=False)
    places = PlaceWeight(many=True, required=False, max_length=MAX_WEIGHTS)  # type: ignore[call-arg]
    trl_min = serializers.IntegerField(min_value=1, max_value=9, allow_null=True, required=False)
    trl_max = serializers.IntegerField(min_value=1, max_value=9, allow_null=True, required=False)
    offered_cost_of_capital = rate_field(
        min_value=Decimal("-0.999999"), max_value=Decimal(10), allow_null=True, required=False
    )
    offer_tier = serializers.ChoiceField(choices=EvidenceTier.choices, allow_blank=True, required=False)
    lever = serializers.UUIDField(allow_null=True, required=False)
    tenor_years = tenor_field(min_value=Decimal("0.001"), allow_null=True, required=False)
    capacity = MoneyIn(allow_null=True, required=False)
    max_foreign_share = serializers.DecimalField(
        max_digits=4,
        decimal_places=3,
        min_value=Decimal(0),
        max_value=Decimal(1),
        allow_null=True,
        required=False,
        help_text=f"An edge of a published band: {', '.join(str(edge) for edge in FOREIGN_SHARE_EDGES)}.",
    )
    perimeter = serializers.ChoiceField(choices=Perimeter.choices, allow_blank=True, required=False)
    exclusions = serializers.ListField(
        child=serializers.ChoiceField(choices=EXCLUDABLE), max_length=len(EXCLUDABLE), required=False
    )
    terms = MandateTerm(many=True, required=False, max_length=len(TERMS))  # type: ignore[call-arg]
    follow_on_reserve = reserve_field(min_value=Decimal(0), allow_null=True, required=False)
    thesis = prose_field(required=False)
    thesis_uk = prose_field(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        flat = money_flat(attrs, ("ticket_min", "ticket_max", "ticket_typical", "capacity"))
        pairs = {
            field: [(item[name], item["weight"]) for item in flat[field]]
            for field, name in WEIGHTED.items()
            if field in flat
        }
        return {**flat, **pairs}


class MandateOut(TieredSerializer):
    tiers = {**TIERS[Mandate], **DERIVED[Mandate]}

    id = serializers.UUIDField()
    investor = serializers.SerializerMethodField()
    name = serializers.CharField()
    areas = serializers.SerializerMethodField()
    ticket_min = MoneyOut(column="ticket_min")
    ticket_typical = MoneyOut(column="ticket_typical")
    ticket_max = MoneyOut(column="ticket_max")
    instruments = serializers.ListField(child=serializers.ChoiceField(choices=Instrument.choices))
    stages = serializers.SerializerMethodField()
    countries = serializers.ListField(child=serializers.CharField())
    trl_min = serializers.IntegerField(allow_null=True)
    trl_max = serializers.IntegerField(allow_null=True)
    offered_cost_of_capital = rate_field(allow_null=True)
    offer_tier = serializers.ChoiceField(choices=EvidenceTier.choices, allow_blank=True)
    lever = LeverBrief(allow_null=True)
    tenor_years = tenor_field(allow_null=True)
    terms = MandateTerm(many=True)
    follow_on_reserve = reserve_field(allow_null=True)
    thesis = serializers.CharField()
    thesis_uk = serializers.CharField()
    status = serializers.ChoiceField(choices=MandateStatus.choices)
    actions = serializers.SerializerMethodField()
    places = serializers.SerializerMethodField()
    capacity = MoneyOut(column="capacity", help_text="As the fund states it, before what is held of it.")
    capacity_left = serializers.SerializerMethodField(
        help_text="The stated capacity less what accepted terms reserve and closings have used up; null: not known."
    )
    max_foreign_share = serializers.DecimalField(max_digits=4, decimal_places=3, allow_null=True)
    perimeter = serializers.ChoiceField(choices=Perimeter.choices, allow_blank=True)
    exclusions = serializers.ListField(child=serializers.ChoiceField(choices=EXCLUDABLE))
    warnings = serializers.SerializerMethodField(
        help_text="Where the lever behind the offer does not cover what the mandate would finance, or may not."
    )
    created_at = serializers.DateTimeField()

    @extend_schema_field(InvestorBrief)
    def get_investor(self, mandate: Any) -> dict[str, Any]:
        organisation = mandate.fund.organisation
        return {
            "id": str(mandate.fund_id),
            "name": organisation.legal_name,
            "fund_type": mandate.fund.fund_type,
            "country": organisation.country,
        }

    @extend_schema_field(AreaWeight(many=True))
    def get_areas(self, mandate: Any) -> list[dict[str, Any]]:
        return weights(mandate.areas, "area")

    @extend_schema_field(StageWeight(many=True))
    def get_stages(self, mandate: Any) -> list[dict[str, Any]]:
        return weights(mandate.stages, "stage")

    @extend_schema_field(PlaceWeight(many=True))
    def get_places(self, mandate: Any) -> list[dict[str, Any]]:
        return weights(mandate.places, "place")

    def get_actions(self, mandate: Any) -> list[str]:
        if mandate.viewer_tier < Tier.T4:
            return []
        return MANDATE.available(mandate, get_actor(self.context["request"]))

    @extend_schema_field(MoneyAmount(allow_null=True))
    def get_capacity_left(self, mandate: Any) -> dict[str, Any] | None:
        if mandate.viewer_tier < Tier.T4:
            return None
        left = capacity_left(
            stated=mandate.capacity,
            currency=mandate.currency,
            held=[(hold.amount, hold.currency) for hold in mandate.holds_in_force],
            rates=editions().table_at(utc_today()).fx_to_eur,
        )
        return None if left is None else {"amount": f"{left:f}", "currency": mandate.currency}

    @extend_schema_field(MandateWarning(many=True))
    def get_warnings(self, mandate: Any) -> list[dict[str, Any]]:
        if mandate.viewer_tier < Tier.T4:
            return []
        return [
            {
                "pointer": reason.problem.pointer,
                "code": reason.problem.code,
                "answer": reason.answer.value,
                "detail": translated(reason.problem.detail, reason.problem.values),
            }
            for reason in lever_coverage(mandate=mandate, on=utc_today()).reasons
        ]
