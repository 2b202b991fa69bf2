"""Sealed contents in memory for tests."""

from __future__ import annotations

import hashlib
import io
import random
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from apps.documents.encryption import ContentDamaged, ContentReader, ContentWriter, Place


@dataclass(frozen=True)
class Made:
    """A plain content and its sealed form."""

    plain: bytes
    sealed: bytes
    key: bytes
    place: Place
    opened: list[tuple[int, int]] = field(default_factory=list)

    def reader(self, *, size: int | None = None) -> ContentReader:
        def open_range(start: int, stop: int) -> io.BytesIO:
            self.opened.append((start, stop))
            return io.BytesIO(self.sealed[start:stop])

        return ContentReader(
            open_range=open_range,
            stored=len(self.sealed),
            key=self.key,
            place=self.place,
            size=len(self.plain) if size is None else size,
            sha256=hashlib.sha256(self.plain).hexdigest(),
        )

    def altered(self, sealed: bytes) -> Made:
        return replace(self, sealed=sealed, opened=[])


def made(size: int, *, seed: int = 1, key: bytes = bytes(32), place: Place | None = None) -> Made:
    """`size` random bytes, sealed."""
    plain = random.Random(seed).randbytes(size)
    place = place or Place(document_id=uuid.UUID(int=7), version=1)
    sealed = b"".join(ContentWriter(plain=io.BytesIO(plain), key=key, place=place))
    return Made(plain=plain, sealed=sealed, key=key, place=place)


def until_damage(pieces: Iterable[bytes]) -> bytes:
    """What was given out before damage was told; fails when none was."""
    given = bytearray()
    try:
        for piece in pieces:
            given += piece
    except ContentDamaged:
        return bytes(given)
    raise AssertionError("no damage was found")
