"""The shapes of raises."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.organisations.disclosure import Tier
from apps.organisations.tiered import TieredSerializer
from apps.reference.evidence import EvidenceTier
from apps.reference.instruments import Instrument, InstrumentClass
from apps.reference.stated import instrument_class
from apps.reference.terms import TERMS
from apps.startups.api.serializers.fields import COUNTRY, rate_field, share_field, tenor_field
from apps.startups.api.serializers.firms import StartupBrief, startup_brief
from apps.startups.disclosure import (
    DERIVED,
    TIERS,
)
from apps.startups.models import Raise
from apps.startups.rules.raises import committed
from apps.startups.states import (
    RAISE,
    CapabilityStatus,
    RaiseStatus,
)
from kernel.api.money import AmountField, MoneyIn, MoneyOut, money_flat
from kernel.api.permissions import get_actor
from kernel.api.whole import WholeSerializer

MAX_BLOCKED = 200


class TermField(WholeSerializer):
    term = serializers.ChoiceField(choices=TERMS)
    value = serializers.CharField(max_length=40)
    required = serializers.BooleanField(default=False)  # type: ignore[assignment]


class ProceedsIn(WholeSerializer):
    purpose = serializers.CharField(max_length=120)
    amount = AmountField(
        max_digits=18,
        decimal_places=2,
        min_value=Decimal(0),
        allow_null=True,
        default=None,
        help_text="In the raise's currency; either this or the share.",
    )
    share = share_field(min_value=Decimal(0), max_value=Decimal(1), allow_null=True, default=None)


class ProceedsOut(serializers.Serializer[Any]):
    purpose = serializers.CharField()
    amount = serializers.CharField(allow_null=True)
    share = serializers.CharField(allow_null=True)


class LoanField(WholeSerializer):
    programme = serializers.CharField(max_length=120)
    amount = MoneyIn()
    rate = rate_field(min_value=Decimal(0), max_value=Decimal(1), allow_null=True, default=None)
    until = serializers.DateField(allow_null=True, default=None, help_text="Its last day.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return money_flat(attrs, ("amount",))


class LoanOut(serializers.Serializer[Any]):
    programme = serializers.CharField()
    amount = serializers.SerializerMethodField()
    rate = serializers.CharField(allow_null=True)
    until = serializers.CharField(allow_null=True)

    @extend_schema_field(MoneyIn())
    def get_amount(self, loan: Any) -> dict[str, str]:
        return {"amount": loan["amount"], "currency": loan["currency"]}


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
    cost_evidence = serializers.UUIDField(
        allow_null=True, required=False, help_text="A document of one's own that shows the marginal cost of capital."
    )
    subsidised_loans = LoanField(  # type: ignore[call-arg]
        many=True,
        allow_null=True,
        required=False,
        max_length=50,
        help_text="null: not declared; an empty list: declared as none",
    )
    need_by = serializers.DateField(allow_null=True, required=False)
    blocked_countries = serializers.ListField(child=serializers.RegexField(COUNTRY), max_length=250, required=False)
    blocked_organisations = serializers.ListField(
        child=serializers.UUIDField(), max_length=MAX_BLOCKED, required=False, help_text="Never shown to anybody else."
    )
    terms = TermField(many=True, required=False, max_length=len(TERMS))  # type: ignore[call-arg]
    proceeds = ProceedsIn(many=True, required=False, max_length=30)  # type: ignore[call-arg]
    use_of_proceeds = serializers.CharField(max_length=2000, allow_blank=True, required=False)
    tranche_of = serializers.UUIDField(
        allow_null=True, required=False, help_text="Another raise of one's own whose round this belongs to; null: none."
    )

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
    committed = serializers.SerializerMethodField()
    capital_class = serializers.SerializerMethodField(help_text="The class of all its instruments.")
    instruments = serializers.ListField(child=serializers.ChoiceField(choices=Instrument.choices))
    round = serializers.UUIDField(help_text="The same for all tranches of a round.")
    stage = serializers.CharField()
    syndicate = serializers.BooleanField()
    tenor_years = tenor_field(allow_null=True)
    opened_on = serializers.DateField(allow_null=True)
    need_by = serializers.DateField(allow_null=True)
    status = serializers.ChoiceField(choices=RaiseStatus.choices)
    actions = serializers.SerializerMethodField()
    issuer = serializers.UUIDField(source="issuer_id", allow_null=True)
    terms = TermField(many=True)
    proceeds = ProceedsOut(many=True)
    use_of_proceeds = serializers.CharField()
    min_ticket = MoneyOut(column="min_ticket")
    marginal_cost_of_capital = rate_field(allow_null=True)
    cost_tier = serializers.ChoiceField(choices=EvidenceTier.choices, allow_blank=True)
    cost_evidence = serializers.UUIDField(source="cost_evidence_id", allow_null=True)
    subsidised_loans = LoanOut(many=True, allow_null=True)
    blocked_countries = serializers.ListField(child=serializers.CharField())
    blocked_organisations = serializers.ListField(child=serializers.UUIDField())
    created_at = serializers.DateTimeField()

    @extend_schema_field(StartupBrief)
    def get_startup(self, item: Any) -> dict[str, Any]:
        return startup_brief(item.firm, item)

    @extend_schema_field(MoneyIn(allow_null=True))
    def get_committed(self, item: Any) -> dict[str, str] | None:
        found = committed(amount=item.amount, amount_left=item.amount_left)
        return None if found is None else {"amount": f"{found:f}", "currency": item.currency}

    @extend_schema_field(serializers.ChoiceField(choices=InstrumentClass.choices))
    def get_capital_class(self, item: Any) -> str | None:
        return instrument_class(item.instruments)

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
