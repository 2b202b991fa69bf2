"""Two models' orders of one owner's counterparts at a time, for pools of which no whole matrix is wanted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import numpy as np
from numpy.typing import NDArray

from apps.matching.backtest.measures import MEASURES, order_measured
from apps.matching.engine.model import SIDES
from apps.matching.engine.pairs import score
from apps.matching.engine.world import World


def measured(
    *,
    world: World,
    side: str,
    relevant: Mapping[int, Collection[int]],
    left_out: Mapping[int, Collection[int]],
    seed: int,
    check: Callable[[], None] = lambda: None,
) -> NDArray[np.float64]:
    """MEASURES of the world's order for each owner in `relevant`, ascending; failed pairs rank last.

    Owners and counterparts are indices into the world's two sides; `left_out` are counterparts that are not ranked. A
    row is NaN where nothing relevant is left to rank.
    """
    investor = side == SIDES[0]
    others = np.arange(len(world.raises.ids) if investor else len(world.mandates.ids))
    table = np.full((len(relevant), len(MEASURES)), np.nan)
    for row, owner in enumerate(sorted(relevant)):
        check()
        eligible = np.ones(len(others), np.bool_)
        eligible[list(left_out.get(owner, ()))] = False
        chosen = np.zeros(len(others), np.bool_)
        chosen[list(relevant[owner])] = True
        if not (eligible & chosen).any():
            continue
        owners = np.full(len(others), owner)
        scored = score(world=world, mandate=owners if investor else others, raise_=others if investor else owners)
        points = (scored.score_investor if investor else scored.score_startup).astype(np.float64)
        ranked = np.where(scored.failed != 0, -1.0, points)[eligible]
        rng = np.random.default_rng((seed, owner))
        table[row] = order_measured(scores=ranked, relevant=chosen[eligible], rng=rng)
    return table
