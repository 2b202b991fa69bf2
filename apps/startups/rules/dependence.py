"""On whom a bill of materials depends: exact shares by country and by region, concentration, the largest dependence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from apps.startups.rules.origin import ComponentLine, Interval, line_values

OTHER = "other"
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CountryShare:
    """A country's share of cost: `high` if all the unknown lines came from it."""

    country: str
    share: Interval


@dataclass(frozen=True, slots=True)
class Dependence:
    """The country outside a perimeter that most of the cost is known to come from.

    `is_sure` unless the unknown lines could give another country, known or not, as much.
    """

    country: str
    share: Interval
    is_sure: bool


@dataclass(frozen=True, slots=True)
class OriginFigures:
    """What a bill says of its origin; shares of the bill's cost, by cost and exact.

    `countries` has the largest known share first. `regions` are the named groups of countries, `OTHER` (outside all
    of them) and `UNKNOWN`; `foreign` and `largest` go by perimeter, `largest` None where nothing known is outside.
    `herfindahl` is the sum of squared shares over countries. `single_source` counts the undeclared lines in `high`.
    """

    countries: tuple[CountryShare, ...]
    regions: Mapping[str, Interval]
    foreign: Mapping[str, Interval]
    largest: Mapping[str, Dependence | None]
    herfindahl: Interval
    single_source: Interval


def origin_figures(
    *,
    components: Sequence[ComponentLine],
    regions: Mapping[str, Collection[str]],
    perimeters: Mapping[str, Collection[str]],
    rates: Mapping[str, Decimal],
) -> OriginFigures | None:
    """The figures of a bill; `regions` and `perimeters` are countries by name, `rates` as in `foreign_share`.

    None without a bill, for one that costs nothing, and when a mixed bill has a currency without a rate. Raises
    ComponentNotPossible.
    """
    values = line_values(components=components, rates=rates)
    if values is None or not (total := sum(values)):
        return None
    shares = [value / total for value in values]
    known: defaultdict[str, Fraction] = defaultdict(Fraction)
    unknown = []
    for line, share in zip(components, shares, strict=True):
        if line.origin is None:
            unknown.append(share)
        elif share:
            known[line.origin] += share
    open_share = sum(unknown, Fraction(0))
    everywhere = frozenset(code for countries in regions.values() for code in countries)
    inside = {name: _within(known, countries) for name, countries in regions.items()}
    outside = {name: 1 - open_share - _within(known, countries) for name, countries in perimeters.items()}
    inside[OTHER] = 1 - open_share - _within(known, everywhere)
    return OriginFigures(
        countries=tuple(
            CountryShare(country, Interval(share, share + open_share))
            for country, share in sorted(known.items(), key=lambda item: (-item[1], item[0]))
        ),
        regions={
            **{name: Interval(share, share + open_share) for name, share in inside.items()},
            UNKNOWN: Interval(open_share, open_share),
        },
        foreign={name: Interval(share, share + open_share) for name, share in outside.items()},
        largest={name: _largest(known, countries, open_share) for name, countries in perimeters.items()},
        herfindahl=_herfindahl(known.values(), unknown),
        single_source=_single_source(components, shares),
    )


def _within(known: Mapping[str, Fraction], countries: Collection[str]) -> Fraction:
    return sum((share for country, share in known.items() if country in countries), Fraction(0))


def _largest(known: Mapping[str, Fraction], perimeter: Collection[str], open_share: Fraction) -> Dependence | None:
    foreign = sorted((-share, country) for country, share in known.items() if country not in perimeter)
    if not foreign:
        return None
    first, country = -foreign[0][0], foreign[0][1]
    runner_up = -foreign[1][0] if len(foreign) > 1 else Fraction(0)
    return Dependence(country, Interval(first, first + open_share), is_sure=first > runner_up + open_share)


def _herfindahl(known: Collection[Fraction], unknown: Sequence[Fraction]) -> Interval:
    """Least when every unknown line comes from a country of its own, most when all come from the largest one."""
    squares = sum((share * share for share in known), Fraction(0))
    top, open_share = max(known, default=Fraction(0)), sum(unknown, Fraction(0))
    low = squares + sum((share * share for share in unknown), Fraction(0))
    return Interval(low, squares - top * top + (top + open_share) ** 2)


def _single_source(components: Sequence[ComponentLine], shares: Sequence[Fraction]) -> Interval:
    stated = [(line.single_source, share) for line, share in zip(components, shares, strict=True)]
    sure = sum((share for is_single, share in stated if is_single), Fraction(0))
    return Interval(sure, sure + sum((share for is_single, share in stated if is_single is None), Fraction(0)))
