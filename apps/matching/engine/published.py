"""What is published: the shortlisted pairs scored by the exact path, ordered, cut to each list, and hashed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from apps.matching.engine.compiled import compiled, inner
from apps.matching.engine.model import SIDES
from apps.matching.engine.pairs import WHOLE, Room, Scored, room_for, score, score_into
from apps.matching.engine.shortlist import ERROR
from apps.matching.engine.world import World

BLOCK = 8192
"""Pairs scored at a time, so that what is dropped again stays in the processor's cache."""
_LAST = 2**27 - 1
_FAILED, _UNKNOWN = WHOLE.index("failed"), WHOLE.index("unknown")


@dataclass(frozen=True, eq=False)
class Candidates:
    """Pairs that may be on a list of a side, each owner's section together; `given_up` owners need all their pairs."""

    section: NDArray[np.int8]
    owner: NDArray[np.int32]
    other: NDArray[np.int32]
    score: NDArray[np.float32]
    given_up: NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Lists:
    """Ordered lists of one side: row `k` is line `position[k]` of section `section[k]` of owner `owner[k]`'s list.

    `owner` indexes the block's mandates (investor side) or raises (startup side); section 0 holds pairs with all gates
    passed, section 1 those with none failed and some unknown; rows are sorted by owner, section and position.
    `failures[mandate, gate]` counts the pairs of the world that fail the gate, in the order of GATES.
    """

    side: str
    owner: NDArray[np.int32]
    section: NDArray[np.int8]
    position: NDArray[np.int16]
    scored: Scored
    failures: NDArray[np.int64]


class Groups(NamedTuple):
    """The candidates of each owner's section: where they begin, how many, and where their lines go."""

    start: NDArray[np.int64]
    length: NDArray[np.int64]
    offset: NDArray[np.int64]
    owner: NDArray[np.int32]
    section: NDArray[np.int8]


class Lines(NamedTuple):
    """Room for all lines of a side, in their final order."""

    owner: NDArray[np.int32]
    section: NDArray[np.int8]
    position: NDArray[np.int16]
    other: NDArray[np.int32]
    c_investor: NDArray[np.int16]
    c_startup: NDArray[np.int16]
    whole: NDArray[np.int32]


def exact_lists(
    *, world: World, side: str, candidates: Candidates, kept: int, failures: NDArray[np.int64], threads: int
) -> Lists:
    """The candidates scored by the exact path and cut to each list's `kept` lines.

    Owners whose candidates the kernel gave up, or whose ranking scores lie further off than its bound, get all their
    pairs scored instead.
    """
    complete = _completed(world, side, candidates, threads)
    lines, doubtful = _lines(world, side, complete, kept, threads)
    if len(doubtful):
        again = Candidates(complete.section, complete.owner, complete.other, complete.score, doubtful.astype(np.int32))
        lines, _ = _lines(world, side, _completed(world, side, again, threads), kept, threads)
    owner, section, position, other, c_investor, c_startup, whole = lines
    investor, nothing = side == SIDES[0], np.empty((0, 0))
    failed, unknown, investor_score, startup_score, mutual, investor_confidence, startup_confidence = whole
    scored = Scored(
        mandate=owner if investor else other,
        raise_=other if investor else owner,
        failed=failed,
        unknown=unknown,
        score_investor=investor_score,
        score_startup=startup_score,
        score_mutual=mutual,
        confidence_investor=investor_confidence,
        confidence_startup=startup_confidence,
        contributions_investor=c_investor,
        contributions_startup=c_startup,
        x_investor=nothing,
        x_startup=nothing,
        raw=nothing,
    )
    return Lists(side=side, owner=owner, section=section, position=position, scored=scored, failures=failures)


def spread(work: Callable[[Any], Any], items: Iterable[Any], threads: int) -> list[Any]:
    """`work` of every item, on so many threads, in the order of the items."""
    todo = list(items)
    if threads == 1 or len(todo) < 2:
        return [work(item) for item in todo]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, todo))


def _completed(world: World, side: str, candidates: Candidates, threads: int) -> Candidates:
    """The candidates with all open pairs of the given-up owners in the place of theirs."""
    if not len(candidates.given_up):
        return candidates
    investor = side == SIDES[0]
    others = np.arange(len(world.raises.ids) if investor else len(world.mandates.ids))

    def all_pairs(owner: int) -> list[tuple[NDArray[Any], ...]]:
        owners = np.full(len(others), owner)
        scored = score(world=world, mandate=owners if investor else others, raise_=others if investor else owners)
        exact = (scored.score_investor if investor else scored.score_startup).astype(np.float32)
        section = (scored.unknown != 0).astype(np.int8)
        rows = [np.nonzero((scored.failed == 0) & (section == number))[0] for number in (0, 1)]
        return [(section[row], owners[row], others[row], exact[row]) for row in rows]

    sure = ~np.isin(candidates.owner, candidates.given_up)
    parts = [(candidates.section[sure], candidates.owner[sure], candidates.other[sure], candidates.score[sure])]
    for found in spread(all_pairs, candidates.given_up.tolist(), threads):
        parts.extend(found)
    section, owner, other, score_ = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Candidates(section, owner, other, score_, candidates.given_up[:0])


def _groups(candidates: Candidates, kept: int) -> Groups:
    owner, section = candidates.owner, candidates.section
    ends = np.nonzero((np.diff(owner) != 0) | (np.diff(section) != 0))[0] + 1
    start = np.concatenate([[0], ends]) if len(owner) else np.zeros(0, np.int64)
    length = np.diff(np.concatenate([start, [len(owner)]]))
    order = np.lexsort((section[start], owner[start]))
    lines = np.minimum(length, kept)[order]
    offset = np.empty(len(start), np.int64)
    offset[order] = np.cumsum(lines) - lines
    return Groups(start, length, offset, owner[start], section[start])


def _lines(world: World, side: str, candidates: Candidates, kept: int, threads: int) -> tuple[Lines, NDArray[np.int64]]:
    """All lines of a side, and the owners whose ranking scores lie further off than the kernel's bound."""
    groups = _groups(candidates, kept)
    count = int(np.minimum(groups.length, kept).sum())
    room = room_for(0)
    lines = Lines(
        owner=np.empty(count, np.int32),
        section=np.empty(count, np.int8),
        position=np.empty(count, np.int16),
        other=np.empty(count, np.int32),
        c_investor=np.empty((count, room.c_investor.shape[1]), np.int16),
        c_startup=np.empty((count, room.c_startup.shape[1]), np.int16),
        whole=np.empty((len(WHOLE), count), np.int32),
    )
    edges = _blocks(groups, len(candidates.owner))
    investor = side == SIDES[0]
    order = (world.raises if investor else world.mandates).order
    own = WHOLE.index("score_investor" if investor else "score_startup")
    trust = WHOLE.index("confidence_investor" if investor else "confidence_startup")
    off = np.zeros(len(groups.start), np.bool_)

    def work(thread: int) -> None:
        spans = edges[thread::threads]
        longest = max(
            (int(groups.start[last - 1] + groups.length[last - 1] - groups.start[first]) for first, last in spans),
            default=0,
        )
        mine, keys, rows = room_for(longest), np.empty(longest, np.int64), np.empty(longest, np.int64)
        for first, last in spans:
            part = slice(int(groups.start[first]), int(groups.start[last - 1] + groups.length[last - 1]))
            owner, other = candidates.owner[part], candidates.other[part]
            score_into(
                world=world, mandate=owner if investor else other, raise_=other if investor else owner, room=mine
            )
            settle(
                first,
                last,
                groups,
                other,
                candidates.score[part],
                order,
                (own, trust),
                kept,
                mine,
                keys,
                rows,
                lines,
                off,
            )

    spread(work, range(threads), threads)
    return lines, np.unique(groups.owner[off])


def _blocks(groups: Groups, pairs: int) -> list[tuple[int, int]]:
    """Groups first … last of about BLOCK pairs each."""
    if not len(groups.start):
        return []
    edges = np.unique(np.searchsorted(groups.start, np.arange(0, pairs, BLOCK), side="left"))
    stops = [*edges[1:].tolist(), len(groups.start)]
    return [(first, last) for first, last in zip(edges.tolist(), stops, strict=True) if last > first]


@inner
def sort_down(keys: Any, rows: Any, n: int) -> None:
    """Sorts the first `n` keys, largest first, and their rows with them (Shell's sort)."""
    gap = 1
    while gap < n // 3:
        gap = 3 * gap + 1
    while gap > 0:
        for at in range(gap, n):
            key, row = keys[at], rows[at]
            to = at
            while to >= gap and keys[to - gap] < key:
                keys[to], rows[to] = keys[to - gap], rows[to - gap]
                to -= gap
            keys[to], rows[to] = key, row
        gap //= 3


@compiled
def settle(
    first: int,
    last: int,
    groups: Groups,
    other: Any,
    ranked: Any,
    order: Any,
    columns: tuple[int, int],
    kept: int,
    room: Room,
    keys: Any,
    rows: Any,
    lines: Lines,
    off: Any,
) -> None:
    """Orders the groups first … last, whose pairs stand scored in `room`, and writes their lines.

    The order is score, confidence, then the other party's id; `off` marks groups that the ranking kernel got wrong.
    """
    base = groups.start[first]
    own, trust = columns
    for group in range(first, last):
        start, length = groups.start[group] - base, groups.length[group]
        for k in range(length):
            row = start + k
            points = np.int64(room.whole[own, row])
            section = 1 if room.whole[_UNKNOWN, row] != 0 else 0
            if room.whole[_FAILED, row] != 0 or section != groups.section[group] or abs(points - ranked[row]) > ERROR:
                off[group] = True
            keys[k] = (points << 47) | (np.int64(room.whole[trust, row]) << 27) | (_LAST - order[other[row]])
            rows[k] = row
        sort_down(keys, rows, length)
        for k in range(min(kept, length)):
            row, to = rows[k], groups.offset[group] + k
            lines.owner[to], lines.section[to] = groups.owner[group], groups.section[group]
            lines.position[to], lines.other[to] = k, other[row]
            for f in range(room.c_investor.shape[1]):
                lines.c_investor[to, f] = room.c_investor[row, f]
            for f in range(room.c_startup.shape[1]):
                lines.c_startup[to, f] = room.c_startup[row, f]
            for f in range(room.whole.shape[0]):
                lines.whole[f, to] = room.whole[f, row]


def lines(*, world: World, lists: Iterable[Lists]) -> Iterator[str]:
    """Each published pair once: `mandate,raise,score_investor,score_startup,score_mutual,contributions…`, in no order.

    The contributions are integers: the investor side's by feature name, then the startup side's by feature name.
    """
    seen: set[tuple[int, int]] = set()
    for one in lists:
        scored = one.scored
        table = np.column_stack(
            [
                scored.score_investor,
                scored.score_startup,
                scored.score_mutual,
                scored.contributions_investor,
                scored.contributions_startup,
            ]
        ).tolist()
        for mandate, raise_, numbers in zip(scored.mandate.tolist(), scored.raise_.tolist(), table, strict=True):
            if (mandate, raise_) not in seen:
                seen.add((mandate, raise_))
                yield ",".join((world.mandates.ids[mandate], world.raises.ids[raise_], *map(str, numbers)))


def digest(*, lines: Iterable[str]) -> str:
    """sha256, in hex, over the distinct lines sorted by their bytes, each ended by a line feed."""
    hashed = hashlib.sha256()
    for line in sorted({line.encode() for line in lines}):
        hashed.update(line + b"\n")
    return hashed.hexdigest()
