"""The public face of the engine: ordered lists for a block of mandates or of raises, and their digest."""

from __future__ import annotations

import functools
import os
import threading
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apps.matching.engine.compiled import COMPILES
from apps.matching.engine.exact_shortlist import shortlist_exactly
from apps.matching.engine.gates import GATES
from apps.matching.engine.index import Index, index_raises
from apps.matching.engine.kernel import rank_tile
from apps.matching.engine.model import SIDES
from apps.matching.engine.prepared import MOST_PATTERNS, NUMBERS, WEIGHTS, Patterns, Prepared, find_patterns, prepare
from apps.matching.engine.published import Candidates, Lists, digest, exact_lists, lines, spread
from apps.matching.engine.shortlist import COLUMNS, SECTIONS, Buffers, Found, Scale, absorb, gather, scale_of
from apps.matching.engine.world import World

TILE_WORDS = 64
_HEADROOM = 64
_APART = 80
"""Keeps columns from lying whole pages apart, where they would share the same few lines of the cache."""


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
    """What the ranking kernel keeps per side, and the failures of each gate per mandate.

    A model with step tables takes the exact path for every pair instead, as does an engine that was not compiled.
    """
    if world.model.is_stepped or not COMPILES:
        return shortlist_exactly(world=world, sides=sides, kept=kept, threads=threads)
    index = _index(world)
    prepared = _prepared(world, index, threads)
    words = len(index.valid)
    tiles = _tiles(words, threads)
    width = 2 * kept + _HEADROOM
    scales = (scale_of(len(world.raises.ids), 64), scale_of(len(world.mandates.ids), 32))
    wanted = (SIDES[0] in sides, SIDES[1] in sides)
    workspaces = [_workspace(len(world.mandates.ids), width, number) for number in range(min(threads, len(tiles)))]
    mandates = np.arange(len(world.mandates.ids), dtype=np.int32)

    def work(number: int) -> Collected:
        buffers, collected = (
            workspaces[number],
            Collected(kept, scales[1], owners=-(-len(world.raises.ids) // len(workspaces))),
        )
        for first, count in tiles[number :: len(workspaces)]:
            buffers.startup_count[:] = 0
            buffers.startup_least[:] = 0
            rank_tile(
                first, count, world.m, index, world.tables, world.weights, prepared, buffers, kept, scales, wanted
            )
            if wanted[1]:
                counts = buffers.startup_count.reshape(SECTIONS, -1)
                keys = buffers.startup_keys.reshape(*counts.shape, -1)
                collected.add(keys, counts, index.place[first * 64 : (first + count) * 64], mandates)
        return collected

    collected = spread(work, range(len(workspaces)), threads)
    result = {}
    if wanted[0]:
        result[SIDES[0]] = _investor_candidates(workspaces, mandates, index.place, kept, scales[0])
    if wanted[1]:
        result[SIDES[1]] = _joined([part.candidates() for part in collected], threads)
    failures = np.zeros((len(mandates), len(GATES)), np.int64)
    for space in workspaces:
        failures += space.failures
    return result, failures


class Collected:
    """Candidates gathered tile by tile."""

    def __init__(self, kept: int, scale: Scale, *, owners: int) -> None:
        self.kept, self.scale, self.rows = kept, scale, 0
        self.found = _found(SECTIONS * owners * kept)
        self.given_up: list[NDArray[np.int32]] = []

    def add(
        self,
        keys: NDArray[Any],
        counts: NDArray[Any],
        owners: NDArray[np.int32],
        others: NDArray[np.int32],
    ) -> None:
        """Adds what may be among the `kept` best of each of the first `len(owners)` owners."""
        counts = counts[:, : len(owners)]
        needed = self.rows + int(np.maximum(counts, 0).sum(dtype=np.int64))
        if needed > len(self.found.owner):
            self.found = _grown(self.found, self.rows, max(needed, 3 * self.rows))
        self.rows = gather(keys, counts, owners, others, self.kept, self.scale, self.found, self.rows)
        self.given_up.append(owners[(counts < 0).any(axis=0)])

    def candidates(self) -> Candidates:
        """Everything added so far."""
        found, rows = self.found, self.rows
        return Candidates(
            section=found.section[:rows],
            owner=found.owner[:rows],
            other=found.other[:rows],
            score=found.score[:rows],
            given_up=np.concatenate([*self.given_up, np.zeros(0, np.int32)]),
        )


def _found(rows: int) -> Found:
    return Found(
        section=np.empty(rows, np.int8),
        owner=np.empty(rows, np.int32),
        other=np.empty(rows, np.int32),
        score=np.empty(rows, np.float32),
    )


def _grown(found: Found, used: int, rows: int) -> Found:
    larger = _found(rows)
    larger.section[:used], larger.owner[:used] = found.section[:used], found.owner[:used]
    larger.other[:used], larger.score[:used] = found.other[:used], found.score[:used]
    return larger


def _tiles(words: int, threads: int) -> list[tuple[int, int]]:
    """The pool in (first word, words), of equal size so that no thread waits for another."""
    rounds = -(-words // (TILE_WORDS * threads))
    size = max(1, -(-words // max(1, rounds * threads)))
    return [(first, min(size, words - first)) for first in range(0, words, size)]


def _investor_candidates(
    workspaces: list[Buffers], mandates: NDArray[np.int32], places: NDArray[np.int32], kept: int, scale: Scale
) -> Candidates:
    collected = Collected(kept, scale, owners=len(mandates))
    for space in workspaces[1:]:
        absorb(workspaces[0], space, kept, scale)
    for space in workspaces[:1]:
        collected.add(space.investor_keys, space.investor_count, mandates, places)
    return collected.candidates()


def _joined(parts: list[Candidates], threads: int) -> Candidates:
    parts = parts or [Collected(0, scale_of(1, 64), owners=0).candidates()]
    if len(parts) == 1:
        return parts[0]

    def column(name: str) -> NDArray[Any]:
        return np.concatenate([getattr(part, name) for part in parts])

    return Candidates(*spread(column, [field.name for field in fields(Candidates)], threads))


@functools.lru_cache(maxsize=2)
def _indexed(raises: Any, model: Any) -> Index:
    return index_raises(raises=raises, model=model)


def _index(world: World) -> Index:
    return _indexed(world.raises, world.model)


def _prepared(world: World, index: Index, threads: int) -> Prepared:
    mandates, profiles = len(world.mandates.ids), world.weights.startup.shape[0]
    prepared = Prepared(
        maturity=np.zeros((mandates, len(index.maturity_first), 2), np.float32),
        home=np.zeros((mandates, len(index.home_first), 2), np.float32),
        instruments=np.zeros((mandates, len(index.instruments_first), 2), np.float32),
        rate=np.zeros((mandates, len(index.rate_first), 2, 2), np.float32),
        decision=np.zeros((mandates, profiles), np.float32),
        saving=np.zeros((profiles, world.weights.saving_steps + 3, 2), np.float32),
        numbers=np.zeros((mandates, len(NUMBERS))),
        weights=np.zeros((profiles, len(WEIGHTS))),
        patterns=Patterns(
            number=np.zeros((mandates, len(index.gate_first)), np.int32),
            mandate=np.zeros(MOST_PATTERNS, np.int32),
            relation=np.zeros(MOST_PATTERNS, np.int32),
            used=np.zeros(1, np.int64),
        ),
    )
    find_patterns(world.tables, prepared.patterns)

    def work(thread: int) -> None:
        prepare(thread, threads, world.m, world.r, index, world.tables, world.weights, prepared, np.zeros((4, 64)))

    spread(work, range(threads), threads)
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
    return space


def _buffers(mandates: int, width: int) -> Buffers:
    tile = TILE_WORDS * 64
    return Buffers(
        investor_keys=np.zeros((SECTIONS, mandates, 2 * width), np.uint64),
        investor_count=np.zeros((SECTIONS, mandates), np.int64),
        investor_least=np.zeros((SECTIONS, mandates), np.float32),
        startup_keys=np.zeros(SECTIONS * tile * width, np.uint32),
        startup_count=np.zeros(SECTIONS * tile, np.int16),
        startup_least=np.zeros(SECTIONS * tile, np.float32),
        failures=np.zeros((mandates, len(GATES)), np.int64),
        words=np.zeros((8, TILE_WORDS), np.uint64),
        pattern_sets=np.zeros((2, MOST_PATTERNS, TILE_WORDS), np.uint64),
        amounts=np.zeros((2, tile)),
        amount_order=np.zeros((2, tile), np.uint64),
        amount_sets=np.zeros((2, TILE_WORDS + 1, TILE_WORDS), np.uint64),
        ranked=np.zeros(2, np.int64),
        found=np.zeros(tile, np.uint64),
        limited=np.zeros(tile, np.int64),
        overlap=np.zeros(tile, np.float32),
        columns=np.zeros((len(COLUMNS), tile + _APART), np.float32),
        scratch=np.zeros((4, 64)),
    )


__all__ = ["Lists", "digest", "lines", "rank", "rank_sides", "shortlist"]
