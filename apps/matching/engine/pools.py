"""One side's pool while it changes: columns built once, and beside them small blocks of what changed since."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from apps.matching.engine.columns import Mandates, Raises
from apps.matching.engine.facts import MandateFacts, RaiseFacts
from apps.matching.engine.pairs import WHOLE, room_for, score_into
from apps.matching.engine.world import World

F = TypeVar("F", MandateFacts, RaiseFacts)

SEALED_AT = 1_000
CLOSED = -1
"""In the place of a section: a gate fails, or the pair does not exist."""
_FAILED, _UNKNOWN = WHOLE.index("failed"), WHOLE.index("unknown")
_OWN = {"mandate": WHOLE.index("score_investor"), "raise": WHOLE.index("score_startup")}
_TRUST = {"mandate": WHOLE.index("confidence_investor"), "raise": WHOLE.index("confidence_startup")}


@dataclass(frozen=True, eq=False)
class Block:
    """Part of a pool: columns, their ids as bytes, and which of its rows still stand."""

    columns: Any
    """Mandates or Raises"""
    ids: NDArray[np.bytes_]
    stands: NDArray[np.bool_]


class Pool(Generic[F]):
    """Everything of one side that is matched now.

    What changes stands in a block of its own, built anew at each change; a block of SEALED_AT rows is left as it is,
    but for rows that no longer stand, and another begun.
    """

    def __init__(self, *, base: Mandates | Raises, build: Callable[[Sequence[F]], Mandates | Raises]) -> None:
        self._build: Callable[[Sequence[F]], Mandates | Raises] = build
        self._sealed: list[Block] = []
        self._where: dict[str, tuple[int, int]] = {}
        self._changed: dict[str, F] = {}
        self._open: Block | None = None
        self._seal(base)

    def replace(self, *, changes: Mapping[str, F | None]) -> None:
        """Take what these ids are now, None for what is not matched any more."""
        for identifier, facts in changes.items():
            where = self._where.pop(identifier, None)
            if where is not None:
                self._sealed[where[0]].stands[where[1]] = False
            self._changed.pop(identifier, None)
            if facts is not None:
                self._changed[identifier] = facts
        self._open = None
        if len(self._changed) >= SEALED_AT:
            self._seal(self._build(list(self._changed.values())))
            self._changed = {}

    def blocks(self) -> list[Block]:
        """The pool in parts."""
        if self._open is None and self._changed:
            self._open = _block(self._build(list(self._changed.values())))
        return [block for block in (*self._sealed, self._open) if block is not None and len(block.ids)]

    def _seal(self, columns: Mandates | Raises) -> None:
        self._where |= {identifier: (len(self._sealed), row) for row, identifier in enumerate(columns.ids)}
        self._sealed.append(_block(columns))


class Against(NamedTuple):
    """One mandate or raise against a whole pool: a row for each of the pool's ids, in the order of its blocks."""

    ids: NDArray[np.bytes_]
    section: NDArray[np.int8]
    """0: all gates passed, 1: none failed and some unknown, CLOSED: failed or not matched any more"""
    whole: NDArray[np.int32]
    """[WHOLE, row]"""
    c_investor: NDArray[np.int16]
    c_startup: NDArray[np.int16]

    def own(self, kind: str) -> NDArray[np.int32]:
        """The scores by which the lists of this kind of owner (`mandate` or `raise`) are ordered."""
        own: NDArray[np.int32] = self.whole[_OWN[kind]]
        return own

    def trust(self, kind: str) -> NDArray[np.int32]:
        """The confidences that decide between equal scores."""
        trust: NDArray[np.int32] = self.whole[_TRUST[kind]]
        return trust

    def best(self, *, kind: str, section: int, kept: int) -> NDArray[np.int64]:
        """The rows of the `kept` best of a section for an owner of this kind, in a list's order."""
        rows = np.nonzero(self.section == section)[0]
        own = self.own(kind)[rows]
        if len(rows) > kept:
            least = np.partition(own, len(rows) - kept)[len(rows) - kept]
            rows = rows[own >= least]
        order = np.lexsort((self.ids[rows], -self.trust(kind)[rows], -self.own(kind)[rows]))
        return rows[order[:kept]]


def against(*, worlds: Sequence[tuple[World, Block]], kind: str, place: int) -> Against:
    """The mandate or raise (`kind`) that stands at `place` of its side, scored exactly against every block."""
    parts = [_against(world, block, kind, place) for world, block in worlds]
    if len(parts) == 1:
        return parts[0]
    if not parts:
        room = room_for(0)
        return Against(np.zeros(0, "S36"), np.zeros(0, np.int8), room.whole, room.c_investor, room.c_startup)
    return Against(
        ids=np.concatenate([part.ids for part in parts]),
        section=np.concatenate([part.section for part in parts]),
        whole=np.concatenate([part.whole for part in parts], axis=1),
        c_investor=np.concatenate([part.c_investor for part in parts]),
        c_startup=np.concatenate([part.c_startup for part in parts]),
    )


def _against(world: World, block: Block, kind: str, place: int) -> Against:
    room = room_for(len(block.ids))
    same, others = np.full(len(block.ids), place), np.arange(len(block.ids))
    is_mandate = kind == "mandate"
    score_into(world=world, mandate=same if is_mandate else others, raise_=others if is_mandate else same, room=room)
    section = (room.whole[_UNKNOWN] != 0).astype(np.int8)
    section[(room.whole[_FAILED] != 0) | ~block.stands] = CLOSED
    return Against(block.ids, section, room.whole, room.c_investor, room.c_startup)


def differs(*, before: Against, now: Against) -> NDArray[np.int64]:
    """The rows that stand on a list before or now and are not the same in both; both against the same pool."""
    is_open = (before.section != CLOSED) | (now.section != CLOSED)
    is_same = (
        (before.section == now.section)
        & (before.whole == now.whole).all(axis=0)
        & (before.c_investor == now.c_investor).all(axis=1)
        & (before.c_startup == now.c_startup).all(axis=1)
    )
    return np.nonzero(is_open & ~is_same)[0]


def _block(columns: Mandates | Raises) -> Block:
    return Block(columns, np.array(columns.ids, "S36"), np.ones(len(columns.ids), np.bool_))
