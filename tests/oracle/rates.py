"""Money in EUR and yearly rates in basis points, in exact fractions."""

import math
from fractions import Fraction
from typing import Any

CLASSES = {
    "equity": "equity",
    "convertible": "equity",
    "loan": "debt",
    "bond": "debt",
    "venture_debt": "debt",
    "guarantee": "debt",
    "grant": "grant",
}


def exact(value: float | str) -> Fraction:
    """Return the decimal that a JSON number was written as."""
    return Fraction(str(value))


def basis_points(k: Fraction) -> int:
    """Return ⌊10⁴ k + ½⌋."""
    return math.floor(k * 10_000 + Fraction(1, 2))


class Rates:
    def __init__(self, reference: dict[str, Any]) -> None:
        self._fx = {currency: exact(rate) for currency, rate in reference["fx_to_eur"]["values"].items()}
        self._inflation = {k: exact(v) for k, v in reference["inflation"].items() if isinstance(v, int | float)}
        self._premia = {c: exact(v) for c, v in reference["country_risk_premium"]["values"].items()}
        equity, debt = reference["cost_of_equity"], reference["cost_of_debt"]
        self._risk_free = exact(equity["risk_free"]["value"])
        self._equity_base = (
            self._risk_free
            + exact(equity["beta"]["value"]) * exact(equity["mature_erp"]["value"])
            + exact(equity["size_premium"]["value"])
        )
        self._margin = exact(debt["margin"]["value"])
        self._loss = {t: exact(v) for t, v in debt["expected_loss_per_year_by_tier"].items() if t != "basis"}

    def eur(self, amount: Fraction | None, currency: str | None) -> Fraction | None:
        """Return the amount in EUR; None if it or the rate is not stated."""
        rate = self._fx.get(currency or "EUR")
        return None if amount is None or rate is None else amount * rate

    def stated(self, k: Fraction | None, currency: str | None) -> int | None:
        """Return a stated yearly rate in bp, nominal EUR; None if it or the currency's inflation is missing."""
        inflation = self._inflation.get(currency or "EUR")
        if k is None or inflation is None:
            return None
        return basis_points((1 + k) * (1 + self._inflation["EUR"]) / (1 + inflation) - 1)

    def build_up(self, kind: str, country: str, tier: str) -> int | None:
        """Return k_build_up in bp; None for a grant, and for equity in a country without a premium."""
        return self.required(kind, country, tier, Fraction(0), Fraction(0))

    def required(self, kind: str, country: str, tier: str, cover: Fraction, premium: Fraction) -> int | None:
        """Return k_required in bp, never above k_build_up; None where there is no build-up."""
        if kind == "grant" or (kind == "equity" and country not in self._premia):
            return None
        base, risk = (
            (self._equity_base, self._premia[country])
            if kind == "equity"
            else (self._risk_free + self._margin, self._loss[tier])
        )
        return basis_points(min(base + risk, base + risk * (1 - cover) + premium))
