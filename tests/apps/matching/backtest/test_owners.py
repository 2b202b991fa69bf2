"""Orders measured owner by owner."""

import numpy as np
import pytest

from apps.matching.backtest.measures import owners_measured
from apps.matching.backtest.owners import measured
from apps.matching.engine.pairs import score
from apps.matching.engine.synthetic import Synthetic
from tests.apps.matching.engine.worlds import AREAS, world_of

pytestmark = pytest.mark.long


class TestMeasured:
    @pytest.mark.parametrize("side", ["investor", "startup"])
    def test_is_what_the_whole_matrix_says(self, side):
        source = Synthetic(areas=AREAS, seed=4)
        world = world_of(source.mandates(12), source.raises(40))
        i, s = np.repeat(np.arange(12), 40), np.tile(np.arange(40), 12)
        scored = score(world=world, mandate=i, raise_=s)
        own = (scored.score_investor if side == "investor" else scored.score_startup).reshape(12, 40)
        ranked = np.where(scored.failed.reshape(12, 40) != 0, -1.0, own)
        relevant = np.random.default_rng(1).random((12, 40)) < 0.1
        known = np.random.default_rng(2).random((12, 40)) < 0.1
        if side == "startup":
            ranked, relevant, known = ranked.T, relevant.T, known.T
        pairs = {owner: set(np.flatnonzero(row).tolist()) for owner, row in enumerate(relevant)}

        found = measured(
            world=world,
            side=side,
            relevant=pairs,
            left_out={owner: set(np.flatnonzero(row).tolist()) for owner, row in enumerate(known)},
            seed=6,
        )

        expected = owners_measured(scores=ranked, relevant=relevant, eligible=~known, seed=6)
        assert np.array_equal(found, expected, equal_nan=True)
