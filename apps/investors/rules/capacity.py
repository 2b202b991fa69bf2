"""What is left of a mandate's capacity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_CEILING, Decimal

CENT = Decimal("0.01")


def held_amount(*, amount: Decimal, currency: str, of: str, rates: Mapping[str, Decimal]) -> Decimal | None:
    """What a hold takes of a capacity in the currency `of`, in whole cents, rounded up; None without both rates.

    `rates` are EUR per unit. An amount in the same currency needs none.
    """
    if currency == of:
        return amount
    if currency not in rates or of not in rates:
        return None
    return (amount * rates[currency] / rates[of]).quantize(CENT, ROUND_CEILING)


def capacity_left(
    *, stated: Decimal | None, currency: str, held: Iterable[tuple[Decimal, str]], rates: Mapping[str, Decimal]
) -> Decimal | None:
    """The stated capacity less what is held, each an amount and its currency, never below nothing.

    None where the fund states no capacity, or a hold cannot be converted: then it is not known.
    """
    if stated is None:
        return None
    left = stated
    for amount, own in held:
        taken = held_amount(amount=amount, currency=own, of=currency, rates=rates)
        if taken is None:
            return None
        left -= taken
    return max(left, Decimal("0.00"))
