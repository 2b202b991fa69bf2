"""How much of an entity a set of parties has through all paths: shares multiplied along each and added.

`x = d + A x`: what they have of an entity is what they hold of it directly, and of each of its owners as much as they
have of that owner. Cycles are solved exactly, entity group by entity group, and nothing exceeds the whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from apps.compliance.rules.graph import ALL, NOTHING

Into = Mapping[UUID, Mapping[UUID, Fraction]]
"""The share of each owner in each entity, by entity and owner."""

EXACT = 16
"""Up to how many entities of one cycle are solved in exact fractions; larger ones in floating point."""
ROUNDING = 10**12


class Integration:
    """The entities above and including one, put in order once and solved for whichever holders are asked for."""

    def __init__(self, *, into: Into, entity: UUID) -> None:
        self._into, self._entity = into, entity
        self._groups = [group for group in _groups(into, entity) if any(into.get(owned) for owned in group)]
        self._group_of = {owned: index for index, group in enumerate(self._groups) for owned in group}
        self._shares = {index: _Cycle(into, group) for index, group in enumerate(self._groups) if len(group) > EXACT}
        self._holdings: defaultdict[UUID, list[tuple[UUID, Fraction]]] = defaultdict(list)
        for owned in self._group_of:
            for owner, share in into.get(owned, {}).items():
                if share:
                    self._holdings[owner].append((owned, share))

    def of(self, *, holders: Collection[UUID]) -> Fraction:
        """The fraction of the entity that `holders` have together, each of whom has all of itself.

        Sources: Brioschi, Buzzacchi and Colombo (1989) on integrated ownership, with the whole as a bound: where upper
        bounds add up to more than the whole, `x = min(1, d + A x)` in its greatest solution.
        """
        held = frozenset(holders)
        if self._entity in held:
            return ALL
        inflow: defaultdict[UUID, Fraction] = defaultdict(Fraction)
        for holder in held:
            for owned, share in self._holdings.get(holder, ()):
                inflow[owned] += share
        for index, group in enumerate(self._groups):
            rest = [owned for owned in group if owned not in held]
            if not any(inflow[owned] for owned in rest):
                continue
            values = self._solve(index, rest, inflow)
            if self._entity in values:
                return values[self._entity]
            for owner, value in values.items():
                for owned, share in self._holdings.get(owner, ()):
                    if self._group_of[owned] != index:
                        inflow[owned] += value * share
        return NOTHING

    def _solve(self, index: int, rest: Sequence[UUID], inflow: Mapping[UUID, Fraction]) -> dict[UUID, Fraction]:
        """What comes to the entities of a group that are no holders; `inflow` is what does from outside of them."""
        group = self._groups[index]
        if len(group) == 1 and group[0] not in self._into.get(group[0], {}):
            return {group[0]: min(ALL, inflow[group[0]])}
        shares = self._shares.get(index)
        if shares is None:
            return self._exact(rest, inflow)
        given = np.array([float(inflow[entity]) if entity in inflow else 0.0 for entity in group])
        asked = set(rest)
        held = np.array([entity not in asked for entity in group])
        values = shares.of(given, held)
        return {
            entity: min(ALL, max(NOTHING, Fraction(round(float(value) * ROUNDING), ROUNDING)))
            for entity, value in zip(rest, values[~held], strict=True)
        }

    def _within(self, entity: UUID, found: Mapping[UUID, Fraction]) -> Fraction:
        owners = self._into.get(entity, {}).items()
        return sum((share * found[owner] for owner, share in owners if owner in found), NOTHING)

    def _exact(self, rest: Sequence[UUID], inflow: Mapping[UUID, Fraction]) -> dict[UUID, Fraction]:
        """All begin at the whole; those for which that is too much are solved for, round by round.

        An entity once found to lie below the whole does not rise again, so that this ends after as many rounds as there
        are entities.
        """
        found = dict.fromkeys(rest, ALL)
        below: list[UUID] = []
        while True:
            less = [
                entity for entity in rest if entity not in below and inflow[entity] + self._within(entity, found) < ALL
            ]
            if not less:
                return found
            below += less
            others = {entity: value for entity, value in found.items() if entity not in below}
            given = [inflow[entity] + self._within(entity, others) for entity in below]
            place = {entity: index for index, entity in enumerate(below)}
            matrix = [
                {place[owner]: share for owner, share in self._into.get(entity, {}).items() if owner in place}
                for entity in below
            ]
            found.update(zip(below, _solved(matrix, given), strict=True))


def integrated(*, into: Into, holders: Collection[UUID], entity: UUID) -> Fraction:
    """`Integration.of` for one set of holders."""
    return Integration(into=into, entity=entity).of(holders=holders)


class _Cycle:
    """Many entities that hold one another: a row for each, a column for each as an owner, in floating point."""

    def __init__(self, into: Into, group: Sequence[UUID]) -> None:
        place = {entity: index for index, entity in enumerate(group)}
        self._shares = np.zeros((len(group), len(group)))
        for entity in group:
            for owner, share in into.get(entity, {}).items():
                if owner in place:
                    self._shares[place[entity], place[owner]] = float(share)
        self._inverse = _inverse(self._shares)

    def of(self, given: NDArray[np.float64], held: NDArray[np.bool_]) -> NDArray[np.float64]:
        """The greatest `x` of `x = min(1, given + shares x)`, where those `held` are 1 and are part of `given`."""
        if self._inverse is not None:
            # What lies below the whole everywhere is the only solution: one factor serves all holders.
            found = self._inverse @ np.where(held, 0.0, given - self._shares @ held)
            if held.any():
                lift = np.linalg.solve(self._inverse[np.ix_(held, held)], 1 - found[held])
                found += self._inverse[:, held] @ lift
            if found.max() <= 1 + 1 / ROUNDING:
                return found
        found = np.ones(len(given))
        found[~held] = _approximate(self._shares[np.ix_(~held, ~held)], given[~held])
        return found


def _inverse(shares: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """The inverse of 1 - `shares`, where what goes around in the cycle dies out: then nothing in it is negative."""
    try:
        found: NDArray[np.float64] = np.linalg.inv(np.eye(len(shares)) - shares).astype(np.float64, copy=False)
    except np.linalg.LinAlgError:
        return None
    return found if bool((found > -1 / ROUNDING).all()) else None


def _approximate(shares: NDArray[np.float64], given: NDArray[np.float64]) -> NDArray[np.float64]:
    """The greatest `x` of `x = min(1, given + shares x)`, as `Integration._exact` finds it."""
    found = np.ones(len(given))
    below = np.zeros(len(given), dtype=bool)
    while True:
        less = ~below & (given + shares @ found < 1 - 1 / ROUNDING)
        if not less.any():
            return found
        below |= less
        fixed = given[below] + shares[np.ix_(below, ~below)] @ found[~below]
        found[below] = np.linalg.solve(np.eye(int(below.sum())) - shares[np.ix_(below, below)], fixed)


def _solved(matrix: Sequence[Mapping[int, Fraction]], given: Sequence[Fraction]) -> list[Fraction]:
    """`x` of `x = given + matrix x`, the matrix by rows without its zeros."""
    size = len(given)
    rows = [
        [(ALL if column == row else NOTHING) - matrix[row].get(column, NOTHING) for column in range(size)]
        + [given[row]]
        for row in range(size)
    ]
    for step in range(size):
        pivot = next(row for row in range(step, size) if rows[row][step])
        rows[step], rows[pivot] = rows[pivot], rows[step]
        rows[step] = [value / rows[step][step] for value in rows[step]]
        for row in range(size):
            factor = rows[row][step]
            if row != step and factor:
                rows[row] = [value - factor * top for value, top in zip(rows[row], rows[step], strict=True)]
    return [row[size] for row in rows]


def _groups(into: Into, entity: UUID) -> list[list[UUID]]:
    """The entities above and including `entity` as groups that own one another, owners before owned (Tarjan 1972)."""
    found: list[list[UUID]] = []
    index: dict[UUID, int] = {}
    lowest: dict[UUID, int] = {}
    stack: list[UUID] = []
    path: list[tuple[UUID, list[UUID]]] = []

    def enter(node: UUID) -> None:
        index[node] = lowest[node] = len(index)
        stack.append(node)
        path.append((node, [owner for owner, share in into.get(node, {}).items() if share]))

    enter(entity)
    while path:
        node, owners = path[-1]
        if owners:
            owner = owners.pop()
            if owner not in index:
                enter(owner)
            elif owner in stack:
                lowest[node] = min(lowest[node], index[owner])
            continue
        path.pop()
        if path:
            lowest[path[-1][0]] = min(lowest[path[-1][0]], lowest[node])
        if lowest[node] == index[node]:
            at = stack.index(node)
            found.append(stack[at:])
            del stack[at:]
    return found
