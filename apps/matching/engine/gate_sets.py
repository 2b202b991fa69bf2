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
from apps.matching.engine.relations import FAIL, PASS, UNKNOWN, Tables
from apps.matching.engine.shortlist import Buffers
from apps.matching.engine.world import MandateArrays, Weights

_AREA, _TICKET, _CAPACITY, _LEVER, _HISTORY = (
    GATES.index(name) for name in ("area", "ticket", "capacity", "lever", "history")
)
_LEVER_PARTS = 3
_GATHER = np.uint64(0x0102040810204080)
_TOP_BYTE = np.uint64(56)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_ONE = np.uint64(1)


@inner
def join(target: Any, source: Any) -> None:
    """Adds one bit set to another of the same length."""
    for k in range(len(source)):
        target[k] |= source[k]


@inner
def clear(target: Any) -> None:
    """Empties a bit set."""
    for k in range(len(target)):
        target[k] = 0


@inner
def part_sets(i: int, k: int, x: Index, t: Tables, first: int, count: int, failed: Any, unknown: Any) -> None:
    """Adds the tile's raises that relation `k` fails or leaves unknown for mandate `i`."""
    column = t.gate_column[k]
    start = x.gate_first[k]
    if start >= 0:
        for at in range(t.hit_start[i, k], t.hit_start[i, k + 1]):
            source = x.gate_bits[start + t.hits[at] - column, first : first + count]
            if t.gates[i, t.hits[at]] == FAIL:
                join(failed, source)
            else:
                join(unknown, source)
        return
    answers = t.gates[i, column : t.gate_column[k + 1]]
    codes = x.codes[k, first * 64 : (first + count) * 64]
    for at in range(len(codes)):
        answer = answers[codes[at]]
        if answer != PASS:
            word, bit = at // 64, _ONE << np.uint64(at % 64)
            if answer == FAIL:
                failed[word] |= bit
            else:
                unknown[word] |= bit


@inner
def counted(failed: Any, valid: Any) -> Any:
    """How many raises of the tile a bit set holds."""
    total = np.uint64(0)
    for k in range(len(valid)):
        total += ones(failed[k] & valid[k])
    return np.int64(total)


@inner
def lever_sets(i: int, m: MandateArrays, x: Index, t: Tables, first: int, count: int, words: Any) -> None:
    """`words[2]`, `words[3]`: gate `lever` fails, is unknown; `words[6]`: the lever admits the raise."""
    a = m.rows[i]
    failed, unknown, refused, open_ = words[2], words[3], words[4], words[5]
    admits, needed = words[6], words[7]
    for k in range(2, 8):
        clear(words[k])
    if a.lever_dates == PASS:
        parts = x.gate_first.shape[0]
        for k in range(parts - _LEVER_PARTS, parts):
            part_sets(i, k, x, t, first, count, refused, open_)
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
def pack(flag_words: Any, target: Any) -> None:
    """Bytes of 0 and 1, eight at a time, as a bit set."""
    for k in range(len(target)):
        word = np.uint64(0)
        for byte in range(8):
            eight = (flag_words[k * 8 + byte] * _GATHER) >> _TOP_BYTE
            word |= eight << np.uint64(8 * byte)
        target[k] = word


@inner
def ticket_set(low: Any, left: Any, ticket_min: float, ticket_max: float, flags: Any) -> None:
    """Flags the raises whose common ticket interval with the mandate is empty."""
    for k in range(len(low)):
        flags[k] = (low[k] > ticket_max) | (left[k] < ticket_min)


@inner
def capacity_set(low: Any, capacity: float, flags: Any) -> None:
    """Flags the raises whose common ticket begins above the capacity left."""
    for k in range(len(low)):
        flags[k] = low[k] > capacity


@inner
def money_sets(i: int, m: MandateArrays, x: Index, first: int, count: int, buffers: Buffers, gate: int) -> None:
    """`words[2]`, `words[3]`: gate `ticket` or `capacity` fails, is unknown (no exchange rate)."""
    a, failed, unknown = m.rows[i], buffers.words[2], buffers.words[3]
    clear(failed)
    clear(unknown)
    if gate == _CAPACITY and not a.has_capacity:
        return
    if math.isnan(a.ticket_max):
        for k in range(len(unknown)):
            unknown[k] = _ALL
        return
    low = x.low[first * 64 : (first + count) * 64]
    if gate == _TICKET:
        ticket_set(low, x.left[first * 64 : (first + count) * 64], a.ticket_min, a.ticket_max, buffers.flags)
        every = a.ticket_min > a.ticket_max
    else:
        capacity_set(low, a.capacity, buffers.flags)
        every = a.capacity < a.ticket_min
    pack(buffers.flag_words, failed)
    unpriced, inverted = x.unpriced[first : first + count], x.inverted[first : first + count]
    if gate == _TICKET:
        join(failed, inverted)
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
    i: int, m: MandateArrays, x: Index, t: Tables, w: Weights, first: int, count: int, buffers: Buffers
) -> None:
    """`words[0]`, `words[1]`: a gate fails, is unknown; counts the failures of each gate."""
    words, failures = buffers.words, buffers.failures[i]
    valid, failed, unknown = x.valid[first : first + count], words[2], words[3]
    for k in range(4):
        clear(words[k])
    parts = x.gate_first.shape[0] - _LEVER_PARTS
    for k in range(parts):
        part_sets(i, k, x, t, first, count, failed, unknown)
        if w.gate_bits[k + 1] != w.gate_bits[k]:
            settle(w.gate_number[k], valid, failed, unknown, words, failures)
            clear(failed)
            clear(unknown)
    for gate in (_TICKET, _CAPACITY):
        money_sets(i, m, x, first, count, buffers, gate)
        settle(gate, valid, failed, unknown, words, failures)
    lever_sets(i, m, x, t, first, count, words)
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
