"""Sealing a stream of plain bytes, one segment in memory at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import BinaryIO

from apps.documents.encryption.segments import PLAIN, Place, SegmentCipher
from apps.documents.streams import read_full


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
        segment = read_full(self._plain, PLAIN)
        while True:
            # Whether a segment is the last is known only when the next one was looked for.
            following = read_full(self._plain, PLAIN) if len(segment) == PLAIN else b""
            self._hash.update(segment)
            self.size += len(segment)
            yield self._cipher.seal(plain=segment, index=self.segments, is_last=not following)
            self.segments += 1
            if not following:
                return
            segment = following
