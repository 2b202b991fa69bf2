"""What a mandate must hold to be comparable with raises."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

from kernel.errors import FieldProblem

FOREIGN_SHARE_EDGES = tuple(Decimal(edge) for edge in ("0", "0.1", "0.2", "0.35", "0.5", "0.75", "1"))
"""Edges of the published bands of foreign share: a limit between two would let a fund probe the hidden figure."""

EDITS_PER_DAY = 5
"""How often within a UTC day what is matched may change its terms: probing must not recover what firms hide."""

DRAFTS_PER_DAY = 5
"""How many of a fund's drafts may begin to be matched within a UTC day: a new mandate asks as much as a changed one."""

EXCLUDABLE = ("lethal", "lethal_autonomous", "cluster_munition", "dual_use")
"""The flags of capabilities that a mandate or a lever may exclude."""

TICKETS = ("ticket_min", "ticket_typical", "ticket_max")


def weight_problems(*, pairs: Sequence[tuple[str, float]], pointer: str, name: str) -> list[FieldProblem]:
    """What is wrong with a list of (code, weight): `name` is what the code is called in the body."""
    problems = []
    seen: set[str] = set()
    for index, (code, weight) in enumerate(pairs):
        if not (math.isfinite(weight) and weight > 0):
            problems.append(FieldProblem(f"{pointer}/{index}/weight", "out_of_range", "More than 0."))
        if code in seen:
            problems.append(FieldProblem(f"{pointer}/{index}/{name}", "repeated", "Each at most once."))
        seen.add(code)
    return problems


def ticket_problems(*, tickets: Mapping[str, Decimal | None]) -> list[FieldProblem]:
    """Tickets are above nothing and rise from the smallest over the typical to the largest."""
    stated = [(name, tickets[name]) for name in TICKETS if tickets[name] is not None]
    problems = [
        FieldProblem(f"/{name}", "out_of_range", "More than nothing.")
        for name, value in stated
        if not value or value <= 0
    ]
    problems += [
        FieldProblem(f"/{upper}", "out_of_order", "Not below {lower}.", {"lower": lower})
        for (lower, low), (upper, high) in pairwise(stated)
        if low is not None and high is not None and high < low
    ]
    return problems


def trl_problems(*, trl_min: int | None, trl_max: int | None) -> list[FieldProblem]:
    """The lower bound is not above the upper one."""
    if trl_min is not None and trl_max is not None and trl_min > trl_max:
        return [FieldProblem("/trl_max", "out_of_order", "Not below trl_min.")]
    return []


def follow_on_problems(*, reserve: Decimal | None, terms: Sequence[Mapping[str, Any]]) -> list[FieldProblem]:
    """Nothing is reserved for later rounds by whoever states to join none."""
    stated = {str(item["term"]): str(item["value"]) for item in terms}
    if reserve and stated.get("follow_on") == "no":
        return [FieldProblem("/follow_on_reserve", "contradictory", "The terms say that there is no follow-on.")]
    return []


def foreign_share_problems(*, limit: Decimal | None, perimeter: str) -> list[FieldProblem]:
    """A limit is an edge of a published band and says by which perimeter it counts."""
    if limit is None:
        return []
    problems = []
    if limit not in FOREIGN_SHARE_EDGES:
        edges = ", ".join(str(edge) for edge in FOREIGN_SHARE_EDGES)
        problems.append(FieldProblem("/max_foreign_share", "no_band_edge", "One of {known}.", {"known": edges}))
    if not perimeter:
        problems.append(FieldProblem("/perimeter", "required", "A limit needs a perimeter."))
    return problems


def flag_problems(*, flags: Collection[str] | None, pointer: str) -> list[FieldProblem]:
    """Flags are known ones, each once."""
    known = ", ".join(EXCLUDABLE)
    return [
        FieldProblem(f"{pointer}/{index}", "unknown_flag", "One of {known}.", {"known": known})
        for index, flag in enumerate(flags or ())
        if flag not in EXCLUDABLE
    ]
