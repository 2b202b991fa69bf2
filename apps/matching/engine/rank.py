"""The public face of the engine: ordered lists for a block of mandates or of raises, and their digest."""

from __future__ import annotations

import functools
import os
import threading
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apps.matching.engine.gates import GATES
from apps.matching.engine.index import Index, index_raises
from apps.matching.engine.kernel import rank_tile
from apps.matching.engine.model import SIDES
from apps.matching.engine.prepared import NUMBERS, Prepared, prepare
from apps.matching.engine.published import Candidates, Lists, digest, exact_lists, lines, spread
from apps.matching.engine.shortlist import SECTIONS, STEPS, Buffers, absorb, gather
from apps.matching.engine.world import World

TILE_WORDS = 64
_HEADROOM = 64


def rank(*, world: World, side: str, kept: int = 80, threads: int | None = None) -> Lists:
    """The `kept` best of each owner and section, as the exact path orders them: score, confidence, the other's id.

    Neither blocks, the order of inputs nor `threads` change a list. Raises KeyError for another side.
    """
    return rank_sides(world=world, sides=(side,), kept=kept, threads=threads)[side]


def rank_sides(
    *, world: World, sides: tuple[str, ...] = SIDES, kept: int = 80, threads: int | None = None
) -> dict[str, Lists]:
    """As `rank`, for one or both sides in one pass over the pairs."""
    workers = threads or len(os.sched_getaffinity(0))
    candidates, failures = shortlist(world=world, sides=sides, kept=kept, threads=workers)
    return {
        side: exact_lists(
            world=world, side=side, candidates=candidates[side], kept=kept, failures=failures, threads=workers
        )
        for side in sides
    }


def shortlist(
    *, world: World, sides: tuple[str, ...], kept: int, threads: int
) -> tuple[dict[str, Candidates], NDArray[np.int64]]:
    """What the ranking kernel keeps per side, and the failures of each gate per mandate."""
    index = _index(world)
    prepared = _prepared(world, index)
    words = len(index.valid)
    tiles = _tiles(words, threads)
    width = 2 * kept + _HEADROOM
    wanted = (SIDES[0] in sides, SIDES[1] in sides)
    workspaces = [_workspace(len(world.mandates.ids), width, number) for number in range(min(threads, len(tiles)))]

    def work(number: int) -> list[Candidates]:
        buffers, found = workspaces[number], []
        for first, count in tiles[number :: len(workspaces)]:
            buffers.startup_count[:] = 0
            buffers.startup_least[:] = 0
            rank_tile(first, count, world.m, index, world.tables, world.weights, prepared, buffers, kept, wanted)
            if wanted[1]:
                places = index.place[first * 64 : (first + count) * 64]
                found.append(_startup_candidates(buffers, places, kept))
        return found

    found = [item for part in spread(work, range(len(workspaces)), threads) for item in part]
    result = {}
    if wanted[0]:
        result[SIDES[0]] = _investor_candidates(workspaces, index.place, kept)
    if wanted[1]:
        result[SIDES[1]] = _joined(found)
    failures = np.zeros((len(world.mandates.ids), len(GATES)), np.int64)
    for space in workspaces:
        failures += space.failures
    return result, failures


def _tiles(words: int, threads: int) -> list[tuple[int, int]]:
    """The pool in (first word, words), of equal size so that no thread waits for another."""
    rounds = -(-words // (TILE_WORDS * threads))
    size = max(1, -(-words // max(1, rounds * threads)))
    return [(first, min(size, words - first)) for first in range(0, words, size)]


def _investor_candidates(workspaces: list[Buffers], places: NDArray[np.int64], kept: int) -> Candidates:
    if not workspaces:
        return _joined([])
    first = workspaces[0]
    for space in workspaces[1:]:
        absorb(first, space, kept)
    found = _gathered(first.investor_keys, first.investor_count, first.investor_count.shape[1], kept)
    return Candidates(found.section, found.owner, places[found.other], found.score, found.given_up)


def _startup_candidates(buffers: Buffers, places: NDArray[np.int64], kept: int) -> Candidates:
    counts = buffers.startup_count.reshape(SECTIONS, -1)
    found = _gathered(buffers.startup_keys.reshape(*counts.shape, -1), counts, len(places), kept)
    return Candidates(found.section, places[found.owner], found.other, found.score, places[found.given_up])


def _gathered(keys: NDArray[np.uint64], counts: NDArray[np.int64], owners: int, kept: int) -> Candidates:
    room = int(np.maximum(counts[:, :owners], 0).sum())
    section, owner, key = np.empty(room, np.int8), np.empty(room, np.int64), np.empty(room, np.uint64)
    rows = gather(keys, counts, owners, kept, (section, owner, key))
    section, owner, key = section[:rows], owner[:rows], key[:rows]
    given_up = np.nonzero((counts[:, :owners] < 0).any(axis=0))[0]
    other = (key & np.uint64(0xFFFFFFFF)).astype(np.int64)
    return Candidates(section, owner, other, (key >> np.uint64(32)).astype(np.float32) / np.float32(STEPS), given_up)


def _joined(parts: list[Candidates]) -> Candidates:
    if not parts:
        empty = np.zeros(0, np.int64)
        return Candidates(empty.astype(np.int8), empty, empty, empty.astype(np.float32), empty)
    return Candidates(
        *(np.concatenate([getattr(part, column.name) for part in parts]) for column in fields(Candidates))
    )


@functools.lru_cache(maxsize=4)
def _indexed(raises: Any, model: Any) -> Index:
    return index_raises(raises=raises, model=model)


def _index(world: World) -> Index:
    return _indexed(world.raises, world.model)


def _prepared(world: World, index: Index) -> Prepared:
    mandates, profiles = len(world.mandates.ids), world.weights.startup.shape[0]
    prepared = Prepared(
        maturity=np.zeros((mandates, len(index.maturity_first), 2), np.float32),
        home=np.zeros((mandates, len(index.home_first), 2), np.float32),
        instruments=np.zeros((mandates, len(index.instruments_first), 2), np.float32),
        rate=np.zeros((mandates, len(index.rate_first), 2, 2), np.float32),
        decision=np.zeros((mandates, profiles), np.float32),
        saving=np.zeros((profiles, world.weights.saving_steps + 3, 2), np.float32),
        numbers=np.zeros((mandates, len(NUMBERS))),
    )
    prepare(world.m, world.r, index, world.tables, world.weights, prepared, np.zeros((4, 64)))
    return prepared


_SPACES = threading.local()


def _workspace(mandates: int, width: int, number: int) -> Buffers:
    """Buffers of one worker, kept by the calling thread: fresh pages cost more than the scoring."""
    held: dict[int, Buffers] = _SPACES.__dict__.setdefault("held", {})
    space = held.get(number)
    if (
        space is None
        or space.investor_count.shape[1] != mandates
        or len(space.startup_keys) != SECTIONS * TILE_WORDS * 64 * width
    ):
        space = held[number] = _buffers(mandates, width)
    space.investor_count[:] = 0
    space.investor_least[:] = 0
    space.failures[:] = 0
    space.flags[:] = 0
    return space


def _buffers(mandates: int, width: int) -> Buffers:
    tile = TILE_WORDS * 64
    flags = np.zeros(tile, np.uint8)
    return Buffers(
        investor_keys=np.zeros((SECTIONS, mandates, 2 * width), np.uint64),
        investor_count=np.zeros((SECTIONS, mandates), np.int64),
        investor_least=np.zeros((SECTIONS, mandates), np.uint64),
        startup_keys=np.zeros(SECTIONS * tile * width, np.uint64),
        startup_count=np.zeros(SECTIONS * tile, np.int64),
        startup_least=np.zeros(SECTIONS * tile, np.uint64),
        failures=np.zeros((mandates, len(GATES)), np.int64),
        words=np.zeros((8, TILE_WORDS), np.uint64),
        flags=flags,
        flag_words=flags.view(np.uint64),
        found=np.zeros(tile, np.uint64),
        overlap=np.zeros(tile, np.float32),
        fit=np.zeros(tile),
        patience=np.zeros(tile),
        scores=np.zeros(tile, np.float32),
        scratch=np.zeros((4, 64)),
    )


__all__ = ["Lists", "digest", "lines", "rank", "rank_sides", "shortlist"]
