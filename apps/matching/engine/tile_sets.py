"""What all mandates ask of one tile of raises, as bit sets made once per tile: gate patterns, and ranks of amounts."""

from __future__ import annotations

from typing import Any

import numpy as np

from apps.matching.engine.bits import WORD
from apps.matching.engine.compiled import inner
from apps.matching.engine.index import Index
from apps.matching.engine.prepared import Prepared
from apps.matching.engine.relations import FAIL, PASS, Tables
from apps.matching.engine.shortlist import Buffers

LOW, LEFT = range(2)
"""The amounts that raises are ranked by."""

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
def prepare_tile(x: Index, t: Tables, p: Prepared, first: int, count: int, buffers: Buffers) -> None:
    """Fills the tile's `pattern_sets` and amounts in order."""
    for n in range(p.patterns.used[0]):
        failed, unknown = buffers.pattern_sets[0, n, :count], buffers.pattern_sets[1, n, :count]
        clear(failed)
        clear(unknown)
        part_sets(p.patterns.mandate[n], p.patterns.relation[n], x, t, first, count, failed, unknown)
    for amount in range(2):
        rank_amounts(x.amount_order[amount], x.amounts[amount], first, count, amount, buffers)


@inner
def rank_amounts(order: Any, amounts: Any, first: int, count: int, amount: int, buffers: Buffers) -> None:
    """The tile's raises from the least amount to the largest, and the set of the first 64, 128, …"""
    own, ranked, sets = buffers.amount_order[amount], buffers.amounts[amount], buffers.amount_sets[amount]
    start, end, rows = first * WORD, (first + count) * WORD, 0
    clear(sets[0])
    for k in range(len(order)):
        if start <= order[k] < end:
            at = np.uint64(order[k] - start)
            own[rows], ranked[rows] = at, amounts[order[k]]
            if rows % WORD == 0:
                for word in range(count):
                    sets[rows // WORD + 1, word] = sets[rows // WORD, word]
            sets[rows // WORD + 1, at // np.uint64(WORD)] |= _ONE << (at % np.uint64(WORD))
            rows += 1
    buffers.ranked[amount] = rows


@inner
def lowest_set(amount: int, rank: int, buffers: Buffers, target: Any) -> None:
    """The set of the tile's `rank` raises with the least amounts."""
    source, own = buffers.amount_sets[amount, rank // WORD], buffers.amount_order[amount]
    for word in range(len(target)):
        target[word] = source[word]
    for k in range(rank - rank % WORD, rank):
        target[own[k] // np.uint64(WORD)] |= _ONE << (own[k] % np.uint64(WORD))


@inner
def rank_of(amount: int, limit: float, inclusive: bool, buffers: Buffers) -> int:
    """How many of the tile's raises have an amount below `limit`, or at most it if `inclusive`."""
    ranked = buffers.amounts[amount]
    low, high = 0, buffers.ranked[amount]
    while low < high:
        middle = (low + high) // 2
        if ranked[middle] < limit or (inclusive and not ranked[middle] > limit):
            low = middle + 1
        else:
            high = middle
    return low
