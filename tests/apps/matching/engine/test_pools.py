"""A pool that changes scores like one that was built at once."""

import numpy as np
import pytest

from apps.matching.engine import pools
from apps.matching.engine.columns import mandates_columns, raises_columns
from apps.matching.engine.pairs import world
from apps.matching.engine.pools import CLOSED, Pool, against, differs
from apps.matching.engine.rank import rank
from apps.matching.engine.synthetic import AS_OF, Synthetic
from apps.matching.scoring_models import CURRENT, engine_areas, engine_reference, scoring_model


@pytest.fixture(scope="module")
def market():
    """Figures, and made-up mandates and raises; a second draw of raises is what some of the first become."""
    areas = engine_areas("areas-1", ())
    source = Synthetic(areas=areas)
    return {
        "figures": {
            "model": scoring_model(CURRENT).engine,
            "areas": areas,
            "reference": engine_reference("reference-2025-01"),
        },
        "mandates": source.mandates(12),
        "raises": source.raises(300),
        "later": source.raises(300),
    }


def columns_of(market, raises):
    return raises_columns(raises=raises, **market["figures"])


def worlds_of(market, blocks):
    mandates = mandates_columns(mandates=market["mandates"], as_of=AS_OF, **market["figures"])
    figures = {"model": market["figures"]["model"], "reference": market["figures"]["reference"], "as_of": AS_OF}
    return [(world(mandates=mandates, raises=block.columns, **figures), block) for block in blocks]


def pool_of(market, raises):
    return Pool(base=columns_of(market, raises), build=lambda facts: columns_of(market, facts))


def by_id(found):
    return {
        identifier: (int(section), tuple(whole), tuple(investor), tuple(startup))
        for identifier, section, whole, investor, startup in zip(
            found.ids.tolist(),
            found.section,
            found.whole.T.tolist(),
            found.c_investor.tolist(),
            found.c_startup.tolist(),
            strict=True,
        )
        if section != CLOSED
    }


class TestPool:
    @pytest.mark.parametrize("sealed_at", [1_000, 20])
    def test_scores_like_one_that_was_built_at_once(self, market, sealed_at, monkeypatch):
        monkeypatch.setattr(pools, "SEALED_AT", sealed_at)
        raises, later = market["raises"], market["later"]
        pool = pool_of(market, raises[:250])
        now = {item.id: item for item in raises[:250]}
        for step in range(0, 100, 10):
            changes = {item.id: item for item in later[step : step + 5]}
            changes |= {item.id: None for item in raises[step + 5 : step + 8]}
            changes |= {item.id: item for item in raises[250 + step // 2 : 255 + step // 2]}
            pool.replace(changes=changes)
            now |= changes
        standing = [item for item in now.values() if item is not None]

        changed, whole = pool.blocks(), pool_of(market, standing).blocks()

        assert len(whole) == 1
        for place in range(len(market["mandates"])):
            one = against(worlds=worlds_of(market, changed), kind="mandate", place=place)
            other = against(worlds=worlds_of(market, whole), kind="mandate", place=place)
            assert by_id(one) == by_id(other)

    def test_what_comes_back_stands_once(self, market):
        item = market["raises"][0]
        pool = pool_of(market, market["raises"][:5])

        pool.replace(changes={item.id: None})
        pool.replace(changes={item.id: item})

        standing = [identifier for block in pool.blocks() for identifier in block.ids[block.stands].tolist()]
        assert sorted(standing) == sorted(raised.id.encode() for raised in market["raises"][:5])

    def test_can_be_empty(self, market):
        assert pool_of(market, []).blocks() == []
        assert len(against(worlds=[], kind="mandate", place=0).ids) == 0


class TestBest:
    def test_is_the_order_of_the_lists(self, market):
        (block,) = pool_of(market, market["raises"]).blocks()
        ((made, _),) = worlds_of(market, [block])
        lists = rank(world=made, side="investor", kept=7)

        for place in range(len(market["mandates"])):
            found = against(worlds=[(made, block)], kind="mandate", place=place)
            for section in (0, 1):
                best = found.best(kind="mandate", section=section, kept=7)
                mine = (lists.owner == place) & (lists.section == section)
                listed = [made.raises.ids[other] for other in lists.scored.raise_[mine]]
                assert [found.ids[row].decode() for row in best] == listed


class TestDiffers:
    def test_names_what_a_list_would_show_otherwise(self, market):
        (block,) = pool_of(market, market["raises"]).blocks()
        ((made, _),) = worlds_of(market, [block])
        found = against(worlds=[(made, block)], kind="mandate", place=0)
        is_open = np.nonzero(found.section != CLOSED)[0]
        other = found._replace(whole=found.whole.copy(), section=found.section.copy())
        other.whole[:, is_open[0]] += 1
        other.section[is_open[1]] = CLOSED
        closed = np.nonzero(found.section == CLOSED)[0][0]
        other.whole[:, closed] += 1

        assert differs(before=found, now=other).tolist() == is_open[:2].tolist()
        assert differs(before=found, now=found).tolist() == []
