"""The kinds of file that are accepted, told by content alone, and what gives away those that are not."""

from __future__ import annotations

import re
from dataclasses import dataclass

from apps.documents.inspection.outcome import Reason, Refused

_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"


@dataclass(frozen=True)
class Kind:
    """A kind of file: `family` names what inspects it, the first extension is the one it is served with."""

    family: str
    media_type: str
    extensions: tuple[str, ...]


PDF = Kind("pdf", "application/pdf", ("pdf",))
PNG = Kind("image", "image/png", ("png",))
JPEG = Kind("image", "image/jpeg", ("jpg", "jpeg", "jpe", "jfif"))
WEBP = Kind("image", "image/webp", ("webp",))
ZIP = Kind("archive", "application/zip", ("zip",))
DOCX = Kind("office", f"{_OFFICE}.wordprocessingml.document", ("docx",))
XLSX = Kind("office", f"{_OFFICE}.spreadsheetml.sheet", ("xlsx",))
PPTX = Kind("office", f"{_OFFICE}.presentationml.presentation", ("pptx",))
ODT = Kind("open", f"{_OPEN}.text", ("odt",))
ODS = Kind("open", f"{_OPEN}.spreadsheet", ("ods",))
ODP = Kind("open", f"{_OPEN}.presentation", ("odp",))
PLAIN = Kind("text", "text/plain", ("txt", "md", "log"))
CSV = Kind("text", "text/csv", ("csv", "tsv"))
JSON = Kind("text", "application/json", ("json", "geojson"))
STEP = Kind("text", "model/step", ("step", "stp"))
DXF = Kind("text", "image/vnd.dxf", ("dxf",))
IGES = Kind("text", "model/iges", ("igs", "iges"))

KINDS = (PDF, PNG, JPEG, WEBP, ZIP, DOCX, XLSX, PPTX, ODT, ODS, ODP, PLAIN, CSV, JSON, STEP, DXF, IGES)
BY_EXTENSION = {extension: kind for kind in KINDS for extension in kind.extensions}
BY_MEDIA_TYPE = {kind.media_type: kind for kind in KINDS}
MEDIA_TYPES = frozenset(BY_MEDIA_TYPE)
MAGIC = {
    PDF.media_type: b"%PDF-",
    PNG.media_type: b"\x89PNG\r\n\x1a\n",
    JPEG.media_type: b"\xff\xd8\xff",
    WEBP.media_type: b"RIFF",
    **{kind.media_type: b"PK\x03\x04" for kind in KINDS if kind.family in {"archive", "office", "open"}},
}

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PROGRAMS = (
    b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe", b"dex\n", b"\x00asm", b"!<arch>", b"L\x00\x00\x00\x01\x14\x02\x00", b"\xed\xab\xee\xdb",
)  # fmt: skip
_FOREIGN = re.compile(
    rb"PK\x03\x04|PK\x05\x06|%PDF-[12]|\x7fELF[\x01\x02]|Rar!\x1a\x07|7z\xbc\xaf\x27\x1c|MZ[\x00-\xff]{58,512}PE\x00\x00|"
    rb"\xca\xfe\xba\xbe\x00|" + re.escape(OLE)
)
_MARKUP = re.compile(
    r"(?i)<\s*/?\s*(?:script|svg|html|iframe|object|embed|applet|frameset|base|meta|link|body|form|img|video|audio|"
    r"math|style|foreignobject|isindex|xsl:stylesheet)\b[^<]{0,2000}?>|<!doctype\b|<!entity\b|<\?php|<\?xml\b|<%@"
)
_FOREIGN_MARKUP = re.compile(_MARKUP.pattern.encode())
_TEXT_PROGRAMS = (
    ("#!", Reason.SCRIPT), ("{\\rtf", Reason.TYPE_NOT_ALLOWED), ("ID;P", Reason.TYPE_NOT_ALLOWED),
    ("%!PS", Reason.TYPE_NOT_ALLOWED), ("MIME-Version:", Reason.TYPE_NOT_ALLOWED), ("@echo off", Reason.SCRIPT),
    ("[InternetShortcut]", Reason.SCRIPT), ("[Desktop Entry]", Reason.SCRIPT), ("Windows Registry", Reason.SCRIPT),
    ("begin 644 ", Reason.TYPE_NOT_ALLOWED), ("X5O!P%@AP", Reason.EXECUTABLE),
)  # fmt: skip


def binary_kind(head: bytes) -> Kind | None:
    """The kind by the first bytes, or None where only text is left; ZIP stands for all that is packed so.

    Raises Refused for what is known and not accepted. `head` is at least the first 8 KB, or the whole file.
    """
    for kind in (PDF, PNG, JPEG):
        if head.startswith(MAGIC[kind.media_type]):
            return kind
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return WEBP
    if head.startswith(b"PK\x03\x04"):
        return ZIP
    if head.startswith(b"PK"):
        raise Refused(Reason.ARCHIVE_STRUCTURE)
    if head.startswith(OLE):
        raise Refused(Reason.ENCRYPTED if "EncryptedPackage".encode("utf-16-le") in head else Reason.LEGACY_OFFICE)
    if head.startswith(_PROGRAMS) and not _is_plain(head):
        raise Refused(Reason.EXECUTABLE)
    if re.search(rb"%PDF-[12]\.\d", head[:1_100]):
        raise Refused(Reason.POLYGLOT)
    if not _is_plain(head) and _known(head):
        raise Refused(Reason.TYPE_NOT_ALLOWED)
    if b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refused(Reason.TYPE_UNKNOWN)
    return None


def _is_plain(head: bytes) -> bool:
    return re.search(rb"[\x00-\x08\x0e-\x1f\x7f-\xff]", head) is None


def _known(head: bytes) -> bool:
    import filetype

    return filetype.guess(head) is not None


def foreign(data: bytes) -> bool:
    """Whether bytes that ought to be padding hold the beginning of another file or markup that a browser would run."""
    return _FOREIGN.search(data) is not None or _FOREIGN_MARKUP.search(data) is not None


def markup(text: str) -> Reason | None:
    """What makes a text run somewhere: markup, a script's first line, formats that call out."""
    start = text.lstrip("\ufeff \t\r\n")[:200]
    for prefix, reason in _TEXT_PROGRAMS:
        if start.lower().startswith(prefix.lower()):
            return reason
    return Reason.MARKUP if _MARKUP.search(text) else None


def ends_as_archive(tail: bytes) -> bool:
    """Whether a program that reads ZIP files from the end would find one; `tail` is the last 66,000 bytes."""
    position = tail.rfind(b"PK\x05\x06")
    while position >= 0:
        length = int.from_bytes(tail[position + 20 : position + 22], "little")
        if position + 22 <= len(tail) and abs(len(tail) - position - 22 - length) <= 1_024:
            return True
        position = tail.rfind(b"PK\x05\x06", 0, position)
    return False


def agree(kind: Kind, *, extension: str, declared_type: str) -> Kind:
    """The kind as its name has it, where texts are concerned; raises Refused on a contradiction."""
    named = BY_EXTENSION.get(extension)
    if named is None:
        raise Refused(Reason.EXTENSION_NOT_ALLOWED)
    if named is not kind and not (named.family == kind.family == "text"):
        raise Refused(Reason.EXTENSION_MISMATCH)
    declared = BY_MEDIA_TYPE.get(declared_type.split(";", maxsplit=1)[0].strip().lower())
    if declared is not None and declared is not named and not (declared.family == named.family == "text"):
        raise Refused(Reason.DECLARED_TYPE_MISMATCH)
    return named
