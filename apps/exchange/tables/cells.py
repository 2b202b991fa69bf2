"""Plain cells: how the text of one cell becomes a text, a number, a date or a word of a vocabulary."""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Callable, Iterable
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

import pycountry

from apps.exchange.tables.problems import CellInvalid
from apps.reference.codes import country_codes

Parse = Callable[[str], Any]
"""Turns the trimmed, non-empty text of a cell into its value. Raises CellInvalid."""

NOTHING = "none"
"""What a cell says to state that there is nothing, where an empty one says that nothing is stated."""

FIRST_YEAR, LAST_YEAR = 1800, 2200
UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
WHOLE = re.compile(r"[+-]?[0-9]{1,30}(\.0*)?", re.ASCII)
NUMBER = re.compile(r"[+-]?([0-9]{1,40}(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,2})?", re.ASCII)
DATE = re.compile(r"([0-9]{4})-[0-9]{2}-[0-9]{2}", re.ASCII)
MOMENT = re.compile(
    r"([0-9]{4})-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?([Zz]|[+-][0-9]{2}:[0-9]{2})?",
    re.ASCII,
)
REGION = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}", re.ASCII)
PRECISE = Context(prec=80)


def text(*, longest: int) -> Parse:
    """Free text of at most `longest` characters."""

    def parse(cell: str) -> str:
        if len(cell) > longest:
            raise CellInvalid("too_long", f"{len(cell)} characters, at most {longest} are kept")
        return cell

    return parse


def code(*, longest: int) -> Parse:
    """A short word without the signs that part lists."""
    bounded = text(longest=longest)

    def parse(cell: str) -> str:
        if ";" in cell or ":" in cell:
            raise CellInvalid("not_a_code", f"{cell[:60]!r} is a list, one word is asked for")
        return str(bounded(cell))

    return parse


def choice(values: Iterable[str]) -> Parse:
    """A word of a vocabulary, in its own spelling; upper and lower case are taken alike."""
    known = {value.casefold(): value for value in values}

    def parse(cell: str) -> str:
        try:
            return known[cell.casefold()]
        except KeyError:
            raise CellInvalid("unknown_value", f"{cell[:60]!r} is none of {', '.join(known.values())}") from None

    return parse


def integer(*, least: int, most: int) -> Parse:
    """A whole number within both bounds; `12.0`, as spreadsheets write it, is whole."""

    def parse(cell: str) -> int:
        if not WHOLE.fullmatch(cell):
            raise CellInvalid("not_a_number", f"{cell[:60]!r} is not a whole number")
        number = int(cell.partition(".")[0])
        if not least <= number <= most:
            raise CellInvalid("out_of_range", f"{number} lies outside {least} to {most}")
        return number

    return parse


def decimal(
    *, digits: int, places: int, least: str | None = None, above: str | None = None, most: str | None = None
) -> Parse:
    """An exact number, rounded half up to the `places` that are kept of `digits`, then held against its bounds."""
    step, room = Decimal(1).scaleb(-places), Decimal(10) ** (digits - places)
    low, floor, high = (None if bound is None else Decimal(bound) for bound in (least, above, most))

    def parse(cell: str) -> Decimal:
        if not NUMBER.fullmatch(cell):
            raise CellInvalid("not_a_number", f"{cell[:60]!r} is not a number such as 1250.50")
        exact = Decimal(cell)
        if abs(exact) >= room:
            raise CellInvalid("out_of_range", f"{cell[:60]} has too many digits")
        number = exact.quantize(step, rounding=ROUND_HALF_UP, context=PRECISE)
        if low is not None and number < low:
            raise CellInvalid("out_of_range", f"{number} is less than {low}")
        if floor is not None and number <= floor:
            raise CellInvalid("out_of_range", f"{number} is not above {floor}")
        if (high is not None and number > high) or abs(number) >= room:
            raise CellInvalid("out_of_range", f"{number} is more than {high if high is not None else room}")
        return number + 0  # minus zero becomes zero

    return parse


def money(*, above: str | None = None) -> Parse:
    """An amount in major units with two decimals, never negative."""
    return decimal(digits=18, places=2, least="0", above=above)


def fraction(*, least: str = "0", most: str = "1") -> Parse:
    """A share or a cover: 0.25 is a quarter."""
    return decimal(digits=7, places=6, least=least, most=most)


def rate(*, least: str, most: str) -> Parse:
    """A fraction per year."""
    return decimal(digits=9, places=6, least=least, most=most)


def years(cell: str) -> Decimal:
    """A span in years, above zero."""
    return _years(cell)  # type: ignore[no-any-return]


_years = decimal(digits=6, places=3, above="0", most="100")


def boolean(cell: str) -> bool:
    """`true` or `false`."""
    word = cell.casefold()
    if word not in {"true", "false"}:
        raise CellInvalid("unknown_value", f"{cell[:60]!r} is neither true nor false")
    return word == "true"


@functools.lru_cache(maxsize=50_000)
def date(cell: str) -> dt.date:
    """`YYYY-MM-DD`, or the UTC day of an RFC 3339 moment."""
    return moment(cell).date()


def moment(cell: str) -> dt.datetime:
    """An RFC 3339 moment in UTC; a bare date is 00:00 UTC, and so is a time without offset taken for UTC."""
    matched = DATE.fullmatch(cell) or MOMENT.fullmatch(cell)
    if matched is None:
        raise CellInvalid("not_a_date", f"{cell[:60]!r} is neither YYYY-MM-DD nor an RFC 3339 moment")
    if not FIRST_YEAR <= int(matched[1]) <= LAST_YEAR:
        raise CellInvalid("out_of_range", f"the year {matched[1]} lies outside {FIRST_YEAR} to {LAST_YEAR}")
    try:
        value = dt.datetime.fromisoformat(cell.upper())
    except ValueError:
        raise CellInvalid("not_a_date", f"{cell[:60]!r} is no day of the calendar") from None
    return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


@functools.cache
def currencies() -> frozenset[str]:
    """The ISO 4217 codes."""
    return frozenset(currency.alpha_3 for currency in pycountry.currencies)


def country(cell: str) -> str:
    """An ISO 3166-1 alpha-2 code."""
    found = cell.upper()
    if found not in country_codes():
        raise CellInvalid("bad_country", f"{cell[:60]!r} is not an ISO 3166-1 alpha-2 code")
    return found


def region(cell: str) -> str:
    """An ISO 3166-2 code by its form and its country."""
    found = cell.upper()
    if not REGION.fullmatch(found) or found[:2] not in country_codes():
        raise CellInvalid("bad_region", f"{cell[:60]!r} is not an ISO 3166-2 code such as UA-32")
    return found


def place(cell: str) -> str:
    """A country or a region."""
    return region(cell) if "-" in cell else country(cell)


def currency(cell: str) -> str:
    """An ISO 4217 code."""
    found = cell.upper()
    if found not in currencies():
        raise CellInvalid("bad_currency", f"{cell[:60]!r} is not an ISO 4217 code")
    return found
