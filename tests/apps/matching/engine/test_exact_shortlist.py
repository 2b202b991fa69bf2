import pytest

from apps.matching.engine.exact_shortlist import shortlist_exactly
from apps.matching.engine.model import Model
from apps.matching.engine.rank import rank_sides, shortlist
from apps.matching.engine.synthetic import Synthetic
from tests.apps.matching.engine.test_rank import exhaustive, named
from tests.apps.matching.engine.test_steps import tabled
from tests.apps.matching.engine.worlds import AREAS, world_of

pytestmark = pytest.mark.long


class TestShortlistExactly:
    @pytest.mark.parametrize("seed", range(4))
    def test_gives_models_with_tables_exactly_the_best_of_all_pairs(self, seed):
        source = Synthetic(areas=AREAS, seed=seed)
        world = world_of(source.mandates(30), source.raises(400), model=Model.from_json(tabled(seed)))

        lists = rank_sides(world=world, kept=10, threads=2)

        for side in ("investor", "startup"):
            assert named(world, lists[side]) == exhaustive(world, side, 10)

    def test_counts_failures_as_the_kernel_does(self):
        source = Synthetic(areas=AREAS, seed=9)
        world = world_of(source.mandates(25), source.raises(300))

        _, by_kernel = shortlist(world=world, sides=("investor",), kept=10, threads=1)

        for sides in (("investor",), ("startup",), ("investor", "startup")):
            _, exactly = shortlist_exactly(world=world, sides=sides, kept=10, threads=1)
            assert (exactly == by_kernel).all()

    def test_leaves_owners_without_counterparts_without_a_list(self):
        world = world_of([], Synthetic(areas=AREAS, seed=1).raises(5), model=Model.from_json(tabled()))

        lists = rank_sides(world=world, kept=10, threads=1)

        assert len(lists["startup"].owner) == len(lists["investor"].owner) == 0
