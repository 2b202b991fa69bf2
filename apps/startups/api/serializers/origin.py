"""The shapes of what a bill of materials says of its origin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.organisations.tiered import TieredSerializer
from apps.reference.tables import PERIMETERS
from apps.startups.api.serializers.fields import share_field
from apps.startups.disclosure import ORIGIN
from apps.startups.rules.origin import Interval
from apps.startups.selectors import LineShare, Origin
from kernel.api.serializers import ApiSerializer

PLACES = Decimal("0.000001")


def rounded(share: Fraction) -> str:
    """A share to six places, half to even."""
    exact = Decimal(share.numerator) / Decimal(share.denominator)
    return str(exact.quantize(PLACES, ROUND_HALF_EVEN))


def interval(share: Interval) -> dict[str, str]:
    """An interval's two ends."""
    return {"low": rounded(share.low), "high": rounded(share.high)}


class IntervalOut(serializers.Serializer[Any]):
    low = share_field(help_text="With what is not known counted out.")
    high = share_field(help_text="With what is not known counted in.")


class BandOut(serializers.Serializer[Any]):
    perimeter = serializers.ChoiceField(choices=list(PERIMETERS))
    above = share_field()
    up_to = share_field()


class CountryShareOut(IntervalOut):
    country = serializers.CharField()


class RegionShareOut(IntervalOut):
    region = serializers.CharField(help_text="A perimeter, UA, `other` for the rest, or `unknown`.")


class ForeignShareOut(IntervalOut):
    perimeter = serializers.ChoiceField(choices=list(PERIMETERS))


class DependenceOut(IntervalOut):
    perimeter = serializers.ChoiceField(choices=list(PERIMETERS))
    country = serializers.CharField()
    is_sure = serializers.BooleanField(help_text="Whether the lines of unknown origin cannot change which it is.")


class LineShareOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    origin = serializers.CharField(allow_null=True)
    share = share_field()


def line_shares(items: Iterable[LineShare]) -> list[dict[str, Any]]:
    """Lines as `LineShareOut` shows them."""
    return [
        {"id": str(item.line.pk), "name": item.line.name, "origin": item.line.origin, "share": rounded(item.share)}
        for item in items
    ]


class OriginOut(TieredSerializer):
    """Of a capability with its `origin`; lists are empty where the bill says nothing."""

    tiers = ORIGIN

    capability = serializers.UUIDField(source="pk")
    is_stated = serializers.SerializerMethodField(help_text="Whether there is a bill that can be judged.")
    bands = serializers.SerializerMethodField(help_text="Foreign share by perimeter: above one edge, up to another.")
    foreign = serializers.SerializerMethodField()
    countries = serializers.SerializerMethodField()
    regions = serializers.SerializerMethodField()
    largest = serializers.SerializerMethodField(help_text="By perimeter, where anything known comes from outside.")
    herfindahl = serializers.SerializerMethodField(help_text="Sum of the squared shares of countries.")
    single_source_share = serializers.SerializerMethodField()
    single_source = serializers.SerializerMethodField()
    unknown = serializers.SerializerMethodField()

    def get_is_stated(self, capability: Any) -> bool:
        return _origin(capability).figures is not None

    @extend_schema_field(BandOut(many=True))
    def get_bands(self, capability: Any) -> list[dict[str, str]]:
        return [
            {"perimeter": name, "above": str(band.above.quantize(PLACES)), "up_to": str(band.up_to.quantize(PLACES))}
            for name, band in _origin(capability).bands.items()
        ]

    @extend_schema_field(ForeignShareOut(many=True))
    def get_foreign(self, capability: Any) -> list[dict[str, str]]:
        return _by_name("perimeter", _figure(capability, "foreign"))

    @extend_schema_field(CountryShareOut(many=True))
    def get_countries(self, capability: Any) -> list[dict[str, str]]:
        return [{"country": item.country, **interval(item.share)} for item in _figure(capability, "countries") or ()]

    @extend_schema_field(RegionShareOut(many=True))
    def get_regions(self, capability: Any) -> list[dict[str, str]]:
        return _by_name("region", _figure(capability, "regions"))

    @extend_schema_field(DependenceOut(many=True))
    def get_largest(self, capability: Any) -> list[dict[str, Any]]:
        return [
            {"perimeter": name, "country": item.country, **interval(item.share), "is_sure": item.is_sure}
            for name, item in (_figure(capability, "largest") or {}).items()
            if item is not None
        ]

    @extend_schema_field(IntervalOut(allow_null=True))
    def get_herfindahl(self, capability: Any) -> dict[str, str] | None:
        index = _figure(capability, "herfindahl")
        return None if index is None else interval(index)

    @extend_schema_field(IntervalOut(allow_null=True))
    def get_single_source_share(self, capability: Any) -> dict[str, str] | None:
        share = _figure(capability, "single_source")
        return None if share is None else interval(share)

    @extend_schema_field(LineShareOut(many=True))
    def get_single_source(self, capability: Any) -> list[dict[str, Any]]:
        return line_shares(_origin(capability).single_source)

    @extend_schema_field(LineShareOut(many=True))
    def get_unknown(self, capability: Any) -> list[dict[str, Any]]:
        return line_shares(_origin(capability).unknown)


def _origin(capability: Any) -> Origin:
    found: Origin = capability.origin
    return found


def _figure(capability: Any, name: str) -> Any:
    return getattr(_origin(capability).figures, name, None)


def _by_name(key: str, shares: Mapping[str, Interval] | None) -> list[dict[str, str]]:
    return [{key: name, **interval(share)} for name, share in (shares or {}).items()]


class SubstitutionIn(serializers.Serializer[Any]):
    perimeter = serializers.ChoiceField(choices=list(PERIMETERS))
    max_share = share_field(min_value=Decimal(0), max_value=Decimal(1))


class SubstitutionOut(ApiSerializer):
    share = serializers.SerializerMethodField(help_text="Foreign share now, what is not known counted as foreign.")
    lines = serializers.SerializerMethodField(help_text="To replace at equal cost by ones from inside.")
    moved = serializers.SerializerMethodField(help_text="Share of cost of these lines.")
    after = serializers.SerializerMethodField(help_text="Foreign share then.")
    is_least = serializers.SerializerMethodField(help_text="false: approximate; less might do.")
    at_least = serializers.SerializerMethodField(help_text="No answer moves less than this.")
    resolve = serializers.SerializerMethodField(
        help_text="The fewest lines of unknown origin that would do if shown to come from inside; null: none would."
    )

    @extend_schema_field(share_field())
    def get_share(self, answer: Any) -> str:
        return rounded(answer.found.share)

    @extend_schema_field(LineShareOut(many=True))
    def get_lines(self, answer: Any) -> list[dict[str, Any]]:
        return line_shares(answer.lines)

    @extend_schema_field(share_field())
    def get_moved(self, answer: Any) -> str:
        return rounded(answer.found.move.moved)

    @extend_schema_field(share_field())
    def get_after(self, answer: Any) -> str:
        return rounded(answer.found.move.after)

    def get_is_least(self, answer: Any) -> bool:
        return bool(answer.found.move.is_least)

    @extend_schema_field(share_field())
    def get_at_least(self, answer: Any) -> str:
        return rounded(answer.found.move.at_least)

    @extend_schema_field(LineShareOut(many=True, allow_null=True))
    def get_resolve(self, answer: Any) -> list[dict[str, Any]] | None:
        return None if answer.resolve is None else line_shares(answer.resolve)
