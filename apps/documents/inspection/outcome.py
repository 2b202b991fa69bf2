"""Values of an inspection: limits, reasons with their texts, verdicts; and their strict form as JSON."""

from __future__ import annotations

import enum
import errno
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

MEGABYTE = 1024 * 1024
DISK_IS_FULL = 28
"""What the child ends with when it had no room to write: that says nothing of the file."""
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


def _(text: str) -> str:
    """Mark a text for the catalogue; callers translate it."""
    return text


class Reason(enum.StrEnum):
    """Why a file is refused."""

    NAME_EMPTY = "name_empty"
    NAME_TOO_LONG = "name_too_long"
    NAME_IS_PATH = "name_is_path"
    NAME_CONTROL = "name_control_character"
    NAME_DIRECTION = "name_direction_character"
    NAME_INVISIBLE = "name_invisible_character"
    NAME_RESERVED = "name_reserved"
    NAME_EDGE = "name_edge"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TYPE_NOT_ALLOWED = "type_not_allowed"
    TYPE_UNKNOWN = "type_unknown"
    EXTENSION_NOT_ALLOWED = "extension_not_allowed"
    EXTENSION_MISMATCH = "extension_mismatch"
    DECLARED_TYPE_MISMATCH = "declared_type_mismatch"
    EXECUTABLE = "executable"
    SCRIPT = "script"
    MARKUP = "markup"
    POLYGLOT = "polyglot"
    MALFORMED = "malformed"
    TRUNCATED = "truncated"
    ENCRYPTED = "encrypted"
    LEGACY_OFFICE = "legacy_office"
    MACRO = "macro"
    EMBEDDED_OBJECT = "embedded_object"
    EXTERNAL_REFERENCE = "external_reference"
    ACTIVE_FIELD = "active_field"
    XML_DOCTYPE = "xml_doctype"
    SIGNED_WITH_ACTIVE_CONTENT = "signed_with_active_content"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_COMPLEX = "too_complex"
    ARCHIVE_STRUCTURE = "archive_structure"
    ARCHIVE_OVERLAP = "archive_overlap"
    ARCHIVE_MEMBERS = "archive_too_many_members"
    ARCHIVE_DEPTH = "archive_too_deep"
    ARCHIVE_SIZE = "archive_too_large"
    ARCHIVE_RATIO = "archive_ratio"
    ARCHIVE_PATH = "archive_path"
    ARCHIVE_LINK = "archive_link"
    ARCHIVE_DUPLICATE = "archive_duplicate"
    ARCHIVE_METHOD = "archive_method"
    MARKED_CLASSIFIED = "marked_classified"
    INSPECTION_FAILED = "inspection_failed"


TEXTS: Mapping[Reason, str] = {
    Reason.NAME_EMPTY: _("The file has no name."),
    Reason.NAME_TOO_LONG: _("The file name is longer than 200 characters or 240 bytes."),
    Reason.NAME_IS_PATH: _("The file name holds a path or a drive."),
    Reason.NAME_CONTROL: _("The file name holds control characters."),
    Reason.NAME_DIRECTION: _("The file name holds characters that change the direction of writing."),
    Reason.NAME_INVISIBLE: _("The file name holds invisible or unassigned characters."),
    Reason.NAME_RESERVED: _("The file name is reserved by an operating system or holds characters that one refuses."),
    Reason.NAME_EDGE: _("The file name begins or ends with a space or a dot."),
    Reason.EMPTY: _("The file is empty."),
    Reason.TOO_LARGE: _("The file is larger than is allowed for its type."),
    Reason.TYPE_NOT_ALLOWED: _("Files of this type are not accepted; send PDF, PNG, JPEG or an Office document."),
    Reason.TYPE_UNKNOWN: _("The content is of no type that is accepted."),
    Reason.EXTENSION_NOT_ALLOWED: _("Files with this extension are not accepted."),
    Reason.EXTENSION_MISMATCH: _("The extension says another type than the content."),
    Reason.DECLARED_TYPE_MISMATCH: _("The declared media type is another one than that of the content."),
    Reason.EXECUTABLE: _("The file is a program."),
    Reason.SCRIPT: _("The file is a script."),
    Reason.MARKUP: _("The file holds HTML, SVG or other markup that a browser would run."),
    Reason.POLYGLOT: _("The file is of two types at once, or something is attached to it."),
    Reason.MALFORMED: _("The file is damaged or does not keep to its format."),
    Reason.TRUNCATED: _("The end of the file is missing."),
    Reason.ENCRYPTED: _("The file is protected by a password, so that it cannot be inspected; remove the protection."),
    Reason.LEGACY_OFFICE: _("Old binary Office files are not accepted; save as DOCX, XLSX, PPTX or PDF."),
    Reason.MACRO: _("The document holds macros or scripts."),
    Reason.EMBEDDED_OBJECT: _("The document holds an embedded object, a file or a part that is not accepted."),
    Reason.EXTERNAL_REFERENCE: _("The document loads content, a template or data from outside."),
    Reason.ACTIVE_FIELD: _("The document holds a formula or a field that starts programs or calls outside."),
    Reason.XML_DOCTYPE: _("The document holds XML with a document type or entities."),
    Reason.SIGNED_WITH_ACTIVE_CONTENT: _(
        "The signed document holds parts that must be removed, which would void its signature; remove them, sign again."
    ),
    Reason.TOO_MANY_PIXELS: _("The picture has too many pixels."),
    Reason.TOO_MANY_PAGES: _("The document has too many pages."),
    Reason.TOO_COMPLEX: _("The document is nested too deeply or has too many parts."),
    Reason.ARCHIVE_STRUCTURE: _("The archive contradicts itself or holds bytes that belong to no member."),
    Reason.ARCHIVE_OVERLAP: _("Members of the archive overlap."),
    Reason.ARCHIVE_MEMBERS: _("The archive has too many members."),
    Reason.ARCHIVE_DEPTH: _("Archives are nested too deeply."),
    Reason.ARCHIVE_SIZE: _("The archive is too large when unpacked."),
    Reason.ARCHIVE_RATIO: _("The archive is compressed more strongly than real documents are."),
    Reason.ARCHIVE_PATH: _("A member's name leads out of the archive or is odd."),
    Reason.ARCHIVE_LINK: _("The archive holds a link or a device."),
    Reason.ARCHIVE_DUPLICATE: _("Two members of the archive have the same name but for the case."),
    Reason.ARCHIVE_METHOD: _("The archive uses a compression that is not accepted."),
    Reason.MARKED_CLASSIFIED: _("The file bears a marking of classified information; such must not enter."),
    Reason.INSPECTION_FAILED: _("The file could not be inspected within the limits."),
}


class Removed(enum.StrEnum):
    """What was taken out of a file that may come in."""

    METADATA = "metadata"
    TRAILING_DATA = "trailing_data"
    SCRIPT = "script"
    ACTION = "action"
    LINK = "link"
    ATTACHMENT = "attachment"
    MEDIA = "media"
    FORM_XFA = "form_xfa"
    EXTERNAL_STREAM = "external_stream"


REMOVED_TEXTS: Mapping[Removed, str] = {
    Removed.METADATA: _("Metadata of a picture, such as the place and the camera."),
    Removed.TRAILING_DATA: _("Data behind the end of the file."),
    Removed.SCRIPT: _("Scripts."),
    Removed.ACTION: _("Actions that run by themselves, start programs or send data."),
    Removed.LINK: _("Links to other than web pages and mail addresses."),
    Removed.ATTACHMENT: _("Attached files."),
    Removed.MEDIA: _("Sound, video and three-dimensional content."),
    Removed.FORM_XFA: _("An XML form (XFA)."),
    Removed.EXTERNAL_STREAM: _("Content kept in other files."),
}


WALLS = frozenset({"death_signal", "no_new_privileges", "network", "files", "truncation"})
"""What stands between the child and the rest of the machine, beside the limits, where the kernel has it."""


class Verdict(enum.StrEnum):
    CLEAN = "clean"
    BLOCKED = "blocked"


class Refused(Exception):
    """A file may not come in, for one reason; `member` is the path inside archives and documents."""

    def __init__(self, reason: Reason, member: str | None = None) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.member = member


@dataclass(frozen=True)
class Limits:
    """What an inspection may use. Sizes in bytes, times in seconds; `memory` comes on top of the file's own size."""

    file_bytes: int = 500 * MEGABYTE
    text_bytes: int = 64 * MEGABYTE
    image_bytes: int = 100 * MEGABYTE
    pixels: int = 100_000_000
    pages: int = 5_000
    objects: int = 1_000_000
    members: int = 1_000
    depth: int = 2
    unpacked_bytes: int = 500 * MEGABYTE
    ratio: int = 100
    memory: int = 1024 * MEGABYTE
    cpu_seconds: int = 60
    seconds: float = 120.0


@dataclass(frozen=True)
class Finding:
    """One reason or one removal: a code, its English text, and the member concerned, if any."""

    code: str
    text: str
    member: str | None = None


@dataclass(frozen=True)
class Inspection:
    """What came out: `sanitised` is the file to keep instead of the received one, None where that one stays.

    `marking` is the marking found, `removed` what was taken out, `text_length` the characters searched for markings.
    `walls_missing` are those of `WALLS` that did not stand, as the child tells. `is_overdue` says that time ran out,
    which may be the machine's fault and not the file's.
    """

    verdict: Verdict
    reasons: tuple[Finding, ...] = ()
    media_type: str | None = None
    extension: str | None = None
    sanitised: Path | None = None
    pages: int | None = None
    marking: str | None = None
    text_length: int = 0
    removed: tuple[Finding, ...] = field(default=())
    walls_missing: tuple[str, ...] = ()
    is_overdue: bool = False


class BadOutcome(Exception):
    """The child's answer does not keep to the schema."""


def finding(code: Reason | Removed, member: str | None = None) -> Finding:
    """A code with its text."""
    text = TEXTS[code] if isinstance(code, Reason) else REMOVED_TEXTS[code]
    return Finding(code.value, text, member)


def blocked(reason: Reason, member: str | None = None, *, marking: str | None = None) -> Inspection:
    """The verdict that a file may not come in."""
    return Inspection(Verdict.BLOCKED, (finding(reason, member),), marking=marking)


def to_json(inspection: Inspection) -> dict[str, Any]:
    """An inspection as JSON; texts are left out, since codes carry them, and what only the parent can tell."""
    plain = asdict(inspection)
    del plain["is_overdue"]
    plain["sanitised"] = inspection.sanitised is not None
    for name in ("reasons", "removed"):
        plain[name] = [[row["code"], row["member"]] for row in plain[name]]
    return plain


def from_json(plain: object, *, sanitised: Path, media_types: frozenset[str]) -> Inspection:
    """An inspection from what a child wrote; raises BadOutcome on anything but the exact schema."""
    if not isinstance(plain, dict) or set(plain) != _TOLD:
        raise BadOutcome
    try:
        result = Inspection(
            verdict=Verdict(plain["verdict"]),
            reasons=tuple(finding(Reason(code), _short(member)) for code, member in plain["reasons"]),
            media_type=_short(plain["media_type"]),
            extension=_short(plain["extension"]),
            sanitised=sanitised if _is(plain["sanitised"], bool) else None,
            pages=_count(plain["pages"]),
            marking=_short(plain["marking"]),
            text_length=_count(plain["text_length"]) or 0,
            removed=tuple(finding(Removed(code), _short(member)) for code, member in plain["removed"]),
            walls_missing=tuple(_wall(name) for name in plain["walls_missing"]),
        )
    except (TypeError, ValueError) as cause:
        raise BadOutcome from cause
    is_clean = result.verdict is Verdict.CLEAN
    if is_clean == bool(result.reasons) or (is_clean and result.media_type not in media_types):
        raise BadOutcome
    return result


_TOLD = set(Inspection.__dataclass_fields__) - {"is_overdue"}


def _wall(name: object) -> str:
    if not isinstance(name, str) or name not in WALLS:
        raise BadOutcome
    return name


def _is(value: object, kind: type) -> object:
    if type(value) is not kind:
        raise BadOutcome
    return value


def _short(value: object) -> str | None:
    if value is not None and (not isinstance(value, str) or len(value) > 1_000):
        raise BadOutcome
    return value


def _count(value: object) -> int | None:
    if value is not None and (type(value) is not int or not 0 <= value < 2**31):
        raise BadOutcome
    return value
