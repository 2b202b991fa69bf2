"""The float64 path: every gate, feature, contribution and score of given pairs. What is published comes from here."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from apps.matching.engine import vectorised
from apps.matching.engine.arithmetic import (
    capacity_fit,
    clamp,
    cover_of,
    exact_sum,
    is_close_call,
    mutual,
    patience,
    ppm,
    required_rate,
    ticket_fit,
)
from apps.matching.engine.columns import DEBT, GRANT, MISSING
from apps.matching.engine.compiled import COMPILES, compiled, inner
from apps.matching.engine.gates import GATES
from apps.matching.engine.relations import FAIL, PASS, UNKNOWN, Tables
from apps.matching.engine.steps import points_of
from apps.matching.engine.world import (
    INVESTOR_FEATURES,
    STARTUP_FEATURES,
    MandateArrays,
    RaiseArrays,
    Weights,
    World,
    world,
)

RAW = (
    "low",
    "high",
    "cover",
    "offer",
    "required",
    "build_up",
    "required_best",
    "build_up_best",
    "marginal",
    "admitted",
    "risk_paid_prior",
    "cost_saving_prior",
    "risk_paid_u",
    "cost_saving_u",
)
"""The raw values that `score` keeps for explanations; amounts in EUR, rates in bp (`MISSING` where there is none)."""

_GATE_AREA, _GATE_TICKET, _GATE_CAPACITY, _GATE_LEVER, _GATE_HISTORY = (
    1 << GATES.index(name) for name in ("area", "ticket", "capacity", "lever", "history")
)
_LEVER_PARTS = 3
_SCRATCH = 64


@dataclass(frozen=True, eq=False)
class Scored:
    """Pairs, scored: row `k` belongs to the pair (`mandate[k]`, `raise_[k]`)."""

    mandate: NDArray[Any]
    raise_: NDArray[Any]
    failed: NDArray[np.int32]
    """bit `g` is set where gate `GATES[g]` fails"""
    unknown: NDArray[np.int32]
    score_investor: NDArray[np.int32]
    score_startup: NDArray[np.int32]
    score_mutual: NDArray[np.int32]
    confidence_investor: NDArray[np.int32]
    confidence_startup: NDArray[np.int32]
    contributions_investor: NDArray[np.int16]
    contributions_startup: NDArray[np.int16]
    x_investor: NDArray[np.float64]
    x_startup: NDArray[np.float64]
    raw: NDArray[np.float64]


def score(*, world: World, mandate: NDArray[Any], raise_: NDArray[Any], keep_raw: bool = False) -> Scored:
    """Every gate, feature and score of the pairs (`mandate[k]`, `raise_[k]`), indices into the world's two sides.

    `x_…` and `raw` have a row per pair only with `keep_raw`.
    """
    room = room_for(len(mandate), raw_rows=len(mandate) if keep_raw else 1)
    score_into(world=world, mandate=mandate, raise_=raise_, room=room)
    failed, unknown, investor, startup, both, confidence_investor, confidence_startup = room.whole
    return Scored(
        mandate=mandate,
        raise_=raise_,
        failed=failed,
        unknown=unknown,
        score_investor=investor,
        score_startup=startup,
        score_mutual=both,
        confidence_investor=confidence_investor,
        confidence_startup=confidence_startup,
        contributions_investor=room.c_investor,
        contributions_startup=room.c_startup,
        x_investor=room.x_investor,
        x_startup=room.x_startup,
        raw=room.raw,
    )


class Room(NamedTuple):
    """Where scores are written; `whole` holds failed, unknown, the three scores and both confidences, by WHOLE."""

    x_investor: NDArray[np.float64]
    x_startup: NDArray[np.float64]
    c_investor: NDArray[np.int16]
    c_startup: NDArray[np.int16]
    whole: NDArray[np.int32]
    raw: NDArray[np.float64]


WHOLE = (
    "failed",
    "unknown",
    "score_investor",
    "score_startup",
    "score_mutual",
    "confidence_investor",
    "confidence_startup",
)


def room_for(pairs: int, *, raw_rows: int = 1) -> Room:
    """Room for so many pairs; `raw_rows`: one for each pair, or one that they share."""
    return Room(
        x_investor=np.empty((raw_rows, len(INVESTOR_FEATURES))),
        x_startup=np.empty((raw_rows, len(STARTUP_FEATURES))),
        c_investor=np.empty((pairs, len(INVESTOR_FEATURES)), np.int16),
        c_startup=np.empty((pairs, len(STARTUP_FEATURES)), np.int16),
        whole=np.empty((len(WHOLE), pairs), np.int32),
        raw=np.empty((raw_rows, len(RAW))),
    )


def score_into(*, world: World, mandate: NDArray[Any], raise_: NDArray[Any], room: Room) -> None:
    """As `score`, written to room that may be larger than needed."""
    if not COMPILES:
        vectorised.score_into(
            mandate=np.ascontiguousarray(mandate, np.int64),
            raise_=np.ascontiguousarray(raise_, np.int64),
            m=world.m,
            r=world.r,
            t=world.tables,
            w=world.weights,
            room=room,
        )
        return
    widest = int(np.max(np.diff(world.m.area_start), initial=_SCRATCH))
    _score(
        np.ascontiguousarray(mandate, np.int64),
        np.ascontiguousarray(raise_, np.int64),
        world.m,
        world.r,
        world.tables,
        world.weights,
        np.zeros((4, widest)),
        room,
    )


@inner
def area_overlap(i: int, s: int, m: MandateArrays, r: RaiseArrays, scratch: Any) -> Any:
    """`Σ_a w_a v(a) / Σ_a w_a`."""
    first, last = m.area_start[i], m.area_start[i + 1]
    total = m.rows[i].area_total
    if not total > 0.0:
        return 0.0
    plain = 0.0
    for k in range(first, last):
        plain += m.area_weight[k] * r.strengths[s, m.area_index[k]]
    if not is_close_call(1e6 * (plain / total) + 0.5):
        return plain / total
    values = scratch[0]
    for k in range(first, last):
        values[k - first] = m.area_weight[k] * r.strengths[s, m.area_index[k]]
    return exact_sum(values, last - first, scratch[1]) / total


@inner
def gate_answers(i: int, s: int, m: MandateArrays, r: RaiseArrays, t: Tables, bits: Any) -> tuple[int, int, int]:
    """The gates that tables hold, as bits (failed, unknown), and whether the lever admits the raise (an answer)."""
    failed, unknown = 0, 0
    admitted = m.rows[i].lever_dates
    parts, answers, codes = len(bits), t.gates[i], r.gates[s]
    for k in range(parts):
        answer = answers[t.gate_column[k] + codes[k]]
        if k >= parts - _LEVER_PARTS:
            admitted = max(admitted, answer)
        elif answer == FAIL:
            failed |= bits[k]
        elif answer == UNKNOWN:
            unknown |= bits[k]
    first, last = m.declined_start[i], m.declined_start[i + 1]
    while first < last:
        middle = (first + last) // 2
        if m.declined[middle] < s:
            first = middle + 1
        else:
            last = middle
    if first < m.declined_start[i + 1] and m.declined[first] == s:
        failed |= _GATE_HISTORY
    return failed, unknown, admitted


@inner
def lever_answer(klass: int, offer: int, build_up: int, admitted: int) -> int:
    """An offer below the build-up needs a lever that admits the raise."""
    if klass == GRANT or offer == MISSING:
        return PASS
    if build_up == MISSING:
        return UNKNOWN
    return PASS if offer >= build_up else admitted


@inner
def money_gates(mandate: Any, low: float, high: float) -> tuple[int, int]:
    """The gates `ticket` and `capacity` as bits (failed, unknown); NaN stands for a missing exchange rate."""
    failed, unknown = 0, 0
    if math.isnan(low):
        unknown |= _GATE_TICKET
        if mandate.has_capacity:
            unknown |= _GATE_CAPACITY
        return failed, unknown
    if low > high:
        failed |= _GATE_TICKET
    if mandate.has_capacity and mandate.capacity < low:
        failed |= _GATE_CAPACITY
    return failed, unknown


@inner
def score_pair(
    i: int,
    s: int,
    m: MandateArrays,
    r: RaiseArrays,
    t: Tables,
    w: Weights,
    x_investor: Any,
    x_startup: Any,
    raw: Any,
    scratch: Any,
) -> tuple[int, int]:
    """Fills the features and raw values of one pair; gives its gates as bits (failed, unknown)."""
    a, b = m.rows[i], r.rows[s]
    low, high = math.nan, math.nan
    if not math.isnan(b.left) and not math.isnan(a.ticket_max):
        low, high = max(b.low, a.ticket_min), min(b.left, a.ticket_max)
    failed, unknown, admitted = gate_answers(i, s, m, r, t, w.gate_bits)
    money_failed, money_unknown = money_gates(a, low, high)
    failed |= money_failed
    unknown |= money_unknown
    lever = lever_answer(b.klass, a.offer, b.build_up, admitted)
    if lever == FAIL:
        failed |= _GATE_LEVER
    elif lever == UNKNOWN:
        unknown |= _GATE_LEVER

    cover, premium = 0.0, 0.0
    if admitted == PASS:
        cover, premium = cover_of(a.cover, a.cover_cap, high), a.premium
    terms = (b.rate_a, b.rate_b, b.rate_c)
    required = required_rate(terms, b.risk, cover, premium, b.build_up, scratch)
    required_best = required
    if b.klass == DEBT:
        required_best = required_rate(terms, b.risk_best, cover, premium, b.build_up_best, scratch)

    risk_prior = b.klass == GRANT or a.offer == MISSING or required == MISSING
    risk_paid = w.risk_prior if risk_prior else clamp(0.5 + (a.offer - required) / w.risk_full_bp)
    saving_prior = False
    if b.klass == GRANT:
        saving = 1.0
    elif a.offer == MISSING:
        saving = 0.0
    elif b.marginal == MISSING:
        saving, saving_prior = w.saving_prior, True
    else:
        steps = min(w.saving_steps, max(0, (b.marginal - a.offer) // w.saving_step_bp))
        saving = steps / w.saving_steps

    long_enough = patience(b.klass, a.tenor, b.tenor)
    spread = 0.0
    if required_best != MISSING:
        spread = clamp((b.build_up_best - required_best) / w.complementarity_full_bp)

    overlap = area_overlap(i, s, m, r, scratch)
    if not overlap > 0.0:
        failed |= _GATE_AREA
    fit = ticket_fit(b, a)
    stage = t.features[t.feature_offset[0] + m.features[i, 0] * t.feature_width[0] + r.features[s, 0]]
    trl = t.features[t.feature_offset[1] + m.features[i, 1] * t.feature_width[1] + r.features[s, 1]]
    place = t.features[t.feature_offset[2] + m.features[i, 2] * t.feature_width[2] + r.features[s, 2]]

    x_investor[0] = b.adaptation
    x_investor[1] = overlap
    x_investor[2] = b.cadence
    x_investor[3] = math.sqrt(spread * b.speed) * long_enough
    x_investor[4] = b.delivery
    x_investor[5] = b.evidence
    x_investor[6] = b.feedback
    x_investor[7] = place
    x_investor[8] = t.features[t.feature_offset[3] + m.features[i, 3] * t.feature_width[3] + r.features[s, 3]]
    x_investor[9] = long_enough
    x_investor[10] = risk_paid
    x_investor[11] = stage
    x_investor[12] = fit
    x_investor[13] = trl

    x_startup[0] = overlap
    x_startup[1] = capacity_fit(a, b.left, low, w.capacity_full_scale)
    x_startup[2] = math.sqrt(saving * b.speed) * long_enough
    x_startup[3] = saving
    x_startup[4] = a.decision
    x_startup[5] = place
    x_startup[6] = t.features[t.feature_offset[4] + m.features[i, 4] * t.feature_width[4] + r.features[s, 4]]
    x_startup[7] = long_enough
    x_startup[8] = stage
    x_startup[9] = fit
    x_startup[10] = trl

    raw[0], raw[1], raw[2] = low, high, cover
    raw[3], raw[4], raw[5] = a.offer, required, b.build_up
    raw[6], raw[7], raw[8], raw[9] = required_best, b.build_up_best, b.marginal, admitted
    raw[10], raw[11] = risk_prior, saving_prior
    raw[12] = 1.0 if risk_prior else a.offer_u
    raw[13] = saving_uncertainty(b.klass, a.offer, saving_prior, a.offer_u, b.cost_u)
    return failed, unknown


@inner
def saving_uncertainty(klass: int, offer: int, is_prior: bool, offer_u: float, cost_u: float) -> float:
    """`u` of `cost_saving`: the lower of both tiers, 1 without an offer or for a prior, 0 for a grant."""
    if klass == GRANT:
        return 0.0
    if offer == MISSING or is_prior:
        return 1.0
    return max(offer_u, cost_u)


@inner
def confidence(squares: Any, doubts: Any, n: int, scratch: Any) -> int:
    """`1 − Σ w² u / Σ w²` as ppm, over the first `n` (w², u)."""
    values, plain, total = scratch[0], 0.0, 0.0
    for k in range(n):
        values[k] = squares[k] * doubts[k]
        plain += values[k]
        total += squares[k]
    sure = 1.0 - plain / total
    if is_close_call(1e6 * sure + 0.5):
        sure = 1.0 - exact_sum(values, n, scratch[1]) / total
    return ppm(sure)


@inner
def investor_confidence(b: Any, risk_u: float, weights: Any, scratch: Any) -> int:
    """The fund's confidence in ppm: evidence, `risk_paid` and the speed features."""
    squares, doubts = scratch[2], scratch[3]
    squares[0], doubts[0] = weights[0] * weights[0], b.adaptation_u
    squares[1], doubts[1] = weights[2] * weights[2], b.cadence_u
    squares[2], doubts[2] = weights[4] * weights[4], b.delivery_u
    squares[3], doubts[3] = weights[5] * weights[5], b.evidence_u
    squares[4], doubts[4] = weights[6] * weights[6], b.feedback_u
    squares[5], doubts[5] = weights[10] * weights[10], risk_u
    return confidence(squares, doubts, 6, scratch)


@inner
def startup_confidence(saving_u: float, decision_u: float, weights: Any, scratch: Any) -> int:
    """The firm's confidence in ppm: `cost_saving` and `decision_speed`."""
    squares, doubts = scratch[2], scratch[3]
    squares[0], doubts[0] = weights[3] * weights[3], saving_u
    squares[1], doubts[1] = weights[4] * weights[4], decision_u
    return confidence(squares, doubts, 2, scratch)


@inner
def public_startup_score(b: Any, x_startup: Any, c_startup: Any, w: Weights) -> Any:
    """The firm's score with `cost_saving` at its prior mean, inside `complementarity` too; a grant has no secret."""
    total = 0
    for k in range(len(c_startup)):
        total += c_startup[k]
    if b.klass == GRANT or x_startup[3] == w.saving_prior:
        return total
    weights, spans = w.startup[b.profile], w.steps.span[1, b.profile]
    complementarity = math.sqrt(w.saving_prior * b.speed) * x_startup[7]
    total += points_of(weights[2], complementarity, spans[2], w.steps) - c_startup[2]
    total += points_of(weights[3], w.saving_prior, spans[3], w.steps) - c_startup[3]
    return total


@compiled
def _score(
    mandate: Any,
    raise_: Any,
    m: MandateArrays,
    r: RaiseArrays,
    t: Tables,
    w: Weights,
    scratch: Any,
    room: Room,
) -> None:
    x_investor, x_startup, raw = room.x_investor, room.x_startup, room.raw
    c_investor, c_startup, whole = room.c_investor, room.c_startup, room.whole
    step = 1 if len(raw) > 1 else 0
    for k in range(len(mandate)):
        i, s, row = mandate[k], raise_[k], k * step
        b = r.rows[s]
        failed, unknown = score_pair(i, s, m, r, t, w, x_investor[row], x_startup[row], raw[row], scratch)
        weights_investor, weights_startup = w.investor[b.profile], w.startup[b.profile]
        spans_investor, spans_startup = w.steps.span[0, b.profile], w.steps.span[1, b.profile]
        total_investor, total_startup = 0, 0
        for f in range(c_investor.shape[1]):
            part = points_of(weights_investor[f], x_investor[row, f], spans_investor[f], w.steps)
            c_investor[k, f] = part
            total_investor += part
        for f in range(c_startup.shape[1]):
            part = points_of(weights_startup[f], x_startup[row, f], spans_startup[f], w.steps)
            c_startup[k, f] = part
            total_startup += part
        public = public_startup_score(b, x_startup[row], c_startup[k], w)
        whole[0, k], whole[1, k] = failed, unknown
        whole[2, k], whole[3, k] = total_investor, total_startup
        whole[4, k] = mutual(total_investor, public)
        whole[5, k] = investor_confidence(b, raw[row, 12], weights_investor, scratch)
        whole[6, k] = startup_confidence(raw[row, 13], m.rows[i].decision_u, weights_startup, scratch)


__all__ = ["INVESTOR_FEATURES", "RAW", "STARTUP_FEATURES", "Scored", "World", "score", "world"]
