"""Streams of bytes, which may give less at once than they are asked for."""

from __future__ import annotations

from typing import Protocol


class Readable(Protocol):
    """A stream of bytes; fewer than asked for may come, none at the end."""

    def read(self, size: int, /) -> bytes: ...
    def close(self) -> None: ...


def read_full(stream: Readable, size: int) -> bytes:
    """The next `size` bytes, fewer only where the stream ends before."""
    piece = stream.read(size)
    if len(piece) in (0, size):
        return piece
    pieces, length = [piece], len(piece)
    while length < size and (piece := stream.read(size - length)):
        pieces.append(piece)
        length += len(piece)
    return b"".join(pieces)
