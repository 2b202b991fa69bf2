"""Two names of people compared: given name, patronymic, surname, initials, in any order."""

from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import Final

from apps.compliance.names.evidence import Feature
from apps.compliance.names.likeness import given_likeness, surname_likeness
from apps.compliance.names.normal import Normal, person_of
from apps.compliance.names.parts import Part, part

BASE: Final = -3.0
SURNAME: Final = ((0.0, -6.0), (0.6, -5.0), (0.75, -2.0), (0.8, 0.0), (0.85, 1.2), (0.9, 2.0), (1.0, 3.0))
GIVEN: Final = ((0.0, -6.0), (0.5, -5.0), (0.7, -3.0), (0.8, -1.0), (0.85, 0.3), (0.9, 1.2), (1.0, 2.0))
"""Likeness → points, straight lines between."""
GIVEN_ABSENT: Final = -2.0
SURNAME_ABSENT: Final = -3.0
INITIAL_FITS: Final = 0.3
INITIAL_OTHER: Final = -4.0
SAME_PATRONYMIC: Final = 1.5
PATRONYMIC_INITIAL_FITS: Final = 0.5
OTHER_PATRONYMIC: Final = -4.5
PATRONYMIC_ALIKE: Final = 0.84
FURTHER_ALIKE: Final = 0.8
FURTHER_SAME: Final = 0.5
FURTHER_OTHER: Final = -4.0
FURTHER_ABSENT: Final = -0.6
OTHER_GENDER: Final = -0.3
WORST: Final = -9.0


@dataclass(frozen=True, slots=True)
class Compared:
    """The features of a pair of names and the sum of their weights."""

    features: dict[str, Feature]
    points: float


def points_at(likeness: float, line: tuple[tuple[float, float], ...]) -> float:
    """The points of a likeness on a broken line of (likeness, points)."""
    for (left, low), (right, high) in pairwise(line):
        if likeness <= right:
            return low + (high - low) * (likeness - left) / (right - left)
    return line[-1][1]


def persons_compared(query: Normal, entry: Normal) -> Compared:
    """The features of two people's names; an absent part says nothing or little, a different one much.

    Where one side has a word more, its neighbouring words are also read as one: Xiao Ming and Xiaoming.
    """
    best = _compared(query, entry)
    more = len(_family(query)) - len(_family(entry))
    if best.points < 2 and abs(more) == 1:
        longer = query if more > 0 else entry
        for joined in _with_neighbours_joined(longer):
            found = _compared(joined, entry) if more > 0 else _compared(query, joined)
            best = max(best, found, key=lambda compared: compared.points)
    return best


def persons_most(query: Normal, entry: Normal) -> float:
    """At least the points of `persons_compared`, without its words: infinite where neighbouring words may be joined."""
    ours, theirs = _family(query), _family(entry)
    if not ours or not theirs:
        return WORST
    if abs(len(ours) - len(theirs)) == 1 and 2 < max(len(ours), len(theirs)) < 6:
        return inf
    pairs = _aligned(query, ours, entry, theirs)
    given = _given_pair(query, entry, pairs)
    rest = sorted((pair for pair in pairs if pair is not given), key=lambda pair: -pair[2])
    points = BASE + (points_at(rest[0][2], SURNAME) if rest else SURNAME_ABSENT)
    if given:
        points += points_at(given[2], GIVEN)
    else:
        points += INITIAL_FITS if query.initials or entry.initials else GIVEN_ABSENT
    if query.patronymic is not None and entry.patronymic is not None:
        points += SAME_PATRONYMIC
    elif len(query.initials) > 1 or len(entry.initials) > 1:
        points += PATRONYMIC_INITIAL_FITS
    return max(points + _further(rest[1:], abs(len(ours) - len(theirs)), query, entry), WORST)


def _with_neighbours_joined(name: Normal) -> list[Normal]:
    family = _family(name)
    if not 2 < len(family) < 6:
        return []
    return [
        person_of(
            parts=(
                *(name.parts[place] for place in family[:first]),
                part(name.parts[family[first]].text + name.parts[family[first + 1]].text),
                *(name.parts[place] for place in family[first + 2 :]),
            ),
            initials=name.initials,
        )
        for first in range(len(family) - 1)
    ]


def _compared(query: Normal, entry: Normal) -> Compared:
    ours, theirs = _family(query), _family(entry)
    if not ours or not theirs:
        return Compared({"name": Feature(0.0, WORST, "One side has no word to compare.")}, WORST)
    pairs = _aligned(query, ours, entry, theirs)
    given = _given_pair(query, entry, pairs)
    rest = sorted((pair for pair in pairs if pair is not given), key=lambda pair: -pair[2])
    features: dict[str, Feature] = {}
    if rest:
        mine, other, alike, genders = rest[0]
        words = f"{_shown(query, mine)} against {_shown(entry, other)}"
        weight = points_at(alike, SURNAME)
        if genders:
            weight += OTHER_GENDER
            words += ", masculine against feminine form"
        features["surname"] = Feature(round(alike, 3), round(weight, 3), words + ".")
    else:
        features["surname"] = Feature(None, SURNAME_ABSENT, "No second word to compare.")
    features["given_name"] = _given_feature(query, entry, given, pairs)
    features["patronymic"] = _patronymic_feature(query, entry)
    further = _further(rest[1:], abs(len(ours) - len(theirs)), query, entry)
    weight = BASE + further
    total = sum(feature.weight for feature in features.values()) + weight
    if total < WORST:
        weight += WORST - total
        total = WORST
    values = [feature.value for feature in features.values() if feature.value is not None]
    likeness = sum(values) / len(values) if values else 0.0
    words = f"{_whole(query)} against {_whole(entry)}"
    features["name"] = Feature(round(likeness, 3), round(weight, 3), words + (", words left over." if further else "."))
    return Compared(features, total)


Pair = tuple[int, int, float, bool]
"""Places in the two names, likeness, whether the forms differ by gender."""


def _family(name: Normal) -> list[int]:
    """The places of all words but the patronymic."""
    return [place for place in range(len(name.parts)) if place != name.patronymic]


def _aligned(query: Normal, ours: list[int], entry: Normal, theirs: list[int]) -> list[Pair]:
    candidates = sorted(
        (_alike(query, mine, entry, other) for mine in ours for other in theirs), key=lambda pair: (-pair[2], pair[:2])
    )
    pairs: list[Pair] = []
    for pair in candidates:
        if all(pair[0] != mine and pair[1] != other for mine, other, _, _ in pairs):
            pairs.append(pair)
    return pairs


def _alike(query: Normal, mine: int, entry: Normal, other: int) -> Pair:
    one, two = query.parts[mine], entry.parts[other]
    if (one.given and two.given) or mine == query.given or other == entry.given:
        return mine, other, given_likeness(one, two), False
    return mine, other, *surname_likeness(one, two)


def _given_pair(query: Normal, entry: Normal, pairs: list[Pair]) -> Pair | None:
    def told(pair: Pair) -> int:
        return (pair[0] == query.given) + (pair[1] == entry.given)

    known = max(pairs, key=lambda pair: (told(pair), -pair[2]), default=None)
    if known and told(known):
        return known
    return min(pairs, key=lambda pair: pair[2]) if len(pairs) > 1 else None


def _given_feature(query: Normal, entry: Normal, given: Pair | None, pairs: list[Pair]) -> Feature:
    if given:
        mine, other, alike, _ = given
        words = f"{_shown(query, mine)} against {_shown(entry, other)}."
        return Feature(round(alike, 3), round(points_at(alike, GIVEN), 3), words)
    if query.initials and entry.initials:
        fits = bool(query.initials[0] & entry.initials[0])
        return _initial_feature(fits, "Two initials")
    for short, long, matched in (
        (query, entry, {pair[1] for pair in pairs}),
        (entry, query, {pair[0] for pair in pairs}),
    ):
        if not short.initials:
            continue
        free = [place for place in _family(long) if place not in matched]
        if free:
            place = next((place for place in free if place == long.given), free[0])
            fits = bool(short.initials[0] & long.parts[place].initials)
            others = [other for other in free if other != place]
            if len(short.initials) > 1 and others and long.patronymic is None:
                fits = _initials_fit(short.initials[:2], long, place, others)
            return _initial_feature(fits, f"An initial for {_shown(long, place)}")
    return Feature(None, GIVEN_ABSENT, "A given name is lacking on one side.")


def _initials_fit(initials: tuple[frozenset[str], ...], long: Normal, place: int, others: list[int]) -> bool:
    """Do two initials stand for the given name and another of the words, in any order?"""
    return any(
        initials[one] & long.parts[place].initials
        and any(initials[1 - one] & long.parts[other].initials for other in others)
        for one in (0, 1)
    )


def _initial_feature(fits: bool, words: str) -> Feature:
    if fits:
        return Feature(0.8, INITIAL_FITS, f"{words}: fits.")
    return Feature(0.0, INITIAL_OTHER, f"{words}: does not fit.")


def _patronymic_feature(query: Normal, entry: Normal) -> Feature:
    ours, theirs = _patronymic(query), _patronymic(entry)
    if ours and theirs:
        alike = _patronymics_alike(ours, theirs)
        words = f"{ours.text} against {theirs.text}."
        if alike >= PATRONYMIC_ALIKE:
            return Feature(round(alike, 3), SAME_PATRONYMIC, words)
        return Feature(round(alike, 3), OTHER_PATRONYMIC, words)
    for short, long in ((query, theirs), (entry, ours)):
        if long and len(short.initials) > 1:
            fits = bool(short.initials[1] & _father_initials(long))
            return Feature(
                float(fits), PATRONYMIC_INITIAL_FITS if fits else INITIAL_OTHER, f"An initial for {long.text}."
            )
    if len(query.initials) > 1 and len(entry.initials) > 1:
        fits = bool(query.initials[1] & entry.initials[1])
        return Feature(float(fits), PATRONYMIC_INITIAL_FITS if fits else INITIAL_OTHER, "Two initials.")
    return Feature(None, 0.0, "Not stated on both sides: says nothing.")


def _patronymic(name: Normal) -> Part | None:
    return None if name.patronymic is None else name.parts[name.patronymic]


def _father_initials(part: Part) -> frozenset[str]:
    father = part.father.given if part.father else None
    return part.initials | (father.initials if father else frozenset())


def _patronymics_alike(one: Part, other: Part) -> float:
    mine, theirs = one.father, other.father
    if mine and theirs:
        if mine.gender != theirs.gender:
            return 0.0
        if mine.given and theirs.given:
            return 1.0 if mine.given.number == theirs.given.number else 0.0
    return surname_likeness(one, other)[0]


def _further(pairs: list[Pair], left_over: int, query: Normal, entry: Normal) -> float:
    points = sum(FURTHER_SAME if pair[2] >= FURTHER_ALIKE else FURTHER_OTHER for pair in pairs)
    one_sided = bool(query.initials) != bool(entry.initials)
    with_initials = max(len(query.initials), len(entry.initials)) if one_sided else 0
    return points + FURTHER_ABSENT * min(max(left_over - with_initials, 0), 2)


def _shown(name: Normal, place: int) -> str:
    return name.parts[place].text


def _whole(name: Normal) -> str:
    return " ".join(part.text for part in name.parts)
