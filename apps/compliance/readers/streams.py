"""Opening a received file: plain or gzip, bounded in size and in how much it unpacks to, text in UTF-8."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from apps.compliance.readers.entries import Unreadable

GZIP, ZIP, BINARY = b"\x1f\x8b", b"PK\x03\x04", (b"%PDF", b"\x7fELF", b"MZ", b"\xd0\xcf\x11\xe0")
BOM = b"\xef\xbb\xbf"
PIECE = 256 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of a file in bytes. `ratio` is how many times its size it may unpack to once that exceeds `free`."""

    packed: int = 512 * 1024 * 1024
    unpacked: int = 4 * 1024 * 1024 * 1024
    ratio: int = 100
    free: int = 16 * 1024 * 1024
    line: int = 4 * 1024 * 1024


LIMITS = Limits()


def pieces(stream: BinaryIO, *, limits: Limits = LIMITS) -> Iterator[bytes]:
    """The file's content in pieces, unpacked where it is gzip. Raises Unreadable on what is no text, or too large."""
    head = stream.read(4)
    if not head:
        raise Unreadable("empty", "the file is empty")
    if head.startswith(ZIP):
        raise Unreadable("wrong_format", "the file is a ZIP archive: unpack it, or send it as gzip")
    if head.startswith(BINARY):
        raise Unreadable("wrong_format", "the file is no list but a binary file")
    source = _Counted(stream, head, limits)
    if not head.startswith(GZIP):
        while piece := source.read(PIECE):
            yield piece
        return
    unpacked = 0
    try:
        with gzip.GzipFile(fileobj=source, mode="rb") as archive:
            while piece := archive.read(PIECE):
                unpacked += len(piece)
                if unpacked > min(limits.unpacked, max(limits.free, limits.ratio * source.count)):
                    raise Unreadable("too_large", "the file unpacks to far more than a list has")
                yield piece
    except EOFError:
        raise Unreadable("truncated", "the gzip file ends early") from None
    except (gzip.BadGzipFile, zlib.error):
        raise Unreadable("broken_file", "the gzip file is damaged") from None


def lines(stream: BinaryIO, *, limits: Limits = LIMITS) -> Iterator[tuple[int, str]]:
    """The lines of a text in UTF-8 with their numbers, without their ends. A byte order mark is passed over."""
    number, rest = 0, b""
    for index, piece in enumerate(pieces(stream, limits=limits)):
        rest += piece.removeprefix(BOM) if index == 0 else piece
        found = rest.split(b"\n")
        rest = found.pop()
        for line in found:
            number += 1
            yield number, _decoded(line, number)
        if len(rest) > limits.line:
            raise Unreadable("too_large", "the line is too long", place=f"line {number + 1}")
    if rest:
        yield number + 1, _decoded(rest, number + 1)


def characters(stream: BinaryIO, *, limits: Limits = LIMITS) -> Iterator[str]:
    """A text in UTF-8 in pieces. A byte order mark is passed over."""
    decoder, passed = codecs.getincrementaldecoder("utf-8-sig")(), 0
    try:
        for piece in pieces(stream, limits=limits):
            if b"\0" in piece:
                raise Unreadable("wrong_format", "the file is no text", place=f"byte {passed + piece.index(0) + 1}")
            yield decoder.decode(piece)
            passed += len(piece)
        yield decoder.decode(b"", True)
    except UnicodeDecodeError:
        raise Unreadable("wrong_encoding", "the text is not UTF-8", place=f"after byte {passed}") from None


def _decoded(line: bytes, number: int) -> str:
    if b"\0" in line:
        raise Unreadable("wrong_format", "the file is no text", place=f"line {number}")
    try:
        return line.decode().removesuffix("\r")
    except UnicodeDecodeError:
        raise Unreadable("wrong_encoding", "the text is not UTF-8", place=f"line {number}") from None


class _Counted(io.RawIOBase):
    """A stream whose first bytes were read already, that counts and stops at the limit."""

    def __init__(self, stream: BinaryIO, head: bytes, limits: Limits) -> None:
        super().__init__()
        self.stream, self.head, self.limits, self.count = stream, head, limits, 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        if self.head:
            end = len(self.head) if size < 0 else size
            found, self.head = self.head[:end], self.head[end:]
        else:
            found = self.stream.read(size)
        self.count += len(found)
        if self.count > self.limits.packed:
            raise Unreadable("too_large", f"the file has more than {self.limits.packed} bytes")
        return found
