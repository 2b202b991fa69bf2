"""What changed between two lists of one owner: who entered, left or moved, and by which features' points.

Lists in, moves out; no tables. Over many owners the changes are summed up by `Tally`.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

MOST_MOVES = 100
"""How many of the largest moves a tally keeps."""


class Change(StrEnum):
    """What became of a line of a list."""

    ENTERED = "entered"
    LEFT = "left"
    MOVED = "moved"


class Cause(StrEnum):
    """Why a line entered or left, as far as the list's owner may know."""

    SCORE = "score"
    """It is matched in both generations; others are better, or are so no more."""
    GATE = "gate"
    """A gate fails in the other generation; which one is told where it is the owner's to know."""
    DATA = "data"
    """In the other generation it stands in the other section: a fact is missing, or was."""
    UNAVAILABLE = "unavailable"
    """In the other generation it is not matched, or not for reasons of the owner's."""


@dataclass(frozen=True, slots=True)
class Line:
    """A counterpart on a list: its score, 0–10 000, and the points of each feature, which add up to it."""

    counterpart: str
    score: int
    points: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Move:
    """One change of a list. Ranks count from 1; None: not on that list. `because` are differences of points by feature,
    later less earlier, the largest first; empty where only one list has a score.
    """

    counterpart: str
    change: Change
    from_rank: int | None
    to_rank: int | None
    from_score: int | None
    to_score: int | None
    because: tuple[tuple[str, int], ...] = ()

    @property
    def size(self) -> int:
        """How much the score differs, in points; a line that is on one list only counts with its whole score."""
        return abs((self.to_score or 0) - (self.from_score or 0))


def list_moves(*, before: Sequence[Line], after: Sequence[Line], shown: int | None = None) -> list[Move]:
    """The changes between two lists of one owner, each best first; only the first `shown` lines count as listed.

    A line beyond `shown` still lends its score and points to the move that leads there. Who kept rank and score is no
    change. In the order of the later list, then those who left, best first.
    """
    reach = max(len(before), len(after)) if shown is None else shown
    earlier = {line.counterpart: (rank, line) for rank, line in enumerate(before, 1)}
    later = {line.counterpart: (rank, line) for rank, line in enumerate(after, 1)}
    names = [line.counterpart for line in after[:reach]]
    names += [line.counterpart for line in before[:reach] if line.counterpart not in set(names)]
    made = (_move(name, earlier.get(name), later.get(name), reach) for name in names)
    return [move for move in made if move is not None]


def _move(name: str, before: tuple[int, Line] | None, after: tuple[int, Line] | None, reach: int) -> Move | None:
    from_rank = before[0] if before is not None and before[0] <= reach else None
    to_rank = after[0] if after is not None and after[0] <= reach else None
    from_score = None if before is None else before[1].score
    to_score = None if after is None else after[1].score
    if (from_rank, from_score) == (to_rank, to_score):
        return None
    change = Change.ENTERED if from_rank is None else Change.LEFT if to_rank is None else Change.MOVED
    because = () if before is None or after is None else differences(before=before[1].points, after=after[1].points)
    return Move(name, change, from_rank, to_rank, from_score, to_score, because)


def differences(*, before: Mapping[str, int], after: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """By how many points each feature differs, the largest first, then by name; what is the same is left out."""
    by_feature = {name: after.get(name, 0) - before.get(name, 0) for name in {*before, *after}}
    changed = [(name, points) for name, points in by_feature.items() if points]
    return tuple(sorted(changed, key=lambda item: (-abs(item[1]), item[0])))


@dataclass(frozen=True, slots=True)
class OwnedMove:
    """A move with the owner of its list."""

    owner: str
    move: Move

    @property
    def order(self) -> tuple[int, str, str]:
        """Sorts the largest first, then by owner and counterpart."""
        return (-self.move.size, self.owner, self.move.counterpart)


@dataclass
class Tally:
    """The changes of many lists, summed up."""

    lists: int = 0
    changed_lists: int = 0
    changes: Counter[str] = field(default_factory=Counter)
    points: Counter[str] = field(default_factory=Counter)
    """Sum of |difference| in points by feature, over the lines that are scored in both generations."""
    largest: list[OwnedMove] = field(default_factory=list)

    def add(self, *, owner: str, moves: Iterable[Move]) -> None:
        """Count one owner's list."""
        found = list(moves)
        self.lists += 1
        self.changed_lists += bool(found)
        for move in found:
            self.changes[move.change.value] += 1
            for name, points in move.because:
                self.points[name] += abs(points)
        self._keep(OwnedMove(owner, move) for move in found if move.change is Change.MOVED)

    def join(self, other: Tally) -> None:
        """Count what another tally has counted of other lists."""
        self.lists += other.lists
        self.changed_lists += other.changed_lists
        self.changes.update(other.changes)
        self.points.update(other.points)
        self._keep(other.largest)

    def _keep(self, more: Iterable[OwnedMove]) -> None:
        self.largest = heapq.nsmallest(MOST_MOVES, [*self.largest, *more], key=lambda item: item.order)
