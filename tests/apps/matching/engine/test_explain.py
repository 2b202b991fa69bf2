import numpy as np
import pytest

from apps.matching.engine.explain import explain
from apps.matching.engine.pairs import score
from apps.matching.engine.synthetic import Synthetic
from tests.apps.matching.engine.worlds import AREAS, AS_OF, MODEL, REFERENCE, world_of


class TestExplain:
    @pytest.mark.parametrize("side", ["investor", "startup"])
    def test_adds_up_to_what_was_scored(self, side):
        source = Synthetic(areas=AREAS, seed=12)
        mandates, raises = source.mandates(6), source.raises(12)
        i, s = np.repeat(np.arange(6), 12), np.tile(np.arange(12), 6)
        scored = score(world=world_of(mandates, raises), mandate=i, raise_=s)
        totals = scored.score_investor if side == "investor" else scored.score_startup

        for k in range(len(i)):
            found = explain(
                mandate=mandates[i[k]],
                raise_=raises[s[k]],
                model=MODEL,
                areas=AREAS,
                reference=REFERENCE,
                as_of=AS_OF,
                side=side,
            )

            assert sum(feature.contribution for feature in found.features) == found.score == totals[k]
            assert found.score_mutual == scored.score_mutual[k]
