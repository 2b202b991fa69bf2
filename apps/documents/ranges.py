"""The Range header of a GET (RFC 9110, section 14): one part, the whole, or a refusal."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ONE = re.compile(r"([0-9]*)-([0-9]*)")
DIGITS = 18
"""Numbers with more digits than this are larger than any content."""


@dataclass(frozen=True, slots=True)
class Part:
    """The bytes from `start` to before `stop` of `size`.

    `is_whole` where the answer is 200 with everything: no range was asked for, or one that is not to be honoured.
    """

    start: int
    stop: int
    size: int
    is_whole: bool = False

    @property
    def content_range(self) -> str:
        """The Content-Range header of the 206."""
        return f"bytes {self.start}-{self.stop - 1}/{self.size}"


class RangeUnsatisfiable(Exception):
    """No byte of the content is in the range asked for: the answer is 416 with `content_range`."""

    def __init__(self, *, size: int) -> None:
        self.content_range = f"bytes */{size}"
        super().__init__(self.content_range)


def range_part(header: str | None, *, size: int, if_range: str | None = None, etag: str | None = None) -> Part:
    """What to answer to a Range header over a content of `size` bytes.

    The whole for no header, another unit than bytes, a malformed one, several ranges (a server may ignore the header,
    section 14.2; parts of an encrypted file are rarely wanted and cheap to abuse), and an If-Range that is not the
    strong entity tag `etag` (section 13.1.5). Raises RangeUnsatisfiable.
    """
    whole = Part(0, size, size, is_whole=True)
    unit, equals, listed = (header or "").partition("=")
    if not equals or unit.strip(" \t").lower() != "bytes":
        return whole
    if if_range is not None and (etag is None or etag.startswith("W/") or if_range.strip(" \t") != etag):
        return whole
    specs = [spec for item in listed.split(",") if (spec := item.strip(" \t"))]
    found = _ONE.fullmatch(specs[0]) if len(specs) == 1 else None
    if found is None:
        return whole
    first, last = (_number(digits) for digits in found.groups())
    if first is None:
        return whole if last is None else _suffix(last, size)
    if last is not None and last < first:
        return whole
    if first >= size:
        raise RangeUnsatisfiable(size=size)
    return Part(first, size if last is None else min(last + 1, size), size)


def _suffix(length: int, size: int) -> Part:
    """The last `length` bytes; of an empty content the whole, since no Content-Range can tell of no bytes."""
    if length == 0:
        raise RangeUnsatisfiable(size=size)
    return Part(max(0, size - length), size, size, is_whole=size == 0)


def _number(digits: str) -> int | None:
    """None for no digits. Long numbers are cut to one that is larger than any content, before they are computed."""
    if not digits:
        return None
    significant = digits.lstrip("0") or "0"
    return int(significant) if len(significant) <= DIGITS else 10**DIGITS
