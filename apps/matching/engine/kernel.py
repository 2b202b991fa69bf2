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
from apps.matching.engine.columns import MISSING
from apps.matching.engine.compiled import compiled, inner
from apps.matching.engine.gate_sets import gate_sets
from apps.matching.engine.index import Index
from apps.matching.engine.prepared import NUMBERS, Prepared, lever_points
from apps.matching.engine.relations import Tables
from apps.matching.engine.shortlist import COLUMNS, Buffers, Scale, keep_investor, keep_startup
from apps.matching.engine.tile_sets import prepare_tile
from apps.matching.engine.world import MandateArrays, Weights

_LN_CENTRE, _INVERSE_SIGMA, _FIT, _TENOR, _CAPACITY_LEFT, _TICKET_MIN, _CAPPED, _AREA_SCALE = range(len(NUMBERS))
(
    _INVESTOR,
    _STARTUP,
    _LOW,
    _LEFT,
    _TENORS,
    _FLOORS,
    _SPREADS,
    _ROOTS,
    _LOWS,
    _LEFTS,
    _OVERLAPS,
    _FITS,
    _PATIENCES,
    _AVAILABLE,
) = range(len(COLUMNS))
_ONE, _TWO = np.uint64(1), np.uint64(2)
_NOTHING, _HALF_POINT, _WHOLE = np.float32(0), np.float32(0.5), np.float32(1)
_SERIES = tuple(np.float32(value) for value in (-1 / 64, -20 / 32, 1 / 2, 1 / 6, 1 / 24))
"""−½ and the least exponent, both over 2⁵, and the series' coefficients."""


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
    scales: tuple[Scale, Scale],
    wanted: tuple[bool, bool],
) -> None:
    """Words first … first + count of the pool against every mandate; `wanted`: (investor side, startup side)."""
    start = first * 64
    end = min(start + count * 64, x.left.shape[0])
    rows_of = x.rows[start:end]
    valid = x.valid[first : first + count]
    prepare_tile(x, t, p, first, count, buffers)
    for i in range(m.rows.shape[0]):
        gate_sets(i, m, x, t, w, p, first, count, buffers)
        rows = open_pairs(valid, buffers.words, buffers.found)
        if rows == 0:
            continue
        found = buffers.found[:rows]
        overlaps(i, m, x, start, end, p.numbers[i, _AREA_SCALE], buffers.overlap)
        limited = collect(i, m.rows[i], p, w.saving_steps, w.saving_step_bp, rows_of, found, buffers)
        turn = profile_turn(rows_of, found)
        numbers, has_capacity = p.numbers[i], m.rows[i].has_capacity
        for profile, start_k, end_k in ((0, 0, turn), (1, turn, rows)):
            if end_k > start_k:
                pair_scores(numbers, has_capacity, p.weights[profile], buffers.columns, start_k, end_k)
        if wanted[0]:
            if p.numbers[i, _CAPPED] == 1.0:
                cap_scores(i, m.rows[i], x, w, p, x.left[start:end], rows_of, found, limited, buffers, scales[0].parts)
            keep_investor(i, start, found, buffers, kept, scales[0])
        if wanted[1]:
            keep_startup(i, found, buffers, kept, scales[1])


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
def profile_turn(rows_of: Any, found: Any) -> int:
    """Where the open pairs' profile turns from the first to the second; the index is sorted by profile."""
    low, high = 0, len(found)
    while low < high:
        middle = (low + high) // 2
        if rows_of[found[middle] >> _TWO].profile == 0:
            low = middle + 1
        else:
            high = middle
    return low


@inner
def collect(i: int, a: Any, p: Prepared, most: int, step: int, rows_of: Any, found: Any, buffers: Buffers) -> int:
    """Brings the open pairs' numbers together as columns, and sums what tables hold of both scores.

    The fund's part is as if no cap limited a cover. Gives how many pairs a lever admits, listed in `limited`.
    """
    maturity, home, instruments, rate, decision = p.maturity[i], p.home[i], p.instruments[i], p.rate[i], p.decision[i]
    columns, overlap, limited = buffers.columns, buffers.overlap, buffers.limited
    investor, startup = columns[_INVESTOR], columns[_STARTUP]
    ln_low, ln_left, tenors, floors = columns[_LOW], columns[_LEFT], columns[_TENORS], columns[_FLOORS]
    spreads, roots, lows, lefts = columns[_SPREADS], columns[_ROOTS], columns[_LOWS], columns[_LEFTS]
    overlaps_ = columns[_OVERLAPS]
    offered, offer, inverse_step, last = (
        a.offer != MISSING,
        np.float32(a.offer),
        np.float32(1.0 / step),
        np.float32(most),
    )
    admits = 0
    for k in range(len(found)):  # Apart from the sums, so that many rows are on their way from memory at once.
        at = found[k] >> _TWO
        b = rows_of[at]
        ln_low[k], ln_left[k], tenors[k], floors[k] = b.ln_low, b.ln_left, b.inverse_tenor, b.patience_floor
        lows[k], lefts[k], overlaps_[k] = b.low, b.inverse_left, overlap[at]
        limited[admits] = k
        admits += int(found[k] & _ONE)
    for k in range(len(found)):
        admitted = found[k] & _ONE
        b = rows_of[found[k] >> _TWO]
        stepped = min(max((b.marginal - offer + _HALF_POINT) * inverse_step, _NOTHING), last)
        code = b.saving_code
        if code == _NOTHING:
            code = stepped
        if not offered and b.saving_code <= last + _WHOLE:
            code = _NOTHING
        steps = np.uint32(code)
        investor[k] = (
            b.own
            + maturity[b.maturity, 0]
            + home[b.home, 0]
            + instruments[b.instruments, 0]
            + rate[b.rate, admitted, 0]
        )
        startup[k] = (
            decision[b.profile]
            + maturity[b.maturity, 1]
            + home[b.home, 1]
            + instruments[b.instruments, 1]
            + p.saving[b.profile, steps, 0]
        )
        spreads[k] = rate[b.rate, admitted, 1] * b.root_speed
        roots[k] = p.saving[b.profile, steps, 1] * b.root_speed
    return admits


@inner
def pair_scores(numbers: Any, has_capacity: bool, weights: Any, columns: Any, first: int, last: int) -> None:
    """Adds what amounts, tenors and areas make of both scores; short loops over columns, for the vector units."""
    fit, patience, available = (
        columns[_FITS, first:last],
        columns[_PATIENCES, first:last],
        columns[_AVAILABLE, first:last],
    )
    centre, inverse_sigma = np.float32(numbers[_LN_CENTRE]), np.float32(numbers[_INVERSE_SIGMA])
    ticket_bell(
        columns[_LOW, first:last], columns[_LEFT, first:last], centre, inverse_sigma, np.float32(numbers[_FIT]), fit
    )
    limited_ratio(columns[_TENORS, first:last], np.float32(numbers[_TENOR]), columns[_FLOORS, first:last], patience)
    if has_capacity or numbers[_FIT] != 1.0:
        scaled_ratio(columns[_LEFTS, first:last], np.float32(numbers[_CAPACITY_LEFT]), available)
    else:
        raised_ratio(
            columns[_LOWS, first:last], columns[_LEFTS, first:last], np.float32(numbers[_TICKET_MIN]), available
        )
    investor, startup = columns[_INVESTOR, first:last], columns[_STARTUP, first:last]
    add_weighted(investor, columns[_OVERLAPS, first:last], np.float32(weights[0]), fit, np.float32(weights[1]))
    add_product(investor, columns[_SPREADS, first:last], np.float32(weights[2]), patience)
    add_weighted(startup, columns[_OVERLAPS, first:last], np.float32(weights[3]), fit, np.float32(weights[4]))
    add_product(startup, columns[_ROOTS, first:last], np.float32(weights[5]), patience)
    add_scaled(startup, available, np.float32(weights[6]))


@inner
def ticket_bell(low: Any, left: Any, centre: Any, inverse_sigma: Any, scale: Any, fit: Any) -> None:
    """`ticket_fit`: `exp(y)` for `y ≤ 0`, good to 10⁻⁵ absolute, as a short series squared five times."""
    for k in range(len(fit)):
        distance = (min(max(centre, low[k]), left[k]) - centre) * inverse_sigma
        z = max(distance * distance * _SERIES[0], _SERIES[1])
        e = _WHOLE + z * (_WHOLE + z * (_SERIES[2] + z * (_SERIES[3] + z * _SERIES[4])))
        e *= e
        e *= e
        e *= e
        e *= e
        fit[k] = e * e * scale


@inner
def limited_ratio(inverse: Any, amount: Any, floor: Any, ratio: Any) -> None:
    """`ratio = max(floor, min(1, amount · inverse))`."""
    for k in range(len(ratio)):
        ratio[k] = max(floor[k], min(_WHOLE, amount * inverse[k]))


@inner
def scaled_ratio(inverse: Any, amount: Any, ratio: Any) -> None:
    """`ratio = min(1, amount · inverse)`."""
    for k in range(len(ratio)):
        ratio[k] = min(_WHOLE, amount * inverse[k])


@inner
def raised_ratio(low: Any, inverse: Any, least: Any, ratio: Any) -> None:
    """`ratio = min(1, max(low, least) · inverse)`."""
    for k in range(len(ratio)):
        ratio[k] = min(_WHOLE, max(low[k], least) * inverse[k])


@inner
def add_weighted(total: Any, one: Any, weight_one: Any, other: Any, weight_other: Any) -> None:
    """`total += weight · one + weight · other`."""
    for k in range(len(total)):
        total[k] += weight_one * one[k] + weight_other * other[k]


@inner
def add_product(total: Any, factor: Any, offset: Any, column: Any) -> None:
    """`total += (offset + factor) · column`."""
    for k in range(len(total)):
        total[k] += (offset + factor[k]) * column[k]


@inner
def cap_scores(
    i: int,
    a: Any,
    x: Index,
    w: Weights,
    p: Prepared,
    left: Any,
    rows_of: Any,
    found: Any,
    count: int,
    buffers: Buffers,
    parts: Any,
) -> None:
    """Corrects the fund's scores of the admitted pairs whose ticket lies above the cap of the cover.

    A cap never raises a score: what is below the mandate's least even so stays as it is.
    """
    investor, leasts = buffers.columns[_INVESTOR], buffers.investor_least[:, i]
    rate, tenor, priced = p.rate[i], p.numbers[i, _TENOR], p.numbers[i, _FIT] == 1.0
    for n in range(count):
        k = buffers.limited[n]
        if investor[k] * parts < leasts[(found[k] >> _ONE) & _ONE]:
            continue
        at = found[k] >> _TWO
        upper = min(left[at], a.ticket_max) if priced else math.nan
        if upper <= a.cover_cap:
            continue
        b = rows_of[at]
        cover = cover_of(a.cover, a.cover_cap, upper)
        risk, spread = lever_points(a, x.full[x.rate_first[b.rate]], cover, a.premium, w, buffers.scratch)
        depth = b.root_speed * max(b.patience_floor, min(1.0, tenor * b.inverse_tenor))
        investor[k] += (risk - rate[b.rate, 1, 0]) + (spread - rate[b.rate, 1, 1]) * depth
