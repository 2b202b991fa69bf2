"""File names: what a received file and a member of an archive may be called."""

from __future__ import annotations

import re
import unicodedata

from apps.documents.inspection.outcome import Reason

LONGEST = 200
LONGEST_BYTES = 240
"""File systems hold 255 bytes in a name; the rest is left to the endings that others add."""

_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|clock\$|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)")
_REFUSED_ELSEWHERE = frozenset('<>:"|?*')
_DRIVE = re.compile(r"^[A-Za-z]:")


def problem(name: str) -> Reason | None:
    """What is wrong with a file name, if anything."""
    if not name.strip(" ."):
        return Reason.NAME_EMPTY
    odd = _odd_character(name)
    if odd is not None:
        return odd
    if len(name) > LONGEST or len(name.encode()) > LONGEST_BYTES:
        return Reason.NAME_TOO_LONG
    if "/" in name or "\\" in name or _DRIVE.match(name):
        return Reason.NAME_IS_PATH
    if _RESERVED.match(name) or not _REFUSED_ELSEWHERE.isdisjoint(name):
        return Reason.NAME_RESERVED
    return Reason.NAME_EDGE if name != name.strip(" .") else None


def _odd_character(name: str) -> Reason | None:
    for character in name:
        if character in _DIRECTION:
            return Reason.NAME_DIRECTION
        category = unicodedata.category(character)
        if category == "Cc":
            return Reason.NAME_CONTROL
        if category in {"Cf", "Cn", "Co", "Cs", "Zl", "Zp"} or (category == "Zs" and character not in " \u00a0\u202f"):
            return Reason.NAME_INVISIBLE
    return None


def extension(name: str) -> str:
    """The ending of a name in small letters without the dot; empty where there is none."""
    stem, dot, ending = name.rpartition(".")
    return ending.lower() if dot and stem else ""


def member_problem(path: str) -> Reason | None:
    """What is wrong with the path of a member of an archive, if anything; a folder's path ends with a slash."""
    if not path or len(path) > 1_000 or path.startswith(("/", "\\")) or "\\" in path or _DRIVE.match(path):
        return Reason.ARCHIVE_PATH
    parts = path.removesuffix("/").split("/")
    if any(part in {"", ".", ".."} or (part != ".rels" and problem(part) is not None) for part in parts):
        return Reason.ARCHIVE_PATH
    return None


def folded(path: str) -> str:
    """The form in which two paths are the same on file systems that do not tell case or normal forms apart."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", path).casefold())
