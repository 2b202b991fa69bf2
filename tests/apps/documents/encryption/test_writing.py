"""Writing: streams of any temper, constant memory, one use of a key."""

from __future__ import annotations

import hashlib
import io
import random
import tracemalloc
import uuid

import pytest

from apps.documents.encryption import PLAIN, SEALED, ContentWriter, Place, segments_of
from tests.apps.documents.encryption.contents import made

PLACE = Place(document_id=uuid.UUID(int=7), version=1)


class Trickle(io.RawIOBase):
    """A stream that gives less than it is asked for."""

    def __init__(self, content: bytes) -> None:
        self._content, self._chance = io.BytesIO(content), random.Random(3)

    def read(self, size: int = -1) -> bytes:
        return self._content.read(self._chance.randint(1, max(1, size)))


class Zeros(io.RawIOBase):
    """Many bytes that are nowhere."""

    def __init__(self, size: int) -> None:
        self._left = size

    def read(self, size: int = -1) -> bytes:
        given = min(size, self._left)
        self._left -= given
        return bytes(given)


class TestContentWriter:
    @pytest.mark.parametrize("size", [0, 1, PLAIN - 1, PLAIN, PLAIN + 1, 3 * PLAIN, 3 * PLAIN + 5])
    def test_tells_what_it_read(self, size: int) -> None:
        plain = random.Random(size).randbytes(size)
        writer = ContentWriter(plain=io.BytesIO(plain), key=bytes(32), place=PLACE)

        sealed = list(writer)

        assert (writer.size, writer.segments) == (size, segments_of(size=size))
        assert writer.sha256 == hashlib.sha256(plain).hexdigest()
        assert [len(segment) for segment in sealed[:-1]] == [SEALED] * (len(sealed) - 1)

    @pytest.mark.parametrize("size", [0, 1, PLAIN, 2 * PLAIN + 7])
    def test_does_not_depend_on_how_the_bytes_arrive(self, size: int) -> None:
        content = made(size)
        writer = ContentWriter(plain=Trickle(content.plain), key=content.key, place=content.place)

        assert b"".join(writer) == content.sealed

    def test_seals_once(self) -> None:
        writer = ContentWriter(plain=io.BytesIO(b"text"), key=bytes(32), place=PLACE)
        list(writer)

        with pytest.raises(RuntimeError, match="once"):
            list(writer)

    def test_shows_nothing_of_the_content(self) -> None:
        content = made(0)
        sealed = b"".join(ContentWriter(plain=io.BytesIO(b"turbine " * 20_000), key=bytes(32), place=PLACE))

        assert b"turbine" not in sealed
        assert len({sealed[at : at + 8] for at in range(0, len(sealed), 8)}) > len(sealed) // 8 - 3
        assert content.sealed != b""

    def test_needs_no_more_memory_for_more_bytes(self) -> None:
        def peak(size: int) -> int:
            tracemalloc.start()
            for _ in ContentWriter(plain=Zeros(size), key=bytes(32), place=PLACE):
                pass
            most = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            return most

        assert peak(64 * PLAIN) < peak(4 * PLAIN) + PLAIN
        assert peak(64 * PLAIN) < 8 * PLAIN
