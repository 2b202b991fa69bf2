"""Digests under a cap, and how evenly they show, beside plain Python."""

import random
from fractions import Fraction

import numpy as np
import pytest

from apps.matching.rules import exposure as rules
from apps.matching.rules.exposure import Pairs, cap_for, digest_pairs, exposure, in_turn, uncapped_pairs


def made(draw, owners, counterparts, longest):
    """Lists of random counterparts, the popular ones scored higher, as numbered pairs."""
    rows = []
    for owner in range(owners):
        chosen = draw.sample(range(counterparts), draw.randint(0, longest))
        scored = sorted(((draw.randint(0, 40) + 5 * (counterparts - one), one) for one in chosen), key=lambda x: -x[0])
        rows += [(owner, one, score, rank) for rank, (score, one) in enumerate(scored)]
    columns = (
        [np.array(column, np.int32) for column in zip(*rows, strict=True)] if rows else [np.zeros(0, np.int32)] * 4
    )
    return Pairs(owners, counterparts, columns[0], columns[1], columns[2].astype(np.int16), columns[3].astype(np.int16))


def plain_digests(pairs, entries, cap):
    """The greedy choice written down: best score first, then the rank on the list, then as the pairs lie."""
    given, shown, kept = {}, {}, []
    order = sorted(range(len(pairs.owner)), key=lambda k: (-pairs.score[k], pairs.rank[k], k))
    for place in order:
        owner, other = int(pairs.owner[place]), int(pairs.counterpart[place])
        if given.get(owner, 0) < entries and shown.get(other, 0) < cap:
            given[owner] = given.get(owner, 0) + 1
            shown[other] = shown.get(other, 0) + 1
            kept.append(place)
    return kept


def plain_gini(counts):
    """Half the relative mean absolute difference, from all pairs of counts."""
    n, total = len(counts), sum(counts)
    return Fraction(sum(abs(a - b) for a in counts for b in counts), 2 * n * total)


class TestDigestPairs:
    @pytest.mark.parametrize("seed", range(30))
    @pytest.mark.parametrize("block", [1, 7, 250_000])
    def test_is_the_greedy_choice_whatever_the_blocks(self, seed, block, monkeypatch):
        monkeypatch.setattr(rules, "BLOCK", block)
        draw = random.Random(seed)
        pairs = made(draw, owners=12, counterparts=9, longest=9)
        entries, cap = draw.randint(1, 5), draw.randint(1, 6)

        found = digest_pairs(pairs=pairs, entries=entries, cap=cap)

        assert found.tolist() == plain_digests(pairs, entries, cap)

    def test_nobody_is_shown_more_often_and_no_digest_is_longer(self):
        pairs = made(random.Random(4), owners=50, counterparts=30, longest=25)

        found = digest_pairs(pairs=pairs, entries=6, cap=11)

        assert np.bincount(pairs.owner[found]).max() <= 6
        assert np.bincount(pairs.counterpart[found]).max() <= 11

    def test_without_a_cap_to_speak_of_it_is_the_head_of_each_list(self):
        pairs = made(random.Random(5), owners=20, counterparts=15, longest=12)

        found = digest_pairs(pairs=pairs, entries=4, cap=1000)

        assert sorted(found.tolist()) == uncapped_pairs(pairs=pairs, entries=4).tolist()

    def test_shows_more_evenly_than_the_heads_of_the_lists(self):
        pairs = made(random.Random(6), owners=60, counterparts=40, longest=30)

        before = exposure(counterpart=pairs.counterpart[uncapped_pairs(pairs=pairs, entries=5)], counterparts=40)
        after = exposure(counterpart=pairs.counterpart[digest_pairs(pairs=pairs, entries=5, cap=12)], counterparts=40)

        assert after.gini < before.gini
        assert after.never <= before.never

    def test_nothing_gives_nothing(self):
        empty = made(random.Random(1), owners=0, counterparts=0, longest=0)

        assert digest_pairs(pairs=empty, entries=5, cap=1).tolist() == []


class TestInTurn:
    def test_goes_by_score_then_rank_then_place(self):
        pairs = Pairs(
            owners=3,
            counterparts=2,
            owner=np.array([0, 0, 1, 2], np.int32),
            counterpart=np.array([0, 1, 0, 0], np.int32),
            score=np.array([10_000, 300, 300, 300], np.int16),
            rank=np.array([0, 1, 0, 0], np.int16),
        )

        assert in_turn(pairs=pairs).tolist() == [0, 2, 3, 1]


class TestExposure:
    @pytest.mark.parametrize("seed", range(20))
    def test_gini_is_half_the_relative_mean_difference(self, seed):
        draw = random.Random(seed)
        lines = [draw.randrange(12) for _ in range(draw.randint(1, 60))]
        counts = [lines.count(one) for one in range(12)]

        found = exposure(counterpart=np.array(lines, np.int32), counterparts=12)

        assert found.gini == pytest.approx(float(plain_gini(counts)), abs=1e-6)
        assert found.never == pytest.approx(counts.count(0) / 12, abs=1e-6)
        assert (found.shown, found.most) == (len(lines), max(counts))

    def test_all_alike_is_none_and_one_alone_nearly_one(self):
        even = exposure(counterpart=np.arange(100), counterparts=100)
        alone = exposure(counterpart=np.zeros(50, np.int32), counterparts=100)

        assert (even.gini, even.never) == (0.0, 0.0)
        assert (alone.gini, alone.never) == (0.99, 0.99)

    def test_what_is_not_known_is_not_zero(self):
        nobody = exposure(counterpart=np.zeros(0, np.int32), counterparts=5)
        nothing = exposure(counterpart=np.zeros(0, np.int32), counterparts=0)

        assert (nobody.gini, nobody.never) == (None, 1.0)
        assert (nothing.gini, nothing.never) == (None, None)


class TestCapFor:
    def test_is_a_multiple_of_the_even_share(self):
        assert cap_for(owners=10_000, counterparts=100_000, entries=10, slack=3.0) == 3
        assert cap_for(owners=100_000, counterparts=10_000, entries=10, slack=3.0) == 300

    def test_everybody_may_be_shown_once(self):
        assert cap_for(owners=1, counterparts=100_000, entries=1, slack=1.0) == 1
        assert cap_for(owners=5, counterparts=0, entries=10, slack=3.0) == 1
