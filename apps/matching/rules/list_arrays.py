"""Many lists of a generation at once, as numpy arrays, and what changed between two such sets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from apps.matching.rules.comparison import MOST_MOVES, Change, Move, OwnedMove, Tally, differences

_MIX = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(29)


@dataclass(frozen=True, eq=False)
class ListArrays:
    """Lists of one side and section, list by list, each best first.

    `owner` and `organisation` have an element for each list, `start` where each begins and, last, the end of all;
    `counterpart`, `score` and `points` [line, feature] one for each line. Ids are their sixteen bytes.
    """

    owner: NDArray[Any]
    organisation: NDArray[Any]
    start: NDArray[np.int64]
    counterpart: NDArray[Any]
    score: NDArray[np.int16]
    points: NDArray[np.int16]

    @property
    def lengths(self) -> NDArray[np.int64]:
        """How many lines each list has."""
        return np.diff(self.start)

    @property
    def list_of(self) -> NDArray[np.int64]:
        """Of each line the number of its list."""
        return np.repeat(np.arange(len(self.owner)), self.lengths)

    @property
    def rank(self) -> NDArray[np.int64]:
        """Of each line its place on its list, from 0."""
        return np.arange(len(self.counterpart)) - np.repeat(self.start[:-1], self.lengths)


def id_of(value: Any) -> UUID:
    """The id that sixteen bytes stand for."""
    return UUID(bytes=bytes(value))


def hashes(ids: NDArray[Any]) -> NDArray[np.uint64]:
    """Sixty-four bits of each id; two ids of one list share them once in 10¹⁵ lists."""
    if not len(ids):
        return np.empty(0, np.uint64)
    halves = np.ascontiguousarray(ids).view(np.uint64).reshape(-1, 2)
    mixed: NDArray[np.uint64] = _mixed(halves[:, 0]) + halves[:, 1]
    return _mixed(mixed)


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    values = (values ^ (values >> _SHIFT)) * _MIX
    mixed: NDArray[np.uint64] = values ^ (values >> _SHIFT)
    return mixed


def tally(*, before: ListArrays, after: ListArrays, features: Sequence[str], shown: int) -> Tally:
    """The changes from `before` to `after` over all their owners, as `list_moves` finds them one by one."""
    owners = hashes(before.owner), hashes(after.owner)
    lines = before.list_of, after.list_of
    keys = [
        _mixed(hashes(part.counterpart) + _mixed(own[line]))
        for part, own, line in zip((before, after), owners, lines, strict=True)
    ]
    at, to = _matched(*keys)
    ranks = before.rank, after.rank
    listed = ranks[0] < shown, ranks[1] < shown
    both = listed[0][at] & listed[1][to]
    moved = both & ((ranks[0][at] != ranks[1][to]) | (before.score[at] != after.score[to]))
    entered, left = listed[1].copy(), listed[0].copy()
    entered[to[both]] = False
    left[at[both]] = False
    touched = np.concatenate([owners[1][lines[1][entered]], owners[0][lines[0][left]], owners[1][lines[1][to[moved]]]])
    scored = moved | entered[to] | left[at]
    apart = np.abs(after.points[to[scored]].astype(np.int64) - before.points[at[scored]]).sum(axis=0)
    changes = {Change.ENTERED: int(entered.sum()), Change.LEFT: int(left.sum()), Change.MOVED: int(moved.sum())}
    return Tally(
        lists=len(np.unique(np.concatenate(owners))),
        changed_lists=len(np.unique(touched)),
        changes=Counter({change.value: count for change, count in changes.items() if count}),
        points=Counter({name: int(points) for name, points in zip(features, apart, strict=True) if points}),
        largest=_largest(before, after, at[moved], to[moved], features),
    )


def _matched(before: NDArray[np.uint64], after: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The lines of the same owner and counterpart in both, as places of each."""
    order = np.argsort(before)
    if not len(order):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    place = np.minimum(np.searchsorted(before, after, sorter=order), len(order) - 1)
    found = before[order[place]] == after
    return order[place[found]], np.flatnonzero(found)


def _largest(
    before: ListArrays, after: ListArrays, at: NDArray[np.int64], to: NDArray[np.int64], features: Sequence[str]
) -> list[OwnedMove]:
    sizes = np.abs(after.score[to].astype(np.int64) - before.score[at])
    if len(sizes) > MOST_MOVES:
        least = np.partition(sizes, len(sizes) - MOST_MOVES)[len(sizes) - MOST_MOVES]
        at, to = at[sizes >= least], to[sizes >= least]
    ranks, lines = (before.rank, after.rank), after.list_of
    found = []
    for one, other in zip(at.tolist(), to.tolist(), strict=True):
        points = (
            dict(zip(features, part.points[line].tolist(), strict=True))
            for part, line in ((before, one), (after, other))
        )
        was, became = points
        move = Move(
            counterpart=str(id_of(after.counterpart[other])),
            change=Change.MOVED,
            from_rank=int(ranks[0][one]) + 1,
            to_rank=int(ranks[1][other]) + 1,
            from_score=int(before.score[one]),
            to_score=int(after.score[other]),
            because=differences(before=was, after=became),
        )
        found.append(OwnedMove(str(id_of(after.owner[lines[other]])), move))
    return sorted(found, key=lambda item: item.order)[:MOST_MOVES]
