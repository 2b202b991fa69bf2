"""The best candidates of every owner while pairs are being ranked, and the buffers that hold them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from apps.matching.engine.compiled import compiled, inner

ERROR = 4.0
"""Bound on |ranking score − published score|: up to five contributions not rounded, half a point each, and float32."""
STEPS = 64.0
"""Ranking scores are kept in parts of a point."""
SECTIONS = 2
"""Section 0: all gates passed; section 1: none failed, some unknown."""

_HALF = np.uint64(32)
_SLACK_STEPS = np.uint64(2 * ERROR * STEPS)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_ONE, _TWO = np.uint64(1), np.uint64(2)


class Buffers(NamedTuple):
    """One thread's candidates: per mandate over all its tiles, per raise over the current tile."""

    investor_keys: NDArray[np.uint64]
    """[section, mandate, room] candidates as `key_of`"""
    investor_count: NDArray[np.int64]
    investor_least: NDArray[np.uint64]
    startup_keys: NDArray[np.uint64]
    """[section · raise of the tile · room], flat, as its counts and least keys"""
    startup_count: NDArray[np.int64]
    startup_least: NDArray[np.uint64]
    failures: NDArray[np.int64]
    words: NDArray[np.uint64]
    flags: NDArray[np.uint8]
    flag_words: NDArray[np.uint64]
    found: NDArray[np.uint64]
    overlap: NDArray[np.float32]
    fit: NDArray[np.float64]
    patience: NDArray[np.float64]
    scores: NDArray[np.float32]
    scratch: NDArray[np.float64]


@inner
def select(keys: Any, count: int, wanted: int) -> Any:
    """Partitions the first `count` keys so that the `wanted` largest come first; gives the smallest of those."""
    low, high, rank = 0, count - 1, wanted - 1
    while low < high:
        pivot = keys[(low + high) // 2]
        up, down = low, high
        while up <= down:
            while keys[up] > pivot:
                up += 1
            while keys[down] < pivot:
                down -= 1
            if up <= down:
                keys[up], keys[down] = keys[down], keys[up]
                up += 1
                down -= 1
        if rank <= down:
            high = down
        elif rank >= up:
            low = up
        else:
            break
    return keys[rank]


@inner
def key_of(score: float, other: Any) -> Any:
    """A candidate as one integer that sorts by score: score in parts of STEPS, then the other's number."""
    return (np.uint64(score * STEPS) << _HALF) | np.uint64(other)


@inner
def cut(keys: Any, count: int, kept: int) -> tuple[int, Any]:
    """Drops what cannot be among the `kept` best; gives the number left and the least key that still may."""
    if count <= kept:
        return count, np.uint64(0)
    best = select(keys, count, kept) >> _HALF
    least = (best - min(best, _SLACK_STEPS)) << _HALF
    left = 0
    for k in range(count):
        if keys[k] >= least:
            keys[left] = keys[k]
            left += 1
    return left, least


@inner
def trim(keys: Any, kept: int) -> tuple[int, Any]:
    """`cut` of a full buffer; an owner with too many near-equal candidates is given up.

    Given up is a count of −1: the exact path then takes all the owner's pairs.
    """
    left, least = cut(keys, len(keys), kept)
    if left > len(keys) - kept // 4 - 1:
        return -1, _ALL
    return left, least


@inner
def keep_investor(i: int, start: int, found: Any, buffers: Buffers, kept: int) -> None:
    """Keeps the open pairs that may be among the mandate's best."""
    scores = buffers.scores
    for k in range(len(found)):
        section = (found[k] >> _ONE) & _ONE
        key = key_of(scores[k], start + np.int64(found[k] >> _TWO))
        if key >= buffers.investor_least[section, i]:
            keep(
                buffers.investor_keys[section, i],
                buffers.investor_count[section],
                buffers.investor_least[section],
                i,
                key,
                kept,
            )


@inner
def keep(keys: Any, counts: Any, leasts: Any, owner: int, key: int, kept: int) -> None:
    """Adds a candidate to its owner's buffer."""
    count = counts[owner]
    if count < 0:
        return
    keys[count] = key
    count += 1
    if count == len(keys):
        count, leasts[owner] = trim(keys, kept)
    counts[owner] = count


@inner
def keep_startup(i: int, found: Any, buffers: Buffers, kept: int) -> None:
    """Keeps the open pairs that may be among each raise's best."""
    scores, keys, counts, leasts = buffers.scores, buffers.startup_keys, buffers.startup_count, buffers.startup_least
    tile = np.uint64(len(counts) // SECTIONS)
    width = np.uint64(len(keys) // len(counts))
    for k in range(len(found)):
        owner = ((found[k] >> _ONE) & _ONE) * tile + (found[k] >> _TWO)
        key = key_of(scores[k], i)
        if key >= leasts[owner]:
            count = np.uint64(counts[owner])
            keys[owner * width + count] = key
            if count + _ONE == width:
                left, leasts[owner] = trim(keys[owner * width : (owner + _ONE) * width], kept)
                counts[owner] = left
            else:
                counts[owner] = count + _ONE


@compiled
def absorb(target: Buffers, source: Buffers, kept: int) -> None:
    """Adds another thread's candidates per mandate."""
    for section in range(target.investor_count.shape[0]):
        counts, leasts = target.investor_count[section], target.investor_least[section]
        for i in range(len(counts)):
            if source.investor_count[section, i] < 0:
                counts[i] = -1
            for k in range(source.investor_count[section, i]):
                key = source.investor_keys[section, i, k]
                if key >= leasts[i]:
                    keep(target.investor_keys[section, i], counts, leasts, i, key, kept)


@compiled
def gather(keys: Any, counts: Any, owners: int, kept: int, out: tuple[Any, ...]) -> int:
    """Writes (section, owner, key) of what may be among each owner's `kept` best; gives the number of rows."""
    sections, owner_of, key_at = out
    rows = 0
    for section in range(counts.shape[0]):
        for owner in range(owners):
            count, _ = cut(keys[section, owner], counts[section, owner], kept)
            for k in range(count):
                sections[rows], owner_of[rows], key_at[rows] = section, owner, keys[section, owner, k]
                rows += 1
    return rows
