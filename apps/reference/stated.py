"""Checks of what organisations state of themselves: countries, currencies, instruments, tiers of evidence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from apps.reference.codes import country_codes, currency_codes
from apps.reference.evidence import EvidenceTier
from apps.reference.instruments import CLASS_OF, InstrumentClass
from kernel.access import Actor
from kernel.errors import FieldProblem

SELF_DECLARED = ("", EvidenceTier.E0, EvidenceTier.E1)
"""What an organisation may say of its own evidence; more is given by others."""


def country_problems(*, codes: Sequence[str], pointer: str) -> list[FieldProblem]:
    """Codes that are no countries, and codes that stand twice; `pointer` leads to the list."""
    problems = []
    for index, code in enumerate(codes):
        if code not in country_codes():
            problems.append(FieldProblem(f"{pointer}/{index}", "invalid", "Not a country code (ISO 3166-1 alpha-2)."))
        elif code in codes[:index]:
            problems.append(FieldProblem(f"{pointer}/{index}", "repeated", "Each country once."))
    return problems


def currency_problems(*, currency: str, pointer: str, on: dt.date) -> list[FieldProblem]:
    """A currency without a rate `on` that day cannot be compared with others."""
    if currency in currency_codes(on=on):
        return []
    known = ", ".join(sorted(currency_codes(on=on)))
    return [FieldProblem(pointer, "unknown_currency", "No exchange rate is known; one of {known}.", {"known": known})]


def shared_currency_problems(
    *, present: Mapping[str, Any], changes: Mapping[str, Any], amounts: Iterable[str]
) -> list[FieldProblem]:
    """Amounts of a row that would silently change their currency because only others were sent in the new one."""
    if "currency" not in changes or changes["currency"] == present["currency"]:
        return []
    return [
        FieldProblem(f"/{name}", "mixed_currency", "All amounts are in one currency: send this one, too.")
        for name in amounts
        if present[name] is not None and name not in changes
    ]


def tier_problems(*, tier: str, pointer: str, actor: Actor) -> list[FieldProblem]:
    """A tier above E1 is another's to give, not the stating organisation's."""
    if actor.is_system or tier in SELF_DECLARED:
        return []
    return [FieldProblem(pointer, "not_self_declared", "E0 or E1; higher tiers are given by others.")]


def instrument_class(instruments: Collection[str]) -> InstrumentClass | None:
    """The class that all the instruments have in common, None when they have none."""
    classes = {CLASS_OF[name] for name in instruments}
    return classes.pop() if len(classes) == 1 else None


def instrument_problems(*, instruments: Sequence[str], pointer: str) -> list[FieldProblem]:
    """Instruments are at least one, of one class, each once."""
    if instrument_class(instruments) is None:
        return [FieldProblem(pointer, "mixed_classes", "One or more instruments of one class: equity, debt or grant.")]
    if len(set(instruments)) < len(instruments):
        return [FieldProblem(pointer, "repeated", "Each instrument once.")]
    return []
