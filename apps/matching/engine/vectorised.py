"""The exact path of many pairs at once in plain numpy: what scores where numba is missing, pair for pair the same."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apps.matching.engine.columns import DEBT, GRANT, MISSING
from apps.matching.engine.gates import GATES
from apps.matching.engine.relations import FAIL, PASS, UNKNOWN, Tables
from apps.matching.engine.steps import Steps
from apps.matching.engine.world import MandateArrays, RaiseArrays, Weights

_AREA, _TICKET, _CAPACITY, _LEVER, _HISTORY = (
    1 << GATES.index(name) for name in ("area", "ticket", "capacity", "lever", "history")
)
_LEVER_PARTS = 3
Floats = NDArray[np.float64]
Wholes = NDArray[np.int64]


def score_into(
    *,
    mandate: Wholes,
    raise_: Wholes,
    m: MandateArrays,
    r: RaiseArrays,
    t: Tables,
    w: Weights,
    room: Any,
) -> None:
    """As the compiled code of `pairs`: gates, features, contributions and scores of the pairs, written to `room`."""
    if not len(mandate):
        return
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        _score(mandate, raise_, m, r, t, w, room)


def _score(mandate: Wholes, raise_: Wholes, m: MandateArrays, r: RaiseArrays, t: Tables, w: Weights, room: Any) -> None:
    a, b = m.rows[mandate], r.rows[raise_]
    klass, profile, offer = b["klass"], b["profile"], a["offer"]
    is_grant = klass == GRANT
    unpriced = np.isnan(b["left"]) | np.isnan(a["ticket_max"])
    low = np.where(unpriced, np.nan, np.maximum(b["low"], a["ticket_min"]))
    high = np.where(unpriced, np.nan, np.minimum(b["left"], a["ticket_max"]))

    failed, unknown, admitted = _gates(mandate, raise_, m, r, t, w)
    _money(a, low, high, failed, unknown)
    needs_lever = ~is_grant & (offer != MISSING) & (b["build_up"] != MISSING) & (offer < b["build_up"])
    failed[needs_lever & (admitted == FAIL)] |= _LEVER
    unknown[needs_lever & (admitted == UNKNOWN)] |= _LEVER
    unknown[~is_grant & (offer != MISSING) & (b["build_up"] == MISSING)] |= _LEVER

    covered = admitted == PASS
    cover = np.where(covered, _cover(a["cover"], a["cover_cap"], high), 0.0)
    premium = np.where(covered, a["premium"], 0.0)
    terms = (b["rate_a"], b["rate_b"], b["rate_c"])
    required = _required(terms, b["risk"], cover, premium, b["build_up"])
    required_best = np.where(
        klass == DEBT, _required(terms, b["risk_best"], cover, premium, b["build_up_best"]), required
    )

    risk_prior = is_grant | (offer == MISSING) | (required == MISSING)
    risk_paid = np.where(risk_prior, w.risk_prior, _clamp(0.5 + (offer - required) / w.risk_full_bp))
    saving_prior = ~is_grant & (offer != MISSING) & (b["marginal"] == MISSING)
    steps = np.minimum(w.saving_steps, np.maximum(0, (b["marginal"] - offer) // w.saving_step_bp))
    saving = np.where(saving_prior, w.saving_prior, steps / w.saving_steps)
    saving = np.where(is_grant, 1.0, np.where(offer == MISSING, 0.0, saving))

    long_enough = np.where(a["tenor"] >= b["tenor"], 1.0, a["tenor"] / b["tenor"])
    long_enough = np.where(np.isnan(a["tenor"]) | np.isnan(b["tenor"]), 0.0, long_enough)
    long_enough = np.where(is_grant, 1.0, long_enough)
    spread = np.where(
        required_best == MISSING, 0.0, _clamp((b["build_up_best"] - required_best) / w.complementarity_full_bp)
    )
    overlap = _overlap(mandate, raise_, m, r)
    failed[~(overlap > 0.0)] |= _AREA
    table = [
        t.features[t.feature_offset[k] + m.features[mandate, k] * t.feature_width[k] + r.features[raise_, k]]
        for k in range(len(t.feature_offset))
    ]
    stage, trl, place, own_rank, other_rank = table
    fit = _ticket_fit(a, b)
    room_left = _capacity_fit(a, b["left"], low, w.capacity_full_scale)

    x_investor = np.stack(
        [
            b["adaptation"],
            overlap,
            b["cadence"],
            np.sqrt(spread * b["speed"]) * long_enough,
            b["delivery"],
            b["evidence"],
            b["feedback"],
            place,
            own_rank,
            long_enough,
            risk_paid,
            stage,
            fit,
            trl,
        ],
        axis=1,
    )
    x_startup = np.stack(
        [
            overlap,
            room_left,
            np.sqrt(saving * b["speed"]) * long_enough,
            saving,
            a["decision"],
            place,
            other_rank,
            long_enough,
            stage,
            fit,
            trl,
        ],
        axis=1,
    )
    risk_u = np.where(risk_prior, 1.0, a["offer_u"])
    saving_u = np.where((offer == MISSING) | saving_prior, 1.0, np.maximum(a["offer_u"], b["cost_u"]))
    saving_u = np.where(is_grant, 0.0, saving_u)
    raw = (
        *(low, high, cover, offer, required, b["build_up"], required_best, b["build_up_best"], b["marginal"], admitted),
        *(risk_prior, saving_prior, risk_u, saving_u),
    )

    c_investor = _points(0, profile, w.investor, x_investor, w.steps)
    c_startup = _points(1, profile, w.startup, x_startup, w.steps)
    prior_fit = np.stack([np.sqrt(w.saving_prior * b["speed"]) * long_enough, np.full(len(a), w.saving_prior)], axis=1)
    swapped = x_startup.copy()
    swapped[:, 2:4] = prior_fit
    as_prior = _points(1, profile, w.startup, swapped, w.steps)
    total_investor, total_startup = c_investor.sum(axis=1), c_startup.sum(axis=1)
    is_public = is_grant | (saving == w.saving_prior)
    public = np.where(is_public, total_startup, as_prior.sum(axis=1))

    count = len(mandate)
    room.c_investor[:count], room.c_startup[:count] = c_investor, c_startup
    whole = room.whole
    whole[0, :count], whole[1, :count] = failed, unknown
    whole[2, :count], whole[3, :count] = total_investor, total_startup
    whole[4, :count] = np.floor(np.sqrt((total_investor * public).astype(np.float64)) + 0.5)
    doubts = [b[f"{name}_u"] for name in ("adaptation", "cadence", "delivery", "evidence", "feedback")]
    whole[5, :count] = _confidence(w.investor[profile][:, [0, 2, 4, 5, 6, 10]], [*doubts, risk_u])
    whole[6, :count] = _confidence(w.startup[profile][:, [3, 4]], [saving_u, a["decision_u"]])
    kept = slice(None, count) if len(room.raw) > 1 else slice(None, 1)
    for target, source in (
        (room.x_investor, x_investor),
        (room.x_startup, x_startup),
        (room.raw, np.stack([np.asarray(column, np.float64) for column in raw], axis=1)),
    ):
        target[kept] = source if len(room.raw) > 1 else source[-1:]


def _gates(
    mandate: Wholes, raise_: Wholes, m: MandateArrays, r: RaiseArrays, t: Tables, w: Weights
) -> tuple[Wholes, Wholes, Wholes]:
    """The gates that tables hold, and `history`, as bits (failed, unknown), and whether the lever admits the raise."""
    failed, unknown = np.zeros(len(mandate), np.int64), np.zeros(len(mandate), np.int64)
    admitted = m.rows["lever_dates"][mandate]
    parts = len(w.gate_bits)
    for k in range(parts):
        answers = t.gates[mandate, t.gate_column[k] + r.gates[raise_, k]]
        if k >= parts - _LEVER_PARTS:
            admitted = np.maximum(admitted, answers)
        else:
            failed[answers == FAIL] |= w.gate_bits[k]
            unknown[answers == UNKNOWN] |= w.gate_bits[k]
    first = m.declined_start[0]
    of_mandate = np.repeat(np.arange(len(m.rows)), np.diff(m.declined_start))
    declined = m.declined[first : m.declined_start[-1]]
    if len(declined):
        wide = len(r.rows)
        failed[np.isin(mandate * wide + raise_, of_mandate * wide + declined)] |= _HISTORY
    return failed, unknown, admitted


def _money(a: Any, low: Floats, high: Floats, failed: Wholes, unknown: Wholes) -> None:
    unpriced = np.isnan(low)
    unknown[unpriced] |= _TICKET
    unknown[unpriced & a["has_capacity"]] |= _CAPACITY
    failed[~unpriced & (low > high)] |= _TICKET
    failed[~unpriced & a["has_capacity"] & (a["capacity"] < low)] |= _CAPACITY


def _cover(cover: Floats, cap: Floats, upper: Floats) -> Floats:
    limited = np.where(upper <= cap, cover, cover * (cap / upper))
    return np.where(np.isinf(cap), cover, np.where(np.isnan(upper), 0.0, limited))


def _required(
    terms: tuple[Floats, Floats, Floats], risk: Floats, cover: Floats, premium: Floats, build_up: Wholes
) -> Wholes:
    kept = risk * (1.0 - cover)
    scaled = 1e4 * (terms[0] + terms[1] + terms[2] + kept + premium) + 0.5
    plain = (build_up == MISSING) | ((cover == 0.0) & (premium == 0.0))
    for row in np.flatnonzero(~plain & _is_close(scaled)):
        scaled[row] = 1e4 * math.fsum((*(term[row] for term in terms), kept[row], premium[row])) + 0.5
    found = np.floor(np.where(plain, 0.0, scaled)).astype(np.int64)
    return np.where(plain, build_up, np.minimum(build_up, found))


def _overlap(mandate: Wholes, raise_: Wholes, m: MandateArrays, r: RaiseArrays) -> Floats:
    first, last, total = m.area_start[mandate], m.area_start[mandate + 1], m.rows["area_total"][mandate]
    widest = int((last - first).max(initial=0))
    plain = np.zeros(len(mandate))
    for k in range(widest):
        here = first + k < last
        place = np.where(here, first + k, 0)
        product = m.area_weight[place] * r.strengths[raise_, m.area_index[place]]
        plain += np.where(here, product, 0.0)
    overlap = np.where(total > 0.0, plain / total, 0.0)
    for row in np.flatnonzero((total > 0.0) & _is_close(1e6 * overlap + 0.5)):
        areas = slice(first[row], last[row])
        products = m.area_weight[areas] * r.strengths[raise_[row], m.area_index[areas]]
        overlap[row] = math.fsum(products) / total[row]
    return overlap


def _ticket_fit(a: Any, b: Any) -> Floats:
    inside = b["ln_left"] - a["ln_centre"]
    below = np.where(a["centre"] < b["low"], b["ln_low"] - a["ln_centre"], 0.0)
    shared = np.where(b["low"] > b["left"], b["ln_left"] - a["ln_centre"], below)
    distance = np.where(b["syndicate"] & (a["centre"] < b["left"]), shared, inside)
    z = distance / a["sigma"]
    exponent = -0.5 * (z * z)
    fit = np.exp(exponent)
    for row in np.flatnonzero(_is_close(1e6 * fit + 0.5)):
        fit[row] = math.exp(exponent[row])
    fit = np.where(np.isinf(a["sigma"]), 1.0, fit)
    return np.where((b["left"] > 0.0) & (a["ticket_max"] > 0.0), fit, 0.0)


def _capacity_fit(a: Any, left: Floats, low: Floats, scale: float) -> Floats:
    capacity, full = np.where(a["has_capacity"], a["capacity"], low), scale * left
    share = np.where(capacity >= full, 1.0, np.maximum(0.0, capacity) / full)
    return np.where(np.isnan(capacity) | ~(left > 0.0), 0.0, share)


def _points(side: int, profile: Wholes, weights: Wholes, x: Floats, steps: Steps) -> Wholes:
    whole = np.floor(1e6 * x + 0.5).astype(np.int64)
    points = (weights[profile] * whole + 500_000) // 1_000_000
    for number in range(weights.shape[0]):
        for feature in range(x.shape[1]):
            first, last = steps.span[side, number, feature]
            if first != last:
                mine = profile == number
                step = np.searchsorted(steps.above[first:last], whole[mine, feature], side="right") - 1
                points[mine, feature] = steps.points[first + np.maximum(step, 0)]
    return points


def _confidence(weights: Wholes, doubts: list[Floats]) -> Wholes:
    squares = weights * weights
    products = squares * np.stack(doubts, axis=1)
    plain, total = np.zeros(len(weights)), np.zeros(len(weights))
    for k in range(squares.shape[1]):
        plain += products[:, k]
        total += squares[:, k]
    sure = 1.0 - plain / total
    for row in np.flatnonzero(_is_close(1e6 * sure + 0.5)):
        sure[row] = 1.0 - math.fsum(products[row]) / total[row]
    return (1e6 * sure + 0.5).astype(np.int64)


def _is_close(scaled: Floats) -> NDArray[np.bool_]:
    """Whether a value to be rounded down lies so near an integer that only an exactly rounded sum can decide."""
    return np.abs(scaled - np.floor(scaled + 0.5)) < 1e-6


def _clamp(x: Floats) -> Floats:
    return np.minimum(1.0, np.maximum(0.0, x))
