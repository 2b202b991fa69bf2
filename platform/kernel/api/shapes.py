"""What a request may look like before anybody reads it: pure checks over bytes and texts."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

from kernel.api.problems import ApiProblem, BadRequest, BodyMalformed, CharsetUnsupported

MAX_BODY = 1024 * 1024
MAX_DEPTH = 32
MAX_KEYS = 1000
UNSAFE_TEXT = re.compile("[\x00\ud800-\udfff]")
STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
"""A string, also one that never ends: a scan must not start over inside it."""
BRACKET = re.compile(rb"[\[\]{}]")
ESCAPE = re.compile(rb"\\(?:u([0-9a-fA-F]{4})|.)", re.DOTALL)
LENGTH = re.compile(r"\d{1,15}", re.ASCII)
CHARSET = re.compile(r"""charset\s*=\s*["']?([^\s;"']+)""", re.IGNORECASE)


def path_problem(path: str) -> ApiProblem | None:
    """What is wrong with a decoded path: NUL or a lone surrogate."""
    return BadRequest() if UNSAFE_TEXT.search(path) else None


def query_string_problem(query: str) -> ApiProblem | None:
    """What is wrong with a raw query string: NUL or bytes that are not UTF-8 (a lone surrogate among them)."""
    try:
        plain = unquote_to_bytes(query.encode("latin-1").replace(b"+", b" "))
        text = plain.decode("utf-8")
    except UnicodeError:
        return BadRequest()
    return BadRequest() if "\x00" in text else None


def headers_problem(headers: Mapping[str, object]) -> ApiProblem | None:
    """What is wrong with WSGI header values: NUL or a lone surrogate, also inside a Basic authorisation; no length."""
    length = str(headers.get("CONTENT_LENGTH") or "0")
    if not LENGTH.fullmatch(length):
        return BadRequest()
    for name, value in headers.items():
        if (name.startswith("HTTP_") or name == "CONTENT_TYPE") and UNSAFE_TEXT.search(str(value)):
            return BadRequest()
    scheme, _, token = str(headers.get("HTTP_AUTHORIZATION", "")).partition(" ")
    if scheme.lower() == "basic":
        try:
            plain = base64.b64decode(token.strip() + "==").decode("utf-8")
        except (binascii.Error, ValueError):
            return BadRequest()
        if "\x00" in plain:
            return BadRequest()
    return None


def content_problem(*, content_type: str, content_encoding: str) -> ApiProblem | None:
    """What is wrong with how a body is encoded: anything but UTF-8, or a content encoding."""
    charset = CHARSET.search(content_type)
    if charset is not None and charset.group(1).lower().replace("_", "-") not in {"utf-8", "utf8"}:
        return CharsetUnsupported()
    return CharsetUnsupported() if content_encoding.strip().lower() not in {"", "identity"} else None


def is_json(content_type: str) -> bool:
    """Whether a content type is JSON or one of its kind."""
    kind = content_type.partition(";")[0].strip().lower()
    return kind == "application/json" or kind.endswith("+json")


def form_problem(body: bytes) -> ApiProblem | None:
    """What is wrong with a URL-encoded form: as for a query string."""
    try:
        return query_string_problem(body.decode("latin-1"))
    except UnicodeError:
        return BodyMalformed()


def json_problem(body: bytes) -> ApiProblem | None:
    """What is wrong with a JSON body, found before parsing: unstorable text, deeper than 32, more than 1,000 names.

    Scans bytes: brackets and colons outside strings are counted only when there are enough of them to matter.
    """
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return BodyMalformed()
    if b"\x00" in body or (b"\\u" in body and _has_unsafe_escape(body)):
        return BodyMalformed()
    may_be_deep = body.count(b"[") + body.count(b"{") > MAX_DEPTH
    may_be_wide = body.count(b":") > MAX_KEYS
    if not (may_be_deep or may_be_wide):
        return None
    skeleton = STRING.sub(b"", body)
    if skeleton.count(b":") > MAX_KEYS or (may_be_deep and _is_deep(skeleton)):
        return BodyMalformed()
    return None


def _is_deep(skeleton: bytes) -> bool:
    depth = 0
    for bracket in BRACKET.finditer(skeleton):
        depth += 1 if bracket.group() in b"[{" else -1
        if depth > MAX_DEPTH:
            return True
    return False


def _has_unsafe_escape(body: bytes) -> bool:
    """Whether an escape stands for NUL or for half a surrogate pair."""
    expected_at = -1
    for escape in ESCAPE.finditer(body):
        code = int(escape.group(1), 16) if escape.group(1) else -1
        is_low = 0xDC00 <= code <= 0xDFFF
        if expected_at >= 0 and not (is_low and escape.start() == expected_at):
            return True
        if code == 0 or (is_low and expected_at < 0):
            return True
        expected_at = escape.end() if 0xD800 <= code <= 0xDBFF else -1
    return expected_at >= 0
