"""What one feature says for or against a match, and the features beside the name: country, date, identifiers."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from rapidfuzz.distance import OSA

from apps.compliance.names.blocking import identifier_plain


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature of a score.

    `value`: likeness from 0 to 1, None where nothing could be compared. `weight`: what it moved the score by, as points
    of the natural logarithm of the odds; positive speaks for a match. `words`: the reason for people to read.
    """

    value: float | None
    weight: float
    words: str


NOT_COMPARED: Final = Feature(None, 0.0, "Not stated on both sides: says nothing.")

SAME_COUNTRY: Final = 0.6
OTHER_COUNTRY_PERSON: Final = -0.3
OTHER_COUNTRY_DISTINCTIVE: Final = -0.7
OTHER_COUNTRY_COMMON: Final = -3.5
SAME_IDENTIFIER: Final = 10.0
NEAR_IDENTIFIER: Final = -2.5
OTHER_IDENTIFIER: Final = -9.0
_NEAR_IDENTIFIER_LENGTH: Final = 6

SAME_DATE: Final = 2.5
DATE_POINTS: Final = {
    "same": (1.0, SAME_DATE, "The same day."),
    "swapped": (0.9, 1.2, "Day and month in the other order."),
    "typed": (0.8, 0.8, "One digit differs."),
    "same_month": (0.95, 1.2, "The same month; the day is known on one side at most."),
    "same_year": (0.9, 0.8, "The same year; more is known on one side at most."),
    "typed_part": (0.6, -0.3, "One digit differs; one side knows a part only."),
    "same_year_other_day": (0.2, -4.5, "The same year, another day."),
    "other": (0.0, -6.0, "Another date."),
}
"""Outcome of comparing two dates → likeness, points, words."""


def countries_compared(*, query: frozenset[str], entry: frozenset[str], other: float) -> Feature:
    """Countries as ISO codes; `other`: the points of having none in common."""
    ours, theirs = countries_told(query), countries_told(entry)
    if not ours or not theirs:
        return NOT_COMPARED
    if common := ours & theirs:
        return Feature(1.0, SAME_COUNTRY, f"Both have {', '.join(sorted(common))}.")
    return Feature(0.0, other, f"{', '.join(sorted(ours))} against {', '.join(sorted(theirs))}.")


def countries_told(codes: Collection[str]) -> set[str]:
    """The codes in capitals, without blanks."""
    return {told.upper() for code in codes if (told := code.strip())}


def dates_compared(*, query: tuple[str, ...], entry: tuple[str, ...], share: float) -> Feature:
    """Dates as ISO prefixes (year, month or day); the best pair counts. `share`: of the points of a birth date."""
    ours, theirs = ([found for text in side if (found := _date(text))] for side in (query, entry))
    outcomes = [_outcome(one, other) for one in ours for other in theirs]
    if not outcomes:
        return NOT_COMPARED
    value, points, words = max((DATE_POINTS[outcome] for outcome in outcomes), key=lambda row: row[1])
    return Feature(value, round(points * share, 3), f"{words} {'; '.join(query)} against {'; '.join(entry)}.")


def _date(text: str) -> tuple[int, ...] | None:
    """Year, year and month, or all three; None for what is no date."""
    fields = text.strip()[:10].split("-")
    if not all(field.isascii() and field.isdigit() for field in fields) or len(fields) > 3 or len(fields[0]) != 4:
        return None
    found = tuple(map(int, fields))
    try:
        date(*(*found, 1, 1)[:3])
    except ValueError:
        return None
    return found


def _outcome(one: tuple[int, ...], other: tuple[int, ...]) -> str:
    if one == other:
        return {3: "same", 2: "same_month", 1: "same_year"}[len(one)]
    if len(one) == len(other) == 3:
        return _outcome_of_days(one, other)
    known = min(len(one), len(other))
    if one[:known] == other[:known]:
        return "same_month" if known == 2 else "same_year"
    if _digits_apart(one[:known], other[:known]) == 1:
        return "typed_part"
    return "same_year_other_day" if one[0] == other[0] else "other"


def _outcome_of_days(one: tuple[int, ...], other: tuple[int, ...]) -> str:
    if one[0] == other[0] and one[1:] == other[:0:-1]:
        return "swapped"
    if one[0] == other[0] and (1, 1) in {one[1:], other[1:]}:
        return "same_year"  # the first of January stands for an unknown day in many lists
    if _digits_apart(one, other) == 1:
        return "typed"
    return "same_year_other_day" if one[0] == other[0] else "other"


def _digits_apart(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    ours, theirs = ("".join(f"{field:02}" for field in fields) for fields in (one, other))
    return sum(left != right for left, right in zip(ours, theirs, strict=True))


def identifiers_compared(*, query: tuple[tuple[str, str], ...], entry: tuple[tuple[str, str], ...]) -> Feature:
    """Identifiers as (scheme, value): the same one of a scheme decides, another one of it speaks strongly against."""
    ours, theirs = _by_scheme(query), _by_scheme(entry)
    shared = sorted(ours.keys() & theirs.keys())
    if not shared:
        return NOT_COMPARED
    same = [scheme for scheme in shared if ours[scheme] & theirs[scheme]]
    if same:
        return Feature(1.0, SAME_IDENTIFIER, f"The same {', '.join(same)}: decides.")
    near = [scheme for scheme in shared if _one_error_apart(ours[scheme], theirs[scheme])]
    if len(near) == len(shared):
        return Feature(0.8, NEAR_IDENTIFIER, f"{', '.join(near)}: one sign differs.")
    return Feature(0.0, OTHER_IDENTIFIER, f"Another {', '.join(scheme for scheme in shared if scheme not in near)}.")


def _by_scheme(identifiers: tuple[tuple[str, str], ...]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for scheme, value in identifiers:
        if plain := identifier_plain(value):
            found.setdefault(scheme.strip().lower(), set()).add(plain)
    return found


def _one_error_apart(ours: set[str], theirs: set[str]) -> bool:
    return any(
        min(len(one), len(other)) >= _NEAR_IDENTIFIER_LENGTH and OSA.distance(one, other, score_cutoff=1) == 1
        for one in ours
        for other in theirs
    )
