"""The shapes of firms, their capabilities, logs, figures and raises in the REST interface."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.organisations.disclosure import Tier
from apps.organisations.states import Standing
from apps.organisations.tiered import TieredSerializer
from apps.reference.evidence import EvidenceTier
from apps.reference.instruments import Instrument
from apps.reference.terms import TERMS
from apps.startups.disclosure import (
    AT_WAR,
    DERIVED,
    SIZE_BANDS,
    TEASER,
    TIERS,
    financial_bands,
    firm_name,
    staff_band,
    teaser_pseudonym,
)
from apps.startups.models import Capability, Component, DevelopmentEvent, Financials, Firm, Raise
from apps.startups.rules.bands import AMOUNT_BANDS
from apps.startups.rules.teasers import TRL_BANDS
from apps.startups.selectors import face_parts
from apps.startups.states import (
    CAPABILITY,
    RAISE,
    CapabilityStatus,
    EventKind,
    Flag,
    Maturity,
    Naming,
    RaiseStatus,
)
from kernel.api.money import FineMoneyIn, FineMoneyOut, MoneyIn, MoneyOut, money_flat
from kernel.api.permissions import get_actor
from kernel.api.serializers import ApiSerializer
from kernel.api.whole import WholeSerializer

MAX_COMPONENTS = 500
COUNTRY = r"^[A-Z]{2}$"


def rate_field(**kwargs: Any) -> serializers.DecimalField:
    """A fraction per year, as the tables keep it."""
    return serializers.DecimalField(max_digits=9, decimal_places=6, **kwargs)


def share_field(**kwargs: Any) -> serializers.DecimalField:
    """A fraction, as the tables keep it."""
    return serializers.DecimalField(max_digits=7, decimal_places=6, **kwargs)


def tenor_field(**kwargs: Any) -> serializers.DecimalField:
    """Years."""
    return serializers.DecimalField(max_digits=6, decimal_places=3, **kwargs)


class StartupBrief(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    is_pseudonym = serializers.BooleanField()
    country = serializers.CharField()


def startup_brief(firm: Firm, row: Any) -> dict[str, Any]:
    """A firm within another answer, called as the viewer of `row` may know it."""
    shown = firm_name(firm=firm, viewer_tier=row.viewer_tier, is_revealed=row.is_revealed)
    return {
        "id": str(firm.pk),
        "name": shown.name,
        "is_pseudonym": shown.is_pseudonym,
        "country": firm.organisation.country,
    }


class StartupEdit(serializers.Serializer[Any]):
    region = serializers.RegexField(r"^([A-Z]{2}-[A-Z0-9]{1,3})?$", allow_blank=True, help_text="ISO 3166-2")
    founded_on = serializers.DateField(allow_null=True)
    staff = serializers.IntegerField(min_value=0, max_value=10_000_000, allow_null=True)
    summary = serializers.CharField(max_length=2000, allow_blank=True)
    naming = serializers.ChoiceField(choices=Naming.choices)


class TeaserOut(TieredSerializer):
    """A firm to those who are not verified: null is not stated, or told of fewer than five firms."""

    tiers = TEASER

    id = serializers.UUIDField(source="teaser_id", help_text="Of the teaser alone, not the firm's.")
    pseudonym = serializers.SerializerMethodField(help_text="Of the teaser alone, not the one that counterparts see.")
    area = serializers.SerializerMethodField(help_text="Root area of the most mature capability.")
    country = serializers.SerializerMethodField()
    trl_band = serializers.SerializerMethodField()
    size_band = serializers.SerializerMethodField()

    def get_pseudonym(self, firm: Any) -> str:
        return teaser_pseudonym(teaser_id=str(firm.teaser_id))

    def get_area(self, firm: Any) -> str:
        return face_parts(firm.face).area

    def get_country(self, firm: Any) -> str | None:
        return face_parts(firm.face).country

    @extend_schema_field(serializers.ChoiceField(choices=list(TRL_BANDS), allow_null=True))
    def get_trl_band(self, firm: Any) -> str | None:
        return face_parts(firm.face).trl_band

    @extend_schema_field(serializers.ChoiceField(choices=SIZE_BANDS, allow_null=True))
    def get_size_band(self, firm: Any) -> str | None:
        return face_parts(firm.face).size_band


class FinancialBandsOut(serializers.Serializer[Any]):
    year = serializers.IntegerField()
    currency = serializers.CharField(help_text="Of the bands, at the reference rate; not the one of the statement.")
    revenue = serializers.ChoiceField(choices=AMOUNT_BANDS, allow_null=True)
    order_book = serializers.ChoiceField(choices=AMOUNT_BANDS, allow_null=True)


class StartupOut(TieredSerializer):
    tiers = {**TIERS[Firm], **DERIVED[Firm]}
    at_war = AT_WAR[Firm]
    country_path = "organisation.country"

    id = serializers.UUIDField()
    name = serializers.SerializerMethodField(help_text="The legal name, or the pseudonym by the firm's choice.")
    name_uk = serializers.SerializerMethodField()
    is_pseudonym = serializers.SerializerMethodField()
    country = serializers.CharField(source="organisation.country")
    standing = serializers.ChoiceField(source="shown_standing", choices=Standing.choices)
    staff_band = serializers.SerializerMethodField()
    financials = serializers.SerializerMethodField(help_text="The newest year stated, in bands.")
    founded_on = serializers.DateField(allow_null=True)
    staff = serializers.IntegerField(allow_null=True)
    summary = serializers.CharField()
    organisation = serializers.UUIDField(source="organisation_id")
    region = serializers.CharField()
    naming = serializers.ChoiceField(choices=Naming.choices)
    created_at = serializers.DateTimeField()

    def get_name(self, firm: Any) -> str:
        return firm_name(firm=firm, viewer_tier=firm.viewer_tier, is_revealed=firm.is_revealed).name

    def get_name_uk(self, firm: Any) -> str:
        return firm_name(firm=firm, viewer_tier=firm.viewer_tier, is_revealed=firm.is_revealed).name_uk

    def get_is_pseudonym(self, firm: Any) -> bool:
        return firm_name(firm=firm, viewer_tier=firm.viewer_tier, is_revealed=firm.is_revealed).is_pseudonym

    def get_staff_band(self, firm: Any) -> str | None:
        return staff_band(staff=firm.staff)

    @extend_schema_field(FinancialBandsOut(allow_null=True))
    def get_financials(self, firm: Any) -> dict[str, Any] | None:
        bands = [financial_bands(financials=year) for year in firm.latest_financials]
        return asdict(bands[0]) if bands else None


class FinancialsIn(serializers.Serializer[Any]):
    year = serializers.IntegerField(min_value=1900, max_value=2200)
    revenue = MoneyIn(allow_null=True, required=False)
    order_book = MoneyIn(allow_null=True, required=False)
    debt = MoneyIn(allow_null=True, required=False)
    customers = serializers.DictField(
        child=serializers.FloatField(min_value=0, max_value=1),
        allow_null=True,
        required=False,
        help_text="share of revenue by class of customer",
    )
    largest_customer_share = share_field(min_value=Decimal(0), max_value=Decimal(1), allow_null=True, required=False)
    gross_margin = share_field(max_value=Decimal(1), allow_null=True, required=False)
    audited = serializers.BooleanField(allow_null=True, required=False)
    tier = serializers.ChoiceField(choices=EvidenceTier.choices, required=False)

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
    largest_customer_share = share_field(allow_null=True)
    gross_margin = share_field(allow_null=True)
    audited = serializers.BooleanField(allow_null=True)
    tier = serializers.ChoiceField(choices=EvidenceTier.choices)


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


class DevelopmentEventIn(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=EventKind.choices)
    occurred_at = serializers.DateTimeField()
    answers = serializers.UUIDField(allow_null=True, required=False)
    supersedes = serializers.UUIDField(allow_null=True, required=False)
    tier = serializers.ChoiceField(choices=EvidenceTier.choices, required=False)
    note = serializers.CharField(max_length=500, allow_blank=True, required=False)


class DevelopmentEventOut(TieredSerializer):
    tiers = TIERS[DevelopmentEvent]

    id = serializers.UUIDField()
    capability = serializers.UUIDField(source="capability_id")
    kind = serializers.ChoiceField(choices=EventKind.choices)
    occurred_at = serializers.DateTimeField()
    answers = serializers.UUIDField(source="answers_id", allow_null=True)
    supersedes = serializers.UUIDField(source="supersedes_id", allow_null=True)
    tier = serializers.ChoiceField(choices=EvidenceTier.choices)
    note = serializers.CharField()
    recorded_at = serializers.DateTimeField()


class TermField(WholeSerializer):
    term = serializers.ChoiceField(choices=TERMS)
    value = serializers.CharField(max_length=40)
    required = serializers.BooleanField(default=False)  # type: ignore[assignment]


class RaiseEdit(serializers.Serializer[Any]):
    lead_capability = serializers.UUIDField()
    amount = MoneyIn()
    instruments = serializers.ListField(
        child=serializers.ChoiceField(choices=Instrument.choices), min_length=1, max_length=len(Instrument)
    )
    amount_left = MoneyIn(allow_null=True, required=False)
    min_ticket = MoneyIn(allow_null=True, required=False)
    issuer = serializers.UUIDField(
        allow_null=True,
        required=False,
        help_text="The organisation that takes the money: the firm's own, or a firm tied to it by ownership.",
    )
    syndicate = serializers.BooleanField(required=False)
    stage = serializers.CharField(max_length=40, allow_blank=True, required=False)
    tenor_years = tenor_field(min_value=Decimal("0.001"), allow_null=True, required=False)
    marginal_cost_of_capital = rate_field(
        min_value=Decimal("-0.999999"), max_value=Decimal(10), allow_null=True, required=False
    )
    cost_tier = serializers.ChoiceField(choices=EvidenceTier.choices, allow_blank=True, required=False)
    need_by = serializers.DateField(allow_null=True, required=False)
    blocked_countries = serializers.ListField(child=serializers.RegexField(COUNTRY), max_length=250, required=False)
    terms = TermField(many=True, required=False, max_length=len(TERMS))  # type: ignore[call-arg]
    use_of_proceeds = serializers.CharField(max_length=2000, allow_blank=True, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return money_flat(attrs, ("amount", "amount_left", "min_ticket"))


class LeadBrief(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    title = serializers.CharField()
    area = serializers.CharField()


class RaiseOut(TieredSerializer):
    tiers = {**TIERS[Raise], **DERIVED[Raise]}

    id = serializers.UUIDField()
    startup = serializers.SerializerMethodField()
    lead_capability = serializers.SerializerMethodField()
    amount = MoneyOut(column="amount")
    amount_left = MoneyOut(column="amount_left")
    instruments = serializers.ListField(child=serializers.ChoiceField(choices=Instrument.choices))
    stage = serializers.CharField()
    syndicate = serializers.BooleanField()
    tenor_years = tenor_field(allow_null=True)
    opened_on = serializers.DateField(allow_null=True)
    need_by = serializers.DateField(allow_null=True)
    status = serializers.ChoiceField(choices=RaiseStatus.choices)
    actions = serializers.SerializerMethodField()
    issuer = serializers.UUIDField(source="issuer_id", allow_null=True)
    terms = TermField(many=True)
    use_of_proceeds = serializers.CharField()
    min_ticket = MoneyOut(column="min_ticket")
    marginal_cost_of_capital = rate_field(allow_null=True)
    cost_tier = serializers.ChoiceField(choices=EvidenceTier.choices, allow_blank=True)
    blocked_countries = serializers.ListField(child=serializers.CharField())
    created_at = serializers.DateTimeField()

    @extend_schema_field(StartupBrief)
    def get_startup(self, item: Any) -> dict[str, Any]:
        return startup_brief(item.firm, item)

    @extend_schema_field(LeadBrief(allow_null=True))
    def get_lead_capability(self, item: Any) -> dict[str, Any] | None:
        lead = item.lead_capability
        if lead.status != CapabilityStatus.PUBLISHED and item.viewer_tier < Tier.T4:
            return None
        return {"id": str(lead.pk), "title": lead.title, "area": lead.area.code}

    def get_actions(self, item: Any) -> list[str]:
        if item.viewer_tier < Tier.T4:
            return []
        is_lead_shown = item.lead_capability.status == CapabilityStatus.PUBLISHED
        names = RAISE.available(item, get_actor(self.context["request"]))
        return [name.replace("_", "-") for name in names if name != "open" or is_lead_shown]
