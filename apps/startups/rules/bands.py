"""Bands in which amounts are shown to those who may not see the figures."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

AMOUNT_EDGES = (
    (Decimal(100_000), "100k"),
    (Decimal(500_000), "500k"),
    (Decimal(2_000_000), "2M"),
    (Decimal(10_000_000), "10M"),
    (Decimal(50_000_000), "50M"),
)
"""EUR. The upper three are the turnovers that part micro, small and medium-sized enterprises in Commission
Recommendation 2003/361/EC, annex, article 2."""


def _labels() -> tuple[str, ...]:
    names = ["0", *(name for _, name in AMOUNT_EDGES)]
    return (*(f"{lower}-{upper}" for lower, upper in pairwise(names)), f"{names[-1]}+")


AMOUNT_BANDS = _labels()


def amount_band(*, amount: Decimal | None) -> str | None:
    """The band of an amount in EUR, its lower edge included; None when not stated."""
    if amount is None:
        return None
    return AMOUNT_BANDS[sum(amount >= edge for edge, _ in AMOUNT_EDGES)]
