"""The duration estimator against an independent optimiser, its limits and its order properties."""

import math
import random
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats
from scipy.optimize import elementwise

from kernel.durations import DurationsNotUsable, Estimate, estimate

PRIOR = {"prior_median": 60.0, "prior_sigma": 0.9, "k0": 2.0, "floor_days": 0.25}

days = st.floats(min_value=0.0, max_value=20_000.0, allow_nan=False)
weights = st.sampled_from([0.5, 1.0])
closed_samples = st.lists(st.tuples(days, weights), max_size=12)
open_samples = st.lists(days, max_size=12)


def optimum(
    closed: list[tuple[float, float]], open_: list[float], *, median: float, sigma: float, k0: float, floor: float
) -> float:
    x = np.log(np.maximum(floor, [pair[0] for pair in closed]))
    v = np.array([pair[1] for pair in closed])
    c = np.log(np.maximum(floor, open_))

    def loss(mu: float) -> float:
        seen = np.sum(v * stats.norm.logpdf((x - mu) / sigma))
        waiting = np.sum(stats.norm.logsf((c - mu) / sigma))
        return -float(seen + waiting - k0 * (mu - math.log(median)) ** 2 / (2 * sigma**2))

    rough = min(np.arange(-5.0, 25.0, 0.25), key=loss)
    return float(optimize.minimize_scalar(loss, bracket=(rough - 0.3, rough, rough + 0.3), tol=1e-12).x)


@dataclass(frozen=True)
class Sample:
    """Weighted closed and open durations, in days, with a prior."""

    closed: list[float]
    weights: list[float]
    open: list[float]
    median: float
    sigma: float
    k0: float


def sample(rng: random.Random) -> Sample:
    closed = [rng.lognormvariate(4, 1.5) for _ in range(rng.randrange(15))]
    return Sample(
        closed=closed,
        weights=[rng.choice([0.5, 1.0]) for _ in closed],
        open=[rng.lognormvariate(4.5, 1.5) for _ in range(rng.randrange(15))],
        median=rng.uniform(5, 400),
        sigma=rng.uniform(0.3, 1.5),
        k0=rng.choice([0.5, 2.0, 5.0]),
    )


def optima(samples: list[Sample]) -> np.ndarray:
    """Where the derivative of each sample's log posterior crosses zero, by scipy's root finder over all at once.

    Durations are padded to one width; padding weighs nothing.
    """

    def padded(values: list[list[float]], fill: float) -> np.ndarray:
        width = max(map(len, values))
        return np.array([[*row, *[fill] * (width - len(row))] for row in values])

    x, v = padded([s.closed for s in samples], 1.0), padded([s.weights for s in samples], 0.0)
    c, w = padded([s.open for s in samples], 1.0), padded([[1.0] * len(s.open) for s in samples], 0.0)
    x, c = np.log(np.maximum(0.25, x)), np.log(np.maximum(0.25, c))
    mu0, sigma, k0 = (np.array([getattr(s, name) for s in samples]) for name in ("median", "sigma", "k0"))
    mu0 = np.log(mu0)

    def slope(mu: np.ndarray, rows: np.ndarray) -> np.ndarray:
        mu, spread = mu[:, None], sigma[rows][:, None]
        z = (c[rows] - mu) / spread
        hazard = np.exp(stats.norm.logpdf(z) - stats.norm.logsf(z))
        pulls = v[rows] * (x[rows] - mu) / spread**2
        return pulls.sum(1) + (w[rows] * hazard / spread).sum(1) - k0[rows] * (mu[:, 0] - mu0[rows]) / sigma[rows] ** 2

    rows = np.arange(len(samples))
    found = elementwise.find_root(slope, (np.full(len(rows), -10.0), np.full(len(rows), 30.0)), args=(rows,))
    assert found.success.all()
    return np.asarray(found.x)


class TestEstimate:
    def test_is_the_prior_without_durations(self) -> None:
        figure = estimate([], [], **PRIOR)

        assert figure.days == pytest.approx(60.0, rel=1e-14)
        assert figure.information == pytest.approx(2 / 0.81, rel=1e-14)
        assert figure.low == pytest.approx(60 * math.exp(-1.645 * 0.9 / math.sqrt(2)), rel=1e-12)
        assert figure.high == pytest.approx(60 * math.exp(1.645 * 0.9 / math.sqrt(2)), rel=1e-12)
        assert (figure.n_closed, figure.n_open, figure.sigma) == (0, 0, 0.9)

    def test_is_the_weighted_mean_of_logarithms_when_all_are_closed(self) -> None:
        figure = estimate([(10.0, 1.0), (40.0, 0.5)], [], **PRIOR)

        mu = (math.log(10) + 0.5 * math.log(40) + 2 * math.log(60)) / 3.5
        assert figure.mu == pytest.approx(mu, rel=1e-14)
        assert figure.information == pytest.approx(3.5 / 0.81, rel=1e-14)

    def test_satisfies_the_normal_equation_for_one_open_duration(self) -> None:
        figure = estimate([], [200.0], **PRIOR)

        z = (math.log(200) - figure.mu) / 0.9
        hazard = stats.norm.pdf(z) / stats.norm.sf(z)
        assert hazard / 0.9 == pytest.approx(2 * (figure.mu - math.log(60)) / 0.81, rel=1e-12)
        assert figure.information == pytest.approx((2 + hazard * (hazard - z)) / 0.81, rel=1e-9)

    def test_lifts_durations_to_the_floor(self) -> None:
        assert estimate([(0.0, 1.0)], [0.1], **PRIOR) == estimate([(0.25, 1.0)], [0.25], **PRIOR)

    def test_agrees_with_an_independent_optimiser_on_a_thousand_samples(self) -> None:
        rng = random.Random(2025)
        samples = [sample(rng) for _ in range(1_000)]

        found = [
            estimate(
                list(zip(s.closed, s.weights, strict=True)),
                list(s.open),
                prior_median=s.median,
                prior_sigma=s.sigma,
                k0=s.k0,
                floor_days=0.25,
            ).mu
            for s in samples
        ]

        assert np.abs(np.array(found) - optima(samples)).max() < 1e-6

    @pytest.mark.parametrize(
        ("closed", "open_"),
        [
            ([], [1e9] * 3),
            ([(0.25, 1.0)] * 50, [36_500.0]),
            ([(36_500.0, 1.0)] * 50, [0.25] * 50),
            ([(0.25, 0.5)] * 5_000, [36_500.0] * 5_000),
            ([], [1.0]),
        ],
        ids=["open-for-ever", "one-straggler", "all-slow", "two-extremes", "just-asked"],
    )
    def test_agrees_with_an_independent_optimiser_in_the_far_tails(
        self, closed: list[tuple[float, float]], open_: list[float]
    ) -> None:
        figure = estimate(closed, open_, prior_median=60.0, prior_sigma=0.3, k0=2.0, floor_days=0.25)

        best = optimum(closed, open_, median=60.0, sigma=0.3, k0=2.0, floor=0.25)
        assert figure.mu == pytest.approx(best, abs=1e-6)

    def test_recovers_the_truth_where_the_closed_median_is_too_short(self) -> None:
        rng = random.Random(7)
        truth = [rng.lognormvariate(math.log(300), 0.9) for _ in range(10_000)]
        seen_for = [rng.uniform(1, 600) for _ in truth]
        closed = [(x, 1.0) for x, seen in zip(truth, seen_for, strict=True) if x <= seen]
        open_ = [seen for x, seen in zip(truth, seen_for, strict=True) if x > seen]

        figure = estimate(closed, open_, **PRIOR)

        assert figure.low < 300 < figure.high
        assert sorted(x for x, _ in closed)[len(closed) // 2] < 200

    @given(closed=closed_samples, open_=open_samples)
    def test_is_finite_and_inside_its_interval(self, closed: list[tuple[float, float]], open_: list[float]) -> None:
        figure = estimate(closed, open_, **PRIOR)

        assert 0 < figure.low < figure.days < figure.high < math.inf
        assert figure.information >= 2 / 0.81 * (1 - 1e-12)

    @given(closed=closed_samples, open_=open_samples, seed=st.randoms())
    def test_does_not_depend_on_the_order(
        self, closed: list[tuple[float, float]], open_: list[float], seed: random.Random
    ) -> None:
        before = estimate(closed, open_, **PRIOR)

        seed.shuffle(closed)
        seed.shuffle(open_)

        assert estimate(closed, open_, **PRIOR) == before

    @given(closed=closed_samples, open_=open_samples, longer=st.floats(min_value=1.0, max_value=5_000.0))
    def test_rises_when_an_open_duration_runs_on(
        self, closed: list[tuple[float, float]], open_: list[float], longer: float
    ) -> None:
        younger = estimate(closed, [*open_, 30.0], **PRIOR)
        older = estimate(closed, [*open_, 30.0 + longer], **PRIOR)

        assert older.mu > younger.mu - 1e-12

    @given(closed=closed_samples, open_=open_samples, longer=st.floats(min_value=1.0, max_value=5_000.0))
    def test_rises_when_a_closed_duration_is_longer(
        self, closed: list[tuple[float, float]], open_: list[float], longer: float
    ) -> None:
        shorter = estimate([*closed, (30.0, 1.0)], open_, **PRIOR)
        slower = estimate([*closed, (30.0 + longer, 1.0)], open_, **PRIOR)

        assert slower.mu > shorter.mu

    @given(
        closed=st.lists(st.tuples(days, weights, st.floats(min_value=0.0, max_value=1.0)), max_size=8),
        open_=st.lists(st.tuples(days, st.floats(min_value=0.0, max_value=1.0)), max_size=8),
    )
    def test_shorter_durations_never_raise_the_figure(
        self, closed: list[tuple[float, float, float]], open_: list[tuple[float, float]]
    ) -> None:
        before = estimate([(x, v) for x, v, _ in closed], [c for c, _ in open_], **PRIOR)

        after = estimate([(x * share, v) for x, v, share in closed], [c * share for c, share in open_], **PRIOR)

        assert after.mu <= before.mu + 1e-12 * max(1.0, abs(before.mu))

    @pytest.mark.parametrize(
        ("closed", "open_"),
        [
            ([], []),
            ([(12.0, 1.0)], []),
            ([], [12.0]),
            ([], [0.0] * 40),
            ([], [36_500.0] * 10_000),
            ([(float(n % 900), 1.0) for n in range(10_000)], []),
            ([(float(n % 900), 0.5) for n in range(5_000)], [float(n % 4_000) for n in range(5_000)]),
        ],
        ids=["none", "one", "one-open", "all-just-opened", "all-open", "ten-thousand", "ten-thousand-half-open"],
    )
    def test_is_finite_for_none_one_and_ten_thousand(
        self, closed: list[tuple[float, float]], open_: list[float]
    ) -> None:
        figure = estimate(closed, open_, **PRIOR)

        assert all(math.isfinite(value) for value in (figure.mu, figure.days, figure.low, figure.high))
        assert 0 < figure.low < figure.days < figure.high
        assert (figure.n_closed, figure.n_open) == (len(closed), len(open_))

    @given(closed=closed_samples, open_=open_samples, c=days)
    def test_never_falls_when_one_more_stays_open(
        self, closed: list[tuple[float, float]], open_: list[float], c: float
    ) -> None:
        assert estimate(closed, [*open_, c], **PRIOR).mu >= estimate(closed, open_, **PRIOR).mu - 1e-12

    @pytest.mark.parametrize(
        ("closed", "open_", "changes"),
        [
            ([(-1.0, 1.0)], [], {}),
            ([(math.nan, 1.0)], [], {}),
            ([(1.0, -0.5)], [], {}),
            ([], [math.inf], {}),
            ([], [], {"prior_median": 0.0}),
            ([], [], {"prior_sigma": -0.9}),
            ([], [], {"k0": 0.0}),
            ([], [], {"floor_days": 0.0}),
        ],
    )
    def test_refuses_what_is_not_usable(
        self, closed: list[tuple[float, float]], open_: list[float], changes: dict[str, float]
    ) -> None:
        with pytest.raises(DurationsNotUsable):
            estimate(closed, open_, **(PRIOR | changes))

    def test_is_frozen(self) -> None:
        figure: Estimate = estimate([], [], **PRIOR)

        with pytest.raises(AttributeError):
            figure.days = 1.0  # type: ignore[misc]
