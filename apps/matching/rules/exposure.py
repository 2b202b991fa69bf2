"""Fair exposure: who is pointed to whom under a cap per counterpart, and how evenly counterparts are shown."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

BLOCK = 250_000
"""Pairs looked at together."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """The pairs of all lists of one side, owner by owner. Owners and counterparts are numbered from 0; `score` is the
    owner's side's, 0–10 000; `rank` is the place on the owner's list, from 0.
    """

    owners: int
    counterparts: int
    owner: NDArray[np.int32]
    counterpart: NDArray[np.int32]
    score: NDArray[np.int16]
    rank: NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Exposure:
    """How evenly counterparts are shown.

    `gini`: 0, all alike, up to 1, one alone (Gini 1912: the mean absolute difference over twice the mean); None where
    nobody is shown. `never` is the share of counterparts that no list shows, None without any.
    """

    shown: int
    most: int
    gini: float | None
    never: float | None


def in_turn(*, pairs: Pairs) -> NDArray[np.int64]:
    """The order in which pairs are served: by score, the best first, then by rank on the list, then as they lie."""
    # Stable sorts, the most important last; sixteen bits are sorted by counting.
    by_rank = np.argsort(pairs.rank, kind="stable")
    chosen: NDArray[np.int64] = by_rank[np.argsort(-pairs.score[by_rank], kind="stable")]
    return chosen


def digest_pairs(*, pairs: Pairs, entries: int, cap: int) -> NDArray[np.int64]:
    """Which pairs the digests hold: served in turn, each owner gets at most `entries`, and each counterpart stands in
    at most `cap` digests. Indices of `pairs`, in the order served.
    """
    order = in_turn(pairs=pairs)
    given, shown = np.zeros(pairs.owners, np.int64), np.zeros(pairs.counterparts, np.int64)
    kept = []
    for start in range(0, len(order), BLOCK):
        block = order[start : start + BLOCK]
        # Whoever is served already drops out at once; within the block they are counted one after the other.
        open_ = (given[pairs.owner[block]] < entries) & (shown[pairs.counterpart[block]] < cap)
        block = block[open_]
        served = _serve(pairs.owner[block], pairs.counterpart[block], given, shown, entries, cap)
        block = block[served]
        given += np.bincount(pairs.owner[block], minlength=pairs.owners)
        shown += np.bincount(pairs.counterpart[block], minlength=pairs.counterparts)
        kept.append(block)
    return np.concatenate(kept) if kept else np.zeros(0, np.int64)


def _serve(
    owner: NDArray[np.int32],
    counterpart: NDArray[np.int32],
    given: NDArray[np.int64],
    shown: NDArray[np.int64],
    entries: int,
    cap: int,
) -> list[int]:
    """The places of the pairs of a block that are served, one after the other."""
    had: dict[int, int] = {}
    seen: dict[int, int] = {}
    served = []
    for place, (one, other) in enumerate(zip(owner.tolist(), counterpart.tolist(), strict=True)):
        own = had.get(one)
        if own is None:
            own = had[one] = int(given[one])
        if own >= entries:
            continue
        others = seen.get(other)
        if others is None:
            others = seen[other] = int(shown[other])
        if others < cap:
            had[one], seen[other] = own + 1, others + 1
            served.append(place)
    return served


def uncapped_pairs(*, pairs: Pairs, entries: int) -> NDArray[np.int64]:
    """Which pairs the digests would hold without a cap: the first `entries` of each list."""
    return np.flatnonzero(pairs.rank < entries)


def cap_for(*, owners: int, counterparts: int, entries: int, slack: float) -> int:
    """In how many digests a counterpart may stand: `slack` times what an even share would be, at least 1."""
    return max(1, math.ceil(slack * owners * entries / counterparts)) if counterparts else 1


def exposure(*, counterpart: NDArray[Any], counterparts: int) -> Exposure:
    """How evenly the `counterparts` are shown by lines that name them by number."""
    counts = np.sort(np.bincount(counterpart, minlength=counterparts)) if counterparts else np.zeros(0, np.int64)
    total = int(counts.sum())
    gini = None
    if total:
        ranks = np.arange(1, counterparts + 1)
        gini = 2.0 * float((ranks * counts).sum()) / (counterparts * total) - (counterparts + 1) / counterparts
    return Exposure(
        shown=total,
        most=int(counts[-1]) if counterparts else 0,
        gini=None if gini is None else round(max(0.0, gini), 6),
        never=round(float((counts == 0).sum()) / counterparts, 6) if counterparts else None,
    )
