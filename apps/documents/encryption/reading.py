"""Reading sealed content at any offset: only the segments that are needed, one in memory at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

from apps.documents.encryption.segments import (
    PLAIN,
    SEALED,
    ContentDamaged,
    Place,
    SegmentCipher,
    segments_of,
    stored_size,
)
from apps.documents.streams import Readable, read_full


class ContentReader:
    """The plain content of one stored object.

    `open_range(start, stop)` opens the stored bytes of that half-open range; `stored` is how many there are now, `size`
    and `sha256` what was recorded of the plain text when it was stored. Raises ContentDamaged at once when the number
    of stored bytes does not fit, and later from whichever read meets an altered one, before anything of that segment is
    given out.
    """

    def __init__(
        self,
        *,
        open_range: Callable[[int, int], Readable],
        stored: int,
        key: bytes,
        place: Place,
        size: int,
        sha256: str,
    ) -> None:
        if stored != stored_size(size=size):
            raise ContentDamaged
        self.size, self.sha256 = size, sha256
        self._open_range, self._stored = open_range, stored
        self._cipher = SegmentCipher(key=key, place=place)
        self._segments = segments_of(size=size)

    def read_range(self, start: int, stop: int) -> Iterator[bytes]:
        """The plain bytes from `start` to before `stop`, in pieces of at most 64 KiB; nothing for an empty range.

        Raises ValueError for a range that is not inside the content, ContentDamaged.
        """
        if not 0 <= start <= stop <= self.size:
            raise ValueError(f"{start}-{stop} is not inside {self.size} bytes")
        return self._pieces(start, stop) if start < stop else iter(())

    def read_whole(self) -> Iterator[bytes]:
        """All plain bytes, compared with the recorded hash before the last piece goes out. Raises ContentDamaged."""
        digest = hashlib.sha256()
        for index, piece in enumerate(self._opened(0, self._segments)):
            digest.update(piece)
            if index + 1 == self._segments and digest.hexdigest() != self.sha256:
                raise ContentDamaged
            if piece:
                yield piece

    def verify(self) -> None:
        """Read everything and give out nothing. Raises ContentDamaged."""
        for _ in self.read_whole():
            pass

    def _pieces(self, start: int, stop: int) -> Iterator[bytes]:
        first, last = start // PLAIN, (stop - 1) // PLAIN
        for index, plain in enumerate(self._opened(first, last + 1), start=first):
            begin = start - index * PLAIN if index == first else 0
            end = stop - index * PLAIN if index == last else PLAIN
            yield plain if begin == 0 and end >= len(plain) else plain[begin:end]

    def _opened(self, first: int, beyond: int) -> Iterator[bytes]:
        """The plain text of the segments from `first` to before `beyond`."""
        stream = self._open_range(first * SEALED, min(beyond * SEALED, self._stored))
        try:
            for index in range(first, beyond):
                is_last = index == self._segments - 1
                wanted = self._stored - index * SEALED if is_last else SEALED
                sealed = read_full(stream, wanted)
                if len(sealed) != wanted:
                    raise ContentDamaged
                yield self._cipher.open(sealed=sealed, index=index, is_last=is_last)
        finally:
            stream.close()
