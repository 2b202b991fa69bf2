"""Bands in which counts of counterparts are told: too coarse to tell anything of a single one."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

EDGES = (3, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)


@dataclass(frozen=True, slots=True, order=True)
class CountBand:
    """A count from `at_least` up to, not including, `below`; None: open above. None and one are told alike."""

    at_least: int
    below: int | None


def count_band(count: int) -> CountBand:
    """The band of a count."""
    place = bisect_right(EDGES, count)
    return CountBand(EDGES[place - 1] if place else 0, EDGES[place] if place < len(EDGES) else None)
