"""The shapes of previews and unlocks."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from rest_framework import serializers

from apps.investors.services import WEIGHTED
from apps.investors.states import Perimeter
from apps.matching.api.serializers.matches import MatchOut
from apps.matching.rules.trials import MOST_CHANGES
from apps.matching.states import PreviewStatus, Side
from apps.reference.evidence import EvidenceTier
from apps.reference.instruments import Instrument
from apps.reference.terms import TERMS
from kernel.api.money import MoneyIn, money_flat
from kernel.api.serializers import ApiSerializer
from kernel.api.whole import WholeSerializer

MOST_WEIGHTS = 100
COUNTRY = r"^[A-Z]{2}\Z"


class TriedArea(WholeSerializer):
    area = serializers.CharField(max_length=60)
    weight = serializers.FloatField(min_value=0, max_value=1_000_000)


class TriedStage(WholeSerializer):
    stage = serializers.CharField(max_length=40)
    weight = serializers.FloatField(min_value=0, max_value=1_000_000)


class TriedPlace(WholeSerializer):
    place = serializers.CharField(max_length=6)
    weight = serializers.FloatField(min_value=0, max_value=1_000_000)


class TriedTerm(WholeSerializer):
    term = serializers.ChoiceField(choices=TERMS)
    value = serializers.CharField(max_length=40)
    required = serializers.BooleanField(default=False)  # type: ignore[assignment]


def _rate() -> serializers.DecimalField:
    return serializers.DecimalField(
        max_digits=9,
        decimal_places=6,
        min_value=Decimal("-0.999999"),
        max_value=Decimal(10),
        allow_null=True,
        required=False,
        help_text="fraction per year",
    )


def _tenor() -> serializers.DecimalField:
    return serializers.DecimalField(
        max_digits=6, decimal_places=3, min_value=Decimal("0.001"), allow_null=True, required=False
    )


def _instruments() -> serializers.ListField:
    return serializers.ListField(
        child=serializers.ChoiceField(choices=Instrument.choices),
        min_length=1,
        max_length=len(Instrument),
        required=False,
    )


class MandateTerms(WholeSerializer):
    """A mandate's terms as they are matched."""

    areas = TriedArea(many=True, min_length=1, max_length=MOST_WEIGHTS, required=False)  # type: ignore[call-arg]
    ticket_min = MoneyIn(required=False)
    ticket_max = MoneyIn(required=False)
    ticket_typical = MoneyIn(allow_null=True, required=False)
    instruments = _instruments()
    stages = TriedStage(many=True, required=False, max_length=MOST_WEIGHTS)  # type: ignore[call-arg]
    countries = serializers.ListField(child=serializers.RegexField(COUNTRY), max_length=250, required=False)
    places = TriedPlace(many=True, required=False, max_length=MOST_WEIGHTS)  # type: ignore[call-arg]
    trl_min = serializers.IntegerField(min_value=1, max_value=9, allow_null=True, required=False)
    trl_max = serializers.IntegerField(min_value=1, max_value=9, allow_null=True, required=False)
    offered_cost_of_capital = _rate()
    offer_tier = serializers.ChoiceField(choices=EvidenceTier.choices, allow_blank=True, required=False)
    lever = serializers.UUIDField(allow_null=True, required=False)
    tenor_years = _tenor()
    capacity = MoneyIn(allow_null=True, required=False)
    max_foreign_share = serializers.DecimalField(
        max_digits=4, decimal_places=3, min_value=Decimal(0), max_value=Decimal(1), allow_null=True, required=False
    )
    perimeter = serializers.ChoiceField(choices=Perimeter.choices, allow_blank=True, required=False)
    exclusions = serializers.ListField(child=serializers.CharField(max_length=20), max_length=10, required=False)
    terms = TriedTerm(many=True, required=False, max_length=len(TERMS))  # type: ignore[call-arg]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        flat = money_flat(attrs, ("ticket_min", "ticket_max", "ticket_typical", "capacity"))
        pairs = {
            field: [(item[name], item["weight"]) for item in flat[field]]
            for field, name in WEIGHTED.items()
            if field in flat
        }
        return {**flat, **pairs}


class RaiseTerms(WholeSerializer):
    """A raise's terms as they are matched."""

    lead_capability = serializers.UUIDField(required=False)
    amount = MoneyIn(required=False)
    amount_left = MoneyIn(allow_null=True, required=False)
    min_ticket = MoneyIn(allow_null=True, required=False)
    instruments = _instruments()
    syndicate = serializers.BooleanField(required=False)
    stage = serializers.CharField(max_length=40, allow_blank=True, required=False)
    tenor_years = _tenor()
    marginal_cost_of_capital = _rate()
    blocked_countries = serializers.ListField(child=serializers.RegexField(COUNTRY), max_length=250, required=False)
    terms = TriedTerm(many=True, required=False, max_length=len(TERMS))  # type: ignore[call-arg]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return money_flat(attrs, ("amount", "amount_left", "min_ticket"))


NEEDED: Mapping[str, tuple[str, ...]] = {
    "mandate": ("areas", "ticket_min", "ticket_max", "instruments"),
    "raise": ("lead_capability", "amount", "instruments"),
}
"""What a draft that is no mandate or raise yet must state."""


class MandateTrial(WholeSerializer):
    id = serializers.UUIDField(required=False, help_text="One's own mandate; without it the terms are a draft.")
    terms = MandateTerms(required=False, help_text="What of it is different.")
    changes = MandateTerms(  # type: ignore[call-arg]
        many=True,
        required=False,
        max_length=MOST_CHANGES,
        help_text="Changes to try, each by itself; without any the usual ones are tried.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return _complete(attrs, "mandate")


class RaiseTrial(WholeSerializer):
    id = serializers.UUIDField(required=False, help_text="One's own raise; without it the terms are a draft.")
    terms = RaiseTerms(required=False, help_text="What of it is different.")
    changes = RaiseTerms(many=True, required=False, max_length=MOST_CHANGES)  # type: ignore[call-arg]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return _complete(attrs, "raise")


def _complete(attrs: dict[str, Any], kind: str) -> dict[str, Any]:
    terms = attrs.get("terms", {})
    missing = [] if "id" in attrs else [name for name in NEEDED[kind] if name not in terms]
    if missing:
        raise serializers.ValidationError({"terms": {name: ["A draft states this."] for name in missing}})
    if any(not change for change in attrs.get("changes", ())):
        raise serializers.ValidationError({"changes": ["Each changes something."]})
    return {"id": attrs.get("id"), "terms": terms, "changes": attrs.get("changes", [])}


class PreviewIn(serializers.Serializer[Any]):
    """Either a mandate's terms or a raise's."""

    mandate = MandateTrial(required=False)
    vars()["raise"] = RaiseTrial(required=False)  # a keyword: it cannot be assigned like the others

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) != 1:
            raise serializers.ValidationError("Either a mandate or a raise.")
        return attrs


class CountBandOut(serializers.Serializer[Any]):
    at_least = serializers.IntegerField()
    below = serializers.IntegerField(allow_null=True, help_text="null: open above")


class PreviewCounts(serializers.Serializer[Any]):
    ranked = CountBandOut()
    needs_data = CountBandOut()


class MissingOut(serializers.Serializer[Any]):
    item = serializers.CharField(help_text="a fact of one's own")
    waiting = CountBandOut(help_text="counterparts for which it is missing")
    alone = CountBandOut(help_text="those for which nothing else is")


class TopScore(serializers.Serializer[Any]):
    counterpart = serializers.UUIDField()
    before = serializers.IntegerField()
    after = serializers.IntegerField(source="score", allow_null=True, help_text="null: a gate would fail")


class TriedOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    gate = serializers.CharField(help_text="empty where it is about none, or about several")
    field = serializers.CharField()
    to = serializers.CharField()
    entering = CountBandOut()
    leaving = CountBandOut()
    top = TopScore(many=True)


class PreviewLine(MatchOut):
    """A counterpart that the terms would be matched with."""

    id = None  # type: ignore[assignment]
    run = None  # type: ignore[assignment]
    as_of = None  # type: ignore[assignment]


class PreviewOut(ApiSerializer):
    """What terms would be matched with, and what single changes would do."""

    id = serializers.UUIDField(source="preview.pk")
    status = serializers.ChoiceField(choices=PreviewStatus.choices)
    side = serializers.ChoiceField(choices=Side.choices, source="preview.side")
    owner = serializers.UUIDField(source="preview.owner_id", allow_null=True)
    run = serializers.UUIDField(source="preview.run_id")
    as_of = serializers.DateField(source="preview.run.as_of")
    probes = serializers.IntegerField(source="preview.probes", help_text="how many trials counted as edits")
    counts = PreviewCounts(allow_null=True)
    ranked = PreviewLine(many=True)
    needs_data = PreviewLine(many=True)
    missing = MissingOut(many=True)
    changes = TriedOut(many=True)
    job = serializers.UUIDField(source="preview.job_id", allow_null=True)
    created_at = serializers.DateTimeField(source="preview.created_at")


class UnlockOut(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=[("missing", "missing"), ("limit", "limit")])
    item = serializers.CharField(help_text="a fact of one's own that is missing, or the term whose limit fails")
    gate = serializers.CharField()
    to = serializers.CharField(help_text="what the limit would have to be")
    opens = CountBandOut(help_text="how many counterparts; fewer than three are not told")


UNLOCK_PARAMETERS = {
    "mandate": {"type": "string", "format": "uuid", "description": "One's own mandate."},
    "raise": {"type": "string", "format": "uuid", "description": "One's own raise."},
}


class UnlocksOut(ApiSerializer):
    """What of one's own would open more counterparts, most first. While it is worked out, `status` is queued."""

    status = serializers.ChoiceField(choices=PreviewStatus.choices)
    side = serializers.ChoiceField(choices=Side.choices, source="preview.side")
    owner = serializers.UUIDField(source="preview.owner_id")
    run = serializers.UUIDField(source="preview.run_id")
    as_of = serializers.DateField(source="preview.run.as_of")
    unlocks = UnlockOut(many=True)
