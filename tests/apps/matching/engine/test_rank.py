import datetime as dt
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.matching.engine.facts import Answer, CapabilityFacts
from apps.matching.engine.gates import GATES
from apps.matching.engine.pairs import score
from apps.matching.engine.rank import Lists, digest, lines, rank, rank_sides, shortlist
from apps.matching.engine.synthetic import Synthetic
from tests.apps.matching.engine.worlds import AREAS, mandate, raise_, world_of

pytestmark = pytest.mark.long


def every_pair(world):
    mandates, raises = len(world.mandates.ids), len(world.raises.ids)
    i, s = np.repeat(np.arange(mandates), raises), np.tile(np.arange(raises), mandates)
    return score(world=world, mandate=i, raise_=s)


def exhaustive(world, side, kept):
    """owner id → section → the other ids in order, from the exact scores of all pairs."""
    found, lists = every_pair(world), {}
    for k in range(len(found.failed)):
        if found.failed[k]:
            continue
        ids = world.mandates.ids[found.mandate[k]], world.raises.ids[found.raise_[k]]
        owner, other = ids if side == "investor" else ids[::-1]
        points = (found.score_investor if side == "investor" else found.score_startup)[k]
        confidence = (found.confidence_investor if side == "investor" else found.confidence_startup)[k]
        section = int(found.unknown[k] != 0)
        lists.setdefault((owner, section), []).append((-points, -confidence, other.encode()))
    return {key: [other.decode() for _, _, other in sorted(lines)[:kept]] for key, lines in lists.items()}


def named(world, lists: Lists):
    found = {}
    for k in range(len(lists.owner)):
        ids = world.mandates.ids[lists.scored.mandate[k]], world.raises.ids[lists.scored.raise_[k]]
        owner, other = ids if lists.side == "investor" else ids[::-1]
        place = found.setdefault((owner, int(lists.section[k])), [])
        assert lists.position[k] == len(place)
        place.append(other)
    return found


class TestRank:
    @settings(max_examples=25, deadline=None)
    @given(
        seed=st.integers(0, 10_000),
        mandates=st.sampled_from([1, 7, 40]),
        raises=st.sampled_from([1, 63, 64, 65, 300]),
        kept=st.sampled_from([1, 3, 20]),
        side=st.sampled_from(["investor", "startup"]),
        threads=st.sampled_from([1, 3]),
    )
    def test_keeps_exactly_the_best_of_all_pairs(self, seed, mandates, raises, kept, side, threads):
        source = Synthetic(areas=AREAS, seed=seed)
        world = world_of(source.mandates(mandates), source.raises(raises))

        lists = rank(world=world, side=side, kept=kept, threads=threads)

        assert named(world, lists) == exhaustive(world, side, kept)

    @pytest.mark.parametrize("side", ["investor", "startup"])
    def test_keeps_exactly_the_best_over_several_tiles(self, side):
        source = Synthetic(areas=AREAS, seed=77)
        world = world_of(source.mandates(12), source.raises(9000))

        lists = rank(world=world, side=side, kept=10, threads=2)

        assert named(world, lists) == exhaustive(world, side, 10)

    @pytest.mark.parametrize("side", ["investor", "startup"])
    def test_breaks_ties_by_confidence_then_id(self, side):
        mandates = [mandate(id=f"m{k}") for k in range(300)]
        raises = [
            raise_(id=f"r{k}", capabilities=(CapabilityFacts("UMS.UAS.FPV", maturity, tier, True),))
            for k in range(300)
            for maturity, tier in [("concept", ("E1", "E3")[k % 2])]
        ]
        world = world_of(mandates, raises)

        lists = rank(world=world, side=side, kept=5, threads=1)

        assert named(world, lists) == exhaustive(world, side, 5)
        assert len(lists.owner) == 1500

    def test_gives_up_owners_with_too_many_ties_to_the_exact_path(self):
        world = world_of([mandate()], [raise_(id=f"r{k}") for k in range(1000)])

        candidates, _ = shortlist(world=world, sides=("investor",), kept=5, threads=1)

        assert candidates["investor"].given_up.tolist() == [0]

    def test_blocks_order_and_threads_change_nothing(self):
        source = Synthetic(areas=AREAS, seed=5)
        mandates, raises = source.mandates(30), source.raises(400)
        whole = world_of(mandates, raises)
        expected = {
            side: named(whole, rank(world=whole, side=side, kept=7, threads=1)) for side in ("investor", "startup")
        }

        shuffled_mandates, shuffled_raises = mandates[:], raises[:]
        random.Random(1).shuffle(shuffled_mandates)
        random.Random(2).shuffle(shuffled_raises)
        found = {"investor": {}, "startup": {}}
        for first in range(0, 30, 11):
            block = world_of(shuffled_mandates[first : first + 11], shuffled_raises)
            found["investor"] |= named(block, rank(world=block, side="investor", kept=7, threads=3))
        for first in range(0, 400, 150):
            block = world_of(shuffled_mandates, shuffled_raises[first : first + 150])
            found["startup"] |= named(block, rank(world=block, side="startup", kept=7, threads=2))

        assert found == expected

    def test_both_sides_in_one_pass_are_those_of_each(self):
        source = Synthetic(areas=AREAS, seed=6)
        world = world_of(source.mandates(20), source.raises(200))

        both = rank_sides(world=world, kept=9, threads=2)

        for side, lists in both.items():
            assert named(world, lists) == named(world, rank(world=world, side=side, kept=9, threads=2))

    def test_counts_the_failures_of_every_gate(self):
        source = Synthetic(areas=AREAS, seed=8)
        world = world_of(source.mandates(25), source.raises(500))

        failures = rank(world=world, side="investor", kept=5, threads=2).failures

        failed = every_pair(world).failed.reshape(25, 500)
        assert failures.tolist() == [[int((row >> bit & 1).sum()) for bit in range(len(GATES))] for row in failed]

    def test_pairs_without_an_exchange_rate_need_data(self):
        mandates = [mandate(id="a"), mandate(id="b", currency="JPY", capacity=5.0)]
        raises = [raise_(id="c"), raise_(id="d", currency="JPY"), raise_(id="e", currency="JPY", syndicate=True)]
        world = world_of(mandates, raises)

        for side in ("investor", "startup"):
            assert named(world, rank(world=world, side=side, kept=5)) == exhaustive(world, side, 5)

    def test_an_empty_side_gives_no_lists(self):
        for world in (world_of([], [raise_()]), world_of([mandate()], []), world_of([], [])):
            for side in ("investor", "startup"):
                assert len(rank(world=world, side=side).owner) == 0


class TestShortlist:
    def test_ranking_scores_lie_within_their_bound(self):
        source = Synthetic(areas=AREAS, seed=21)
        world = world_of(source.mandates(40), source.raises(400))

        candidates, _ = shortlist(world=world, sides=("investor", "startup"), kept=1000, threads=1)

        exact = every_pair(world)
        for side, points in (("investor", exact.score_investor), ("startup", exact.score_startup)):
            found = candidates[side]
            i, s = (found.owner, found.other) if side == "investor" else (found.other, found.owner)
            assert len(i) == int((exact.failed == 0).sum())
            assert np.abs(points.reshape(40, 400)[i, s] - found.score).max() < 3


class TestDigest:
    def test_does_not_depend_on_the_order_of_inputs(self):
        source = Synthetic(areas=AREAS, seed=4)
        mandates, raises = source.mandates(10), source.raises(80)

        digests = set()
        for one, other in ((mandates, raises), (mandates[::-1], raises[::-1])):
            world = world_of(one, other)
            digests.add(digest(lines=lines(world=world, lists=rank_sides(world=world, kept=5).values())))

        assert len(digests) == 1

    def test_a_line_holds_ids_scores_and_contributions(self):
        world = world_of([mandate()], [raise_()])

        found = list(lines(world=world, lists=rank_sides(world=world).values()))

        scored = every_pair(world)
        numbers = [int(value) for value in found[0].split(",")[2:]]
        assert len(found) == 1
        assert found[0].startswith("m1,r1,")
        assert numbers[:3] == [scored.score_investor[0], scored.score_startup[0], scored.score_mutual[0]]
        assert sum(numbers[3:17]) == numbers[0]
        assert sum(numbers[17:]) == numbers[1]

    def test_is_the_hash_of_the_sorted_distinct_lines(self):
        assert digest(lines=["b", "a", "b"]) == digest(lines=["a", "b"]) != digest(lines=["a"])


class TestPool:
    def test_declined_and_unverified_pairs_are_on_no_list(self):
        world = world_of([mandate(verified=Answer.FAIL)], [raise_()], as_of=dt.date(2025, 1, 5))

        assert len(rank(world=world, side="investor").owner) == 0
