"""How a loan is repaid, and what is owed during each of its years."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum

from kernel.errors import Invalid


class RepaymentKind(StrEnum):
    """`bullet`: all at the end; `linear`: equal parts; `annuity`: equal payments with interest; `given`: a list."""

    BULLET = "bullet"
    LINEAR = "linear"
    ANNUITY = "annuity"
    GIVEN = "given"


class ScheduleNotPossible(Invalid):
    """A schedule has whole years, repays exactly what was lent, and an annuity needs a rate above −100 %."""


def owed_by_year(
    *,
    kind: RepaymentKind,
    amount: Decimal,
    years: int,
    rate: Decimal | None = None,
    repaid: Sequence[Decimal] = (),
) -> tuple[Decimal, ...]:
    """What is owed during year 1, 2, … of a loan of `amount`, repaid at each year's end; not rounded.

    `rate`, a fraction per year, is an annuity's: its payment is `amount · i / (1 − (1 + i)^−n)`. `repaid` is what a
    given schedule repays at the end of each year. Raises ScheduleNotPossible.
    """
    if kind == RepaymentKind.GIVEN:
        return _owed(amount, repaid)
    if years < 1:
        raise ScheduleNotPossible
    if kind == RepaymentKind.BULLET:
        return (amount,) * years
    if kind == RepaymentKind.LINEAR:
        return tuple(amount * (years - year) / years for year in range(years))
    if rate is None or rate <= -1:
        raise ScheduleNotPossible
    return _owed_of_annuity(amount=amount, years=years, rate=rate)


def _owed(amount: Decimal, repaid: Sequence[Decimal]) -> tuple[Decimal, ...]:
    if not repaid or min(repaid) < 0 or sum(repaid) != amount:
        raise ScheduleNotPossible
    owed, rest = [], amount
    for part in repaid:
        owed.append(rest)
        rest -= part
    return tuple(owed)


def _owed_of_annuity(*, amount: Decimal, years: int, rate: Decimal) -> tuple[Decimal, ...]:
    if rate == 0:
        return tuple(amount * (years - year) / years for year in range(years))
    payment = amount * rate / (1 - (1 + rate) ** -years)
    owed, rest = [], amount
    for _ in range(years):
        owed.append(rest)
        rest = rest * (1 + rate) - payment
    return tuple(owed)
