"""The foreign share of a bill of materials, as a band, by perimeter."""

from fractions import Fraction
from itertools import pairwise
from typing import Any

from tests.oracle.rates import Rates, exact
from tests.oracle.tables import Row, number, text

Band = tuple[Fraction, Fraction]


def perimeters(reference: dict[str, Any]) -> dict[str, frozenset[str]]:
    """Return the countries inside each perimeter that a mandate may name."""
    groups = reference["country_groups"]
    union = frozenset(groups["EU"])
    area = union | frozenset(groups["EEA_only"])
    return {"EU": union, "EU+EEA": area, "EU+EEA+UA": area | {"UA"}}


def foreign_band(components: list[Row], inside: frozenset[str], inner_edges: list[float], rates: Rates) -> Band | None:
    """Return the band (a, b] that holds the foreign share, the hull over unknown origins; None without a bill."""
    total = foreign = unknown = Fraction(0)
    for row in components:
        unit, quantity = number(row, "unit_cost"), number(row, "quantity")
        cost = rates.eur(None if unit is None or quantity is None else unit * quantity, text(row, "currency"))
        if cost is None:
            return None
        total += cost
        origin = text(row, "origin")
        if origin is None:
            unknown += cost
        elif origin not in inside:
            foreign += cost
    if total == 0:
        return None
    edges = [Fraction(0), *(exact(edge) for edge in inner_edges), Fraction(1)]
    return _band(foreign / total, edges)[0], _band((foreign + unknown) / total, edges)[1]


def _band(share: Fraction, edges: list[Fraction]) -> Band:
    for lower, upper in pairwise(edges):
        if share <= upper:
            return lower, upper
    raise ValueError(f"a share of {share} is above 1")
