"""The score of a query against an entry of a list: features that explain it, the sum and the verdict."""

from dataclasses import dataclass
from math import exp, log
from typing import Final

from apps.compliance.names.entity_score import entities_compared, entities_most, is_common
from apps.compliance.names.evidence import (
    NOT_COMPARED,
    OTHER_COUNTRY_COMMON,
    OTHER_COUNTRY_DISTINCTIVE,
    OTHER_COUNTRY_PERSON,
    SAME_COUNTRY,
    SAME_DATE,
    Feature,
    countries_compared,
    countries_told,
    dates_compared,
    identifiers_compared,
)
from apps.compliance.names.normal import Kind, Normal, normalise
from apps.compliance.names.person_score import Compared, persons_compared, persons_most

THRESHOLD: Final = 0.5
NEAR: Final = 0.05
"""Entries that cannot score so much are told apart from a query without an explanation."""
ROUNDING: Final = 0.01
"""Points by which rounding may raise a sum."""
FEATURES: Final = ("name", "given_name", "patronymic", "surname", "legal_form", "country", "date", "identifiers")
MAX_NAMES: Final = 64
"""Names of one side that are compared; lists hold no more."""
DECIDED: Final = 4.0
"""Points that the same identifier leads to at least."""
REGISTRATION_DATE_SHARE: Final = 0.5
REGISTRATION_DATE_SHARE_DISTINCTIVE: Final = 0.25
"""Registration dates differ by branch, re-registration and source: a share of the points of a birth date, and less for
a name that hardly two organisations bear."""


@dataclass(frozen=True, slots=True)
class Side:
    """What is known of one side: `names` as text or taken apart, `date` of birth or registration as ISO prefixes."""

    kind: Kind
    names: tuple[str | Normal, ...]
    countries: tuple[str, ...] | frozenset[str] = ()
    date: str | tuple[str, ...] | None = None
    identifiers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """`value` from 0 to 1; `match`: it reaches THRESHOLD; `features`: all of FEATURES, whose weights sum to the
    logarithm of the odds of `value`; `query_name` and `entry_name`: places of the names that met best."""

    value: float
    match: bool
    features: dict[str, Feature]
    query_name: int | None
    entry_name: int | None


def score(query: Side, entry: Side) -> Score:
    """How likely both sides are one person or organisation, and why. Different kinds never match."""
    if Kind(query.kind) != Kind(entry.kind):
        return _nothing("A person against an organisation.")
    kind = Kind(query.kind)
    ours, theirs = _normals(query, kind), _normals(entry, kind)
    best: tuple[Compared, int, int] | None = None
    for mine, one in enumerate(ours):
        for other, two in enumerate(theirs):
            compared = persons_compared(one, two) if kind == Kind.PERSON else entities_compared(one, two)
            if best is None or compared.points > best[0].points:
                best = compared, mine, other
    if best is None:
        return _nothing("One side has no name.")
    compared, mine, other = best
    features = compared.features | {
        "country": countries_compared(
            query=frozenset(query.countries),
            entry=frozenset(entry.countries),
            other=_other_country(kind, ours[mine], theirs[other]),
        ),
        "date": dates_compared(
            query=_dates(query), entry=_dates(entry), share=_date_share(kind, ours[mine], theirs[other])
        ),
        "identifiers": identifiers_compared(query=query.identifiers, entry=entry.identifiers),
    }
    return _summed(features, mine, other)


def may_reach(query: Side, entry: Side, value: float) -> bool:
    """Whether `score` of the two may be `value` or more: False only where it certainly is less, told much sooner."""
    if query.kind != entry.kind:
        return False
    if query.identifiers and entry.identifiers and _is_decided(query, entry):
        return True
    kind = Kind(query.kind)
    is_person = kind == Kind.PERSON
    beside = _countries_most(query, entry, OTHER_COUNTRY_PERSON if is_person else OTHER_COUNTRY_DISTINCTIVE)
    if query.date and entry.date:
        beside += SAME_DATE * (1.0 if is_person else REGISTRATION_DATE_SHARE)
    least = log(value / (1 - value)) - ROUNDING - beside
    most = persons_most if is_person else entities_most
    theirs = _normals(entry, kind)
    return any(most(one, two) >= least for one in _normals(query, kind) for two in theirs)


def _is_decided(query: Side, entry: Side) -> bool:
    return identifiers_compared(query=query.identifiers, entry=entry.identifiers).value == 1.0


def _countries_most(query: Side, entry: Side, other: float) -> float:
    """At least the points of the countries; `other`: those of having none in common."""
    if not query.countries or not entry.countries:
        return 0.0
    theirs = countries_told(entry.countries)
    ours = countries_told(query.countries)
    return 0.0 if not ours or not theirs else other if ours.isdisjoint(theirs) else SAME_COUNTRY


def _normals(side: Side, kind: Kind) -> list[Normal]:
    return [name if isinstance(name, Normal) else normalise(name, kind) for name in side.names[:MAX_NAMES]]


def _dates(side: Side) -> tuple[str, ...]:
    if side.date is None:
        return ()
    return (side.date,) if isinstance(side.date, str) else side.date


def _date_share(kind: Kind, query: Normal, entry: Normal) -> float:
    if kind == Kind.PERSON:
        return 1.0
    common = is_common(query) or is_common(entry)
    return REGISTRATION_DATE_SHARE if common else REGISTRATION_DATE_SHARE_DISTINCTIVE


def _other_country(kind: Kind, query: Normal, entry: Normal) -> float:
    if kind == Kind.PERSON:
        return OTHER_COUNTRY_PERSON
    return OTHER_COUNTRY_COMMON if is_common(query) or is_common(entry) else OTHER_COUNTRY_DISTINCTIVE


def _summed(features: dict[str, Feature], mine: int, other: int) -> Score:
    points = sum(feature.weight for feature in features.values())
    identifiers = features["identifiers"]
    if identifiers.value == 1.0 and points < DECIDED:
        features["identifiers"] = Feature(1.0, round(identifiers.weight + DECIDED - points, 3), identifiers.words)
        points = DECIDED
    value = 1 / (1 + exp(-points))
    told = {name: features.get(name, NOT_COMPARED) for name in FEATURES}
    return Score(round(value, 4), round(value, 4) >= THRESHOLD, told, mine, other)


def _nothing(words: str) -> Score:
    features = dict.fromkeys(FEATURES, NOT_COMPARED) | {"name": Feature(0.0, 0.0, words)}
    return Score(0.0, False, features, None, None)
