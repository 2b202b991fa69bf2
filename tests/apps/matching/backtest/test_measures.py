"""Ranking measures."""

import math

import numpy as np
import pytest

from apps.matching.backtest.measures import measure, owners_measured, popularity, report


def judge(scores, relevant, eligible=None):
    scores = np.atleast_2d(np.array(scores, dtype=float))
    relevant = np.atleast_2d(np.array(relevant, dtype=bool))
    eligible = np.ones_like(relevant) if eligible is None else np.atleast_2d(np.array(eligible, dtype=bool))
    return measure(scores=scores, relevant=relevant, eligible=eligible, seed=1)


class TestMeasure:
    def test_a_perfect_order_is_worth_one(self):
        found = judge([9, 8, 1, 0], [1, 1, 0, 0])

        assert {name: estimate.mean for name, estimate in found.items()} == {
            "NDCG@10": pytest.approx(1),
            "Recall@50": 1,
            "MRR": 1,
            "AUC": 1,
        }

    def test_a_worked_example(self):
        found = judge([4, 3, 2, 1], [0, 1, 0, 1])

        ideal = 1 + 1 / math.log2(3)
        assert found["NDCG@10"].mean == pytest.approx((1 / math.log2(3) + 1 / math.log2(5)) / ideal)
        assert found["MRR"].mean == 0.5
        assert found["AUC"].mean == pytest.approx(1 / 4)

    def test_ties_count_half_in_the_auc(self):
        assert judge([1, 1, 1, 1], [1, 0, 0, 1])["AUC"].mean == 0.5

    def test_ties_are_averaged_over_orders(self):
        reciprocal = judge([1, 1], [1, 0])["MRR"].mean

        assert 0.5 < reciprocal < 1

    def test_beyond_fifty_is_not_recalled(self):
        assert judge(range(100, 0, -1), [0] * 50 + [1] * 50)["Recall@50"].mean == 0

    def test_leaves_out_what_is_not_eligible(self):
        found = judge([9, 8, 7], [1, 1, 0], [0, 1, 1])

        assert found["MRR"].mean == 1

    def test_leaves_out_owners_without_an_outcome(self):
        found = judge([[3, 2], [3, 2]], [[0, 1], [0, 0]])

        assert found["MRR"].owners == 1

    def test_the_interval_holds_the_mean(self):
        scores = np.random.default_rng(0).random((40, 30))
        relevant = np.random.default_rng(1).random((40, 30)) < 0.2

        estimate = measure(scores=scores, relevant=relevant, eligible=np.ones_like(relevant), seed=2)["AUC"]

        assert estimate.low < estimate.mean < estimate.high


class TestReport:
    def test_writes_a_line_per_order(self):
        lines = []
        relevant = np.array([[True, False]])

        report(
            orders={"model": np.array([[1.0, 0.0]]), "random": np.zeros((1, 2))},
            relevant=relevant,
            eligible=np.ones_like(relevant),
            seed=1,
            write=lines.append,
        )

        assert [line.split()[0] for line in lines[1:]] == ["model", "random"]
        assert "1.0000" in lines[1]


class TestPopularity:
    def test_counts_earlier_dealings(self):
        earlier = np.array([[True, False], [True, False], [False, True]])

        assert popularity(earlier=earlier).tolist() == [[2, 1]] * 3


class TestOwnersMeasured:
    def test_gives_a_row_for_each_owner(self):
        scores = np.array([[3.0, 2, 1], [1, 2, 3], [1, 1, 1]])
        relevant = np.array([[True, False, False], [True, False, False], [False, False, False]])

        found = owners_measured(scores=scores, relevant=relevant, eligible=np.ones_like(relevant), seed=3)

        assert found[0].tolist() == [1, 1, 1, 1]
        assert found[1][2:].tolist() == [pytest.approx(1 / 3), 0]
        assert np.isnan(found[2]).all()

    def test_lets_ties_fall_alike_for_two_orders(self):
        relevant = np.zeros((5, 40), bool)
        relevant[:, 3] = True
        judged = {"relevant": relevant, "eligible": np.ones_like(relevant), "seed": 4}

        assert (
            owners_measured(scores=np.zeros((5, 40)), **judged) == owners_measured(scores=np.ones((5, 40)), **judged)
        ).all()
