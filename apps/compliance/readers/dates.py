"""Dates as lists write them: whole, in part, about, or between."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTHS = {name: number for number, name in enumerate(MONTH_NAMES, 1)}
ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:T.*|[+Z].*)?", re.ASCII)
DAY_FIRST = re.compile(r"(\d{1,2}|dd)[/.](\d{1,2}|mm)[/.](\d{4})", re.ASCII | re.IGNORECASE)
WORDED = re.compile(r"(?:(\d{1,2})[\s-]+)?([A-Za-z]{3})[a-z]*[\s-]+(\d{4})", re.ASCII)
YEAR = re.compile(r"(?<!\d)(1[89]\d{2}|2\d{3})(?!\d)", re.ASCII)
MAX_TEXT = 200
MAX_SPAN = 30
"""A span of more years than this says nothing: only its ends are kept."""


def dates_of(text: str | None) -> tuple[str, ...]:
    """The dates in a text as ISO 8601 prefixes: one, the years of a span (`1960 to 1962`), or none.

    A day that no calendar has becomes its month; what cannot be understood is left out, years in it are kept.
    """
    shown = (text or "").strip()[:MAX_TEXT]
    if not shown:
        return ()
    whole = ISO.fullmatch(shown)
    if whole:
        return _made(whole[1], whole[2], whole[3])
    day_first = DAY_FIRST.fullmatch(shown)
    if day_first:
        return _made(day_first[3], day_first[2], day_first[1])
    worded = list(WORDED.finditer(shown))
    if worded:
        return tuple(
            date for found in worded for date in _made(found[3], str(MONTHS.get(found[2].casefold(), "")), found[1])
        )
    years = [int(year) for year in YEAR.findall(shown)]
    if len(years) == 2 and years[0] < years[1] <= years[0] + MAX_SPAN:
        return tuple(str(year) for year in range(years[0], years[1] + 1))
    return tuple(dict.fromkeys(str(year) for year in years))


def span_of(first: str | None, last: str | None) -> tuple[str, ...]:
    """The years of a span given by its ends."""
    return dates_of(f"{(first or '').strip()} to {(last or '').strip()}")


def day_of(text: str | None) -> dt.date | None:
    """A whole day, or None."""
    found = dates_of(text)
    return dt.date.fromisoformat(found[0]) if len(found) == 1 and len(found[0]) == 10 else None


def day_month_first(text: str | None) -> dt.date | None:
    """A whole day written as in the United States (month/day/year), or None."""
    found = DAY_FIRST.fullmatch((text or "").strip()[:MAX_TEXT])
    return day_of(f"{found[2]}/{found[1]}/{found[3]}") if found else None


@lru_cache(maxsize=1 << 15)
def latest_start(date: str) -> dt.date:
    """The first day of what an ISO 8601 prefix covers."""
    year, month, day = (*(int(part) for part in date.split("-")), 1, 1)[:3]
    return dt.date(year, month, day)


def _made(year: str, month: str | None, day: str | None) -> tuple[str, ...]:
    if int(year) < 1000:
        return ()
    if not month or not month.isdigit() or not 1 <= int(month) <= 12:
        return (year,)
    if not day or not day.isdigit():
        return (f"{year}-{int(month):02}",)
    try:
        return (dt.date(int(year), int(month), int(day)).isoformat(),)
    except ValueError:
        return (f"{year}-{int(month):02}",)
