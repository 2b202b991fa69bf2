"""The structure terms of a deal that a raise or a mandate may state, and the values they take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from apps.reference.codes import country_codes
from kernel.errors import FieldProblem

YES_OR_NO = ("ip_transfer", "board_seat", "collateral", "personal_guarantee", "lead", "follow_on")
TERMS = ("holding", *YES_OR_NO, "max_stake")
"""`holding` takes a country, `max_stake` a fraction above 0 up to 1, the others yes or no."""


def term_problems(*, terms: Sequence[Mapping[str, Any]], pointer: str) -> list[FieldProblem]:
    """What is wrong with a list of `{term, value, required}`; `pointer` leads to the list."""
    problems = []
    seen: set[str] = set()
    for index, item in enumerate(terms):
        name, value = str(item["term"]), str(item["value"])
        if name in seen:
            problems.append(FieldProblem(f"{pointer}/{index}/term", "repeated", "Each term at most once."))
        elif not _is_value(name, value):
            problems.append(
                FieldProblem(f"{pointer}/{index}/value", "invalid", "Not a value of {name}.", {"name": name})
            )
        seen.add(name)
    return problems


def _is_value(name: str, value: str) -> bool:
    if name == "holding":
        return value in country_codes()
    if name in YES_OR_NO:
        return value in {"yes", "no"}
    try:
        return name == "max_stake" and 0 < Decimal(value) <= 1
    except InvalidOperation:
        return False
