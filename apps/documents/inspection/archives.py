"""ZIP archives: the table of contents is checked before a member is unpacked, and bytes are counted while it is."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from apps.documents.inspection import names
from apps.documents.inspection.outcome import MEGABYTE, Limits, Reason, Refused

_LOCAL = struct.Struct("<4s5H3I2H")
_END = struct.Struct("<4s4H2IH")
_DESCRIPTORS = (12, 16, 20, 24)
_ENCRYPTED = 1 << 0 | 1 << 6 | 1 << 13
_DESCRIPTOR_FOLLOWS = 1 << 3
_OTHER_NAME = 0x7075
"""The extra field by which other programs give a member another name than its header."""
_PIECE = 64 * 1024
_RATIO_FROM = MEGABYTE
"""Below this size a strong compression does no harm, and small regular files have it."""


@dataclass
class Budget:
    """What all archives of one inspection have used together."""

    limits: Limits
    members: int = 0
    unpacked: int = 0

    def add_members(self, count: int) -> None:
        self.members += count
        if self.members > self.limits.members:
            raise Refused(Reason.ARCHIVE_MEMBERS)

    def add_bytes(self, count: int, member: str | None = None) -> None:
        self.unpacked += count
        if self.unpacked > self.limits.unpacked_bytes:
            raise Refused(Reason.ARCHIVE_SIZE, member)


@dataclass(frozen=True)
class Member:
    """A file of an archive, and where its packed bytes stand."""

    name: str
    start: int
    packed: int
    unpacked: int
    crc: int
    is_stored: bool
    is_folder: bool


def members(source: Path, budget: Budget) -> list[Member]:
    """The members in the order of the table of contents; raises Refused where table and bytes disagree.

    The members, the table and its end must fill the file without a gap: nothing before, between or behind them.
    """
    size = source.stat().st_size
    with source.open("rb") as file:
        table_start, count = _check_end(file, size)
        try:
            with zipfile.ZipFile(file) as archive:
                entries = archive.infolist()
        except (zipfile.BadZipFile, UnicodeDecodeError, ValueError, struct.error, NotImplementedError, OverflowError):
            raise Refused(Reason.ARCHIVE_STRUCTURE) from None
        if len(entries) != count:
            raise Refused(Reason.ARCHIVE_STRUCTURE)
        budget.add_members(len(entries))
        _check_table(entries, size, budget.limits)
        starts = _check_layout(file, entries, table_start)
    return [
        Member(
            entry.filename,
            starts[index],
            entry.compress_size,
            entry.file_size,
            entry.CRC,
            entry.compress_type == zipfile.ZIP_STORED,
            entry.filename.endswith("/"),
        )
        for index, entry in enumerate(entries)
    ]


def _check_end(file: IO[bytes], size: int) -> tuple[int, int]:
    """Where the table starts, and how many entries it has; its end must be the file's, without a comment."""
    if size < _END.size:
        raise Refused(Reason.TRUNCATED)
    file.seek(size - _END.size)
    signature, disk, table_disk, here, total, length, start, comment = _END.unpack(file.read(_END.size))
    if signature != b"PK\x05\x06" or comment:
        file.seek(max(0, size - 66_000))
        raise Refused(Reason.POLYGLOT if b"PK\x05\x06" in file.read() else Reason.TRUNCATED)
    if start + length + _END.size < size:
        raise Refused(Reason.POLYGLOT)
    if disk or table_disk or here != total or start + length + _END.size != size:
        raise Refused(Reason.ARCHIVE_STRUCTURE)
    return start, total


def _check_table(entries: list[zipfile.ZipInfo], size: int, limits: Limits) -> None:
    seen: set[str] = set()
    total = 0
    for entry in entries:
        name = entry.filename
        if entry.flag_bits & _ENCRYPTED:
            raise Refused(Reason.ENCRYPTED, shown(name))
        if entry.orig_filename != name or names.member_problem(name) is not None:
            raise Refused(Reason.ARCHIVE_PATH, shown(name))
        if _is_renamed(entry.extra, name):
            raise Refused(Reason.ARCHIVE_PATH, shown(name))
        if names.folded(name.removesuffix("/")) in seen:
            raise Refused(Reason.ARCHIVE_DUPLICATE, shown(name))
        seen.add(names.folded(name.removesuffix("/")))
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise Refused(Reason.ARCHIVE_LINK, shown(name))
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refused(Reason.ARCHIVE_METHOD, shown(name))
        is_empty_folder = name.endswith("/")
        if is_empty_folder and entry.file_size:
            raise Refused(Reason.ARCHIVE_STRUCTURE, shown(name))
        total += entry.file_size
        if total > limits.unpacked_bytes:
            raise Refused(Reason.ARCHIVE_SIZE, shown(name))
        if entry.file_size > _RATIO_FROM and entry.file_size > limits.ratio * max(1, entry.compress_size):
            raise Refused(Reason.ARCHIVE_RATIO, shown(name))
    if total > _RATIO_FROM and total > limits.ratio * size:
        raise Refused(Reason.ARCHIVE_RATIO)


def _check_layout(file: IO[bytes], entries: list[zipfile.ZipInfo], table_start: int) -> list[int]:
    """Where each member's bytes start; the local headers say what the table says and lie end to end."""
    starts = [0] * len(entries)
    position = 0
    for index, entry in sorted(enumerate(entries), key=lambda pair: pair[1].header_offset):
        name = shown(entry.filename)
        if entry.header_offset < position:
            raise Refused(Reason.ARCHIVE_OVERLAP, name)
        if entry.header_offset > position:
            raise Refused(Reason.POLYGLOT if position == 0 else Reason.ARCHIVE_STRUCTURE, name)
        file.seek(position)
        head = file.read(_LOCAL.size)
        if len(head) < _LOCAL.size:
            raise Refused(Reason.TRUNCATED, name)
        signature, _, flags, method, _, _, crc, packed, unpacked, name_length, extra_length = _LOCAL.unpack(head)
        raw = file.read(name_length)
        encoding = "utf-8" if entry.flag_bits & 0x800 else "cp437"
        if (signature, flags, method) != (b"PK\x03\x04", entry.flag_bits, entry.compress_type):
            raise Refused(Reason.ARCHIVE_STRUCTURE, name)
        if raw.decode(encoding, "replace") != entry.orig_filename:
            raise Refused(Reason.ARCHIVE_STRUCTURE, name)
        if _is_renamed(file.read(extra_length), entry.filename):
            raise Refused(Reason.ARCHIVE_PATH, name)
        says = (entry.CRC, entry.compress_size, entry.file_size)
        is_described = bool(flags & _DESCRIPTOR_FOLLOWS)
        if (crc, packed, unpacked) != says and not is_described and 0xFFFFFFFF not in (packed, unpacked):
            raise Refused(Reason.ARCHIVE_STRUCTURE, name)
        starts[index] = position + _LOCAL.size + name_length + extra_length
        position = starts[index] + entry.compress_size
        if position > table_start:
            raise Refused(Reason.ARCHIVE_OVERLAP, name)
        if is_described:
            position += _descriptor(file, position, table_start, name)
    if position != table_start:
        raise Refused(Reason.ARCHIVE_STRUCTURE)
    return starts


def _is_renamed(extra: bytes, name: str) -> bool:
    """Whether extra fields give a member another name: behind version and checksum, in UTF-8."""
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<HH", extra)
        if kind == _OTHER_NAME and extra[9 : 4 + length] != name.encode():
            return True
        extra = extra[4 + length :]
    return False


def _descriptor(file: IO[bytes], position: int, table_start: int, name: str) -> int:
    """The length of the record behind a member whose sizes were not known beforehand: what leads to the next one."""
    file.seek(position)
    following = file.read(max(_DESCRIPTORS) + 4)
    for length in _DESCRIPTORS:
        if position + length == table_start or following[length : length + 4] == b"PK\x03\x04":
            return length
    raise Refused(Reason.ARCHIVE_STRUCTURE, name)


def unpacked(source: Path, member: Member, budget: Budget) -> Iterator[bytes]:
    """The bytes of a member, piece by piece; raises Refused as soon as they are more or others than the table says."""
    name = shown(member.name)
    crc = length = 0
    for piece in _stored(source, member) if member.is_stored else _inflated(source, member):
        length += len(piece)
        budget.add_bytes(len(piece), name)
        if length > member.unpacked:
            raise Refused(Reason.ARCHIVE_STRUCTURE, name)
        crc = zlib.crc32(piece, crc)
        yield piece
    if length != member.unpacked or crc != member.crc:
        raise Refused(Reason.ARCHIVE_STRUCTURE, name)


def _stored(source: Path, member: Member) -> Iterator[bytes]:
    left = member.packed
    with source.open("rb") as file:
        file.seek(member.start)
        while left and (piece := file.read(min(left, _PIECE))):
            left -= len(piece)
            yield piece


def _inflated(source: Path, member: Member) -> Iterator[bytes]:
    """The inflated bytes in pieces of bounded size; the packed bytes must hold one stream and nothing behind it."""
    inflate = zlib.decompressobj(-15)
    try:
        for packed in _stored(source, member):
            if inflate.eof:
                raise Refused(Reason.ARCHIVE_STRUCTURE, shown(member.name))
            while piece := inflate.decompress(packed, _PIECE * 4):
                yield piece
                packed = inflate.unconsumed_tail
    except zlib.error:
        raise Refused(Reason.MALFORMED, shown(member.name)) from None
    if not inflate.eof or inflate.unused_data:
        raise Refused(Reason.ARCHIVE_STRUCTURE, shown(member.name))


def shown(name: str) -> str:
    """A member's name as it is told to people: without what does not print."""
    return "".join(letter if letter.isprintable() else "�" for letter in name)[:200]


class Rebuilt:
    """An archive written anew: the same members in the same order, without comments and other extras."""

    def __init__(self, target: Path) -> None:
        self._archive = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6)

    def add(self, member: Member, pieces: Iterator[bytes]) -> None:
        """Write one member; `pieces` may differ from what it held."""
        entry = zipfile.ZipInfo(member.name)
        entry.compress_type = zipfile.ZIP_STORED if member.is_stored else zipfile.ZIP_DEFLATED
        if member.is_folder:
            self._archive.writestr(entry, b"")
            return
        with self._archive.open(entry, "w") as file:
            for piece in pieces:
                file.write(piece)

    def close(self) -> None:
        """Write the table of contents."""
        self._archive.close()
