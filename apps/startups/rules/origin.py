"""Where components come from: the foreign share of a capability's cost, exactly, and the band that is published."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any


class ComponentNotPossible(ValueError):
    """A component's cost or quantity is negative or not finite."""


class BandEdgesNotRising(ValueError):
    """Band edges rise strictly between 0 and 1, both left out."""


@dataclass(frozen=True, slots=True)
class ComponentLine:
    """A line of a bill of materials; `origin` is a country (ISO 3166-1 alpha-2), None if it is not known.

    `single_source` None is "not declared".
    """

    unit_cost: Decimal
    quantity: Decimal
    currency: str
    origin: str | None
    single_source: bool | None = None


@dataclass(frozen=True, slots=True)
class Interval:
    """A share of cost between what is sure (`low`) and what may be once all is known (`high`)."""

    low: Fraction
    high: Fraction


@dataclass(frozen=True, slots=True)
class ShareBand:
    """The interval `(above, up_to]` that holds a share; 0 lies in the first one."""

    above: Decimal
    up_to: Decimal


def line_values(*, components: Sequence[ComponentLine], rates: Mapping[str, Decimal]) -> list[Fraction] | None:
    """What each line costs: in the bill's own currency where it has one, else in the one that `rates` lead to.

    None when a mixed bill has a currency without a rate. Raises ComponentNotPossible.
    """
    for line in components:
        for number in (line.unit_cost, line.quantity):
            if not number.is_finite() or number < 0:
                raise ComponentNotPossible(f"{number} is not a cost or quantity")
    currencies = {line.currency for line in components}
    if len(currencies) > 1 and not currencies <= rates.keys():
        return None
    rate = {code: Fraction(rates[code]) if len(currencies) > 1 else Fraction(1) for code in currencies}
    return [Fraction(line.unit_cost) * Fraction(line.quantity) * rate[line.currency] for line in components]


def foreign_share(
    *, components: Sequence[ComponentLine], perimeter: Collection[str], rates: Mapping[str, Decimal]
) -> Interval | None:
    """The share of component cost from outside `perimeter` (countries), by cost, not by contract value or ownership:
    `low` with the unknown lines inside it, `high` with them outside.

    `rates` gives the value of one unit of each currency in a common one; a bill in one currency needs none. None
    without a bill, for a bill that costs nothing, and when a mixed bill has a currency without a rate. Raises
    ComponentNotPossible.
    """
    values = line_values(components=components, rates=rates)
    if values is None or not (total := sum(values)):
        return None
    outside = sum(
        value
        for line, value in zip(components, values, strict=True)
        if line.origin is not None and line.origin not in perimeter
    )
    unknown = sum(value for line, value in zip(components, values, strict=True) if line.origin is None)
    return Interval(low=Fraction(outside, total), high=Fraction(outside + unknown, total))


def share_band(*, share: Interval, edges: Sequence[Decimal]) -> ShareBand:
    """The hull of the bands that the share may lie in; `edges` are the inner ones. Raises BandEdgesNotRising."""
    bounds = [Decimal(0), *edges, Decimal(1)]
    if any(lower >= upper for lower, upper in pairwise(bounds)):
        raise BandEdgesNotRising(", ".join(str(edge) for edge in edges))
    return ShareBand(above=bounds[_band(share.low, bounds) - 1], up_to=bounds[_band(share.high, bounds)])


def foreign_bands(
    *,
    components: Sequence[ComponentLine],
    perimeters: Mapping[str, Collection[str]],
    edges: Sequence[Decimal],
    rates: Mapping[str, Decimal],
) -> dict[str, ShareBand]:
    """The published band by perimeter name; empty when there is no bill to judge. Raises as the two above."""
    shares = {
        name: foreign_share(components=components, perimeter=countries, rates=rates)
        for name, countries in perimeters.items()
    }
    return {name: share_band(share=share, edges=edges) for name, share in shares.items() if share is not None}


def band_edges(*, model: Mapping[str, Any]) -> tuple[Decimal, ...]:
    """The inner band edges out of a scoring model's parsed JSON, as the decimals that stand in it."""
    return tuple(Decimal(str(edge)) for edge in model["parameters"]["foreign_share_band_edges"])


def _band(share: Fraction, bounds: Sequence[Decimal]) -> int:
    return next(index for index in range(1, len(bounds)) if share <= bounds[index])
