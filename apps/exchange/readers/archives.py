"""ZIP archives: how many members, how large and how dense they may be, before any of them is unpacked."""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePosixPath

from apps.exchange.readers.sheets import Unreadable

MAX_MEMBERS = 200
MAX_UNPACKED = 256 * 1024 * 1024
MAX_RATIO = 200
"""How many times larger the unpacked whole may be than the archive; small archives are spared."""
FREE_SIZE = 8 * 1024 * 1024
ENCRYPTED = 0x1
METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
SUFFIXES = frozenset({".csv", ".jsonl"})
CONTENT_TYPES = "[Content_Types].xml"


def archive_open(content: bytes) -> zipfile.ZipFile:
    """The archive, held against its bounds. Raises Unreadable.

    A member never unpacks beyond its declared size, so that the declared sizes bound the real ones.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        members = archive.infolist()
    except Exception:  # noqa: BLE001 - a damaged archive makes the library raise whatever it meets first
        raise Unreadable("broken_file", "the archive is damaged") from None
    unpacked = sum(member.file_size for member in members)
    if len(members) > MAX_MEMBERS:
        raise Unreadable("too_large", f"the archive has {len(members)} members, at most {MAX_MEMBERS} are read")
    if unpacked > MAX_UNPACKED:
        raise Unreadable("too_large", f"unpacked the archive has {unpacked} bytes, at most {MAX_UNPACKED} are read")
    if unpacked > max(FREE_SIZE, MAX_RATIO * len(content)):
        raise Unreadable("too_large", f"the archive unpacks to more than {MAX_RATIO} times its size")
    if any(member.flag_bits & ENCRYPTED for member in members):
        raise Unreadable("encrypted", "the archive is encrypted")
    if any(member.compress_type not in METHODS for member in members):
        raise Unreadable("broken_file", "the archive is packed in a way that is not read; use plain ZIP")
    return archive


def is_workbook(archive: zipfile.ZipFile) -> bool:
    """Whether the archive is an Office document."""
    return CONTENT_TYPES in archive.namelist()


def table_members(archive: zipfile.ZipFile) -> list[tuple[PurePosixPath, zipfile.ZipInfo]]:
    """The CSV and JSON Lines files of an archive with their paths; what systems add (`__MACOSX`, dot files) is passed
    over.
    """
    found = []
    for member in archive.infolist():
        path = PurePosixPath(member.filename.replace("\\", "/"))
        is_hidden = any(part.startswith((".", "__")) for part in path.parts)
        if not member.is_dir() and not is_hidden and path.suffix.casefold() in SUFFIXES:
            found.append((path, member))
    return found
