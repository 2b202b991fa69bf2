"""What a lever must hold, and what it covers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from kernel.errors import FieldProblem

UNSURE = "C"
"""The confidence of terms that were recalled: they warn and refuse nothing."""


class Answer(StrEnum):
    PASS = "pass"  # noqa: S105 - an answer, not a secret
    FAIL = "fail"
    UNKNOWN = "unknown"


WARNED = (Answer.FAIL.value, Answer.UNKNOWN.value)
"""What a fund is warned of."""
_GRAVITY = (Answer.PASS, Answer.UNKNOWN, Answer.FAIL)


@dataclass(frozen=True, slots=True)
class LeverTerms:
    """What a lever covers. None is "not declared"; an empty list of flags excludes none, one of places narrows nothing.

    An empty `tenor_max_years` is no limit, dates are closed at both ends.
    """

    classes: Collection[str] | None = None
    countries: Collection[str] | None = None
    places: Collection[str] | None = None
    excluded_flags: Collection[str] | None = None
    tenor_max_years: Decimal | None = None
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a lever does not cover something, or why that is not known; `problem` points at the lever's term."""

    answer: Answer
    problem: FieldProblem


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether a lever covers something: the gravest of its reasons, pass without any."""

    answer: Answer
    reasons: tuple[Reason, ...] = ()


def lever_admits(
    *,
    lever: LeverTerms,
    capital_class: str,
    countries: Collection[str] | None,
    flags: Collection[str] | None,
    on: dt.date,
    places: Collection[str] | None = None,
    tenor_years: Decimal | None = None,
) -> Admission:
    """Whether the lever covers, on a day, this class of capital and all of these countries, places, flags and tenor.

    None for what is asked is "not given". `places` are regions (ISO 3166-2) or whole countries inside `countries`.
    A lever whose terms are only recalled fails nothing: what it would fail is unknown.
    """
    found = [
        *_class_reasons(lever.classes, capital_class),
        *_country_reasons(lever.countries, countries),
        *_place_reasons(lever.places, places),
        *_flag_reasons(lever.excluded_flags, flags),
        *_tenor_reasons(lever.tenor_max_years, tenor_years),
        *_date_reasons(lever.valid_from, lever.valid_to, on),
    ]
    if lever.confidence == UNSURE:
        found = [Reason(Answer.UNKNOWN, reason.problem) for reason in found]
    answer = max((reason.answer for reason in found), key=_GRAVITY.index, default=Answer.PASS)
    return Admission(answer, tuple(found))


def _class_reasons(known: Collection[str] | None, asked: str) -> Iterator[Reason]:
    place = "/lever/classes"
    if known is None:
        yield _open(FieldProblem(place, "not_declared", "The lever does not say which classes of capital it covers."))
    elif asked not in known:
        covered = {"known": _listed(known)}
        yield _failed(FieldProblem(place, "class_not_covered", "The lever covers {known} only.", covered))


def _country_reasons(known: Collection[str] | None, asked: Collection[str] | None) -> Iterator[Reason]:
    place = "/lever/countries"
    if known is None:
        yield _open(FieldProblem(place, "not_declared", "The lever does not say which countries it covers."))
    elif not asked:
        covered = {"known": _listed(known)}
        yield _open(FieldProblem(place, "country_not_given", "The lever covers {known} only.", covered))
    elif stray := set(asked) - set(known):
        outside = {"stray": _listed(stray)}
        yield _failed(FieldProblem(place, "country_not_covered", "The lever does not cover {stray}.", outside))


def _place_reasons(known: Collection[str] | None, asked: Collection[str] | None) -> Iterator[Reason]:
    place = "/lever/places"
    if known is None:
        yield _open(FieldProblem(place, "not_declared", "The lever does not say whether it covers the whole country."))
        return
    # Whoever names a country that is covered in parts asks too widely; a region that is not named is not covered.
    beyond = {code for code in asked or () if code not in known and code[:2] not in known} if known else set()
    wide = {code for code in beyond if any(item.startswith(f"{code}-") for item in known)}
    if beyond - wide:
        outside = {"stray": _listed(beyond - wide)}
        yield _failed(FieldProblem(place, "place_not_covered", "The lever does not cover {stray}.", outside))
    if wide or (known and not asked):
        covered = {"known": _listed(known)}
        yield _open(FieldProblem(place, "place_not_given", "The lever covers {known} only.", covered))


def _flag_reasons(excluded: Collection[str] | None, asked: Collection[str] | None) -> Iterator[Reason]:
    place = "/lever/excluded_flags"
    if excluded is None:
        yield _open(FieldProblem(place, "not_declared", "The lever does not say which goods it excludes."))
    elif excluded and asked is None:
        out = {"stray": _listed(excluded)}
        yield _open(FieldProblem(place, "flags_not_given", "The lever excludes {stray}.", out))
    elif stray := set(excluded) & set(asked or ()):
        out = {"stray": _listed(stray)}
        yield _failed(FieldProblem(place, "flag_excluded", "The lever excludes {stray}.", out))


def _tenor_reasons(most: Decimal | None, asked: Decimal | None) -> Iterator[Reason]:
    place = "/lever/tenor_max_years"
    if most is None:
        return
    limit = {"most": f"{most.normalize():f}"}
    if asked is None:
        yield _open(FieldProblem(place, "tenor_not_given", "The lever covers {most} years at most.", limit))
    elif asked > most:
        yield _failed(FieldProblem(place, "tenor_too_long", "The lever covers {most} years at most.", limit))


def _date_reasons(begins: dt.date | None, ends: dt.date | None, on: dt.date) -> Iterator[Reason]:
    if begins is not None and on < begins:
        date = {"date": begins.isoformat()}
        yield _failed(FieldProblem("/lever/valid_from", "not_yet_valid", "The lever begins on {date}.", date))
    if ends is not None and on > ends:
        date = {"date": ends.isoformat()}
        yield _failed(FieldProblem("/lever/valid_to", "no_longer_valid", "The lever ended on {date}.", date))


def _failed(problem: FieldProblem) -> Reason:
    return Reason(Answer.FAIL, problem)


def _open(problem: FieldProblem) -> Reason:
    return Reason(Answer.UNKNOWN, problem)


def _listed(codes: Collection[str]) -> str:
    return ", ".join(sorted(codes))


def dates_problems(*, values: Mapping[str, Any]) -> list[FieldProblem]:
    """A lever does not end before it begins."""
    begins, ends = values.get("valid_from"), values.get("valid_to")
    if begins is not None and ends is not None and ends < begins:
        return [FieldProblem("/valid_to", "out_of_order", "Not before valid_from.")]
    return []
