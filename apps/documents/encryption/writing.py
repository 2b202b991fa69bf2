"""Sealing a stream of plain bytes, one segment in memory at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import BinaryIO

from apps.documents.encryption.segments import PLAIN, Place, SegmentCipher


class ContentWriter:
    """The sealed segments of one plain stream, to be iterated once; afterwards what was read is told.

    `size` is in bytes, `sha256` the hash of the plain text in hexadecimal digits, `segments` their number.
    """

    def __init__(self, *, plain: BinaryIO, key: bytes, place: Place) -> None:
        self._plain, self._cipher = plain, SegmentCipher(key=key, place=place)
        self._hash = hashlib.sha256()
        self._is_begun = False
        self.size = 0
        self.segments = 0

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def __iter__(self) -> Iterator[bytes]:
        """Yields sealed segments. Raises RuntimeError the second time: the same key must not seal twice."""
        if self._is_begun:
            raise RuntimeError("a content is sealed once under one key")
        self._is_begun = True
        segment = self._next()
        while True:
            # Whether a segment is the last is known only when the next one was looked for.
            following = self._next() if len(segment) == PLAIN else b""
            self._hash.update(segment)
            self.size += len(segment)
            yield self._cipher.seal(plain=segment, index=self.segments, is_last=not following)
            self.segments += 1
            if not following:
                return
            segment = following

    def _next(self) -> bytes:
        """The next full segment, or what is left; a stream may give less than it is asked for."""
        piece = self._plain.read(PLAIN)
        if len(piece) in (0, PLAIN):
            return piece
        pieces, length = [piece], len(piece)
        while length < PLAIN and (piece := self._plain.read(PLAIN - length)):
            pieces.append(piece)
            length += len(piece)
        return b"".join(pieces)
