"""A pool of raises laid out for ranking: sorted, its facts as bit sets and joint codes, its numbers in short rows."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from apps.matching.engine.bits import packed
from apps.matching.engine.columns import GRANT, MISSING, Raises
from apps.matching.engine.model import PROFILES, SPEED_FEATURES, Model

WIDEST = 128
"""Relations with more distinct values on the raise's side are looked up raise by raise instead of by bit sets."""

ROW = np.dtype(
    [
        ("ln_low", np.float32),
        ("ln_left", np.float32),
        ("low", np.float32),
        ("inverse_left", np.float32),
        ("inverse_tenor", np.float32),
        ("patience_floor", np.float32),
        ("marginal", np.float32),
        ("saving_code", np.float32),
        ("root_speed", np.float32),
        ("own", np.float32),
        ("maturity", np.uint32),
        ("home", np.uint32),
        ("instruments", np.uint32),
        ("rate", np.uint32),
        ("profile", np.uint32),
        ("klass", np.uint32),
    ],
    align=True,
)
"""One raise for ranking; `own` is the fund's score from the raise alone, `maturity` … `rate` are joint codes.

`saving_code` is 0 where the saving depends on the offer, else its place in `Prepared.saving`.
"""


class Index(NamedTuple):
    """Everything in sorted positions; `place` maps a position to the raise, `position` the other way."""

    place: NDArray[np.int32]
    position: NDArray[np.int64]
    valid: NDArray[np.uint64]
    unpriced: NDArray[np.uint64]
    inverted: NDArray[np.uint64]
    full: NDArray[Any]
    rows: NDArray[Any]
    left: NDArray[np.float64]
    amounts: NDArray[np.float64]
    """[low and left] without an exchange rate where they pass every limit"""
    amount_order: NDArray[np.int32]
    """[low and left] the positions by ascending amount"""
    strengths: NDArray[np.float32]
    area_bits: NDArray[np.uint64]
    gate_bits: NDArray[np.uint64]
    gate_first: NDArray[np.int64]
    codes: NDArray[np.int32]
    rate_bits: NDArray[np.uint64]
    rate_first: NDArray[np.int64]
    maturity_first: NDArray[np.int64]
    home_first: NDArray[np.int64]
    instruments_first: NDArray[np.int64]


def index_raises(*, raises: Raises, model: Model) -> Index:
    """The index of a pool. `*_first` give one raise of each joint code, `gate_first` each relation's first bit set."""
    rows, n = raises.rows, len(raises.rows)
    f, g = raises.features.codes, raises.gates.codes
    lead_root = np.argmax(raises.strengths > 0, axis=1) if n else np.zeros(0, np.int64)
    place = np.lexsort((lead_root, g[:, 2], rows["klass"], rows["profile"]))
    position = np.empty(n, np.int64)
    position[place] = np.arange(n)

    short, scale = np.zeros(n, ROW), float(model.parameters.get("capacity_full_scale", 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        short["ln_low"] = np.maximum(rows["ln_low"], -1e9)
        short["ln_left"] = np.maximum(rows["ln_left"], -1e9)
        short["low"] = np.nan_to_num(rows["low"])
        short["inverse_left"] = np.where(rows["left"] > 0, 1.0 / (scale * rows["left"]), 0.0)
        short["inverse_tenor"] = np.where(
            rows["tenor"] > 0, 1.0 / rows["tenor"], np.where(rows["tenor"] <= 0, 1e9, 0.0)
        )
    short["patience_floor"] = rows["klass"] == GRANT
    short["marginal"] = rows["marginal"]
    steps = model.parameters["saving_steps"]
    short["saving_code"] = np.where(
        rows["klass"] == GRANT, steps + 2, np.where(rows["marginal"] == MISSING, steps + 1, 0)
    )
    short["root_speed"] = np.sqrt(rows["speed"])
    short["profile"], short["klass"] = rows["profile"], rows["klass"]
    for number, profile in enumerate(PROFILES):
        weights = model.weights["investor"][profile]
        mine = rows["profile"] == number
        own = np.zeros(n)
        for name in (*SPEED_FEATURES, "evidence"):
            whole = np.floor(1e6 * rows[name] + 0.5).astype(np.int64)
            own += (weights[name] * whole + 500_000) // 1_000_000
        short["own"][mine] = own[mine]
    money = [rows[name] for name in ("rate_a", "rate_b", "rate_c", "risk", "risk_best", "build_up", "build_up_best")]
    maturity_first, short["maturity"] = _joint(rows["profile"], f[:, 0], f[:, 1])
    home_first, short["home"] = _joint(rows["profile"], f[:, 2])
    instruments_first, short["instruments"] = _joint(rows["profile"], f[:, 3], f[:, 4])
    rate_first, short["rate"] = _joint(rows["profile"], rows["klass"], *money)

    amounts = np.stack([_known(rows["low"][place], -np.inf), _known(rows["left"][place], np.inf)])
    bits, starts, used = [], [], 0
    for k, values in enumerate(raises.gates.values):
        wide = len(values) > WIDEST
        starts.append(-1 if wide else used)
        if not wide:
            bits.append(_sets(g[place, k], len(values)))
            used += len(values)
    return Index(
        place=place.astype(np.int32),
        position=position,
        valid=packed(np.ones(n, np.bool_)),
        unpriced=packed(np.isnan(rows["left"][place])),
        inverted=packed(rows["low"][place] > rows["left"][place]),
        full=rows,
        rows=_in_lines(short[place]),
        left=rows["left"][place],
        amounts=amounts,
        amount_order=np.argsort(amounts, axis=1, kind="stable").astype(np.int32),
        strengths=np.ascontiguousarray(raises.strengths[place].T.astype(np.float32)),
        area_bits=packed(raises.strengths[place].T > 0),
        gate_bits=np.concatenate(bits),
        gate_first=np.array(starts, np.int64),
        codes=np.ascontiguousarray(g[place].T),
        rate_bits=_sets(short["rate"][place], len(rate_first)),
        rate_first=rate_first,
        maturity_first=maturity_first,
        home_first=home_first,
        instruments_first=instruments_first,
    )


def _sets(codes: NDArray[np.int32], count: int) -> NDArray[np.uint64]:
    return packed(codes[None, :] == np.arange(count, dtype=np.int32)[:, None])


def _joint(*columns: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """One item of each distinct combination, and every item's combination."""
    joint = np.zeros(len(columns[0]), np.int64)
    first = np.zeros(min(1, len(joint)), np.int64)
    for column in columns:
        values, codes = np.unique(column, return_inverse=True, equal_nan=True)
        _, first, joint = np.unique(joint * max(1, len(values)) + codes, return_index=True, return_inverse=True)
    return first.astype(np.int64), joint.astype(np.int32)


def _known(amounts: NDArray[np.float64], instead: float) -> NDArray[np.float64]:
    return np.where(np.isnan(amounts), instead, amounts)


def _in_lines(rows: NDArray[Any]) -> NDArray[Any]:
    """The rows where each begins a cache line of its own."""
    line = rows.itemsize
    room = np.zeros((len(rows) + 1) * line, np.uint8)
    start = -room.ctypes.data % line
    placed = room[start : start + len(rows) * line].view(rows.dtype)
    placed[:] = rows
    return placed
