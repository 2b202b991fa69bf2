import copy
import itertools
import random

import numpy as np
import pytest

from apps.matching.engine.compiled import compiled
from apps.matching.engine.explain import explain
from apps.matching.engine.model import Model, TableNotMonotone
from apps.matching.engine.pairs import INVESTOR_FEATURES, STARTUP_FEATURES, score
from apps.matching.engine.steps import points_of, steps_of
from apps.matching.engine.synthetic import Synthetic
from tests.apps.matching.engine.worlds import AREAS, AS_OF, MODEL, MODEL_JSON, REFERENCE, world_of


def tabled(seed=1, share=0.7):
    """tandem-1 with random tables for most of its features, each side's profiles together."""
    chance, value = random.Random(seed), copy.deepcopy(MODEL_JSON)
    value["tables"] = {}
    for side in ("investor", "startup"):
        tables = value["tables"][side] = {}
        for part, weights in value["weights"][side].items():
            tables[part] = {}
            for name, weight in weights.items():
                if weight and chance.random() < share:
                    starts = [0, *sorted(chance.sample(range(1, 1_000_001), chance.randint(1, 6)))]
                    points = sorted(chance.choices(range(weight + 1), k=len(starts) - 1))
                    tables[part][name] = [list(step) for step in zip(starts, [*points, weight], strict=True)]
    return value


class TestTables:
    def test_are_empty_in_a_model_without(self):
        assert not MODEL.is_stepped
        assert MODEL.tables["investor"]["iterating"] == {}

    def test_of_common_features_hold_for_both_profiles(self):
        value = copy.deepcopy(MODEL_JSON)
        value["tables"] = {"startup": {"common": {"patience": [[0, 0], [500_000, 900]]}}}

        model = Model.from_json(value)

        assert model.is_stepped
        assert model.tables["startup"]["iterating"] == model.tables["startup"]["producing"]

    @pytest.mark.parametrize(
        "table",
        [
            [],
            [[1, 0], [500_000, 900]],
            [[0, 0], [500_000, 899]],
            [[0, 10], [400_000, 5], [500_000, 900]],
            [[0, 0], [500_000, 3], [500_000, 900]],
            [[0, 0], [1_000_001, 900]],
            [[0, -1], [500_000, 900]],
        ],
    )
    def test_must_rise_from_nothing_to_the_weight(self, table):
        value = copy.deepcopy(MODEL_JSON)
        value["tables"] = {"startup": {"common": {"patience": table}}}

        with pytest.raises(TableNotMonotone):
            Model.from_json(value)

    def test_of_an_unknown_feature_are_refused(self):
        value = copy.deepcopy(MODEL_JSON)
        value["tables"] = {"startup": {"common": {"charm": [[0, 0]]}}}

        with pytest.raises(TableNotMonotone):
            Model.from_json(value)


class TestPointsOf:
    def test_takes_the_last_step_at_or_below_x(self):
        value = copy.deepcopy(MODEL_JSON)
        value["tables"] = {"startup": {"common": {"patience": [[0, 7], [250_000, 100], [1_000_000, 900]]}}}
        steps = steps_of(
            model=Model.from_json(value), features={"investor": INVESTOR_FEATURES, "startup": STARTUP_FEATURES}
        )
        span = steps.span[1, 0, STARTUP_FEATURES.index("patience")]

        found = [points_at(x, span, steps) for x in (0.0, 0.2499994, 0.2499996, 0.25, 0.9999994, 1.0)]

        assert found == [7, 7, 100, 100, 100, 900]

    def test_is_linear_without_a_table(self):
        steps = steps_of(model=MODEL, features={"investor": INVESTOR_FEATURES, "startup": STARTUP_FEATURES})

        assert points_at(0.5, steps.span[1, 0, 0], steps, weight=1501) == 751


@compiled
def looked_up(weight, x, span, steps):
    return points_of(weight, x, span, steps)


def points_at(x, span, steps, weight=900):
    return int(looked_up(weight, x, span, steps))


@pytest.mark.long
class TestScoresOfTables:
    def pairs(self, model, seed):
        source = Synthetic(areas=AREAS, seed=seed)
        world = world_of(source.mandates(20), source.raises(150), model=model)
        i, s = np.array(list(itertools.product(range(20), range(150)))).T
        return world, score(world=world, mandate=i, raise_=s, keep_raw=True)

    @pytest.mark.parametrize("seed", range(5))
    def test_are_the_sums_of_what_the_tables_say(self, seed):
        model = Model.from_json(tabled(seed))
        world, scored = self.pairs(model, seed)

        for side, names, x, points, total in (
            ("investor", INVESTOR_FEATURES, scored.x_investor, scored.contributions_investor, scored.score_investor),
            ("startup", STARTUP_FEATURES, scored.x_startup, scored.contributions_startup, scored.score_startup),
        ):
            for k in range(len(total)):
                profile = ("iterating", "producing")[world.r.rows[scored.raise_[k]]["profile"]]
                expected = [plain(model, side, profile, name, x[k][f]) for f, name in enumerate(names)]
                assert points[k].tolist() == expected
                assert total[k] == sum(expected)
                assert 0 <= total[k] <= 10_000

    def test_are_explained_as_they_are(self):
        model = Model.from_json(tabled(3))
        world, scored = self.pairs(model, 3)

        for k in range(0, 3000, 377):
            mandate = world.mandates.facts[scored.mandate[k]]
            raise_ = world.raises.facts[scored.raise_[k]]
            for side, total in (("investor", scored.score_investor), ("startup", scored.score_startup)):
                explained = explain(
                    mandate=mandate,
                    raise_=raise_,
                    model=model,
                    areas=AREAS,
                    reference=REFERENCE,
                    as_of=AS_OF,
                    side=side,
                )
                assert explained.score == total[k] == sum(feature.contribution for feature in explained.features)
                assert explained.score_mutual == scored.score_mutual[k]


def plain(model, side, profile, name, x):
    """The contribution as the table's definition says it."""
    whole = int(1e6 * x + 0.5)
    table = model.tables[side][profile].get(name)
    if table is None:
        return (model.weights[side][profile][name] * whole + 500_000) // 1_000_000
    return [points for start, points in table if start <= whole][-1]
