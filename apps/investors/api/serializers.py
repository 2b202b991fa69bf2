"""The shapes of funds, levers and mandates in the REST interface."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.investors.disclosure import DERIVED, TEASER, TIERS
from apps.investors.models import Fund, Lever, Mandate
from apps.investors.rules import EXCLUDABLE, FOREIGN_SHARE_EDGES
from apps.investors.services import WEIGHTED
from apps.investors.states import MANDATE, LeverKind, MandateStatus, Perimeter
from apps.organisations.disclosure import Tier
from apps.organisations.states import Standing
from apps.organisations.tiered import TieredSerializer
from apps.reference.evidence import EvidenceTier
from apps.reference.instruments import Instrument, InstrumentClass
from apps.reference.terms import TERMS
from kernel.api.money import MoneyIn, MoneyOut, money_flat
from kernel.api.permissions import get_actor
from kernel.api.whole import WholeSerializer

COUNTRY = r"^[A-Z]{2}$"
MAX_WEIGHTS = 100
MAX_COUNTRIES = 250
AREA_ROOTS = "area_roots"
"""In the context: every area's code and its root's."""


def rate_field(**kwargs: Any) -> serializers.DecimalField:
    """A fraction per year, as the tables keep it."""
    return serializers.DecimalField(max_digits=9, decimal_places=6, **kwargs)


def cover_field(**kwargs: Any) -> serializers.DecimalField:
    """A fraction of the risk."""
    return serializers.DecimalField(max_digits=7, decimal_places=6, **kwargs)


def tenor_field(**kwargs: Any) -> serializers.DecimalField:
    """Years."""
    return serializers.DecimalField(max_digits=6, decimal_places=3, **kwargs)


def countries_field(**kwargs: Any) -> serializers.ListField:
    """Countries as ISO 3166-1 alpha-2 codes."""
    return serializers.ListField(child=serializers.RegexField(COUNTRY), max_length=MAX_COUNTRIES, **kwargs)


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


class InvestorEdit(serializers.Serializer[Any]):
    fund_type = serializers.CharField(max_length=40, allow_blank=True)
    investor_countries = countries_field(allow_null=True)


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
    organisation = serializers.UUIDField(source="organisation_id")
    investor_countries = serializers.ListField(child=serializers.CharField(), allow_null=True)
    created_at = serializers.DateTimeField()

    def get_areas(self, fund: Any) -> list[str]:
        return area_roots_of(fund, self.context[AREA_ROOTS])


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
    valid_from = serializers.DateField(allow_null=True, required=False)
    valid_to = serializers.DateField(allow_null=True, required=False)
    source = serializers.CharField(max_length=500, allow_blank=True, required=False)  # type: ignore[assignment]

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
    valid_from = serializers.DateField(allow_null=True)
    valid_to = serializers.DateField(allow_null=True)
    source = serializers.CharField()  # type: ignore[assignment]

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
    status = serializers.ChoiceField(choices=MandateStatus.choices)
    actions = serializers.SerializerMethodField()
    places = serializers.SerializerMethodField()
    capacity = MoneyOut(column="capacity")
    max_foreign_share = serializers.DecimalField(max_digits=4, decimal_places=3, allow_null=True)
    perimeter = serializers.ChoiceField(choices=Perimeter.choices, allow_blank=True)
    exclusions = serializers.ListField(child=serializers.ChoiceField(choices=EXCLUDABLE))
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
