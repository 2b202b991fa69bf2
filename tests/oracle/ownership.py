"""Ownership and control by brute force, written apart from the product: power series and all subsets of parties.

Parties are numbers; `low[i][j]` and `high[i][j]` bound the share of party `i` in party `j`, as floats.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

Matrix = Sequence[Sequence[float]]

ROUNDS = 4_000


def capped_highs(low: Matrix, high: Matrix) -> list[list[float]]:
    """No upper bound above what the others' lower bounds leave over."""
    size = len(low)
    return [
        [min(high[i][j], max(low[i][j], 1 - sum(low[k][j] for k in range(size) if k != i))) for j in range(size)]
        for i in range(size)
    ]


def share_of(matrix: Matrix, holders: Sequence[int], target: int) -> float:
    """The share that `holders` have of the target: `x = min(1, d + A x)` by repetition from the top."""
    size = len(matrix)
    reached = set(holders)
    while True:
        more = {j for j in range(size) for i in reached if matrix[i][j] > 0} - reached
        if not more:
            break
        reached |= more
    x = [1.0 if j in reached else 0.0 for j in range(size)]
    for _ in range(ROUNDS):
        before = x
        x = [
            1.0 if j in holders else min(1.0, sum(matrix[i][j] * x[i] for i in range(size))) if j in reached else 0.0
            for j in range(size)
        ]
        if x == before:  # and so it would stay in every further round
            break
    return x[target]


def series_of(matrix: Matrix, holder: int, target: int, longest: int = 400) -> float:
    """The sum over all walks from the holder to the target that do not come back to the holder."""
    size = len(matrix)
    walk = [matrix[holder][j] for j in range(size)]
    total = 0.0
    for _ in range(longest):
        walk[holder] = 0.0
        total += walk[target]
        walk = [sum(walk[i] * matrix[i][j] for i in range(size)) for j in range(size)]
    return total


def is_controlled(low: Matrix, holder: int, target: int, entities: Sequence[int], *, is_certain: bool) -> bool:
    """Whether the target is in every set of parties that has the holder and all that the set has a majority in."""
    others = [entity for entity in entities if entity != holder]
    for size in range(len(others) + 1):
        for chosen in combinations(others, size):
            members = {holder, *chosen}
            if target not in members and _is_closed(low, members, others, is_certain=is_certain):
                return False
    return True


def _is_closed(low: Matrix, members: set[int], entities: Sequence[int], *, is_certain: bool) -> bool:
    for entity in entities:
        if entity in members:
            continue
        if is_certain:
            votes = sum(low[i][entity] for i in members)
        else:
            votes = 1 - sum(low[i][entity] for i in range(len(low)) if i not in members)
        if votes > 0.5 + 1e-9:
            return False
    return True
