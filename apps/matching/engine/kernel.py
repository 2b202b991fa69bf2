"""The ranking kernel: a block of mandates against a tile of raises, the best of both sides kept on the way.

Gates are bit sets, combined 64 raises at a time. Only pairs that no gate fails are scored, in plain float64 with the
contributions that tables hold already whole; a score is then off by less than `ERROR` of the published one, and
everything within twice that of the last place is kept, so that the exact path decides.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from apps.matching.engine.arithmetic import cover_of
from apps.matching.engine.bits import lowest
from apps.matching.engine.columns import GRANT, MISSING
from apps.matching.engine.compiled import compiled, inner
from apps.matching.engine.gate_sets import gate_sets
from apps.matching.engine.index import Index
from apps.matching.engine.prepared import NUMBERS, Prepared, lever_points
from apps.matching.engine.relations import Tables
from apps.matching.engine.shortlist import Buffers, keep_investor, keep_startup
from apps.matching.engine.world import MandateArrays, Weights

_LN_CENTRE, _INVERSE_SIGMA, _FIT, _TENOR, _CAPACITY_LEFT, _TICKET_MIN, _CAPPED, _AREA_SCALE = range(len(NUMBERS))
_ONE, _TWO = np.uint64(1), np.uint64(2)


@compiled
def rank_tile(
    first: int,
    count: int,
    m: MandateArrays,
    x: Index,
    t: Tables,
    w: Weights,
    p: Prepared,
    buffers: Buffers,
    kept: int,
    wanted: tuple[bool, bool],
) -> None:
    """Words first … first + count of the pool against every mandate; `wanted`: (investor side, startup side)."""
    start = first * 64
    end = min(start + count * 64, x.low.shape[0])
    rows_of = x.rows[start:end]
    valid = x.valid[first : first + count]
    for i in range(m.rows.shape[0]):
        gate_sets(i, m, x, t, w, first, count, buffers)
        rows = open_pairs(valid, buffers.words, buffers.found)
        if rows == 0:
            continue
        found = buffers.found[:rows]
        overlaps(i, m, x, start, end, p.numbers[i, _AREA_SCALE], buffers.overlap)
        shared_points(p.numbers[i], rows_of, found, buffers.fit, buffers.patience)
        if wanted[0]:
            investor_scores(i, m.rows[i], x, w, p, rows_of, x.left[start:end], found, buffers)
            keep_investor(i, start, found, buffers, kept)
        if wanted[1]:
            startup_scores(i, m.rows[i], w, p, rows_of, found, buffers)
            keep_startup(i, found, buffers, kept)


@inner
def open_pairs(valid: Any, words: Any, found: Any) -> int:
    """Lists the tile's raises that no gate fails: position · 4 + section · 2 + admitted; gives their number."""
    rows = 0
    for word in range(len(valid)):
        open_ = valid[word] & ~words[0, word]
        unknown, admits = words[1, word], words[6, word]
        while open_ != 0:
            bit = lowest(open_)
            open_ &= open_ - _ONE
            marks = (((unknown >> bit) & _ONE) << _ONE) | ((admits >> bit) & _ONE)
            found[rows] = ((np.uint64(word * 64) + bit) << np.uint64(2)) | marks
            rows += 1
    return rows


@inner
def bell(y: float) -> float:
    """`exp(y)` for `y ≤ 0`, good to 10⁻⁶ absolute: a short series, squared five times."""
    z = max(y, -20.0) * 0.03125
    e = 1.0 + z * (1.0 + z * (0.5 + z * (0.16666666666666666 + z * 0.041666666666666664)))
    e *= e
    e *= e
    e *= e
    e *= e
    return e * e


@inner
def add_scaled(total: Any, column: Any, weight: Any) -> None:
    """`total += weight · column`, float32."""
    for k in range(len(total)):
        total[k] += weight * column[k]


@inner
def add_four(total: Any, columns: tuple[Any, Any, Any, Any], weights: tuple[Any, Any, Any, Any]) -> None:
    """`total += Σ weight · column` over four areas at once."""
    a, b, c, d = columns
    e, f, g, h = weights
    for k in range(len(total)):
        total[k] += (e * a[k] + f * b[k]) + (g * c[k] + h * d[k])


@inner
def overlaps(i: int, m: MandateArrays, x: Index, first: int, end: int, scale: float, total: Any) -> None:
    """`area_overlap` of the positions first … end, float32."""
    total = total[: end - first]
    for k in range(len(total)):
        total[k] = 0
    k, last = m.area_start[i], m.area_start[i + 1]
    while k < last:
        columns = x.strengths[m.area_index[k], first:end]
        weight = np.float32(m.area_weight[k] * scale)
        if k + 4 > last:
            add_scaled(total, columns, weight)
            k += 1
            continue
        add_four(
            total,
            (
                columns,
                x.strengths[m.area_index[k + 1], first:end],
                x.strengths[m.area_index[k + 2], first:end],
                x.strengths[m.area_index[k + 3], first:end],
            ),
            (
                weight,
                np.float32(m.area_weight[k + 1] * scale),
                np.float32(m.area_weight[k + 2] * scale),
                np.float32(m.area_weight[k + 3] * scale),
            ),
        )
        k += 4


@inner
def shared_points(numbers: Any, rows_of: Any, found: Any, fit: Any, patience: Any) -> None:
    """`ticket_fit` and `patience` of the open pairs."""
    centre, inverse_sigma, scale, tenor = numbers[_LN_CENTRE], numbers[_INVERSE_SIGMA], numbers[_FIT], numbers[_TENOR]
    for k in range(len(found)):
        b = rows_of[found[k] >> _TWO]
        distance = (min(max(centre, b.ln_low), b.ln_left) - centre) * inverse_sigma
        fit[k] = bell(-0.5 * distance * distance) * scale
        patience[k] = max(b.patience_floor, min(1.0, tenor * b.inverse_tenor))


@inner
def investor_scores(
    i: int, a: Any, x: Index, w: Weights, p: Prepared, rows_of: Any, left: Any, found: Any, buffers: Buffers
) -> None:
    """The fund's scores of the open pairs."""
    maturity, home, instruments, rate = p.maturity[i], p.home[i], p.instruments[i], p.rate[i]
    fit, patience, overlap, scores = buffers.fit, buffers.patience, buffers.overlap, buffers.scores
    capped, priced = p.numbers[i, _CAPPED] == 1.0, p.numbers[i, _FIT] == 1.0
    for k in range(len(found)):
        at, admitted = found[k] >> _TWO, found[k] & _ONE
        b = rows_of[at]
        weights = w.investor[b.profile]
        risk, spread = float(rate[b.rate, admitted, 0]), float(rate[b.rate, admitted, 1])
        upper = min(left[at], a.ticket_max) if priced else math.nan
        if capped and admitted == 1 and not upper <= a.cover_cap:
            cover = cover_of(a.cover, a.cover_cap, upper)
            risk, spread = lever_points(a, x.full[x.rate_first[b.rate]], cover, a.premium, w, buffers.scratch)
        scores[k] = (
            b.own
            + maturity[b.maturity, 0]
            + home[b.home, 0]
            + instruments[b.instruments, 0]
            + risk
            + weights[1] * overlap[at]
            + weights[12] * fit[k]
            + (weights[9] + spread * b.root_speed) * patience[k]
        )


@inner
def startup_scores(i: int, a: Any, w: Weights, p: Prepared, rows_of: Any, found: Any, buffers: Buffers) -> None:
    """The firm's scores of the open pairs."""
    maturity, home, instruments = p.maturity[i], p.home[i], p.instruments[i]
    fit, patience, overlap, scores = buffers.fit, buffers.patience, buffers.overlap, buffers.scores
    offered, offer, step, most = a.offer != MISSING, float(a.offer), float(w.saving_step_bp), w.saving_steps
    has_capacity, ticket_min, capacity = a.has_capacity, p.numbers[i, _TICKET_MIN], p.numbers[i, _CAPACITY_LEFT]
    if p.numbers[i, _FIT] != 1.0:
        has_capacity = True
    for k in range(len(found)):
        at = found[k] >> _TWO
        b = rows_of[at]
        weights, saving = w.startup[b.profile], p.saving[b.profile]
        steps = 0
        if b.klass == GRANT:
            steps = most + 2
        elif offered:
            if b.marginal == MISSING:
                steps = most + 1
            elif b.marginal > offer:
                steps = min(most, int((b.marginal - offer) / step))
        available = capacity if has_capacity else max(b.low, ticket_min)
        scores[k] = (
            p.decision[i, b.profile]
            + maturity[b.maturity, 1]
            + home[b.home, 1]
            + instruments[b.instruments, 1]
            + saving[steps, 0]
            + weights[0] * overlap[at]
            + weights[9] * fit[k]
            + weights[1] * min(1.0, available * b.inverse_left)
            + (weights[7] + saving[steps, 1] * b.root_speed) * patience[k]
        )
