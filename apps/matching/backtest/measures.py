"""How well an order of pairs foretold what followed: ranking measures with ties, intervals and baselines. Pure
numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

TIE_ORDERS = 20
RESAMPLES = 2_000
MEASURES = ("NDCG@10", "Recall@50", "MRR", "AUC")

Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over list owners with its 95 % bootstrap interval; `owners` is how many it is over."""

    mean: float
    low: float
    high: float
    owners: int


def owners_measured(
    *, scores: Scores, relevant: NDArray[np.bool_], eligible: NDArray[np.bool_], seed: int
) -> NDArray[np.float64]:
    """MEASURES of each owner's order, NaN in the rows of owners without a relevant eligible counterpart.

    An owner's ties fall alike for every order of the same seed: two orders are compared over the same chance.
    """
    table = np.full((len(scores), len(MEASURES)), math.nan)
    for owner in range(len(scores)):
        chosen = np.flatnonzero(eligible[owner])
        if relevant[owner][chosen].any():
            rng = np.random.default_rng((seed, owner))
            table[owner] = order_measured(scores=scores[owner][chosen], relevant=relevant[owner][chosen], rng=rng)
    return table


def measure(
    *, scores: Scores, relevant: NDArray[np.bool_], eligible: NDArray[np.bool_], seed: int
) -> Mapping[str, Estimate]:
    """Judge one order. All arrays are owners × counterparts; higher scores come first, equal ones in random order.

    Only eligible counterparts are ranked; owners without a relevant eligible one are left out. Measures with a
    cut-off are averaged over 20 random orders of ties; the AUC counts a tie as one half, which is that average's limit.
    """
    rng = np.random.default_rng(seed)
    per_owner = [
        order_measured(scores=scores[owner][chosen], relevant=relevant[owner][chosen], rng=rng)
        for owner in range(len(scores))
        for chosen in (np.flatnonzero(eligible[owner]),)
        if relevant[owner][chosen].any()
    ]
    table = np.array(per_owner, dtype=np.float64).reshape(-1, len(MEASURES))
    return {name: _estimate(table[:, column], rng) for column, name in enumerate(MEASURES)}


def order_measured(*, scores: Scores, relevant: NDArray[np.bool_], rng: np.random.Generator) -> tuple[float, ...]:
    """MEASURES of one order; at least one counterpart must be relevant."""
    found = int(relevant.sum())
    ideal = sum(1.0 / math.log2(place + 2) for place in range(min(found, 10)))
    ndcg, recall, first = [], [], []
    for _ in range(TIE_ORDERS):
        order = np.lexsort((rng.random(len(scores)), -scores))
        places = np.flatnonzero(relevant[order])
        ndcg.append(sum(1.0 / math.log2(place + 2) for place in places[places < 10]) / ideal)
        recall.append(float((places < 50).sum()) / found)
        first.append(1.0 / float(places[0] + 1))
    return (float(np.mean(ndcg)), float(np.mean(recall)), float(np.mean(first)), _auc(scores, relevant))


def _auc(scores: Scores, relevant: NDArray[np.bool_]) -> float:
    """Chance that a relevant counterpart scores above another one (Mann–Whitney); NaN when all are relevant."""
    positive, negative = scores[relevant], np.sort(scores[~relevant])
    if not len(negative):
        return math.nan
    below = np.searchsorted(negative, positive, side="left")
    not_above = np.searchsorted(negative, positive, side="right")
    return float((below + not_above).sum() / (2.0 * len(positive) * len(negative)))


def _estimate(values: Scores, rng: np.random.Generator) -> Estimate:
    known = values[~np.isnan(values)]
    if not len(known):
        return Estimate(math.nan, math.nan, math.nan, 0)
    means = known[rng.integers(0, len(known), size=(RESAMPLES, len(known)))].mean(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    return Estimate(float(known.mean()), float(low), float(high), len(known))


def report(
    *,
    orders: Mapping[str, Scores],
    relevant: NDArray[np.bool_],
    eligible: NDArray[np.bool_],
    seed: int,
    write: Callable[[str], object],
) -> Mapping[str, Mapping[str, Estimate]]:
    """Judge several orders of one side and write them as a table; returns the estimates by order and measure."""
    results = {
        name: measure(scores=scores, relevant=relevant, eligible=eligible, seed=seed) for name, scores in orders.items()
    }
    width = max(len(name) for name in orders)
    write(f"{'':<{width}}  " + "  ".join(f"{name:^24}" for name in MEASURES))
    for name, estimates in results.items():
        cells = (f"{e.mean:.4f} [{e.low:.4f}, {e.high:.4f}]" for e in (estimates[measure] for measure in MEASURES))
        write(f"{name:<{width}}  " + "  ".join(f"{cell:^24}" for cell in cells))
    return results


def popularity(*, earlier: NDArray[np.bool_]) -> Scores:
    """The baseline that ranks counterparts by how many owners dealt with them before: owners × counterparts."""
    counts: Sequence[float] = earlier.sum(axis=0).astype(np.float64)
    return np.broadcast_to(counts, earlier.shape).astype(np.float64)
