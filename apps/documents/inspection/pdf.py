"""PDF: active content is taken out, the file written anew, and the result looked through again."""

from __future__ import annotations

import mmap
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf

from apps.documents.inspection.kinds import ends_as_archive, foreign
from apps.documents.inspection.outcome import Limits, Reason, Refused, Removed

_ALLOWED_ACTIONS = {"/GoTo", "/Named", "/URI"}
_ALLOWED_NAMED = {"/NextPage", "/PrevPage", "/FirstPage", "/LastPage"}
_ALLOWED_LINK = re.compile(rb"(?i)\s*(?:https?://|mailto:)[\x21-\xff]")
_REMOVED_KEYS = {
    "/AA": Removed.ACTION,
    "/JavaScript": Removed.SCRIPT,
    "/JS": Removed.SCRIPT,
    "/EmbeddedFiles": Removed.ATTACHMENT,
    "/EmbeddedFile": Removed.ATTACHMENT,
    "/EF": Removed.ATTACHMENT,
    "/AF": Removed.ATTACHMENT,
    "/RF": Removed.ATTACHMENT,
    "/Collection": Removed.ATTACHMENT,
    "/PieceInfo": Removed.ATTACHMENT,
    "/RichMediaContent": Removed.MEDIA,
    "/RichMediaSettings": Removed.MEDIA,
    "/RichMedia": Removed.MEDIA,
    "/Renditions": Removed.MEDIA,
    "/3DD": Removed.MEDIA,
    "/3DV": Removed.MEDIA,
    "/Movie": Removed.MEDIA,
    "/Sound": Removed.MEDIA,
    "/XFA": Removed.FORM_XFA,
    "/SpiderInfo": Removed.ACTION,
    "/OPI": Removed.EXTERNAL_STREAM,
    "/FFilter": Removed.EXTERNAL_STREAM,
    "/FDecodeParms": Removed.EXTERNAL_STREAM,
}
_REMOVED_ANNOTATIONS = {
    "/FileAttachment": Removed.ATTACHMENT,
    "/Sound": Removed.MEDIA,
    "/Movie": Removed.MEDIA,
    "/Screen": Removed.MEDIA,
    "/RichMedia": Removed.MEDIA,
    "/3D": Removed.MEDIA,
}
_TAIL = 66_000
_REVISION_END = re.compile(rb"startxref\s+(\d+)(?:\s+%%EOF)?|%%EOF")
_MOST_REVISIONS = 32
_FIRST_PAGES = 5
_TEXT_PER_PAGE = 40_000


@dataclass(frozen=True)
class Document:
    """A PDF that may come in: whether `target` was written, its pages, what is gone, the text of its first pages."""

    is_rewritten: bool
    pages: int
    removed: frozenset[Removed]
    text: str


def sanitised(source: Path, target: Path, limits: Limits) -> Document:
    """Write the PDF without active content to `target`; raises Refused where it may not come in.

    Every file is written anew, which drops older revisions and whatever hides between objects. Only a signed one that
    holds nothing active, now or in an earlier revision, stays as it is, since each change would void the signature; one
    that does is refused.
    """
    trailing = _check_frame(source)
    with _opened(source) as document:
        pages = _pages(document, limits)
        is_signed = _is_signed(document)
        removed = _strip(document, limits)
        if is_signed and (removed or trailing):
            raise Refused(Reason.SIGNED_WITH_ACTIVE_CONTENT)
        if is_signed and document.get_warnings():
            # Kept as it is, it would be repaired by each reader in its own way: not as it was looked through here.
            raise Refused(Reason.MALFORMED)
        if not is_signed:
            document.save(
                target,
                stream_decode_level=pikepdf.StreamDecodeLevel.none,
                compress_streams=False,
                deterministic_id=True,
            )
        facts = _facts(document)
        ends = _revision_ends(source, document) if is_signed else []
    if not is_signed:
        _recheck(target, limits)
    text = facts + "\n" + _text(source if is_signed else target)
    if ends:
        text += "\n" + _earlier(source, target, ends, limits)
    return Document(not is_signed, pages, frozenset(removed | trailing), text)


def _check_frame(source: Path) -> set[Removed]:
    """What stands before the first object and behind the last end."""
    with source.open("rb") as file:
        head = file.read(1_024)
        size = file.seek(0, 2)
        file.seek(max(0, size - _TAIL))
        tail = file.read()
    if not re.match(rb"%PDF-(?:1\.[0-7]|2\.0)[\s%]", head):
        raise Refused(Reason.MALFORMED)
    if foreign(re.split(rb"\b\d+\s+\d+\s+obj\b", head[5:])[0]):
        raise Refused(Reason.POLYGLOT)
    end = tail.rfind(b"%%EOF")
    rest = tail[end + 5 :].strip(b"\r\n\t \x00")
    if ends_as_archive(tail) or (end >= 0 and foreign(rest)):
        raise Refused(Reason.POLYGLOT)
    if end < 0:
        raise Refused(Reason.TRUNCATED)
    return {Removed.TRAILING_DATA} if rest else set()


def _opened(source: Path) -> Pdf:
    try:
        document = pikepdf.open(source, suppress_warnings=True, access_mode=pikepdf.AccessMode.mmap)
    except pikepdf.PasswordError:
        raise Refused(Reason.ENCRYPTED) from None
    except (pikepdf.PdfError, ValueError, RuntimeError, OSError):
        raise Refused(Reason.MALFORMED) from None
    if document.is_encrypted:
        document.close()
        raise Refused(Reason.ENCRYPTED)
    return document


def _pages(document: Pdf, limits: Limits) -> int:
    try:
        count = len(document.pages)
    except (pikepdf.PdfError, RuntimeError, ValueError, TypeError, AttributeError):
        raise Refused(Reason.MALFORMED) from None
    if count < 1:
        raise Refused(Reason.MALFORMED)
    if count > limits.pages:
        raise Refused(Reason.TOO_MANY_PAGES)
    return count


def _containers(document: Pdf, limits: Limits) -> Iterator[Any]:
    """Every dictionary, array and stream of the file, also of those that nothing refers to."""
    seen = 0
    for base in [document.trailer, *document.objects]:
        stack = [base]
        while stack:
            each = stack.pop()
            if not isinstance(each, Dictionary | Array | pikepdf.Stream):
                continue
            seen += 1
            if seen > limits.objects:
                raise Refused(Reason.TOO_COMPLEX)
            yield each
            values = [each[key] for key in each.keys()] if not isinstance(each, Array) else list(each)  # noqa: SIM118
            stack.extend(value for value in values if not getattr(value, "is_indirect", True))


def _is_signed(document: Pdf) -> bool:
    for each in document.objects:
        if isinstance(each, Dictionary) and "/ByteRange" in each and "/Contents" in each:
            return True
    return False


def _revision_ends(source: Path, document: Pdf) -> list[int]:
    """Where the file ended before each later change, the last first; without the end of the whole file.

    A reader shows a signed version as the file up to there. A table at byte 0 ends none: so says the first part of a
    file made for slow lines. Raises Refused beyond `_MOST_REVISIONS`.
    """
    with source.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        marked = [(found.end(), (found[1] or b"1").strip(b"0")) for found in _REVISION_END.finditer(data)]
        ends = {end for end, table in marked if table and data[end : end + _TAIL].strip(b"\r\n\t \x00")}
    ends |= {end for end in _signed_ends(document) if marked[0][0] <= end < marked[-1][0]}
    if len(ends) > _MOST_REVISIONS:
        raise Refused(Reason.TOO_COMPLEX)
    return sorted(ends, reverse=True)


def _signed_ends(document: Pdf) -> Iterator[int]:
    """Up to which byte each signature covers the file."""
    for each in document.objects:
        covered = each.get("/ByteRange") if isinstance(each, Dictionary) else None
        if isinstance(covered, Array) and len(covered) == 4 and all(isinstance(part, int) for part in covered):
            yield int(covered[2]) + int(covered[3])


def _earlier(source: Path, target: Path, ends: list[int], limits: Limits) -> str:
    """The text of a signed file's earlier revisions; raises Refused where one holds anything active."""
    pieces: list[str] = []
    shutil.copyfile(source, target)
    for end in ends:
        with target.open("r+b") as file:
            file.truncate(end)
        with _opened(target) as document:
            if _strip(document, limits):
                raise Refused(Reason.SIGNED_WITH_ACTIVE_CONTENT)
            pieces.append(_facts(document))
        # What is not drawn here is not drawn elsewhere: its active parts were looked for all the same.
        with suppress(Refused):
            pieces.append(_text(target))
    target.unlink()
    return "\n".join(pieces)


def _strip(document: Pdf, limits: Limits) -> set[Removed]:
    removed: set[Removed] = set()
    try:
        for each in list(_containers(document, limits)):
            if isinstance(each, Array):
                continue
            removed |= _strip_dictionary(each)
    except (pikepdf.PdfError, RuntimeError, ValueError, TypeError, AttributeError, KeyError):
        raise Refused(Reason.MALFORMED) from None
    return removed


def _strip_dictionary(each: Any) -> set[Removed]:
    removed: set[Removed] = set()
    keys = set(each.keys())
    for key in keys & set(_REMOVED_KEYS):
        if key == "/AF" and not isinstance(each[key], Dictionary | Array):
            continue
        del each[key]
        removed.add(_REMOVED_KEYS[key])
    if isinstance(each, pikepdf.Stream):
        if "/F" in each:
            del each["/F"]
            removed.add(Removed.EXTERNAL_STREAM)
        if each.get("/Type") == Name.EmbeddedFile:
            each.write(b"")
            del each["/Type"]
            removed.add(Removed.ATTACHMENT)
    if "/Ref" in keys and each.get("/Subtype") == Name.Form:
        del each["/Ref"]
        removed.add(Removed.EXTERNAL_STREAM)
    for key in ("/OpenAction", "/A", "/PA", "/Next"):
        value = each.get(key) if key in keys else None
        if isinstance(value, Dictionary) or (key == "/Next" and isinstance(value, Array)):
            removed |= _strip_action(each, key, value)
    if "/S" in keys and isinstance(each.get("/S"), Name):
        removed |= _strip_loose_action(each)
    if str(each.get("/Subtype", "")) in _REMOVED_ANNOTATIONS and ("/Rect" in keys or each.get("/Type") == Name.Annot):
        removed.add(_REMOVED_ANNOTATIONS[str(each["/Subtype"])])
        for key in set(each.keys()) - {"/Rect", "/P", "/Type"}:
            del each[key]
        each["/Subtype"] = Name.Text
        each["/F"] = 2  # hidden
    return removed


def _strip_action(owner: Any, key: str, value: Any) -> set[Removed]:
    """Take the action away from what would start it, unless it turns a page or opens a web page."""
    if key == "/Next":
        del owner[key]
        return {Removed.ACTION}
    if key in ("/A", "/PA") and "/S" not in value:
        return set()
    what = _objection(value)
    if what is None:
        return set()
    del owner[key]
    return {what}


_ACTIONS = {
    "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/Rendition", "/Movie", "/Sound",
    "/RichMediaExecute", "/SetOCGState", "/Hide", "/ResetForm", "/Trans", "/GoTo3DView", "/Thread", "/URI", "/Named",
}  # fmt: skip


def _strip_loose_action(each: Any) -> set[Removed]:
    """Empty an action wherever it stands, so that no other way leads to it."""
    if str(each["/S"]) not in _ACTIONS or str(each.get("/Type", "/Action")) != "/Action":
        return set()
    what = _objection(each)
    if what is None or "/W" in each.keys():  # noqa: SIM118 - `in` on a pikepdf object asks values of arrays too
        return set()
    for key in list(each.keys()):
        del each[key]
    return {what}


def _objection(action: Any) -> Removed | None:
    kind = str(action.get("/S", ""))
    if kind == "/JavaScript":
        return Removed.SCRIPT
    if kind == "/URI":
        target = action.get("/URI")
        return None if isinstance(target, pikepdf.String) and _ALLOWED_LINK.match(bytes(target)) else Removed.LINK
    if kind == "/Named":
        return None if str(action.get("/N", "")) in _ALLOWED_NAMED else Removed.ACTION
    return None if kind in _ALLOWED_ACTIONS else Removed.ACTION


def _recheck(target: Path, limits: Limits) -> None:
    if _check_frame(target):
        raise Refused(Reason.MALFORMED)
    with _opened(target) as document:
        _pages(document, limits)
        if _strip(document, limits):
            raise Refused(Reason.MALFORMED)


def _facts(document: Pdf) -> str:
    """Title, subject, keywords, and what is written in form fields and notes: each on its line."""
    found: list[str] = []
    for each in document.objects:
        if isinstance(each, Dictionary) and len(found) < 2_000:
            for key in ("/Title", "/Subject", "/Keywords", "/V", "/Contents", "/TU"):
                value = each.get(key)
                if isinstance(value, pikepdf.String) and "/ByteRange" not in each:
                    found.append(str(value)[:2_000])
    return "\n".join(found)


def _text(path: Path) -> str:
    """The text of the first pages; a page that cannot be read has none."""
    import pypdfium2

    pieces: list[str] = []
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError:
        raise Refused(Reason.MALFORMED) from None
    try:
        for number in range(min(len(document), _FIRST_PAGES)):
            try:
                page = document[number]
                content = page.get_textpage()
                pieces.append(content.get_text_range(0, min(content.count_chars(), _TEXT_PER_PAGE)))
                content.close()
                page.close()
            except pypdfium2.PdfiumError:
                continue
    finally:
        document.close()
    return "\n".join(pieces)
