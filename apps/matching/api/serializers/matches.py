"""The shapes of matches."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.matching.selectors import matches
from apps.matching.states import Section, Side
from apps.organisations.tiered import read_note
from apps.startups.disclosure import firm_name
from kernel.api.serializers import ApiSerializer

LIST_PARAMETERS = {
    "mandate": {"type": "string", "format": "uuid", "description": "One's own mandate, whose list is shown."},
    "raise": {"type": "string", "format": "uuid", "description": "One's own raise, whose list is shown."},
    "section": {
        "type": "string",
        "enum": list(Section.values),
        "default": Section.RANKED.value,
        "description": "All gates passed, or none failed and some lacking data.",
    },
}


class MoneyField(serializers.Serializer[Any]):
    amount = serializers.CharField()
    currency = serializers.CharField()


class MatchedFirm(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    country = serializers.CharField()


class MatchedRaise(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    firm = MatchedFirm()
    area = serializers.CharField()
    title = serializers.CharField()
    trl = serializers.IntegerField(allow_null=True)
    maturity = serializers.CharField()
    amount = MoneyField()
    instruments = serializers.ListField(child=serializers.CharField())
    stage = serializers.CharField()


class MatchedFund(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    country = serializers.CharField()


class MatchedMandate(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    fund = MatchedFund()
    name = serializers.CharField()
    ticket_min = MoneyField()
    ticket_max = MoneyField()
    instruments = serializers.ListField(child=serializers.CharField())


class MatchOut(ApiSerializer):
    """A pair as the caller's side sees it; the other side's own score stays with the other side."""

    id = serializers.CharField()
    run = serializers.SerializerMethodField()
    as_of = serializers.SerializerMethodField()
    side = serializers.ChoiceField(choices=Side.choices)
    section = serializers.ChoiceField(choices=Section.choices)
    rank = serializers.IntegerField(help_text="1 is the best")
    score = serializers.IntegerField(min_value=0, max_value=10_000)
    score_mutual = serializers.IntegerField(min_value=0, max_value=10_000)
    confidence = serializers.FloatField(min_value=0, max_value=1)
    contributions = serializers.DictField(
        child=serializers.IntegerField(), help_text="feature → points; they add up to the score"
    )
    missing = serializers.ListField(child=serializers.CharField(), help_text="gates that lack data")
    mandate = serializers.SerializerMethodField()
    vars()["raise"] = serializers.SerializerMethodField()  # a keyword: it cannot be assigned like the others

    @extend_schema_field({"type": "string", "format": "uuid"})
    def get_run(self, match: matches.Match) -> str:
        return str(self.context["run"].pk)

    @extend_schema_field({"type": "string", "format": "date"})
    def get_as_of(self, match: matches.Match) -> str:
        return str(self.context["run"].as_of.isoformat())

    @extend_schema_field(MatchedMandate)
    def get_mandate(self, match: matches.Match) -> dict[str, Any]:
        if match.side == Side.INVESTOR:
            return {"id": str(match.mandate_id)}
        mandate: Any = match.counterpart
        read_note(context=self.context, row=mandate)
        fund = mandate.fund
        return {
            "id": str(mandate.pk),
            "fund": {"id": str(fund.pk), "name": fund.organisation.legal_name, "country": fund.organisation.country},
            "name": mandate.name,
            "ticket_min": {"amount": f"{mandate.ticket_min:f}", "currency": mandate.currency},
            "ticket_max": {"amount": f"{mandate.ticket_max:f}", "currency": mandate.currency},
            "instruments": list(mandate.instruments),
        }

    @extend_schema_field(MatchedRaise)
    def get_raise(self, match: matches.Match) -> dict[str, Any]:
        if match.side == Side.STARTUP:
            return {"id": str(match.raise_id)}
        item: Any = match.counterpart
        read_note(context=self.context, row=item)
        firm, lead = item.firm, item.lead_capability
        return {
            "id": str(item.pk),
            "firm": {
                "id": str(firm.pk),
                "name": firm_name(firm=firm, viewer_tier=item.viewer_tier, is_revealed=item.is_revealed).name,
                "country": firm.organisation.country,
            },
            "area": lead.area.code,
            "title": lead.title,
            "trl": lead.trl,
            "maturity": lead.maturity,
            "amount": {"amount": f"{item.amount:f}", "currency": item.currency},
            "instruments": list(item.instruments),
            "stage": item.stage,
        }
