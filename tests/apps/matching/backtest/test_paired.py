"""Paired differences."""

import math

import numpy as np
import pytest

from apps.matching.backtest.measures import MEASURES
from apps.matching.backtest.paired import TooFewResamples, as_json, is_better, lines, paired


def tables(*, gain, owners=200, seed=1, noise=0.1):
    rng = np.random.default_rng(seed)
    baseline = rng.random((owners, len(MEASURES)))
    return baseline + gain + rng.normal(0, noise, baseline.shape), baseline


class TestPaired:
    def test_finds_a_gain_that_the_owners_share(self):
        candidate, baseline = tables(gain=0.05)

        found = paired(candidate=candidate, baseline=baseline, seed=7)

        for item in found.values():
            assert 0 < item.low < item.mean < item.high
            assert item.mean == pytest.approx(item.candidate - item.baseline)
            assert item.owners == 200

    def test_an_interval_covers_the_truth_about_as_often_as_it_says(self):
        hits = 0
        for seed in range(60):
            candidate, baseline = tables(gain=0.02, owners=60, seed=seed)
            item = paired(candidate=candidate, baseline=baseline, seed=seed)["MRR"]
            hits += item.low <= 0.02 <= item.high

        assert 50 <= hits <= 60

    def test_the_same_seed_gives_the_same_bounds(self):
        candidate, baseline = tables(gain=0.01)

        assert paired(candidate=candidate, baseline=baseline, seed=3) == paired(
            candidate=candidate, baseline=baseline, seed=3
        )

    def test_leaves_out_owners_that_were_not_measured(self):
        candidate, baseline = tables(gain=0.01, owners=10)
        baseline[4:] = np.nan

        assert paired(candidate=candidate, baseline=baseline, seed=1)["AUC"].owners == 4

    def test_of_nobody_is_unknown(self):
        nobody = np.full((3, len(MEASURES)), np.nan)

        item = paired(candidate=nobody, baseline=nobody, seed=1)["AUC"]

        assert item.owners == 0
        assert math.isnan(item.low)
        assert as_json({"investor": {"AUC": item}})["investor"]["AUC"]["low"] is None

    def test_refuses_few_resamples(self):
        candidate, baseline = tables(gain=0)

        with pytest.raises(TooFewResamples):
            paired(candidate=candidate, baseline=baseline, seed=1, resamples=100)


class TestIsBetter:
    def sides(self, investor, startup):
        return {
            name: paired(candidate=candidate, baseline=baseline, seed=5)
            for name, (candidate, baseline) in (("investor", tables(gain=investor)), ("startup", tables(gain=startup)))
        }

    def test_asks_both_sides(self):
        assert is_better(self.sides(0.05, 0.05))
        assert not is_better(self.sides(0.05, 0.0))
        assert not is_better(self.sides(0.0, 0.05))
        assert not is_better({})

    def test_refuses_an_equal_order(self):
        candidate, _ = tables(gain=0)
        equal = paired(candidate=candidate, baseline=candidate, seed=5)

        assert not is_better({"investor": equal, "startup": equal})

    def test_refuses_what_another_measure_shows_to_be_worse(self):
        candidate, baseline = tables(gain=0.05)
        candidate[:, MEASURES.index("AUC")] -= 0.2
        side = paired(candidate=candidate, baseline=baseline, seed=5)

        assert side["NDCG@10"].low > 0
        assert not is_better({"investor": side, "startup": side})

    def test_unknown_is_no_pass(self):
        nobody = np.full((3, len(MEASURES)), np.nan)
        side = paired(candidate=nobody, baseline=nobody, seed=1)

        assert not is_better({"investor": side, "startup": side})


class TestLines:
    def test_name_side_measure_and_interval(self):
        candidate, baseline = tables(gain=0.05)

        written = lines({"investor": paired(candidate=candidate, baseline=baseline, seed=5)})

        assert written[0] == "investor side, 200 lists"
        assert len(written) == 1 + len(MEASURES)
        assert "[" in written[1]
