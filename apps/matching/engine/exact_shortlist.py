"""The shortlist of models with step tables: every pair scored exactly, the best of each owner kept.

The ranking kernel's bound on its own rounding holds for straight lines only: next to the edge of a step it could be off
by the whole step.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apps.matching.engine.gates import GATES
from apps.matching.engine.model import SIDES
from apps.matching.engine.pairs import score
from apps.matching.engine.published import Candidates, spread
from apps.matching.engine.shortlist import SECTIONS
from apps.matching.engine.world import World

_BITS = np.int32(1) << np.arange(len(GATES), dtype=np.int32)


def shortlist_exactly(
    *, world: World, sides: tuple[str, ...], kept: int, threads: int
) -> tuple[dict[str, Candidates], NDArray[np.int64]]:
    """The `kept` best per owner and section of each side, and the failures of each gate per mandate.

    Time grows with the number of pairs, at the pace of the exact path.
    """
    failures = np.zeros((len(world.mandates.ids), len(GATES)), np.int64)
    found = {}
    for number, side in enumerate(sides):
        investor = side == SIDES[0]
        owners = len(world.mandates.ids if investor else world.raises.ids)
        results = spread(functools.partial(_best, world, side, kept), range(owners), threads)
        rows = [result[:4] for result in results]
        columns = [np.concatenate(column) for column in zip(*rows, strict=True)] if rows else []
        section, owner, other, points = columns or (np.zeros(0),) * 4
        found[side] = Candidates(
            section.astype(np.int8),
            owner.astype(np.int32),
            other.astype(np.int32),
            points.astype(np.float32),
            np.zeros(0, np.int32),
        )
        if number == 0:
            for at, result in enumerate(results):
                if investor:
                    failures[at] = result[4].sum(axis=0)
                else:
                    failures += result[4]
    return found, failures


def _best(world: World, side: str, kept: int, owner: int) -> tuple[NDArray[Any], ...]:
    """One owner's best: section, owner, other, points; and which gates each of its pairs fails."""
    investor = side == SIDES[0]
    others = np.arange(len(world.raises.ids) if investor else len(world.mandates.ids))
    owners = np.full(len(others), owner)
    scored = score(world=world, mandate=owners if investor else others, raise_=others if investor else owners)
    points = scored.score_investor if investor else scored.score_startup
    trust = scored.confidence_investor if investor else scored.confidence_startup
    order = (world.raises if investor else world.mandates).order
    parts = []
    for section in range(SECTIONS):
        open_ = np.flatnonzero((scored.failed == 0) & ((scored.unknown != 0) == bool(section)))
        best = open_[np.lexsort((order[open_], -trust[open_], -points[open_]))[:kept]]
        parts.append((np.full(len(best), section), owners[best], best, points[best]))
    joined = tuple(np.concatenate(column) for column in zip(*parts, strict=True))
    return (*joined, (scored.failed[:, None] & _BITS) != 0)
