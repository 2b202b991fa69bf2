"""The gates of one mandate against a tile of raises, as bit sets: 64 raises at a time."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from apps.matching.engine.bits import ones
from apps.matching.engine.columns import MISSING
from apps.matching.engine.compiled import inner
from apps.matching.engine.gates import GATES
from apps.matching.engine.index import Index
from apps.matching.engine.pairs import lever_answer
from apps.matching.engine.prepared import Prepared
from apps.matching.engine.relations import FAIL, PASS, UNKNOWN, Tables
from apps.matching.engine.shortlist import Buffers
from apps.matching.engine.tile_sets import LEFT, LOW, clear, join, lowest_set, part_sets, rank_of
from apps.matching.engine.world import MandateArrays, Weights

_AREA, _TICKET, _CAPACITY, _LEVER, _HISTORY = (
    GATES.index(name) for name in ("area", "ticket", "capacity", "lever", "history")
)
_LEVER_PARTS = 3
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_ONE = np.uint64(1)


@inner
def add_part(
    i: int,
    k: int,
    x: Index,
    t: Tables,
    p: Prepared,
    first: int,
    count: int,
    buffers: Buffers,
    failed: Any,
    unknown: Any,
) -> None:
    """As `part_sets`, from the tile's sets where several mandates share the answers."""
    n = p.patterns.number[i, k]
    if n < 0:
        part_sets(i, k, x, t, first, count, failed, unknown)
    else:
        join(failed, buffers.pattern_sets[0, n, :count])
        join(unknown, buffers.pattern_sets[1, n, :count])


@inner
def counted(failed: Any, valid: Any) -> Any:
    """How many raises of the tile a bit set holds."""
    total = np.uint64(0)
    for k in range(len(valid)):
        total += ones(failed[k] & valid[k])
    return np.int64(total)


@inner
def lever_sets(
    i: int, m: MandateArrays, x: Index, t: Tables, p: Prepared, first: int, count: int, buffers: Buffers
) -> None:
    """`words[2]`, `words[3]`: gate `lever` fails, is unknown; `words[6]`: the lever admits the raise."""
    a, words = m.rows[i], buffers.words
    failed, unknown, refused, open_ = words[2], words[3], words[4], words[5]
    admits, needed = words[6], words[7]
    for k in range(2, 8):
        clear(words[k])
    if a.lever_dates == PASS:
        parts = x.gate_first.shape[0]
        for k in range(parts - _LEVER_PARTS, parts):
            add_part(i, k, x, t, p, first, count, buffers, refused, open_)
        for k in range(len(admits)):
            admits[k] = ~(refused[k] | open_[k])
    else:
        for k in range(len(refused)):
            refused[k] = _ALL
    if a.offer == MISSING:
        return
    for code in range(x.rate_first.shape[0]):
        b = x.full[x.rate_first[code]]
        answer = lever_answer(b.klass, a.offer, b.build_up, FAIL)
        if answer == FAIL:
            join(needed, x.rate_bits[code, first : first + count])
        elif answer == UNKNOWN:
            join(unknown, x.rate_bits[code, first : first + count])
    for k in range(len(failed)):
        failed[k] = needed[k] & refused[k]
        unknown[k] |= needed[k] & ~refused[k] & open_[k]


@inner
def money_sets(i: int, m: MandateArrays, x: Index, first: int, count: int, buffers: Buffers, gate: int) -> None:
    """`words[2]`, `words[3]`: gate `ticket` or `capacity` fails, is unknown (no exchange rate)."""
    a, failed, unknown, below = m.rows[i], buffers.words[2], buffers.words[3], buffers.words[4]
    clear(failed)
    clear(unknown)
    if gate == _CAPACITY and not a.has_capacity:
        return
    if math.isnan(a.ticket_max):
        for k in range(len(unknown)):
            unknown[k] = _ALL
        return
    most, every = a.capacity, a.capacity < a.ticket_min
    if gate == _TICKET:
        most, every = a.ticket_max, a.ticket_min > a.ticket_max
    lowest_set(LOW, rank_of(LOW, most, True, buffers), buffers, below[:count])
    for k in range(count):
        failed[k] = ~below[k]
    if gate == _TICKET:
        join(failed, x.inverted[first : first + count])
        lowest_set(LEFT, rank_of(LEFT, a.ticket_min, False, buffers), buffers, below[:count])
        join(failed, below[:count])
    unpriced = x.unpriced[first : first + count]
    for k in range(count):
        if every:
            failed[k] = _ALL
        failed[k] &= ~unpriced[k]
        unknown[k] = unpriced[k]


@inner
def settle(gate: int, valid: Any, failed: Any, unknown: Any, words: Any, failures: Any) -> None:
    """Counts a gate's failures and adds its answers to the pair's."""
    failures[gate] += counted(failed, valid)
    join(words[0], failed)
    join(words[1], unknown)


@inner
def gate_sets(
    i: int, m: MandateArrays, x: Index, t: Tables, w: Weights, p: Prepared, first: int, count: int, buffers: Buffers
) -> None:
    """`words[0]`, `words[1]`: a gate fails, is unknown; counts the failures of each gate."""
    words, failures = buffers.words, buffers.failures[i]
    valid, failed, unknown = x.valid[first : first + count], words[2], words[3]
    for k in range(4):
        clear(words[k])
    parts = x.gate_first.shape[0] - _LEVER_PARTS
    for k in range(parts):
        add_part(i, k, x, t, p, first, count, buffers, failed, unknown)
        if w.gate_bits[k + 1] != w.gate_bits[k]:
            settle(w.gate_number[k], valid, failed, unknown, words, failures)
            clear(failed)
            clear(unknown)
    for gate in (_TICKET, _CAPACITY):
        money_sets(i, m, x, first, count, buffers, gate)
        settle(gate, valid, failed, unknown, words, failures)
    lever_sets(i, m, x, t, p, first, count, buffers)
    settle(_LEVER, valid, failed, unknown, words, failures)

    clear(failed)
    clear(unknown)
    for k in range(m.area_start[i], m.area_start[i + 1]):
        if m.area_weight[k] > 0.0:
            join(failed, x.area_bits[m.area_index[k], first : first + count])
    for k in range(len(failed)):
        failed[k] = ~failed[k]
    settle(_AREA, valid, failed, unknown, words, failures)

    for k in range(m.declined_start[i], m.declined_start[i + 1]):
        at = x.position[m.declined[k]]
        word = at // 64 - first
        if 0 <= word < count:
            failures[_HISTORY] += 1
            words[0][word] |= _ONE << np.uint64(at % 64)
