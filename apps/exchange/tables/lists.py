"""Cells that hold several values: `A;B`, `CODE:weight;…`, terms, instruments; `none` states an empty list."""

from __future__ import annotations

import functools
from typing import Any

from apps.exchange.tables.cells import NOTHING, Parse, choice, country, decimal, text
from apps.exchange.tables.problems import CellInvalid
from apps.reference.instruments import CLASS_OF, Instrument
from apps.reference.terms import YES_OR_NO
from apps.startups.services.capability_evidence import NSN
from apps.startups.states import CodificationScheme

ANSWERS = {"yes": "yes", "true": "yes", "no": "no", "false": "no"}
LONGEST_LIST = 1_000
LONGEST_STANDARD, LONGEST_PART = 80, 40
LONGEST_NUMBER = 60
ESCAPES = {"%": "%25", ";": "%3B", "/": "%2F", ":": "%3A"}
"""How standards and numbers write the signs that part lists; `%` first, so that undoing ends with it."""

weight_of = decimal(digits=18, places=9, least="0", most="1000000")
stake = decimal(digits=7, places=6, above="0", most="1")
share = decimal(digits=7, places=6, least="0", most="1")


def several(item: Parse) -> Parse:
    """`A;B` as a list in the given order; the same value twice is a problem."""

    def parse(cell: str) -> list[Any]:
        values = [item(part) for part in parts(cell)]
        for number, value in enumerate(values):
            if value in values[:number]:
                raise CellInvalid("duplicate_value", f"{value} is named twice")
        return values

    return parse


def weighted(item: Parse) -> Parse:
    """`CODE:weight;…` as a list of `[code, weight]`; a code alone weighs 1, and some weight must be above zero."""

    def parse(cell: str) -> list[list[Any]]:
        found: dict[str, float] = {}
        for part in parts(cell):
            name, _, weight = (piece.strip() for piece in part.partition(":"))
            if not name:
                raise CellInvalid("missing", f"{part[:60]!r} weighs nothing by name")
            value = item(name)
            if value in found:
                raise CellInvalid("duplicate_value", f"{value} is named twice")
            found[value] = float(weight_of(weight)) if weight else 1.0
        if found and not any(found.values()):
            raise CellInvalid("out_of_range", "no weight is above zero")
        return [[value, weight] for value, weight in found.items()]

    return parse


def shares(cell: str) -> dict[str, float]:
    """`state:0.6;export:0.4` as shares by class; together at most 1."""
    found: dict[str, float] = {}
    for part in parts(cell):
        name, colon, stated = (piece.strip() for piece in part.partition(":"))
        if not colon or not stated:
            raise CellInvalid("not_a_number", f"{part[:60]!r} states no share such as state:0.6")
        if name in found:
            raise CellInvalid("duplicate_value", f"{name[:60]} is named twice")
        found[_class(plain(name))] = float(share(stated))
    if sum(found.values()) > 1.000001:
        raise CellInvalid("out_of_range", f"the shares add up to {sum(found.values()):g}")
    return found


def standards(cell: str) -> list[list[str]]:
    """`STANAG 4671/USAR;…` as a list of `[designation, part]`; the part or level may be left out."""
    found: list[list[str]] = []
    for part in parts(cell):
        name, _, level = (" ".join(plain(piece).split()) for piece in part.partition("/"))
        if not name:
            raise CellInvalid("missing", f"{part[:60]!r} names no standard")
        if len(name) > LONGEST_STANDARD or len(level) > LONGEST_PART:
            raise CellInvalid("too_long", f"{part[:60]!r} is longer than {LONGEST_STANDARD}/{LONGEST_PART} characters")
        if [name, level] in found:
            raise CellInvalid("duplicate_value", f"{part[:60]} is named twice")
        found.append([name, level])
    return found


def numbers(cell: str) -> list[list[str]]:
    """`nsn:1550-12-345-6789;ua_act:…` as a list of `[scheme, number]`, that of an NSN in its four groups."""
    found: list[list[str]] = []
    for part in parts(cell):
        name, colon, number = (" ".join(plain(piece).split()) for piece in part.partition(":"))
        if not colon or not number:
            raise CellInvalid("missing", f"{part[:60]!r} states no number such as nsn:1550-12-345-6789")
        scheme = _codification(name)
        if len(number) > LONGEST_NUMBER:
            raise CellInvalid("too_long", f"{len(number)} characters, at most {LONGEST_NUMBER} are kept")
        if scheme == CodificationScheme.NSN:
            groups = NSN.fullmatch(number)
            if groups is None:
                raise CellInvalid("bad_number", f"{number!r} is no NATO stock number: 13 digits as 1234-12-123-1234")
            number = "-".join(groups.groups())
        if [scheme, number] in found:
            raise CellInvalid("duplicate_value", f"{part[:60]} is named twice")
        found.append([scheme, number])
    return found


def instruments(cell: str) -> list[str]:
    """`A;B` of one class of capital, in order of preference."""
    named: list[str] = _instruments(cell)
    if not named:
        raise CellInvalid("missing", "at least one instrument is needed")
    classes = {CLASS_OF[name] for name in named}
    if len(classes) > 1:
        raise CellInvalid("mixed_classes", f"instruments of {' and '.join(sorted(classes))}: one class only")
    return named


def terms(cell: str) -> list[dict[str, Any]]:
    """`term:value;…` as `{"term", "value", "required"}`; a `!` in a part makes the term required."""
    found: dict[str, dict[str, Any]] = {}
    for part in parts(cell):
        required = "!" in part
        name, colon, value = (piece.strip() for piece in part.replace("!", "").partition(":"))
        name = name.lower()
        if name not in TERMS:
            raise CellInvalid("unknown_value", f"{name[:60]!r} is none of the terms {', '.join(TERMS)}")
        if not colon or not value:
            raise CellInvalid("missing", f"{name} has no value")
        if name in found:
            raise CellInvalid("duplicate_value", f"{name} is named twice")
        found[name] = {"term": name, "value": TERMS[name](value), "required": required}
    return list(found.values())


@functools.lru_cache(maxsize=10_000)
def parts(cell: str) -> tuple[str, ...]:
    """The trimmed parts of a list cell; none of them for a stated nothing."""
    if cell.casefold() == NOTHING:
        return ()
    found = tuple(part for part in (piece.strip() for piece in cell.split(";")) if part)
    if not found:
        raise CellInvalid("missing", "the list names nothing; write none to state that")
    if len(found) > LONGEST_LIST:
        raise CellInvalid("too_long", f"{len(found)} values, at most {LONGEST_LIST} are taken")
    return found


def escaped(piece: str) -> str:
    """A piece of a list's part in which the signs that part lists stand for themselves."""
    return "".join(ESCAPES.get(letter, letter) for letter in piece)


def plain(piece: str) -> str:
    """What `escaped` made of a piece, undone."""
    for sign, spelt in reversed(ESCAPES.items()):
        piece = piece.replace(spelt, sign)
    return piece


def _instrument(cell: str) -> str:
    if cell.casefold() not in Instrument.values:
        raise CellInvalid("unknown_value", f"{cell[:60]!r} is none of {', '.join(Instrument.values)}")
    return cell.casefold()


def _yes_or_no(cell: str) -> str:
    word = cell.casefold()
    if word not in ANSWERS:
        raise CellInvalid("unknown_value", f"{cell[:60]!r} is neither yes nor no")
    return ANSWERS[word]


def _stake(cell: str) -> str:
    return f"{stake(cell).normalize():f}"


_codification = choice(CodificationScheme.values)
_class = text(longest=40)
_instruments = several(_instrument)

TERMS: dict[str, Parse] = {"holding": country, **dict.fromkeys(YES_OR_NO, _yes_or_no), "max_stake": _stake}
"""The terms that both sides compare, and what each takes."""
