"""Step tables fitted to what owners of lists chose: additive, never falling, drawn towards a base model's lines.

Each choice is compared with the counterparts of its list that were not chosen (conditional logit: the probability of a
choice is its share of `exp(score)` in the list, McFadden 1974). A feature's score is the sum of non-negative increments
at thresholds, so that no table can fall; increments are penalised by their distance from a multiple of the base line's.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize  # type: ignore[import-untyped]

from apps.matching.engine.model import FULL

Ppm = NDArray[np.int32]
_ROUNDS = 300
_FLOOR = 0.01
"""Keeps the penalty finite where the base line hardly rises."""
_CHOSEN_COUNT = 5
"""Thresholds are quantiles of the compared values, each chosen one counted so often."""


@dataclass(frozen=True, eq=False)
class Choices:
    """Lists in which something was chosen: rows of features in ppm, and to which list each belongs, in order."""

    chosen: Ppm
    chosen_list: NDArray[np.int64]
    others: Ppm
    others_list: NDArray[np.int64]
    lists: int

    @staticmethod
    def joined(parts: Sequence[Choices]) -> Choices:
        """The lists of several windows, one after the other."""
        starts = np.cumsum([0, *(part.lists for part in parts)])
        return Choices(
            chosen=np.concatenate([part.chosen for part in parts]),
            chosen_list=np.concatenate([part.chosen_list + start for part, start in zip(parts, starts, strict=False)]),
            others=np.concatenate([part.others for part in parts]),
            others_list=np.concatenate([part.others_list + start for part, start in zip(parts, starts, strict=False)]),
            lists=int(starts[-1]),
        )


@dataclass(frozen=True, eq=False)
class Fitted:
    """For each feature its thresholds in ppm and the increments of score at them."""

    thresholds: tuple[NDArray[np.int64], ...]
    increments: tuple[NDArray[np.float64], ...]

    def score(self, x: Ppm) -> NDArray[np.float64]:
        """The scores of rows [..., feature] in ppm."""
        total = np.zeros(x.shape[:-1])
        for place, (starts, rises) in enumerate(zip(self.thresholds, self.increments, strict=True)):
            levels = np.concatenate([[0.0], np.cumsum(rises)])
            total += levels[np.searchsorted(starts, x[..., place], side="right")]
        return total


def choices(
    *, x: Ppm, chosen: NDArray[np.bool_], open_: NDArray[np.bool_], most: int, rng: np.random.Generator
) -> Choices:
    """The lists [owner, counterpart, feature] with a choice, over their open pairs; at most so many others of each."""
    rows: list[tuple[int, NDArray[np.int64], NDArray[np.int64]]] = []
    for owner in range(len(x)):
        taken = np.flatnonzero(open_[owner] & chosen[owner])
        left = np.flatnonzero(open_[owner] & ~chosen[owner])
        if len(taken) and len(left):
            rows.append((owner, taken, left if len(left) <= most else np.sort(rng.choice(left, most, replace=False))))
    nothing = np.zeros((0, x.shape[-1]), np.int32)
    return Choices(
        chosen=np.concatenate([nothing, *(x[owner][taken] for owner, taken, _ in rows)]),
        chosen_list=np.repeat(np.arange(len(rows)), [len(taken) for _, taken, _ in rows]),
        others=np.concatenate([nothing, *(x[owner][left] for owner, _, left in rows)]),
        others_list=np.repeat(np.arange(len(rows)), [len(left) for _, _, left in rows]),
        lists=len(rows),
    )


def thresholds_of(*, values: Choices, most: int) -> tuple[NDArray[np.int64], ...]:
    """For each feature up to so many thresholds, at quantiles of what is compared, above the least value."""
    found = []
    for place in range(values.chosen.shape[1]):
        column = np.concatenate([values.others[:, place], np.repeat(values.chosen[:, place], _CHOSEN_COUNT)])
        cuts = np.quantile(column, np.linspace(0, 1, most + 1)[1:-1], method="lower") if len(column) else column
        starts = np.unique(cuts).astype(np.int64)
        found.append(starts[starts > column.min(initial=FULL)])
    return tuple(found)


def fit(
    *,
    values: Choices,
    thresholds: tuple[NDArray[np.int64], ...],
    base: Sequence[float],
    strength: float,
) -> Fitted:
    """The tables that explain the choices best. `base`: the base model's weight of each feature, in any common unit.

    `strength` is how hard increments are drawn to the base line's, whose common scale is fitted along.
    """
    ends = np.cumsum([0, *(len(starts) for starts in thresholds)])
    line = np.concatenate([_line(values, place, starts) * base[place] for place, starts in enumerate(thresholds)])
    chosen, others = _bins(values.chosen, thresholds), _bins(values.others, thresholds)
    begin = np.searchsorted(values.others_list, np.arange(values.lists))
    number = len(values.chosen)

    def levels(rises: NDArray[np.float64], bins: NDArray[np.int64]) -> NDArray[np.float64]:
        total = np.zeros(len(bins))
        for place in range(len(thresholds)):
            steps = np.concatenate([[0.0], np.cumsum(rises[ends[place] : ends[place + 1]])])
            total += steps[bins[:, place]]
        return total

    def reached(bins: NDArray[np.int64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
        """For each increment the weight of the rows that have it."""
        parts = []
        for place, starts in enumerate(thresholds):
            counted = np.bincount(bins[:, place], weights=weight, minlength=len(starts) + 1)
            parts.append(np.cumsum(counted[::-1])[::-1][1:])
        return np.concatenate(parts)

    def loss(state: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scale, rises = state[0], state[1:]
        of_chosen, of_others = levels(rises, chosen), levels(rises, others)
        top = np.maximum.reduceat(of_others, begin)
        spread = np.exp(of_others - top[values.others_list])
        total = np.add.reduceat(spread, begin)
        rest = (np.log(total) + top)[values.chosen_list]
        whole = np.logaddexp(rest, of_chosen)
        pull = np.bincount(values.chosen_list, weights=np.exp(rest - whole), minlength=values.lists)
        slope = reached(chosen, np.exp(of_chosen - whole) - 1.0)
        slope += reached(others, pull[values.others_list] * spread / total[values.others_list])
        off = rises - scale * line
        penalty = 2.0 * strength * off / (line + _FLOOR)
        value = float((whole - of_chosen).sum()) / number + float((off * penalty).sum()) / 2.0
        return value, np.concatenate([[-(penalty * line).sum()], slope / number + penalty])

    found = minimize(
        loss,
        np.concatenate([[1.0], line]),
        jac=True,
        method="L-BFGS-B",
        bounds=[(0.05, None), *[(0.0, None)] * len(line)],
        options={"maxiter": _ROUNDS},
    )
    rises = found.x[1:]
    return Fitted(thresholds, tuple(rises[first:last] for first, last in itertools.pairwise(ends)))


def _bins(x: Ppm, thresholds: tuple[NDArray[np.int64], ...]) -> NDArray[np.int64]:
    columns = [np.searchsorted(starts, x[:, place], side="right") for place, starts in enumerate(thresholds)]
    return np.stack(columns, axis=1).astype(np.int64)


def _line(values: Choices, place: int, starts: NDArray[np.int64]) -> NDArray[np.float64]:
    """How far a straight line rises at each threshold, x taken at the middles between thresholds."""
    if not len(starts):
        return np.zeros(0)
    column = np.concatenate([values.others[:, place], values.chosen[:, place]])
    middles = np.concatenate([[column.min()], (starts[1:] + starts[:-1]) / 2.0, [(starts[-1] + column.max()) / 2.0]])
    rises: NDArray[np.float64] = np.maximum(np.diff(middles), 0.0) / FULL
    return rises


def tables_of(
    *, fitted: Fitted, features: Sequence[str], budget: int
) -> tuple[dict[str, int], dict[str, list[list[int]]]]:
    """The fitted scores as whole points: the weight of each feature, `budget` in all, and its table.

    What is left over in rounding the weights goes to the largest remainders. Raises ValueError when nothing rises.
    """
    tops = np.array([rises.sum() for rises in fitted.increments])
    if not tops.sum() > 0:
        raise ValueError("no feature distinguishes what was chosen")
    shares = budget * tops / tops.sum()
    weights = np.floor(shares).astype(int)
    left = np.argsort(weights - shares, kind="stable")[: budget - int(weights.sum())]
    weights[left] += 1
    tables = {}
    for place, name in enumerate(features):
        steps, top = [[0, 0]], int(weights[place])
        rises = np.cumsum(fitted.increments[place])
        for start, level in zip(fitted.thresholds[place].tolist(), rises.tolist(), strict=True):
            points = round(top * level / tops[place]) if tops[place] > 0 else 0
            if points > steps[-1][1]:
                steps.append([start, points])
        tables[name] = steps
    return dict(zip(features, weights.tolist(), strict=True)), tables
