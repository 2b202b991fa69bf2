"""What a raise says of its money: use of proceeds, what is committed, subsidised loans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from kernel.errors import FieldProblem


def committed(*, amount: Decimal, amount_left: Decimal | None) -> Decimal | None:
    """What is committed of an amount; None where what is left is not stated."""
    return None if amount_left is None else amount - amount_left


def is_partly_committed(*, amount: Decimal, amount_left: Decimal | None) -> bool:
    """Whether something is known to be committed, all of it or less."""
    found = committed(amount=amount, amount_left=amount_left)
    return found is not None and found > 0


def proceeds_problems(*, proceeds: Sequence[Mapping[str, Any]], amount: Decimal, pointer: str) -> list[FieldProblem]:
    """What is wrong with a list of `{purpose, amount, share}`; `pointer` leads to it.

    Each line states an amount (major units, in the raise's currency) or a share of `amount`, both as decimals or their
    text, and each purpose stands once; together they are at most `amount`.
    """
    problems = []
    sought = Decimal(0)
    seen: set[str] = set()
    for index, line in enumerate(proceeds):
        purpose = str(line["purpose"]).casefold()
        if purpose in seen:
            problems.append(FieldProblem(f"{pointer}/{index}/purpose", "repeated", "Each purpose once."))
        seen.add(purpose)
        stated, share = line.get("amount"), line.get("share")
        if (stated is None) == (share is None):
            problems.append(FieldProblem(f"{pointer}/{index}", "one_of_two", "Either an amount or a share."))
        elif stated is not None:
            sought += Decimal(stated)
        elif share is not None:
            sought += Decimal(share) * amount
    if sought > amount:
        problems.append(FieldProblem(pointer, "above_amount", "Together at most the amount of the raise."))
    return problems


def proceeds_stored(*, proceeds: Sequence[Mapping[str, Any]]) -> list[dict[str, str | None]]:
    """The list as it is kept: exact decimals as text."""
    return [
        {"purpose": str(line["purpose"]), "amount": _text(line.get("amount")), "share": _text(line.get("share"))}
        for line in proceeds
    ]


def loans_stored(*, loans: Sequence[Mapping[str, Any]] | None) -> list[dict[str, str | None]] | None:
    """Subsidised loans as they are kept; None is "not declared", an empty list a declared "none".

    Of each `programme`, `amount` (major units of `currency`), `rate` (fraction per year) and `until`, its last day.
    """
    if loans is None:
        return None
    return [
        {
            "programme": str(loan["programme"]),
            "amount": _text(loan["amount"]),
            "currency": str(loan["currency"]),
            "rate": _text(loan.get("rate")),
            "until": None if loan.get("until") is None else loan["until"].isoformat(),
        }
        for loan in loans
    ]


def _text(number: Decimal | None) -> str | None:
    return None if number is None else f"{Decimal(number):f}"
