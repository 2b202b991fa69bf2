"""Texts: encodings that are accepted, and what makes a table, a JSON document or a drawing one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from apps.documents.inspection.kinds import CSV, DXF, IGES, JSON, PLAIN, STEP, Kind
from apps.documents.inspection.outcome import Reason, Refused

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_DIRECTION = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_NAMES_OF_CALLS = frozenset(
    {
        "dde", "ddeauto", "webservice", "filterxml", "hyperlink", "call", "exec", "register", "register.id", "rtd",
        "evaluate", "importxml", "importdata", "importhtml", "importfeed", "importrange", "image", "shell", "cmd",
    }
)  # fmt: skip
_NAMES_IN_WORKBOOKS = _NAMES_OF_CALLS - {"hyperlink", "image", "filterxml", "importrange"}
_OPENS = re.compile(r"[ \t]{0,3}\(")
_CELL = re.compile(r"(?:^|[,;\t\n])[\s\"']*[=+\-@][^\n]*$")
_STEP = re.compile(r"\s*ISO-10303-21;.*END-ISO-10303-21;\s*", re.DOTALL)
_DXF = re.compile(r"\s*(?:999\r?\n[^\n]*\n\s*)*0\r?\n\s*SECTION\r?\n", re.DOTALL)
_DXF_END = re.compile(r"0\s*\r?\n\s*EOF\s*$")
_DXF_OBJECT = re.compile(r"(?m)^\s*(?:OLE2FRAME|OLEFRAME|VBA_PROJECT)\s*$")
_IGES = re.compile(r"(?:[^\r\n]{72}S[ 0-9]{7}\r?\n)+(?:[^\r\n]{72}[GDPT][ 0-9]{7}\r?\n?)+\s*")
_DEEPEST_JSON = 200


def decoded(data: bytes) -> str:
    """The text; raises Refused where the bytes are none that we read: UTF-8, UTF-16 with its mark, Windows-1251."""
    text = _decoded(data)
    if _CONTROL.search(text):
        raise Refused(Reason.TYPE_UNKNOWN)
    if not text.strip():
        raise Refused(Reason.EMPTY)
    return text


def _decoded(data: bytes) -> str:
    try:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return data.decode("utf-16")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("cp1251")
    except UnicodeDecodeError:
        raise Refused(Reason.TYPE_UNKNOWN) from None
    high = sum(character > "\x7f" for character in text)
    letters = len(re.findall(r"[А-Яа-яЄєІіЇїҐґЁё№«»–—’“”…°§]", text))
    if letters < 0.9 * high or len(re.findall(r"[А-Яа-яЄєІіЇїҐґ]{2,}", text)) == 0:
        raise Refused(Reason.TYPE_UNKNOWN)
    return text


def kind_of(text: str) -> Kind:
    """The kind that the text shows by itself: a drawing, a JSON object or list, else plain."""
    start = text[:4_096].lstrip()
    if start.startswith("ISO-10303-21;"):
        return STEP
    if _IGES.match(text[:1_000] + "\n") is not None:
        return IGES
    if _DXF.match(start):
        return DXF
    return JSON if start.startswith(("{", "[")) and _is_json(text) else PLAIN


def check(text: str, named: Kind) -> None:
    """Raises Refused where a text runs somewhere, or is not what its name says."""
    if _DIRECTION.search(text):
        raise Refused(Reason.TYPE_UNKNOWN)
    if named is JSON and not _is_json(text):
        raise Refused(Reason.EXTENSION_MISMATCH)
    if named is STEP and not _STEP.fullmatch(text):
        raise Refused(Reason.EXTENSION_MISMATCH)
    if named is DXF and not (_DXF.match(text[:4_096].lstrip()) and _DXF_END.search(text[-200:])):
        raise Refused(Reason.EXTENSION_MISMATCH)
    if named is DXF and _DXF_OBJECT.search(text):
        raise Refused(Reason.EMBEDDED_OBJECT)
    if named is IGES and not _IGES.fullmatch(text):
        raise Refused(Reason.EXTENSION_MISMATCH)
    if named in (CSV, PLAIN) and calls_out(text):
        raise Refused(Reason.ACTIVE_FIELD)


def calls_out(text: str) -> bool:
    """Whether a cell of a table is a formula that starts a program or calls another machine; sums may stay."""
    for position in _calls(text, _NAMES_OF_CALLS):
        before = text[max(0, position - 400) : position]
        if _CELL.search(before.rsplit("\n", 1)[-1]):
            return True
    return False


def formula_calls_out(formula: str) -> bool:
    """The same for one formula of a workbook, where links to web pages are ordinary."""
    return any(True for _ in _calls(formula, _NAMES_IN_WORKBOOKS))


def _calls(text: str, called: frozenset[str]) -> Iterator[int]:
    """Where a text has a link to a program (`cmd|'…'!A0`) or calls one of the functions."""
    position = text.find("|")
    while position >= 0:
        if "!" in text[position : position + 200].split("\n", 1)[0]:
            yield position
        position = text.find("|", position + 1)
    lowered = text.lower()
    for name in called:
        position = lowered.find(name)
        while position >= 0:
            stop = position + len(name)
            if _OPENS.match(lowered, stop) and not lowered[max(0, position - 1) : position].isalnum():
                yield position
            position = lowered.find(name, stop)


def _is_json(text: str) -> bool:
    if _depth(text) > _DEEPEST_JSON:
        raise Refused(Reason.TOO_COMPLEX)
    try:
        json.loads(text, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return False
    return True


def _depth(text: str) -> int:
    """How deep brackets nest outside strings."""
    depth = deepest = 0
    for match in re.finditer(r'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', text, re.DOTALL):
        sign = match[0]
        if sign in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif sign in "]}":
            depth -= 1
    return deepest
