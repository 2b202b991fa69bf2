"""A scoring model fitted to past deals: windows of the past, choices by rolling splits in time, tables as JSON.

What is fitted: the step tables of the base model's common features that vary in the data, and the scale of `capacity`.
Features that nothing can be learned about keep their lines and weights, and so the fitted ones keep their sum. Gates
stay. A side on which later windows show no sure gain stays as it is in the base model.
"""

from __future__ import annotations

import copy
import datetime as dt
import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apps.matching.backtest.fitting import Choices, Fitted, Ppm, choices, fit, tables_of, thresholds_of
from apps.matching.backtest.measures import MEASURES, owners_measured
from apps.matching.backtest.paired import DECIDING, Difference, paired
from apps.matching.engine.columns import mandates_columns, raises_columns
from apps.matching.engine.explain import COARSE_FOR_FIRM
from apps.matching.engine.facts import MandateFacts, RaiseFacts
from apps.matching.engine.model import FULL, SIDES, Areas, Model, Reference
from apps.matching.engine.pairs import score
from apps.matching.engine.world import INVESTOR_FEATURES, STARTUP_FEATURES, world

NAMES = {"investor": INVESTOR_FEATURES, "startup": STARTUP_FEATURES}
STRENGTHS = (0.003, 0.03, 0.3)
SCALES = (1, 16, 64)
"""Times the amount left at which `capacity` is 1: tried on the firms' side."""
STEPS = 32
MOST_OTHERS = 1_000
JUDGED = 3
"""The last windows, each foretold from those before it."""
BANDS = np.array([FULL // 64, FULL // 16, FULL // 4, FULL], np.int64)
"""Thresholds of features whose x a firm may learn as a band only."""


class TooLittlePast(ValueError):
    """Fewer windows with deals than rolling splits need."""


@dataclass(frozen=True, eq=False)
class Situation:
    """A moment in the past: who would have been matched, who had dealt before, and which pairs dealt within the year.

    Pairs are (fund id, firm id).
    """

    at: dt.date
    mandates: Sequence[MandateFacts]
    raises: Sequence[RaiseFacts]
    earlier: frozenset[tuple[str, str]]
    followed: frozenset[tuple[str, str]]


@dataclass(frozen=True, eq=False)
class Window:
    """A situation, scored: arrays [mandate, raise, …] as the engine sees the pairs."""

    at: dt.date
    x: Mapping[str, Ppm]
    scores: Mapping[str, NDArray[np.int32]]
    failed: NDArray[np.bool_]
    relevant: NDArray[np.bool_]
    eligible: NDArray[np.bool_]

    def of(self, side: str, array: NDArray[Any]) -> NDArray[Any]:
        """An array with the side's owners first."""
        return array if side == SIDES[0] else array.swapaxes(0, 1)


@dataclass(frozen=True, slots=True)
class Choice:
    """A setting and what it gained over the base model in the judged windows."""

    side: str
    strength: float
    scale: int
    gains: Mapping[str, Difference]

    @property
    def worst(self) -> float:
        """The least of the measures' mean gains, in standard errors; a measure that no list moves says nothing."""
        return min((_errors(item) for item in self.gains.values() if item.low != item.high), default=0.0)


@dataclass(frozen=True, eq=False)
class Trained:
    """A fitted model's JSON, the settings chosen (None: the side stays as it was), and all that were tried."""

    content: dict[str, Any]
    chosen: Mapping[str, Choice | None]
    tried: tuple[Choice, ...]


def train(
    *,
    situations: Sequence[Situation],
    base: Mapping[str, Any],
    areas: Areas,
    reference: Reference,
    identifier: str,
    basis: str,
    seed: int,
) -> Trained:
    """Fit a model to what followed each situation, oldest first. Raises TooLittlePast."""
    if len(situations) <= JUDGED:
        raise TooLittlePast
    windows = {
        scale: [_window(item, _scaled(base, scale), areas, reference) for item in situations] for scale in SCALES
    }
    tried: list[Choice] = []
    chosen: dict[str, Choice | None] = {}
    content = copy.deepcopy(dict(base))
    content |= {"id": identifier, "basis": basis}
    for side in SIDES:
        scales = SCALES if side == SIDES[1] else SCALES[:1]
        own = [
            _judged(side, strength, scale, windows[scale], windows[SCALES[0]], base, seed)
            for scale, strength in itertools.product(scales, STRENGTHS)
        ]
        tried += own
        best = max(own, key=lambda item: item.worst)
        chosen[side] = best if best.gains[DECIDING].low > 0 else None
        if chosen[side] is not None:
            _write(content, side, best, windows[best.scale], base, seed)
    return Trained(content, chosen, tuple(tried))


def _scaled(base: Mapping[str, Any], scale: int) -> Model:
    value = {**base, "parameters": {**base["parameters"], "capacity_full_scale": scale}}
    return Model.from_json(value)


def _window(situation: Situation, model: Model, areas: Areas, reference: Reference) -> Window:
    mandates, raises = situation.mandates, situation.raises
    made = world(
        mandates=mandates_columns(mandates=mandates, model=model, areas=areas, reference=reference, as_of=situation.at),
        raises=raises_columns(raises=raises, model=model, areas=areas, reference=reference),
        model=model,
        reference=reference,
        as_of=situation.at,
    )
    shape, all_raises = (len(mandates), len(raises)), np.arange(len(raises))
    x = {side: np.empty((*shape, len(names)), np.int32) for side, names in NAMES.items()}
    scores = {side: np.empty(shape, np.int32) for side in SIDES}
    failed = np.empty(shape, np.bool_)
    for row in range(len(mandates)):
        found = score(world=made, mandate=np.full(len(raises), row), raise_=all_raises, keep_raw=True)
        x[SIDES[0]][row], x[SIDES[1]][row] = _ppm(found.x_investor), _ppm(found.x_startup)
        scores[SIDES[0]][row], scores[SIDES[1]][row] = found.score_investor, found.score_startup
        failed[row] = found.failed != 0
    return Window(
        at=situation.at,
        x=x,
        scores=scores,
        failed=failed,
        relevant=known_pairs(mandates=mandates, raises=raises, pairs=situation.followed),
        eligible=~known_pairs(mandates=mandates, raises=raises, pairs=situation.earlier),
    )


def _ppm(x: NDArray[np.float64]) -> Ppm:
    return np.floor(1e6 * x + 0.5).astype(np.int32)


def known_pairs(
    *, mandates: Sequence[MandateFacts], raises: Sequence[RaiseFacts], pairs: frozenset[tuple[str, str]]
) -> NDArray[np.bool_]:
    """[mandate, raise] whether the pair's fund and firm are among the pairs."""
    return np.array(
        [[(mandate.fund_id, item.firm_id) in pairs for item in raises] for mandate in mandates], np.bool_
    ).reshape(len(mandates), len(raises))


def _learned(side: str, windows: Sequence[Window], base: Mapping[str, Any]) -> list[str]:
    """The common features of which the windows hold different values."""
    common = base["weights"][side]["common"]
    return [
        name
        for place, name in enumerate(NAMES[side])
        if common.get(name) and len(np.unique([x for window in windows for x in _ends(window.x[side][..., place])])) > 1
    ]


def _ends(column: NDArray[np.int32]) -> tuple[int, int]:
    return (int(column.min()), int(column.max())) if column.size else (0, 0)


def _choices(side: str, features: Sequence[str], windows: Sequence[Window], seed: int) -> Choices:
    places = [NAMES[side].index(name) for name in features]
    return Choices.joined(
        [
            choices(
                x=window.of(side, window.x[side])[..., places],
                chosen=window.of(side, window.relevant),
                open_=window.of(side, window.eligible & ~window.failed),
                most=MOST_OTHERS,
                rng=np.random.default_rng((seed, number)),
            )
            for number, window in enumerate(windows)
        ]
    )


def _fitted(
    side: str, features: Sequence[str], strength: float, windows: Sequence[Window], base: Mapping[str, Any], seed: int
) -> Fitted:
    values = _choices(side, features, windows, seed)
    if not len(values.chosen):
        raise TooLittlePast
    free = thresholds_of(values=values, most=STEPS)
    thresholds = tuple(
        BANDS if side == SIDES[1] and name in COARSE_FOR_FIRM else starts
        for name, starts in zip(features, free, strict=True)
    )
    common = base["weights"][side]["common"]
    lines = [common[name] / 1_000 for name in features]
    return fit(values=values, thresholds=thresholds, base=lines, strength=strength)


def _judged(
    side: str,
    strength: float,
    scale: int,
    windows: Sequence[Window],
    unscaled: Sequence[Window],
    base: Mapping[str, Any],
    seed: int,
) -> Choice:
    """What the setting gained: each judged window ranked by a model fitted to the windows before it."""
    candidate: list[NDArray[np.float64]] = []
    baseline: list[NDArray[np.float64]] = []
    for number in range(len(windows) - JUDGED, len(windows)):
        before, window = windows[:number], windows[number]
        features = _learned(side, before, base)
        found = _fitted(side, features, strength, before, base, seed)
        places = [NAMES[side].index(name) for name in features]
        points = found.score(window.x[side][..., places])
        for rows, scores in ((candidate, points), (baseline, unscaled[number].scores[side])):
            ranked = np.where(window.failed, -1.0, scores.astype(np.float64))
            rows.append(
                owners_measured(
                    scores=window.of(side, ranked),
                    relevant=window.of(side, window.relevant),
                    eligible=window.of(side, window.eligible),
                    seed=seed,
                )
            )
    gains = paired(candidate=np.concatenate(candidate), baseline=np.concatenate(baseline), seed=seed)
    return Choice(side, strength, scale, gains)


def _errors(item: Difference) -> float:
    if math.isnan(item.mean):
        return -math.inf
    return item.mean / max((item.high - item.low) / 3.92, 1e-9)


def _write(
    content: dict[str, Any], side: str, best: Choice, windows: Sequence[Window], base: Mapping[str, Any], seed: int
) -> None:
    """Put the side's tables, fitted to all windows, into the model's JSON."""
    features = _learned(side, windows, base)
    found = _fitted(side, features, best.strength, windows, base, seed)
    common = content["weights"][side]["common"]
    weights, tables = tables_of(fitted=found, features=features, budget=sum(common[name] for name in features))
    common |= weights
    content.setdefault("tables", {})[side] = {"common": tables}
    if best.scale != 1:
        content["parameters"]["capacity_full_scale"] = best.scale


__all__ = ["MEASURES", "Choice", "Situation", "TooLittlePast", "Trained", "known_pairs", "train"]
