"""JSON read object by object: one per line, or the elements of one array."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO, NoReturn

from apps.compliance.readers.entries import Unreadable
from apps.compliance.readers.streams import LIMITS, Limits, characters, lines

MAX_OBJECT = 2 * 1024 * 1024
"""Characters of one object."""
SIGN = re.compile(r"\S")
Object = dict[str, Any]


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


DECODER = json.JSONDecoder(parse_constant=_no_constant)


def objects_by_line(stream: BinaryIO, *, limits: Limits = LIMITS) -> Iterator[tuple[str, Object]]:
    """The objects of JSON Lines with their places. Raises Unreadable."""
    for number, line in lines(stream, limits=limits):
        if line and not line.isspace():
            place = f"line {number}"
            if len(line) > MAX_OBJECT:
                raise Unreadable("too_large", "the object is too large", place=place)
            yield place, _object(_decoded(line, place), place)


def objects_of_array(stream: BinaryIO, *, limits: Limits = LIMITS) -> Iterator[tuple[str, Object]]:
    """The objects of one array of JSON with their places, whatever the line breaks. Raises Unreadable."""
    array = _Array()
    for piece in characters(stream, limits=limits):
        yield from array.feed(piece)
    yield from array.feed("", is_last=True)


class _Array:
    """Takes an array in pieces and gives its elements as they are complete."""

    def __init__(self) -> None:
        self.text, self.at, self.number, self.wants, self.enough = "", 0, 0, "[", 0

    def feed(self, piece: str, *, is_last: bool = False) -> Iterator[tuple[str, Object]]:
        """The elements that are complete by now."""
        self.text, self.at = self.text[self.at :] + piece, 0
        # An unfinished element is tried again once the text has grown by half: not at every piece.
        if len(self.text) < self.enough and not is_last:
            return
        while self._next_sign():
            if self.wants != "value":
                self._take_sign()
                continue
            try:
                value, self.at = DECODER.raw_decode(self.text, self.at)
            except (ValueError, RecursionError):
                break
            self.number += 1
            self.wants, self.enough = ",", 0
            yield _place(self.number), _object(value, _place(self.number))
        waiting = len(self.text) - self.at
        self.enough = waiting + waiting // 2
        if waiting > MAX_OBJECT:
            raise Unreadable("too_large", "the element is too large, or the JSON is broken", place=self._here())
        if is_last and self.wants != "nothing":
            raise Unreadable("broken_file", "the JSON is broken, or the file ends early", place=self._here())

    def _next_sign(self) -> bool:
        found = SIGN.search(self.text, self.at)
        self.at = found.start() if found else len(self.text)
        return found is not None

    def _take_sign(self) -> None:
        sign, self.at = self.text[self.at], self.at + 1
        if sign == self.wants:
            is_empty = sign == "[" and self._next_sign() and self.text[self.at] == "]"
            self.at += is_empty
            self.wants = "nothing" if is_empty else "value"
        elif sign == "]" and self.wants == ",":
            self.wants = "nothing"
        elif self.wants == "[":
            raise Unreadable("wrong_format", "the file is no array of JSON", place="element 1")
        else:
            raise Unreadable("broken_file", "the JSON is broken", place=self._here())

    def _here(self) -> str:
        return _place(self.number + 1)


def text_of(value: Any, *, what: str, place: str) -> str:
    """A text, empty for null. Raises Unreadable for anything but texts and whole numbers."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise Unreadable("wrong_type", f"{what} is no text", place=place)


def texts_of(value: Any, *, what: str, place: str) -> list[str]:
    """A list of texts; one text stands for itself, null for none."""
    found = value if isinstance(value, list) else [] if value is None else [value]
    return [text_of(item, what=what, place=place) for item in found]


def _place(number: int) -> str:
    return f"element {number}"


def _decoded(line: str, place: str) -> Any:
    try:
        return DECODER.decode(line)
    except (ValueError, RecursionError):
        raise Unreadable("broken_file", "the line is no JSON, or is cut off", place=place) from None


def _object(value: Any, place: str) -> Object:
    if not isinstance(value, dict):
        raise Unreadable("wrong_format", "not an object", place=place)
    return value
