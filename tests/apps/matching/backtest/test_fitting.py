"""Fitted step tables."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.matching.backtest.fitting import Choices, choices, fit, tables_of, thresholds_of
from apps.matching.engine.model import FULL


def market(*, seed=1, owners=60, others=40, worth=(4.0, 0.0)):
    """Lists in which two features are worth so much to the owners."""
    rng = np.random.default_rng(seed)
    x = rng.integers(0, FULL + 1, (owners, others, 2)).astype(np.int32)
    chances = np.exp((x / FULL) @ np.array(worth))
    chances /= chances.sum(axis=1, keepdims=True)
    chosen = np.zeros((owners, others), bool)
    for owner in range(owners):
        chosen[owner, rng.choice(others, 3, replace=False, p=chances[owner])] = True
    return choices(x=x, chosen=chosen, open_=np.ones_like(chosen), most=others, rng=rng)


class TestChoices:
    def test_hold_lists_with_a_choice_and_open_pairs_alone(self):
        x = np.arange(12, dtype=np.int32).reshape(3, 4, 1)
        chosen = np.array([[1, 0, 0, 0], [0, 0, 0, 0], [1, 1, 0, 0]], bool)
        open_ = np.array([[1, 1, 0, 1], [1, 1, 1, 1], [0, 1, 1, 1]], bool)

        found = choices(x=x, chosen=chosen, open_=open_, most=10, rng=np.random.default_rng(1))

        assert found.lists == 2
        assert found.chosen[:, 0].tolist() == [0, 9]
        assert found.others[:, 0].tolist() == [1, 3, 10, 11]
        assert found.others_list.tolist() == [0, 0, 1, 1]

    def test_sample_long_lists(self):
        x = np.zeros((1, 100, 1), np.int32)
        chosen = np.zeros((1, 100), bool)
        chosen[0, 0] = True

        found = choices(x=x, chosen=chosen, open_=np.ones_like(chosen), most=7, rng=np.random.default_rng(1))

        assert len(found.others) == 7

    def test_join_without_mixing_lists(self):
        one, other = market(seed=1, owners=3), market(seed=2, owners=2)

        both = Choices.joined([one, other])

        assert both.lists == 5
        assert both.others_list.max() == 4
        assert (np.diff(both.others_list) >= 0).all()


class TestFit:
    def fitted(self, values, strength=0.001):
        thresholds = thresholds_of(values=values, most=10)
        return fit(values=values, thresholds=thresholds, base=[1.0, 1.0], strength=strength)

    def test_finds_what_the_owners_go_by(self):
        found = self.fitted(market(owners=300))

        tops = [rises.sum() for rises in found.increments]
        assert tops[0] > 2
        assert tops[1] < 0.6
        assert tops[0] > 5 * tops[1]

    def test_never_falls(self):
        found = self.fitted(market(worth=(-4.0, 3.0)))

        assert all((rises >= 0).all() for rises in found.increments)
        assert found.increments[0].sum() < 0.2

    def test_stays_near_a_multiple_of_the_line_when_held_hard(self):
        found = self.fitted(market(), strength=1_000.0)

        per_step = np.concatenate(
            [
                rises[1:-1] / np.diff((starts[1:] + starts[:-1]) / 2 / FULL)
                for starts, rises in zip(found.thresholds, found.increments, strict=True)
            ]
        )
        assert per_step.std() < 0.05 * per_step.mean()

    def test_is_the_same_twice(self):
        one, other = self.fitted(market()), self.fitted(market())

        assert all((a == b).all() for a, b in zip(one.increments, other.increments, strict=True))

    def test_scores_as_its_steps_say(self):
        found = self.fitted(market())
        x = np.array([[0, 0], [FULL, FULL], [500_000, 0]], np.int32)

        scores = found.score(x)

        assert scores[0] == 0
        assert scores[1] == pytest.approx(sum(rises.sum() for rises in found.increments))
        assert scores[2] == pytest.approx(found.increments[0][found.thresholds[0] <= 500_000].sum())


class TestTablesOf:
    @settings(max_examples=10, deadline=None)
    @given(seed=st.integers(0, 50), budget=st.integers(10, 9_000))
    def test_are_monotone_and_add_up(self, seed, budget):
        values = market(seed=seed, owners=15)
        found = fit(values=values, thresholds=thresholds_of(values=values, most=6), base=[1.0, 1.0], strength=0.01)

        weights, tables = tables_of(fitted=found, features=["one", "two"], budget=budget)

        assert sum(weights.values()) == budget
        for name, table in tables.items():
            assert table[0] == [0, 0]
            assert table[-1][1] == weights[name]
            assert all(a[0] < b[0] and a[1] < b[1] for a, b in itertools.pairwise(table))

    def test_order_as_the_fit_does(self):
        values = market(owners=200)
        found = fit(values=values, thresholds=thresholds_of(values=values, most=8), base=[1.0, 1.0], strength=0.01)
        weights, tables = tables_of(fitted=found, features=["one", "two"], budget=9_000)
        x = np.random.default_rng(3).integers(0, FULL + 1, (500, 2)).astype(np.int32)

        points = sum(
            np.array([points for _, points in table])[
                np.searchsorted([start for start, _ in table], x[:, place], side="right") - 1
            ]
            for place, table in enumerate(tables.values())
        )

        scores = found.score(x)
        assert np.abs(points - 9_000 * scores / sum(rises.sum() for rises in found.increments)).max() < 2
        assert sum(weights.values()) == 9_000
