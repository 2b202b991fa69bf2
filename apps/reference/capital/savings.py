"""What an offer saves against the firm's next euro: per year, and worth today at the firm's rate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

from kernel.errors import Invalid

CENT = Decimal("0.01")
BASIS_POINTS = Decimal(10_000)
EXACT = Context(prec=60)


class RateNotPossible(Invalid):
    """A rate of −100 % or less leaves nothing to discount with."""


@dataclass(frozen=True, slots=True)
class Saving:
    """What an offer saves: in the first year, and in all, discounted to today; in the currency of the amount."""

    per_year: Decimal
    worth_today: Decimal


@dataclass(frozen=True, slots=True)
class SavingYear:
    """One year of a schedule: what is owed during it, what that saves, and what this is worth today."""

    year: int
    owed: Decimal
    saving: Decimal
    worth_today: Decimal


def capital_saving(*, amount: Decimal, years: Decimal, offered_bp: int, marginal_bp: int) -> Saving:
    """What `amount`, owed whole for `years`, saves at the offered instead of the marginal rate; negative if dearer.

    `amount · Δk` per year, worth `amount · Δk · (1 − (1 + k)^−T) / k` today at the marginal rate k. Raises
    RateNotPossible.
    """
    with localcontext(EXACT):
        rate, difference = _rates(offered_bp=offered_bp, marginal_bp=marginal_bp)
        annuity = years if rate == 0 else (1 - (1 + rate) ** -years) / rate
        return Saving(per_year=_cents(amount * difference), worth_today=_cents(amount * difference * annuity))


def capital_saving_by_schedule(*, outstanding: Sequence[Decimal], offered_bp: int, marginal_bp: int) -> Saving:
    """The same by the real repayment schedule: what is owed during year 1, 2, …, interest paid at each year's end.

    Worth today `Σ owed_t · Δk / (1 + k)^t`, which is the amount less all payments discounted at k. Raises
    RateNotPossible.
    """
    with localcontext(EXACT):
        rate, difference = _rates(offered_bp=offered_bp, marginal_bp=marginal_bp)
        today = sum((owed / (1 + rate) ** year for year, owed in enumerate(outstanding, start=1)), Decimal(0))
        first = outstanding[0] if outstanding else Decimal(0)
        return Saving(per_year=_cents(first * difference), worth_today=_cents(today * difference))


def saving_years(*, outstanding: Sequence[Decimal], offered_bp: int, marginal_bp: int) -> tuple[SavingYear, ...]:
    """The saving year by year, each rounded to cents by itself. Raises RateNotPossible."""
    with localcontext(EXACT):
        rate, difference = _rates(offered_bp=offered_bp, marginal_bp=marginal_bp)
        return tuple(
            SavingYear(
                year=year,
                owed=_cents(owed),
                saving=_cents(owed * difference),
                worth_today=_cents(owed * difference / (1 + rate) ** year),
            )
            for year, owed in enumerate(outstanding, start=1)
        )


def _rates(*, offered_bp: int, marginal_bp: int) -> tuple[Decimal, Decimal]:
    rate = marginal_bp / BASIS_POINTS
    if rate <= -1:
        raise RateNotPossible("A marginal rate of {rate} basis points.", rate=marginal_bp)
    return rate, (marginal_bp - offered_bp) / BASIS_POINTS


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)
