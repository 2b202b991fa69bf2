"""Bands in which figures are shown to those who may not see them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

Edge = tuple[Decimal, str]

AMOUNT_EDGES: Sequence[Edge] = (
    (Decimal(100_000), "100k"),
    (Decimal(500_000), "500k"),
    (Decimal(2_000_000), "2M"),
    (Decimal(10_000_000), "10M"),
    (Decimal(50_000_000), "50M"),
)
"""EUR. The upper three are the turnovers that part micro, small and medium-sized enterprises in Commission
Recommendation 2003/361/EC, annex, article 2."""
SHARE_EDGES: Sequence[Edge] = (
    (Decimal("0.25"), "25%"),
    (Decimal("0.5"), "50%"),
    (Decimal("0.75"), "75%"),
)
MONTHS_EDGES: Sequence[Edge] = (
    (Decimal(3), "3"),
    (Decimal(6), "6"),
    (Decimal(12), "12"),
    (Decimal(24), "24"),
)
ITERATION_EDGES: Sequence[Edge] = (
    (Decimal(14), "14"),
    (Decimal(30), "30"),
    (Decimal(90), "90"),
    (Decimal(180), "180"),
)
"""Days between releases that count: a fortnight, a month, a quarter, half a year."""


def _labels(edges: Sequence[Edge], *, last: str = "") -> tuple[str, ...]:
    """The names of the bands between the edges; the last one is open unless `last` ends it."""
    names = ["0", *(name for _, name in edges)]
    final = f"{names[-1]}-{last}" if last else f"{names[-1]}+"
    return (*(f"{lower}-{upper}" for lower, upper in pairwise(names)), final)


AMOUNT_BANDS = _labels(AMOUNT_EDGES)
SHARE_BANDS = _labels(SHARE_EDGES, last="100%")
MONTHS_BANDS = _labels(MONTHS_EDGES)
ITERATION_BANDS = _labels(ITERATION_EDGES)


def amount_band(*, amount: Decimal | None) -> str | None:
    """The band of an amount in EUR, its lower edge included; None when not stated."""
    return _band(amount, AMOUNT_EDGES, AMOUNT_BANDS)


def share_band(*, share: Decimal | None) -> str | None:
    """The band of a fraction, its lower edge included; None when not stated."""
    return _band(share, SHARE_EDGES, SHARE_BANDS)


def months_band(*, months: Decimal | None) -> str | None:
    """The band of a number of months, its lower edge included; None when not stated."""
    return _band(months, MONTHS_EDGES, MONTHS_BANDS)


def iteration_band(*, days: Decimal | None) -> str | None:
    """The band of the days between releases, its lower edge included; None where no figure says."""
    return _band(days, ITERATION_EDGES, ITERATION_BANDS)


def _band(value: Decimal | None, edges: Sequence[Edge], bands: Sequence[str]) -> str | None:
    return None if value is None else bands[sum(value >= edge for edge, _ in edges)]
