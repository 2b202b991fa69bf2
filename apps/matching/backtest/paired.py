"""Which of two orders did better over the same owners: paired differences and their bootstrap intervals."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apps.matching.backtest.measures import MEASURES

RESAMPLES = 2_000
DECIDING = "NDCG@10"
"""The measure whose bound must be above zero: what stands first in a list is what is read."""


class TooFewResamples(ValueError):
    """Fewer resamples than an interval's ends can rest on."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Means over `owners` list owners of candidate and baseline, their mean paired difference and its 95 % interval."""

    owners: int
    candidate: float
    baseline: float
    mean: float
    low: float
    high: float


Figures = Mapping[str, Mapping[str, Difference]]
"""side → measure → difference"""


def paired(
    *, candidate: NDArray[np.float64], baseline: NDArray[np.float64], seed: int, resamples: int = RESAMPLES
) -> Mapping[str, Difference]:
    """Compare two tables of MEASURES, owner by owner; NaN rows are left out. The percentile bootstrap resamples owners.

    Raises TooFewResamples below 2,000.
    """
    if resamples < RESAMPLES:
        raise TooFewResamples
    rng = np.random.default_rng(seed)
    return {
        name: _difference(candidate[:, column], baseline[:, column], rng, resamples)
        for column, name in enumerate(MEASURES)
    }


def _difference(
    candidate: NDArray[np.float64], baseline: NDArray[np.float64], rng: np.random.Generator, resamples: int
) -> Difference:
    known = ~(np.isnan(candidate) | np.isnan(baseline))
    one, other = candidate[known], baseline[known]
    if not len(one):
        return Difference(0, math.nan, math.nan, math.nan, math.nan, math.nan)
    gains = one - other
    means = np.concatenate(
        [gains[rng.integers(0, len(gains), (part, len(gains)))].mean(axis=1) for part in _parts(resamples, len(gains))]
    )
    low, high = np.quantile(means, (0.025, 0.975))
    return Difference(len(one), float(one.mean()), float(other.mean()), float(gains.mean()), float(low), float(high))


def _parts(resamples: int, owners: int) -> list[int]:
    """The resamples in parts of a few million draws."""
    size = max(1, 4_000_000 // owners)
    return [min(size, resamples - done) for done in range(0, resamples, size)]


def is_better(figures: Figures) -> bool:
    """Whether, on each side, the deciding measure's lower bound is above zero and no measure is shown to be worse."""
    return bool(figures) and all(
        side[DECIDING].low > 0 and not any(item.high < 0 for item in side.values()) for side in figures.values()
    )


def as_json(figures: Figures) -> dict[str, dict[str, dict[str, Any]]]:
    """The figures as JSON values; what rests on no owner is null."""
    return {
        side: {name: {key: _whole(value) for key, value in asdict(item).items()} for name, item in measures.items()}
        for side, measures in figures.items()
    }


def _whole(value: float) -> float | None:
    return None if math.isnan(value) else value


def lines(figures: Figures) -> list[str]:
    """The figures as lines of text: candidate, baseline, difference and interval of each measure."""
    written = []
    for side, measures in figures.items():
        written.append(f"{side} side, {measures[DECIDING].owners} lists")
        for name, item in measures.items():
            written.append(
                f"  {name:<10} {item.candidate:.4f} against {item.baseline:.4f}: "
                f"{item.mean:+.4f} [{item.low:+.4f}, {item.high:+.4f}]"
            )
    return written
