"""The digest of very many pairs: scored exactly, written as the lines of `published.lines`, hashed in order."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from apps.matching.engine.compiled import compiled, inner
from apps.matching.engine.pairs import WHOLE, Room, room_for, score_into
from apps.matching.engine.world import World

AT_ONCE = 16_384
NUMBER = 6
"""The most characters that one number of a line takes, its comma included: what is summed stays below 100 000."""
_SCORES = (WHOLE.index("score_investor"), WHOLE.index("score_startup"), WHOLE.index("score_mutual"))
_COMMA, _END, _ZERO = 44, 10, 48


class Ids(NamedTuple):
    """Ids of one length as characters."""

    mandates: NDArray[np.uint8]
    raises: NDArray[np.uint8]


class IdsDiffer(ValueError):
    """Ids of several lengths, whose lines cannot be sorted by their numbers."""


def pairs_digest(*, world: World, pairs: NDArray[np.uint64], threads: int = 1) -> str:
    """sha256, in hex, over the sorted lines of the pairs (the mandate's number, then the raise's in the lower half).

    Raises IdsDiffer. A pair that is given twice counts once.
    """
    ids = Ids(_characters(world.mandates.ids), _characters(world.raises.ids))
    ordered = _ordered(world, pairs)
    hashed = hashlib.sha256()
    for text in _texts(world, ordered, ids, threads):
        hashed.update(text)
    return hashed.hexdigest()


def _ordered(world: World, pairs: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The distinct pairs in the order of their ids."""
    orders = world.mandates.order, world.raises.order
    if all(np.array_equal(order, np.arange(len(order))) for order in orders):
        return np.unique(pairs)
    by_rank = [np.argsort(order).astype(np.uint64) for order in orders]
    ranks = [order.astype(np.uint64) for order in orders]
    half, low = np.uint64(32), np.uint64(2**32 - 1)
    found = np.unique((ranks[0][pairs >> half] << half) | ranks[1][pairs & low])
    ordered: NDArray[np.uint64] = (by_rank[0][found >> half] << half) | by_rank[1][found & low]
    return ordered


def _texts(world: World, pairs: NDArray[np.uint64], ids: Ids, threads: int) -> Iterator[memoryview]:
    spans = range(0, len(pairs), AT_ONCE)
    if threads == 1 or len(spans) == 1:
        yield from (_text(world, pairs[at : at + AT_ONCE], ids) for at in spans)
        return
    with ThreadPoolExecutor(threads) as pool:
        ahead: deque[Any] = deque()
        for at in spans:
            ahead.append(pool.submit(_text, world, pairs[at : at + AT_ONCE], ids))
            if len(ahead) > 2 * threads:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


def _text(world: World, pairs: NDArray[np.uint64], ids: Ids) -> memoryview:
    mandate = (pairs >> np.uint64(32)).astype(np.int64)
    raise_ = (pairs & np.uint64(2**32 - 1)).astype(np.int64)
    room = room_for(len(pairs))
    score_into(world=world, mandate=mandate, raise_=raise_, room=room)
    numbers = len(_SCORES) + room.c_investor.shape[1] + room.c_startup.shape[1]
    width = ids.mandates.shape[1] + ids.raises.shape[1] + 2 + NUMBER * numbers
    text = np.empty(len(pairs) * width, np.uint8)
    used = write_lines(mandate, raise_, ids, room, text)
    return memoryview(text.data)[:used]


def _characters(ids: tuple[str, ...]) -> NDArray[np.uint8]:
    lengths = {len(identifier.encode()) for identifier in ids}
    if len(lengths) > 1:
        raise IdsDiffer
    joined = np.frombuffer("".join(ids).encode(), np.uint8)
    return joined.reshape(len(ids), -1) if ids else np.zeros((0, 0), np.uint8)


@inner
def write_number(value: Any, text: Any, at: int) -> int:
    """Writes a whole number that is not negative; gives where the text goes on."""
    scale = 1
    while value // scale >= 10:
        scale *= 10
    while scale > 0:
        text[at] = _ZERO + value // scale % 10
        at += 1
        scale //= 10
    return at


@compiled
def write_lines(mandate: Any, raise_: Any, ids: Ids, room: Room, text: Any) -> int:
    """Writes a line for each pair that stands scored in `room`; gives the characters used."""
    at = 0
    for k in range(len(mandate)):
        for c in range(ids.mandates.shape[1]):
            text[at + c] = ids.mandates[mandate[k], c]
        at += ids.mandates.shape[1]
        text[at] = _COMMA
        at += 1
        for c in range(ids.raises.shape[1]):
            text[at + c] = ids.raises[raise_[k], c]
        at += ids.raises.shape[1]
        for row in _SCORES:
            text[at] = _COMMA
            at = write_number(np.int64(room.whole[row, k]), text, at + 1)
        for f in range(room.c_investor.shape[1]):
            text[at] = _COMMA
            at = write_number(np.int64(room.c_investor[k, f]), text, at + 1)
        for f in range(room.c_startup.shape[1]):
            text[at] = _COMMA
            at = write_number(np.int64(room.c_startup[k, f]), text, at + 1)
        text[at] = _END
        at += 1
    return at
