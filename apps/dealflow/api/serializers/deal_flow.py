"""The shapes of deal-flow results: listings by the viewer's tier, and teasers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.dealflow.selectors.facets import Facets
from apps.dealflow.selectors.scores import Scores
from apps.matching.states import Section
from apps.organisations.disclosure import Tier
from apps.organisations.tiered import TieredSerializer
from apps.reference.evidence import EvidenceTier
from apps.reference.instruments import Instrument, InstrumentClass
from apps.startups.disclosure import SIZE_BANDS, firm_name, teaser_pseudonym
from apps.startups.rules.bands import AMOUNT_BANDS, ITERATION_BANDS
from apps.startups.rules.teasers import TRL_BANDS
from apps.startups.selectors import face_parts
from apps.startups.services.listings import SHARES
from apps.startups.states import ListingKind, Maturity, Partnering, RaiseStatus
from kernel.api.money import MoneyIn
from kernel.api.serializers import ApiSerializer

TEASER = "teaser"
HIGHLIGHTS = "highlights"
SCORES = "scores"


class ListedTeaser(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text="Of the teaser alone, as under `/teasers`.")
    pseudonym = serializers.CharField(help_text="Of the teaser alone.")
    area = serializers.CharField(help_text="Root area of the most mature capability.")
    country = serializers.CharField(allow_null=True)
    trl_band = serializers.ChoiceField(choices=list(TRL_BANDS), allow_null=True)
    size_band = serializers.ChoiceField(choices=SIZE_BANDS, allow_null=True)


class ListedFirm(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    is_pseudonym = serializers.BooleanField()
    country = serializers.CharField()


class ListedCapability(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    title = serializers.CharField()
    title_uk = serializers.CharField()
    area = serializers.CharField()


class ListedRaise(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=RaiseStatus.choices)
    amount = MoneyIn()
    amount_left = MoneyIn(allow_null=True)
    instruments = serializers.ListField(child=serializers.ChoiceField(choices=Instrument.choices))
    capital_class = serializers.ChoiceField(choices=InstrumentClass.choices, allow_null=True)
    stage = serializers.CharField()
    opened_on = serializers.DateField(allow_null=True)
    need_by = serializers.DateField(allow_null=True)


class ForeignShareBand(serializers.Serializer[Any]):
    perimeter = serializers.ChoiceField(choices=list(SHARES.values()))
    band = serializers.CharField(help_text="`0.1-0.35`: above one edge, up to another.")


class ListedSpeed(serializers.Serializer[Any]):
    adaptation = serializers.FloatField(allow_null=True)
    cadence = serializers.FloatField(allow_null=True)
    feedback = serializers.FloatField(allow_null=True)
    delivery = serializers.FloatField(allow_null=True)


class ScoreOut(serializers.Serializer[Any]):
    score = serializers.IntegerField(min_value=0, max_value=10_000)
    section = serializers.ChoiceField(choices=Section.choices)


class HighlightOut(serializers.Serializer[Any]):
    field = serializers.CharField()
    text = serializers.CharField(help_text="Plain text, never markup.")
    ranges = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField(), min_length=2, max_length=2),
        help_text="Where the words stand: first character and the one after the last.",
    )


class DealFlowOut(TieredSerializer):
    """An open raise with its lead capability, or a published capability that leads none.

    Who sees teasers alone gets `kind` and `teaser`, and nothing that links it to what others see.
    """

    tiers = {
        "kind": Tier.T0,
        **dict.fromkeys(
            (
                *("id", "startup", "capability", "raise", "published_at", "trl", "maturity", "tier", "seeks"),
                *("amount_eur", "amount_band", "foreign_share", "speed_days", "iteration_band", "match", HIGHLIGHTS),
            ),
            Tier.T1,
        ),
        TEASER: Tier.T5,
    }

    kind = serializers.ChoiceField(choices=[*ListingKind.values, TEASER])
    teaser = serializers.SerializerMethodField()
    id = serializers.UUIDField(help_text="Of the raise or the capability.")
    startup = serializers.SerializerMethodField()
    capability = serializers.SerializerMethodField(help_text="Of a raise, its lead.")
    vars()["raise"] = serializers.SerializerMethodField()  # a keyword: it cannot be assigned like the others
    published_at = serializers.DateTimeField()
    trl = serializers.IntegerField(allow_null=True)
    maturity = serializers.ChoiceField(choices=Maturity.choices, allow_blank=True)
    tier = serializers.ChoiceField(choices=EvidenceTier.choices, allow_blank=True)
    seeks = serializers.ListField(child=serializers.ChoiceField(choices=Partnering.choices))
    amount_eur = serializers.DecimalField(max_digits=20, decimal_places=2, allow_null=True)
    amount_band = serializers.ChoiceField(choices=AMOUNT_BANDS, allow_blank=True)
    foreign_share = serializers.SerializerMethodField(help_text="Empty where no bill of materials says it.")
    speed_days = serializers.SerializerMethodField(help_text="Whole days from ten on.")
    iteration_band = serializers.ChoiceField(choices=ITERATION_BANDS, allow_blank=True)
    match = serializers.SerializerMethodField(help_text="With `mandate`: one's own score; null where not paired.")
    highlights = serializers.SerializerMethodField(help_text="With `q`: where its words stand.")

    @extend_schema_field(ListedTeaser)
    def get_teaser(self, _listing: Any) -> None:
        return None

    @extend_schema_field(ListedFirm)
    def get_startup(self, listing: Any) -> dict[str, Any]:
        shown = firm_name(firm=listing.firm, viewer_tier=listing.viewer_tier, is_revealed=listing.is_revealed)
        return {
            "id": str(listing.firm_id),
            "name": shown.name,
            "is_pseudonym": shown.is_pseudonym,
            "country": listing.country,
        }

    @extend_schema_field(ListedCapability(allow_null=True))
    def get_capability(self, listing: Any) -> dict[str, Any] | None:
        stated = listing.capability
        if stated is None:
            return None
        return {"id": str(stated.pk), "title": stated.title, "title_uk": stated.title_uk, "area": listing.area}

    @extend_schema_field(ListedRaise(allow_null=True))
    def get_raise(self, listing: Any) -> dict[str, Any] | None:
        item = listing.raising
        if item is None:
            return None
        return {
            "id": str(item.pk),
            "status": item.status,
            "amount": _money(item.amount, item.currency),
            "amount_left": None if item.amount_left is None else _money(item.amount_left, item.currency),
            "instruments": list(item.instruments),
            "capital_class": listing.capital_class or None,
            "stage": item.stage,
            "opened_on": _day(item.opened_on),
            "need_by": _day(item.need_by),
        }

    @extend_schema_field(ForeignShareBand(many=True))
    def get_foreign_share(self, listing: Any) -> list[dict[str, str]]:
        bands = {perimeter: getattr(listing, column) for column, perimeter in SHARES.items()}
        return [{"perimeter": perimeter, "band": band} for perimeter, band in bands.items() if band]

    @extend_schema_field(ListedSpeed)
    def get_speed_days(self, listing: Any) -> dict[str, float | None]:
        return {name: getattr(listing, f"{name}_days") for name in ("adaptation", "cadence", "feedback", "delivery")}

    @extend_schema_field(ScoreOut(allow_null=True))
    def get_match(self, listing: Any) -> dict[str, Any] | None:
        scores: Scores = self.context.get(SCORES, Scores())
        found = scores.by_raise.get(listing.pk)
        return None if found is None else {"score": found.score, "section": found.section}

    @extend_schema_field(HighlightOut(many=True))
    def get_highlights(self, listing: Any) -> list[dict[str, Any]]:
        found = self.context.get(HIGHLIGHTS, {}).get(listing.pk, ())
        return [
            {"field": item.field, "text": item.text, "ranges": [list(place) for place in item.ranges]} for item in found
        ]


class TeaserResult(ApiSerializer):
    """A result to those who see teasers alone."""

    kind = serializers.SerializerMethodField()
    teaser = serializers.SerializerMethodField()

    def get_kind(self, _firm: Any) -> str:
        return TEASER

    @extend_schema_field(ListedTeaser)
    def get_teaser(self, firm: Any) -> dict[str, Any]:
        face = face_parts(firm.face)
        return {
            "id": str(firm.teaser_id),
            "pseudonym": teaser_pseudonym(teaser_id=str(firm.teaser_id)),
            "area": face.area,
            "country": face.country,
            "trl_band": face.trl_band,
            "size_band": face.size_band,
        }


def facets_out(facets: Facets) -> Mapping[str, Any]:
    """The facets as they are answered."""
    cells = {
        name: [{"value": cell.value, "count": cell.count} for cell in found] for name, found in facets.cells.items()
    }
    return {"counted": facets.counted, "is_exact": facets.is_exact, **cells}


def _money(amount: Any, currency: str) -> dict[str, str]:
    return {"amount": f"{amount:f}", "currency": currency}


def _day(day: Any) -> str | None:
    return None if day is None else day.isoformat()
