"""The cost of several tranches together: a figure of its own, that says what it mixes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from apps.reference.instruments import InstrumentClass


@dataclass(frozen=True, slots=True)
class Tranche:
    """A part of the money: its class, its amount in EUR, its cost in bp per year, nominal EUR; None: not known.

    A grant costs nothing: its rate is 0, whatever is given.
    """

    capital_class: str
    amount_eur: Decimal
    rate_bp: int | None


@dataclass(frozen=True, slots=True)
class Share:
    """What a class contributes to a blend: its part of the money, from 0 to 1, and its own cost in bp."""

    capital_class: str
    amount_eur: Decimal
    share: Decimal
    rate_bp: int | None


@dataclass(frozen=True, slots=True)
class Blend:
    """The cost of the whole in bp per year, None if one tranche's is unknown, and what it mixes.

    `comparable_with` is the class whose build-up it may be held against: None where it mixes classes.
    """

    rate_bp: int | None
    mixes: tuple[Share, ...]
    comparable_with: str | None


def capital_blend(*, tranches: Sequence[Tranche]) -> Blend | None:
    """The tranches' cost, weighted by their amounts, exact and then rounded half up; None without tranches.

    Amounts are positive.
    """
    if not tranches:
        return None
    classes = list(dict.fromkeys(tranche.capital_class for tranche in tranches))
    total = sum((tranche.amount_eur for tranche in tranches), Decimal(0))
    mixes = []
    for name in classes:
        own = [tranche for tranche in tranches if tranche.capital_class == name]
        amount = sum((tranche.amount_eur for tranche in own), Decimal(0))
        mixes.append(Share(name, amount, amount / total, _cost(own)))
    return Blend(
        rate_bp=_cost(tranches),
        mixes=tuple(mixes),
        comparable_with=classes[0] if len(classes) == 1 and classes[0] != InstrumentClass.GRANT else None,
    )


def _cost(tranches: Sequence[Tranche]) -> int | None:
    weighted, total = Fraction(0), Fraction(0)
    for tranche in tranches:
        rate = 0 if tranche.capital_class == InstrumentClass.GRANT else tranche.rate_bp
        if rate is None:
            return None
        weighted += Fraction(tranche.amount_eur) * rate
        total += Fraction(tranche.amount_eur)
    return int((weighted / total + Fraction(1, 2)).__floor__())
