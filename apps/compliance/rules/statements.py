"""Which statements of ownership cannot be true: by themselves, and beside those that stand already."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made
from decimal import Decimal
from uuid import UUID

SUMMED = frozenset(
    {
        "shareholding",
        "voting_rights",
        "appointment_of_board",
        "rights_to_profit_or_income",
        "rights_to_surplus_assets_on_dissolution",
    }
)
"""Interests of which an entity has no more than the whole to give."""
MAJORITIES = frozenset({"shareholding", "voting_rights"})
WHOLE, HALF = Decimal(1), Decimal("0.5")
BEGINNING, END = dt.date.min, dt.date.max


@dataclass(frozen=True, slots=True)
class Stated:
    """A statement as far as it is judged; `row` is None for one that stands already."""

    owned: UUID
    owner: UUID
    interest: str
    share_min: Decimal | None = None
    share_max: Decimal | None = None
    share_min_exclusive: bool = False
    share_max_exclusive: bool = False
    from_date: dt.date | None = None
    to_date: dt.date | None = None
    retrieved_on: dt.date | None = None
    is_direct: bool = True
    row: int | None = None

    @property
    def start(self) -> dt.date:
        """The first day; the beginning of time where it is not stated."""
        return self.from_date or BEGINNING

    @property
    def stop(self) -> dt.date:
        """The first day on which it no longer holds."""
        return self.to_date or END

    def holds_on(self, day: dt.date) -> bool:
        """Whether it holds on a day."""
        return self.start <= day < self.stop


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a field of the statement in a row; `values` fill the places of the text."""

    row: int
    field: str
    code: str
    text: str
    values: Mapping[str, object] = made(default_factory=dict)


def statement_problems(*, proposed: Sequence[Stated], present: Sequence[Stated], today: dt.date) -> list[Problem]:
    """Everything that is wrong with the proposed statements beside the present ones of the same entities.

    An entity that owns itself, dates in the future or in the wrong order, intervals upside down, more than the whole
    given away at any time, and majorities that run in a circle. Smaller holdings may run in circles: they do.
    """
    problems = [problem for item in proposed for problem in _own_problems(item, today)]
    bad = {problem.row for problem in problems}
    sound = [item for item in proposed if item.row not in bad]
    problems += _too_much(sound, present)
    problems += _circles(sound, present)
    return sorted(problems, key=lambda problem: (problem.row, problem.field))


def _own_problems(item: Stated, today: dt.date) -> Iterable[Problem]:
    row = item.row or 0
    if item.owned == item.owner:
        yield Problem(row, "owner", "owns_itself", "An entity does not own itself.")
    for name in ("from_date", "to_date", "retrieved_on"):
        day = getattr(item, name)
        if day is not None and day > today:
            yield Problem(row, name, "in_the_future", "A date in the future.")
    if item.from_date is not None and item.to_date is not None and item.to_date < item.from_date:
        yield Problem(row, "to_date", "before_start", "The end lies before the start.")
    for name in ("share_min", "share_max"):
        share = getattr(item, name)
        if share is not None and not 0 <= share <= WHOLE:
            yield Problem(row, name, "out_of_range", "A fraction between 0 and 1.")
    if item.share_min is not None and item.share_max is not None:
        is_open = item.share_min_exclusive or item.share_max_exclusive
        if item.share_min > item.share_max or (is_open and item.share_min == item.share_max):
            yield Problem(row, "share_max", "below_minimum", "The upper bound lies below the lower one.")


def _too_much(proposed: Sequence[Stated], present: Sequence[Stated]) -> Iterable[Problem]:
    found: defaultdict[tuple[UUID, str], list[Stated]] = defaultdict(list)
    for item in (*present, *proposed):
        if item.interest in SUMMED and item.is_direct and item.share_min:
            found[item.owned, item.interest].append(item)
    told: set[int] = set()
    for (_, interest), items in found.items():
        if all(item.row is None for item in items):
            continue
        for day in sorted({item.start for item in items}):
            there = [item for item in items if item.holds_on(day)]
            together = sum((item.share_min or Decimal(0) for item in there), Decimal(0))
            if together <= WHOLE:
                continue
            for item in there:
                if item.row is not None and item.row not in told:
                    told.add(item.row)
                    text = "Together with the others {percent} % of {interest}: more than there is."
                    values = {"percent": f"{together * 100:.4f}".rstrip("0").rstrip("."), "interest": interest}
                    yield Problem(item.row, "share_min", "more_than_the_whole", text, values)


def _circles(proposed: Sequence[Stated], present: Sequence[Stated]) -> Iterable[Problem]:
    majorities = [item for item in (*present, *proposed) if item.is_direct and _is_majority(item)]
    above: defaultdict[UUID, list[Stated]] = defaultdict(list)
    for item in majorities:
        above[item.owned].append(item)
    for item in majorities:
        if item.row is None or not _returns(item, above, None):
            continue
        # A circle begins to hold on the day when the last of its statements does.
        for day in sorted({other.start for other in majorities if item.holds_on(other.start)}):
            if _returns(item, above, day):
                text = "The majorities above run in a circle back to the entity."
                yield Problem(item.row, "owner", "circle_of_majorities", text)
                break


def _is_majority(item: Stated) -> bool:
    share = item.share_min
    if item.interest not in MAJORITIES or share is None:
        return False
    return share > HALF or (share == HALF and item.share_min_exclusive)


def _returns(item: Stated, above: Mapping[UUID, Sequence[Stated]], day: dt.date | None) -> bool:
    """Whether majorities lead from the owner up to the entity again: on a day, or at whatever times."""
    seen: set[UUID] = set()
    waiting = [item.owner]
    while waiting:
        here = waiting.pop()
        if here == item.owned:
            return True
        if here in seen:
            continue
        seen.add(here)
        waiting += [other.owner for other in above.get(here, ()) if day is None or other.holds_on(day)]
    return False
