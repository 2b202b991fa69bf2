"""Rates per year: as integer basis points, and from one currency into another."""

from __future__ import annotations

import math

from apps.reference.tables import ReferenceTable

EURO = "EUR"


def basis_points(rate: float) -> int:
    """A fraction per year as integer basis points, rounded half up: `⌊10⁴ k + ½⌋`."""
    return math.floor(10_000.0 * rate + 0.5)


def rate_in_eur(*, table: ReferenceTable, rate: float, currency: str) -> float | None:
    """A nominal rate in `currency` as a nominal EUR rate by the difference of inflation; None if a figure is missing.

    `(1 + k)(1 + π_EUR) / (1 + π_cur) − 1`, the relative form of purchasing-power parity.
    """
    if currency == EURO:
        return rate
    home, abroad = table.inflation.get(EURO), table.inflation.get(currency)
    if home is None or abroad is None:
        return None
    return (1.0 + rate) * (1.0 + home.value) / (1.0 + abroad.value) - 1.0
