"""The arithmetic of one pair, compiled: exact sums, integer contributions, and the features of both sides' numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apps.matching.engine.columns import GRANT, MISSING
from apps.matching.engine.compiled import inner


@inner
def exact_sum(values: NDArray[np.float64], n: int, parts: NDArray[np.float64]) -> float:
    """The exactly rounded sum of the first `n` values, as `math.fsum`; `parts` is scratch.

    The plain sum and its collected rounding errors settle it unless the result lies next to a rounding boundary.
    """
    total, error, size = 0.0, 0.0, 0.0
    for k in range(n):
        x = values[k]
        after = total + x
        kept = after - total
        lost = (total - (after - kept)) + (x - kept)
        total = after
        error += lost
        size += abs(lost)
    doubt = size * n * 1e-15
    lowest, highest = total + (error - doubt), total + (error + doubt)
    if lowest == highest:
        return lowest
    return partial_sum(values, n, parts)


@inner
def partial_sum(values: NDArray[np.float64], n: int, parts: NDArray[np.float64]) -> float:
    """The exactly rounded sum by partial sums that do not overlap (Shewchuk 1997)."""
    used = 0
    for k in range(n):
        x = values[k]
        kept = 0
        for j in range(used):
            y = parts[j]
            if abs(x) < abs(y):
                x, y = y, x
            high = x + y
            low = y - (high - x)
            if low != 0.0:
                parts[kept] = low
                kept += 1
            x = high
        parts[kept] = x
        used = kept + 1
    if used == 0:
        return 0.0
    used -= 1
    total = parts[used]
    low = 0.0
    while used > 0:
        x = total
        used -= 1
        total = x + parts[used]
        low = parts[used] - (total - x)
        if low != 0.0:
            break
    if used > 0 and ((low < 0.0 and parts[used - 1] < 0.0) or (low > 0.0 and parts[used - 1] > 0.0)):
        twice = low * 2.0
        x = total + twice
        if x - total == twice:
            total = x
    return float(total)


@inner
def ppm(x: float) -> int:
    """`⌊10⁶ x + ½⌋` of an `x` that is not negative."""
    return int(1e6 * x + 0.5)


@inner
def contribution(weight: int, x: float) -> int:
    """`(w · X + 500 000) div 10⁶`."""
    return (weight * ppm(x) + 500_000) // 1_000_000


@inner
def is_close_call(scaled: float) -> bool:
    """Whether a value to be rounded down lies so near an integer that only an exactly rounded sum can decide."""
    return abs(scaled - math.floor(scaled + 0.5)) < 1e-6


@inner
def clamp(x: float) -> float:
    """`x` limited to [0, 1]."""
    return min(1.0, max(0.0, x))


@inner
def required_rate(
    terms: tuple[float, float, float], risk: float, cover: float, premium: float, build_up: int, scratch: Any
) -> int:
    """`k_required` in bp: the build-up with the risk times (1 − cover), plus the premium; never above the build-up."""
    if build_up == MISSING or (cover == 0.0 and premium == 0.0):
        return build_up
    kept = risk * (1.0 - cover)
    scaled = 1e4 * (terms[0] + terms[1] + terms[2] + kept + premium) + 0.5
    if is_close_call(scaled):
        values = scratch[0]
        values[0], values[1], values[2] = terms
        values[3], values[4] = kept, premium
        scaled = 1e4 * exact_sum(values, 5, scratch[1]) + 0.5
    return min(build_up, math.floor(scaled))


@inner
def cover_of(cover: float, cap: float, upper: float) -> float:
    """`risk_cover · min(1, cover_cap / A)`, `A` the upper end of the common ticket in EUR."""
    if math.isinf(cap):
        return cover
    if math.isnan(upper):
        return 0.0
    if upper <= cap:
        return cover
    return cover * (cap / upper)


@inner
def ticket_fit(raise_: Any, mandate: Any) -> float:
    """`exp(−½ ((ln t − ln centre) / σ)²)`; 0 without an exchange rate or without an amount left."""
    if not (raise_.left > 0.0 and mandate.ticket_max > 0.0):
        return 0.0
    if math.isinf(mandate.sigma):
        return 1.0
    distance = raise_.ln_left - mandate.ln_centre
    if raise_.syndicate and mandate.centre < raise_.left:
        distance = raise_.ln_low - mandate.ln_centre if mandate.centre < raise_.low else 0.0
        if raise_.low > raise_.left:
            distance = raise_.ln_left - mandate.ln_centre
    z = distance / mandate.sigma
    return math.exp(-0.5 * (z * z))


@inner
def patience(klass: int, offered: float, needed: float) -> float:
    """`min(1, tenor_offered / tenor_needed)` in years; 0 where one is not stated, 1 for a grant."""
    if klass == GRANT:
        return 1.0
    if math.isnan(offered) or math.isnan(needed):
        return 0.0
    return 1.0 if offered >= needed else offered / needed


@inner
def capacity_fit(mandate: Any, left: float, low: float, scale: float) -> float:
    """`min(1, capacity_left / (scale · amount_left))` in EUR; the lower end of the common ticket where not stated."""
    capacity = mandate.capacity if mandate.has_capacity else low
    if math.isnan(capacity) or not left > 0.0:
        return 0.0
    full = scale * left
    return 1.0 if capacity >= full else max(0.0, capacity) / full


@inner
def mutual(investor: int, public: int) -> int:
    """`⌊sqrt(score_investor · score_startup_public) + ½⌋`."""
    return math.floor(math.sqrt(float(investor * public)) + 0.5)
