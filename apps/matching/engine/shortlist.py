"""The best candidates of every owner while pairs are being ranked, and the buffers that hold them."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from apps.matching.engine.compiled import compiled, inner

ERROR = 4.0
"""Bound on |ranking score − published score|: up to five contributions not rounded, half a point each, and float32."""
SCORE_BITS = 14
SECTIONS = 2
"""Section 0: all gates passed; section 1: none failed, some unknown."""

_ONE, _TWO = np.uint64(1), np.uint64(2)

COLUMNS = (
    "investor",
    "startup",
    "ln_low",
    "ln_left",
    "inverse_tenor",
    "patience_floor",
    "spread",
    "root",
    "low",
    "inverse_left",
    "overlap",
    "fit",
    "patience",
    "available",
)
"""The open pairs' numbers as columns, the two scores first."""


class BlockTooLarge(ValueError):
    """More owners or candidates than a key can number."""


class Scale(NamedTuple):
    """How a candidate's key is made: its score in so many parts of a point, above `shift` bits for its number."""

    shift: np.uint64
    parts: np.float32
    slack: np.uint64


def scale_of(candidates: int, key_bits: int) -> Scale:
    """The finest scale that numbers so many candidates in keys of so many bits. Raises BlockTooLarge."""
    shift = max(1, (candidates - 1).bit_length())
    parts = 2.0 ** min(6, key_bits - SCORE_BITS - shift)
    if parts < 1:
        raise BlockTooLarge(candidates)
    return Scale(np.uint64(shift), np.float32(parts), np.uint64(math.ceil(2 * ERROR * parts)))


class Buffers(NamedTuple):
    """One thread's candidates: per mandate over all its tiles, per raise over the current tile."""

    investor_keys: NDArray[np.uint64]
    """[section, mandate, room] candidates as `key_of`"""
    investor_count: NDArray[np.int64]
    investor_least: NDArray[np.float32]
    startup_keys: NDArray[np.uint32]
    """[section · raise of the tile · room], flat, as its counts and least keys"""
    startup_count: NDArray[np.int16]
    startup_least: NDArray[np.float32]
    failures: NDArray[np.int64]
    words: NDArray[np.uint64]
    pattern_sets: NDArray[np.uint64]
    """[fails or is unknown, pattern, word] of the current tile"""
    amounts: NDArray[np.float64]
    amount_order: NDArray[np.uint64]
    """[low and left, rank] the current tile's amounts in ascending order, and whose they are"""
    amount_sets: NDArray[np.uint64]
    """[low and left, n, word] the 64 · n least"""
    ranked: NDArray[np.int64]
    found: NDArray[np.uint64]
    limited: NDArray[np.int64]
    overlap: NDArray[np.float32]
    columns: NDArray[np.float32]
    """[COLUMNS, open pair]"""
    scratch: NDArray[np.float64]


@inner
def select(keys: Any, count: int, wanted: int) -> Any:
    """Partitions the first `count` keys so that the `wanted` largest come first; gives the smallest of those."""
    low: Any = 0
    high: Any = count - 1
    rank = np.uint64(wanted - 1)
    while low < high:
        middle, place = (low + high) // 2, np.uint64(low)
        pivot, keys[middle] = keys[middle], keys[high]
        for k in range(low, high):  # No branch depends on a key: none could be foreseen.
            key = keys[k]
            keys[k], keys[place] = keys[place], key
            place += np.uint64(key > pivot)
        keys[high], keys[place] = keys[place], pivot
        if place == rank:
            break
        if place > rank:
            high = np.int64(place) - 1
        else:
            low = np.int64(place) + 1
    return keys[rank]


@inner
def key_of(score: float, other: Any, scale: Scale) -> Any:
    """A candidate as one integer that sorts by score: score in parts of a point, then the other's number."""
    return (np.uint64(score * scale.parts) << scale.shift) | np.uint64(other)


@inner
def cut(keys: Any, count: int, kept: int, scale: Scale) -> tuple[Any, Any]:
    """Drops what cannot be among the `kept` best; gives how many are left, and the least score that may, in parts."""
    if count <= kept:
        return count, np.float32(0)
    best = np.uint64(select(keys, count, kept)) >> scale.shift
    least = best - min(best, scale.slack)
    left = np.uint64(kept)
    for k in range(kept, count):
        keys[left] = keys[k]
        left += np.uint64((np.uint64(keys[k]) >> scale.shift) >= least)
    return np.int64(left), np.float32(least)


@inner
def trim(keys: Any, kept: int, scale: Scale) -> tuple[int, Any]:
    """`cut` of a full buffer; an owner with too many near-equal candidates is given up.

    Given up is a count of −1: the exact path then takes all the owner's pairs.
    """
    left, least = cut(keys, len(keys), kept, scale)
    if left > len(keys) - kept // 4 - 1:
        return -1, np.float32(np.inf)
    return left, least


@inner
def keep(keys: Any, counts: Any, leasts: Any, owner: int, key: Any, kept: int, scale: Scale) -> None:
    """Adds a candidate to its owner's buffer."""
    count = counts[owner]
    if count < 0:
        return
    keys[count] = key
    count += 1
    if count == len(keys):
        count, leasts[owner] = trim(keys, kept, scale)
    counts[owner] = count


@inner
def keep_investor(i: int, start: int, found: Any, buffers: Buffers, kept: int, scale: Scale) -> None:
    """Keeps the open pairs that may be among the mandate's best."""
    scores, counts, leasts = buffers.columns[0], buffers.investor_count, buffers.investor_least
    near, rows = buffers.limited, 0
    least_ready, least_other = leasts[0, i], leasts[1, i]
    for k in range(len(found)):
        near[rows] = k
        rows += int(scores[k] * scale.parts >= (least_ready if found[k] & _TWO == 0 else least_other))
    for n in range(rows):
        k = near[n]
        section = (found[k] >> _ONE) & _ONE
        if scores[k] * scale.parts >= leasts[section, i]:
            key = key_of(scores[k], start + np.int64(found[k] >> _TWO), scale)
            keep(buffers.investor_keys[section, i], counts[section], leasts[section], i, key, kept, scale)


@inner
def keep_startup(i: int, found: Any, buffers: Buffers, kept: int, scale: Scale) -> None:
    """Keeps the open pairs that may be among each raise's best."""
    scores, keys, counts, leasts = (
        buffers.columns[1],
        buffers.startup_keys,
        buffers.startup_count,
        buffers.startup_least,
    )
    tile = np.uint64(len(counts) // SECTIONS)
    width = np.uint64(len(keys) // len(counts))
    for k in range(len(found)):
        owner = ((found[k] >> _ONE) & _ONE) * tile + (found[k] >> _TWO)
        if scores[k] * scale.parts >= leasts[owner]:
            count = np.uint64(counts[owner])
            keys[owner * width + count] = key_of(scores[k], i, scale)
            if count + _ONE == width:
                left, leasts[owner] = trim(keys[owner * width : (owner + _ONE) * width], kept, scale)
                counts[owner] = left
            else:
                counts[owner] = count + _ONE


@compiled
def absorb(target: Buffers, source: Buffers, kept: int, scale: Scale) -> None:
    """Adds another thread's candidates per mandate."""
    for section in range(target.investor_count.shape[0]):
        counts, leasts = target.investor_count[section], target.investor_least[section]
        for i in range(len(counts)):
            if source.investor_count[section, i] < 0:
                counts[i] = -1
            for k in range(source.investor_count[section, i]):
                key = source.investor_keys[section, i, k]
                if key >> scale.shift >= leasts[i]:
                    keep(target.investor_keys[section, i], counts, leasts, i, key, kept, scale)


class Found(NamedTuple):
    """Room for candidates: each owner's section together."""

    section: NDArray[np.int8]
    owner: NDArray[np.int32]
    other: NDArray[np.int32]
    score: NDArray[np.float32]


@compiled
def gather(keys: Any, counts: Any, owners: Any, others: Any, kept: int, scale: Scale, found: Found, rows: int) -> int:
    """Adds to `found`, from row `rows` on, what may be among each owner's `kept` best; gives the rows then used.

    `owners` and `others` name what stands behind an owner's and a candidate's number.
    """
    for section in range(counts.shape[0]):
        for owner in range(len(owners)):
            count, _ = cut(keys[section, owner], counts[section, owner], kept, scale)
            for k in range(count):
                key = np.uint64(keys[section, owner, k])
                found.section[rows], found.owner[rows] = section, owners[owner]
                found.other[rows] = others[key & ((_ONE << scale.shift) - _ONE)]
                found.score[rows] = np.float32(key >> scale.shift) / scale.parts
                rows += 1
    return rows
