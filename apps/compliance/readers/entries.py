"""What all lists have in common: an entry with names, dates, countries and identifiers; why a file is refused."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from apps.compliance.readers.dates import latest_start

T = TypeVar("T")
Kind = Literal["person", "entity", "vessel"]
Quality = Literal["primary", "alias", "weak"]
Script = Literal["latin", "cyrillic", "other"]

MAX_NAME, MAX_ID, MAX_VALUE, MAX_REMARKS, MAX_PROGRAMME, MAX_URL = 500, 200, 200, 1000, 300, 500
"""Lengths in characters; longer texts are cut, longer ids refused."""
MAX_ITEMS = 2000
"""How many names, identifiers and so on one entry may have."""
CANONICAL = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode
QUALITIES: tuple[Quality, ...] = ("primary", "alias", "weak")


class Unreadable(Exception):
    """The file cannot be read as the list it should be; says where and why, never what stands there."""

    def __init__(self, code: str, reason: str, *, place: str = "") -> None:
        self.code, self.reason, self.place = code, reason, place
        super().__init__(f"{place}: {reason}" if place else reason)


@dataclass(frozen=True, slots=True)
class Name:
    """One name of an entry."""

    text: str
    quality: Quality

    @property
    def script(self) -> Script:
        """The script of the first letter."""
        first = next((unicodedata.name(letter, "") for letter in self.text if letter.isalpha()), "")
        return "latin" if first.startswith("LATIN") else "cyrillic" if first.startswith("CYRILLIC") else "other"


@dataclass(frozen=True, slots=True)
class Entry:
    """A person, entity or vessel on a list. Dates are ISO 8601 prefixes (year, month, day), countries alpha-2."""

    source_id: str
    kind: Kind
    names: tuple[Name, ...]
    birth_dates: tuple[str, ...] = ()
    birth_places: tuple[str, ...] = ()
    registration_dates: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()
    programmes: tuple[str, ...] = ()
    listed_on: str | None = None
    remarks: str = ""
    url: str = ""

    def digest(self) -> bytes:
        """16 bytes that change when anything the list says of the entry changes."""
        whole = (
            CANONICAL(self.kind),
            _pairs((name.text, name.quality) for name in self.names),
            _list(self.birth_dates),
            _list(self.birth_places),
            _list(self.registration_dates),
            _list(self.countries),
            _pairs(self.identifiers),
            _list(self.programmes),
            "null" if self.listed_on is None else CANONICAL(self.listed_on),
            CANONICAL(self.remarks),
            CANONICAL(self.url),
        )
        return hashlib.blake2b(f"[{','.join(whole)}]".encode(), digest_size=16).digest()


def _list(values: Sequence[str]) -> str:
    """Texts as a list of JSON: putting their encodings together is several times faster than encoding the list."""
    return f"[{','.join(map(CANONICAL, values))}]" if values else "[]"


def _pairs(values: Iterable[tuple[str, str]]) -> str:
    return f"[{','.join([f'[{CANONICAL(one)},{CANONICAL(other)}]' for one, other in values])}]"


@dataclass(slots=True)
class Reading:
    """A file being read: the day it is read on, and what the file says of itself once that has been passed."""

    today: dt.date
    published_on: dt.date | None = None
    entries: int = field(default=0)

    def publish(self, found: dt.date | None, *, place: str) -> None:
        """Note the file's own date. Raises Unreadable when that is in the future."""
        if found is None:
            return
        if found > self.today + dt.timedelta(days=1):
            raise Unreadable("date_in_future", "the file is dated in the future", place=place)
        self.published_on = found

    def past(self, dates: Iterable[str], *, what: str, place: str) -> tuple[str, ...]:
        """The dates, each once. Raises Unreadable when one of them is in the future."""
        kept = tuple(dict.fromkeys(dates))
        for date in kept:
            if latest_start(date) > self.today + dt.timedelta(days=1):
                raise Unreadable("date_in_future", f"{what} is in the future", place=place)
        return kept


def tidy(text: str | None, limit: int) -> str:
    """One line without control characters, cut to `limit` characters."""
    if not text:
        return ""
    if text.isprintable():
        if len(text) <= limit and text[0] != " " and text[-1] != " " and "  " not in text:
            return text
    else:
        text = "".join(" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in text)
    return " ".join(text.split())[:limit].rstrip()


def texts(values: Iterable[str | None], limit: int, *, place: str) -> tuple[str, ...]:
    """The tidied values without empty ones, each once. Raises Unreadable when there are too many."""
    return bounded(tuple(dict.fromkeys(kept for value in values if (kept := tidy(value, limit)))), place=place)


def names_of(found: Iterable[tuple[str | None, Quality]], *, place: str) -> tuple[Name, ...]:
    """The names, each text once under its best quality, the primary ones first."""
    best: dict[str, Quality] = {}
    for text, quality in found:
        kept = tidy(text, MAX_NAME)
        if kept and (kept[0].isalnum() or any(letter.isalnum() for letter in kept)):
            known = best.get(kept)
            if known is None or QUALITIES.index(quality) < QUALITIES.index(known):
                best[kept] = quality
    ordered = sorted(best.items(), key=lambda item: QUALITIES.index(item[1]))
    return bounded(tuple(Name(text, quality) for text, quality in ordered), place=place)


def identifiers_of(found: Iterable[tuple[str | None, str | None]], *, place: str) -> tuple[tuple[str, str], ...]:
    """Pairs of scheme and value, each once, without empty values."""
    pairs = ((tidy(scheme, 80) or "other", tidy(value, MAX_VALUE)) for scheme, value in found)
    return bounded(tuple(dict.fromkeys(pair for pair in pairs if pair[1])), place=place)


def source_id_of(value: str | None, *, place: str) -> str:
    """The list's own id. Raises Unreadable without one."""
    kept = tidy(value, MAX_ID + 1)
    if not kept or len(kept) > MAX_ID:
        raise Unreadable("no_id", "the entry has no id" if not kept else "the entry's id is too long", place=place)
    return kept


def bounded(values: tuple[T, ...], *, place: str) -> tuple[T, ...]:
    """The values as they are. Raises Unreadable when there are too many."""
    if len(values) > MAX_ITEMS:
        raise Unreadable("too_large", f"the entry has more than {MAX_ITEMS} names or values of a kind", place=place)
    return values
