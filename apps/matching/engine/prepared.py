"""What each mandate contributes by the joint codes of an index, worked out once before ranking."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from apps.matching.engine.arithmetic import clamp, contribution, required_rate
from apps.matching.engine.columns import DEBT, GRANT, MISSING
from apps.matching.engine.compiled import compiled, inner
from apps.matching.engine.index import Index
from apps.matching.engine.relations import Tables
from apps.matching.engine.world import MandateArrays, RaiseArrays, Weights

NUMBERS = ("ln_centre", "inverse_sigma", "fit", "tenor", "capacity", "ticket_min", "capped", "area_scale")

WEIGHTS = (
    "investor_overlap",
    "investor_fit",
    "investor_patience",
    "startup_overlap",
    "startup_fit",
    "startup_patience",
    "startup_capacity",
)


MOST_PATTERNS, MOST_OF_RELATION = 512, 64
"""Gate patterns kept in all and of one relation; mandates of a relation with more share too little."""


class Patterns(NamedTuple):
    """Mandates with the same answers of a gate relation, together."""

    number: NDArray[np.int32]
    """[mandate, relation] the number of the pattern, −1 where a relation has too many"""
    mandate: NDArray[np.int32]
    relation: NDArray[np.int32]
    """one mandate of each pattern, and its relation"""
    used: NDArray[np.int64]


class Prepared(NamedTuple):
    """What each mandate of a block contributes by a joint code of the raise: [mandate, code, (investor, startup)]."""

    maturity: NDArray[np.float32]
    home: NDArray[np.float32]
    instruments: NDArray[np.float32]
    rate: NDArray[np.float32]
    """[mandate, rate code, admitted by the lever, (risk_paid, weight · √spread)], as if no cap limited the cover"""
    decision: NDArray[np.float32]
    """[mandate, profile]"""
    saving: NDArray[np.float32]
    """[profile, steps, (cost_saving, weight · √cost_saving)]; the last two steps are the prior and a grant's"""
    numbers: NDArray[np.float64]
    """[mandate, NUMBERS]"""
    weights: NDArray[np.float64]
    """[profile, WEIGHTS] of what is worked out pair by pair"""
    patterns: Patterns


@compiled
def find_patterns(t: Tables, patterns: Patterns) -> None:
    """Fills `patterns`, relation by relation."""
    number, used = patterns.number, 0
    for k in range(number.shape[1]):
        before = used
        for i in range(number.shape[0]):
            at = before
            while at < used and not same_answers(t, k, patterns.mandate[at], i):
                at += 1
            if at == used:
                if used - before == MOST_OF_RELATION or used == len(patterns.mandate):
                    for other in range(number.shape[0]):
                        number[other, k] = -1
                    used = before
                    break
                patterns.mandate[at], patterns.relation[at] = i, k
                used += 1
            number[i, k] = at
    patterns.used[0] = used


@inner
def same_answers(t: Tables, k: int, one: int, other: int) -> bool:
    """Whether relation `k` answers two mandates alike."""
    first, second = t.hit_start[one, k], t.hit_start[other, k]
    count = t.hit_start[one, k + 1] - first
    if t.hit_start[other, k + 1] - second != count:
        return False
    for at in range(count):
        hit = t.hits[first + at]
        if t.hits[second + at] != hit or t.gates[one, hit] != t.gates[other, hit]:
            return False
    return True


@compiled
def prepare(
    first: int,
    step: int,
    m: MandateArrays,
    r: RaiseArrays,
    x: Index,
    t: Tables,
    w: Weights,
    p: Prepared,
    scratch: Any,
) -> None:
    """Fills `p` for every `step`-th mandate of a block, from `first` on."""
    for profile in range(w.startup.shape[0]):
        mine, theirs, weights = w.investor[profile], w.startup[profile], p.weights[profile]
        weights[0], weights[1], weights[2] = mine[1], mine[12], mine[9]
        weights[3], weights[4], weights[5], weights[6] = theirs[0], theirs[9], theirs[7], theirs[1]
        for steps in range(w.saving_steps + 3):
            saving = min(1.0, steps / w.saving_steps)
            if steps == w.saving_steps + 1:
                saving = w.saving_prior
            p.saving[profile, steps, 0] = contribution(w.startup[profile, 3], saving)
            p.saving[profile, steps, 1] = w.startup[profile, 2] * math.sqrt(saving)
    for i in range(first, len(m.rows), step):
        a = m.rows[i]
        numbers = p.numbers[i]
        priced = not math.isnan(a.ticket_max) and a.ticket_max > 0.0
        numbers[0] = a.ln_centre if priced else 0.0
        numbers[1] = 0.0 if math.isinf(a.sigma) else 1.0 / a.sigma
        if math.isinf(a.sigma):
            numbers[0] = 0.0
        numbers[2] = 1.0 if priced else 0.0
        numbers[3] = 0.0 if math.isnan(a.tenor) else a.tenor
        numbers[4] = 0.0 if math.isnan(a.capacity) else max(0.0, a.capacity)
        numbers[5] = 0.0 if math.isnan(a.ticket_min) else a.ticket_min
        numbers[6] = 0.0 if math.isinf(a.cover_cap) or a.cover_cap >= a.ticket_max else 1.0
        numbers[7] = 1.0 / a.area_total if a.area_total > 0.0 else 0.0
        for profile in range(w.startup.shape[0]):
            p.decision[i, profile] = contribution(w.startup[profile, 4], a.decision)
        for code in range(len(x.maturity_first)):
            s = x.maturity_first[code]
            profile = r.rows[s].profile
            stage = t.features[t.feature_offset[0] + m.features[i, 0] * t.feature_width[0] + r.features[s, 0]]
            trl = t.features[t.feature_offset[1] + m.features[i, 1] * t.feature_width[1] + r.features[s, 1]]
            p.maturity[i, code, 0] = contribution(w.investor[profile, 11], stage) + contribution(
                w.investor[profile, 13], trl
            )
            p.maturity[i, code, 1] = contribution(w.startup[profile, 8], stage) + contribution(
                w.startup[profile, 10], trl
            )
        for code in range(len(x.home_first)):
            s = x.home_first[code]
            profile = r.rows[s].profile
            place = t.features[t.feature_offset[2] + m.features[i, 2] * t.feature_width[2] + r.features[s, 2]]
            p.home[i, code, 0] = contribution(w.investor[profile, 7], place)
            p.home[i, code, 1] = contribution(w.startup[profile, 5], place)
        for code in range(len(x.instruments_first)):
            s = x.instruments_first[code]
            profile = r.rows[s].profile
            own = t.features[t.feature_offset[3] + m.features[i, 3] * t.feature_width[3] + r.features[s, 3]]
            other = t.features[t.feature_offset[4] + m.features[i, 4] * t.feature_width[4] + r.features[s, 4]]
            p.instruments[i, code, 0] = contribution(w.investor[profile, 8], own)
            p.instruments[i, code, 1] = contribution(w.startup[profile, 6], other)
        for code in range(len(x.rate_first)):
            b = r.rows[x.rate_first[code]]
            for admitted in range(2):
                cover = a.cover if admitted == 1 else 0.0
                premium = a.premium if admitted == 1 else 0.0
                risk, spread = lever_points(a, b, cover, premium, w, scratch)
                p.rate[i, code, admitted, 0], p.rate[i, code, admitted, 1] = risk, spread


@inner
def lever_points(a: Any, b: Any, cover: float, premium: float, w: Weights, scratch: Any) -> tuple[float, float]:
    """The contribution of `risk_paid`, and the weight of `complementarity` times the root of the spread."""
    terms = (b.rate_a, b.rate_b, b.rate_c)
    required = required_rate(terms, b.risk, cover, premium, b.build_up, scratch)
    x = w.risk_prior
    if b.klass != GRANT and a.offer != MISSING and required != MISSING:
        x = clamp(0.5 + (a.offer - required) / w.risk_full_bp)
    risk = float(contribution(w.investor[b.profile, 10], x))
    if b.build_up_best == MISSING:
        return risk, 0.0
    if b.klass == DEBT:
        required = required_rate(terms, b.risk_best, cover, premium, b.build_up_best, scratch)
    spread = clamp((b.build_up_best - required) / w.complementarity_full_bp)
    return risk, w.investor[b.profile, 3] * math.sqrt(spread)
