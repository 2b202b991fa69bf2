"""Step tables: a feature's contribution read from a table of whole points instead of weight times x."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from apps.matching.engine.arithmetic import contribution, ppm
from apps.matching.engine.compiled import inner
from apps.matching.engine.model import PROFILES, SIDES, Model


class Steps(NamedTuple):
    """All step tables of a model as the compiled code takes them, one after the other."""

    span: NDArray[np.int64]
    """[side, profile, feature, (first, end)] where a feature's steps stand; both equal where it has no table"""
    above: NDArray[np.int64]
    """the least x of a step, in ppm"""
    points: NDArray[np.int64]


def steps_of(*, model: Model, features: Mapping[str, Sequence[str]]) -> Steps:
    """The model's tables for the features of each side, in their order."""
    span = np.zeros((len(SIDES), len(PROFILES), max(map(len, features.values())), 2), np.int64)
    rows: list[tuple[int, int]] = []
    for side, names in features.items():
        for number, profile in enumerate(PROFILES):
            for place, name in enumerate(names):
                first = len(rows)
                rows.extend(model.tables[side][profile].get(name, ()))
                span[SIDES.index(side), number, place] = first, len(rows)
    above, points = np.array(rows or [(0, 0)], np.int64).T
    return Steps(span, np.ascontiguousarray(above), np.ascontiguousarray(points))


@inner
def points_of(weight: int, x: float, span: Any, steps: Steps) -> Any:
    """The contribution of an `x`: of the last step that begins at or below it, without a table weight times x."""
    low, high = span[0], span[1]
    if low == high:
        return contribution(weight, x)
    whole = ppm(x)
    while high - low > 1:
        middle = (low + high) // 2
        if steps.above[middle] <= whole:
            low = middle
        else:
            high = middle
    return steps.points[low]
