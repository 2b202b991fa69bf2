"""Two names of organisations compared: distinguishing words, common words, places, numbers, legal forms, acronyms."""

from dataclasses import dataclass
from typing import Final

from rapidfuzz.distance import OSA

from apps.compliance.names.evidence import Feature
from apps.compliance.names.likeness import likeness
from apps.compliance.names.normal import Normal
from apps.compliance.names.parts import Part, acronym
from apps.compliance.names.person_score import Compared, points_at

BASE: Final = -1.5
BASE_COMMON: Final = -2.3
NAME: Final = ((0.0, -7.0), (0.5, -5.0), (0.7, -3.5), (0.8, -1.0), (0.85, 1.2), (0.87, 2.1), (0.95, 2.8), (1.0, 3.5))
"""Likeness → points, straight lines between."""
ALIKE: Final = 0.84
"""Words less alike than this are two words."""
ONE_LETTER: Final = 0.87
"""At least so alike are words of ONE_LETTER_LENGTH letters and more that differ in one."""
ONE_LETTER_LENGTH: Final = 6
TWO_TELLING: Final = -3.0
OTHER_TRADE: Final = -3.4
"""Each side has a common word that the other lacks: Development beside Invest. Sister companies are called so."""
TRADE_BESIDE_OFTEN: Final = -3.0
"""One side only has such a word, and the proper name is one that many bear: Sokil and Sokil-Trade."""
TRADE_ABSENT: Final = -0.2
TRADE_WEIGHT: Final = 0.15
"""Weight from which a common word names a trade and not merely a company."""
ONE_SIDED_PLACE: Final = 0.35
OTHER_NUMBER: Final = -6.0
NUMBER_ABSENT: Final = -2.0
JOINED_LENGTH: Final = 6
SAME_LEGAL_FORM: Final = 0.2
OTHER_LEGAL_FORM: Final = -0.4
ACRONYM: Final = 0.9
WORST: Final = -9.0
ABBREVIATED_LENGTH: Final = 6
_COMPASS: Final = (
    ("zahid", "west"), ("zapad", "west"), ("vest", "west"), ("shid", "east"), ("vostok", "east"), ("vostoc", "east"),
    ("east", "east"), ("pivnic", "north"), ("sever", "north"), ("nort", "north"),
    ("pivden", "south"), ("iuzn", "south"), ("iuh", "south"), ("sout", "south"),
)  # fmt: skip


def is_common(name: Normal) -> bool:
    """Does the name of an organisation consist of common words only?"""
    return all(concept is not None and not concept.is_place for concept in name.concepts)


def entities_compared(query: Normal, entry: Normal) -> Compared:
    """The features of two organisations' names."""
    if not (query.parts or query.numbers) or not (entry.parts or entry.numbers):
        return Compared({"name": Feature(0.0, WORST, "One side has no word to compare.")}, WORST)
    words, weight = _weighed(query, entry)
    reasons = [words.reason] if words.reason else []
    if numbers := _numbers_points(query, entry):
        reasons.append("the numbers differ" if numbers == OTHER_NUMBER else "a number stands on one side only")
    told = f"{_whole(query)} against {_whole(entry)}" + (f": {', '.join(reasons)}." if reasons else ".")
    features = {
        "name": Feature(round(words.alike, 3), round(weight, 3), told),
        "legal_form": _legal_forms_compared(query, entry),
    }
    return Compared(features, sum(feature.weight for feature in features.values()))


def entities_most(query: Normal, entry: Normal) -> float:
    """At least the points of `entities_compared`, without its words."""
    if not (query.parts or query.numbers) or not (entry.parts or entry.numbers):
        return WORST
    return _weighed(query, entry)[1] + (SAME_LEGAL_FORM if query.legal_form and entry.legal_form else 0.0)


def _weighed(query: Normal, entry: Normal) -> "tuple[_Words, float]":
    """The words compared by the reading that speaks most for one organisation, and the points of the name."""
    words = _words_compared(query, entry)
    joined = _joined_alike(query, entry)
    if joined > words.alike:
        words = _Words(joined, 0.0, "the same letters with the blanks elsewhere")
    if words.alike < ACRONYM and (_is_acronym(query, entry) or _is_acronym(entry, query)):
        words = _Words(ACRONYM, 0.0, "the initials of the other name")
    weight = points_at(words.alike, NAME) + words.points + _numbers_points(query, entry)
    weight += BASE_COMMON if is_common(query) and is_common(entry) else BASE
    return words, max(weight, WORST)


@dataclass(frozen=True, slots=True)
class _Words:
    """Likeness of the telling words, further points, and the reason for those."""

    alike: float
    points: float
    reason: str


def _is_telling(name: Normal, place: int) -> bool:
    concept = name.concepts[place]
    return concept is None or concept.is_telling


def _weight(name: Normal, place: int) -> float:
    concept = name.concepts[place]
    return 1.0 if concept is None else concept.weight


def _alike(query: Normal, mine: int, entry: Normal, other: int) -> float:
    one, two = query.concepts[mine], entry.concepts[other]
    if one and two and one.name == two.name:
        return 1.0
    ours, theirs = query.parts[mine], entry.parts[other]
    if (one and not one.is_often) or (two and not two.is_often):
        return 1.0 if ours.skeleton == theirs.skeleton and len(ours.skeleton) > 2 else 0.0
    if one and two:
        return 0.0
    return _telling_alike(ours, theirs)


def _telling_alike(ours: Part, theirs: Part) -> float:
    alike = likeness(ours, theirs)
    if alike == 1:
        return alike
    if _compass(ours.skeleton) != _compass(theirs.skeleton):
        return 0.0
    short = min(len(ours.skeleton), len(theirs.skeleton))
    if short >= ONE_LETTER_LENGTH and OSA.distance(ours.skeleton, theirs.skeleton, score_cutoff=1) == 1:
        return max(alike, ONE_LETTER)
    return alike


def _compass(skeleton: str) -> str:
    """The point of the compass that a compound word begins with: Zakhidprom is not Skhidprom."""
    return next(
        (point for start, point in _COMPASS if skeleton.startswith(start) and len(skeleton) > len(start) + 2), ""
    )


def _words_compared(query: Normal, entry: Normal) -> _Words:
    pairs, ours, theirs = _matched(query, entry)
    _abbreviations_met(query, ours, entry, theirs)
    left = [[place for place in side if _is_telling(name, place)] for name, side in ((query, ours), (entry, theirs))]
    telling = [(alike, mine, other) for alike, mine, other in pairs if _is_telling(query, mine)]
    if not telling and not left[0] and not left[1]:
        return _common_compared(query, pairs, ours, entry, theirs)
    met, whole = 2 * sum(alike for alike, _, _ in telling), 2.0 * len(telling)
    conflict = bool(left[0] and left[1])
    for name, places in zip((query, entry), left, strict=True):
        for place in places:
            concept = name.concepts[place]
            whole += ONE_SIDED_PLACE if concept and concept.is_place and telling and not conflict else 1.0
    worst = min((alike for alike, _, _ in telling), default=0.0)
    alike = min(met / whole, (worst + met / whole) / 2)
    if conflict:
        return _Words(alike, TWO_TELLING, "each side has a telling word of its own")
    often = all(query.concepts[mine] and query.concepts[mine].is_often for _, mine, _ in telling)  # type: ignore[union-attr]
    points, reason = _trades_compared(query, ours, entry, theirs, often=often)
    return _Words(alike, points, reason)


def _matched(query: Normal, entry: Normal) -> tuple[list[tuple[float, int, int]], set[int], set[int]]:
    """Words that meet, the likest first, and the places left over on each side."""
    candidates = sorted(
        (-_alike(query, mine, entry, other), abs(mine - other), mine, other)
        for mine in range(len(query.parts))
        for other in range(len(entry.parts))
    )
    ours = {place for place in range(len(query.parts)) if _weight(query, place)}
    theirs = {place for place in range(len(entry.parts)) if _weight(entry, place)}
    pairs = []
    for negative, _, mine, other in candidates:
        if -negative < ALIKE:
            break
        if mine in ours and other in theirs:
            ours.discard(mine)
            theirs.discard(other)
            pairs.append((-negative, mine, other))
    return pairs, ours, theirs


def _common_compared(
    query: Normal, pairs: list[tuple[float, int, int]], ours: set[int], entry: Normal, theirs: set[int]
) -> _Words:
    """Two names of common words: all words count by their weight."""
    met = sum(_weight(query, mine) + _weight(entry, other) for _, mine, other in pairs)
    left = sum(_weight(query, place) for place in ours) + sum(_weight(entry, place) for place in theirs)
    if not met + left:
        return _Words(1.0 if query.tokens == entry.tokens else 0.5, 0.0, "")
    return _Words(met / (met + left), 0.0, "common words only")


def _trades_compared(
    query: Normal, ours: set[int], entry: Normal, theirs: set[int], *, often: bool
) -> tuple[float, str]:
    sides = [
        [place for place in side if _weight(name, place) >= TRADE_WEIGHT and not _is_telling(name, place)]
        for name, side in ((query, ours), (entry, theirs))
    ]
    if sides[0] and sides[1]:
        return OTHER_TRADE, "each side has another trade"
    if not sides[0] and not sides[1]:
        return 0.0, ""
    if often and not _any_abbreviation(query, ours) and not _any_abbreviation(entry, theirs):
        return TRADE_BESIDE_OFTEN, "one side has a trade beside a name that many bear"
    return TRADE_ABSENT, "a descriptive word stands on one side only"


def _any_abbreviation(name: Normal, side: set[int]) -> bool:
    return any((concept := name.concepts[place]) is not None and concept.is_abbreviation for place in side)


def _abbreviations_met(query: Normal, ours: set[int], entry: Normal, theirs: set[int]) -> None:
    """Takes from what is left over the short words that abbreviate neighbouring words of either side, and those."""
    for short, places, long, others in ((query, ours, entry, theirs), (entry, theirs, query, ours)):
        for place in sorted(places):
            letters = short.parts[place].text
            if not 2 <= len(letters) <= ABBREVIATED_LENGTH:
                continue
            if run := _abbreviated(letters, long, others):
                places.discard(place)
                others.difference_update(run)
            elif _abbreviated(letters, short, set(range(len(short.parts))) - {place}):
                places.discard(place)


def _abbreviated(letters: str, name: Normal, free: set[int]) -> set[int]:
    """The run of neighbouring words that the letters abbreviate, each giving its first letter and others in order."""
    for first in sorted(free):
        rest, place = letters, first
        while rest and place < len(name.parts):
            if place not in free and not _weight(name, place):
                place += 1
                continue
            if place not in free or name.parts[place].text[:1] != rest[0]:
                break
            following = name.parts[place + 1].text[:1] if place + 1 in free else ""
            word = name.parts[place].text
            rest, at = rest[1:], 1
            while rest and rest[0] != following and (found := word.find(rest[0], at)) > 0:
                rest, at = rest[1:], found + 1
            place += 1
        if not rest and place - first > 1:
            return set(range(first, place))
    return set()


def _telling_letters(name: Normal) -> str:
    return "".join(part.skeleton for place, part in enumerate(name.parts) if _is_telling(name, place))


def _joined_alike(query: Normal, entry: Normal) -> float:
    """Likeness of the words run together, where the blanks differ: Ukr Oboron Prom. 0 beyond one letter."""
    if len(query.parts) == len(entry.parts):
        return 0.0
    best = 0.0
    for one, other in (
        ("".join(query.tokens), "".join(entry.tokens)),
        (_telling_letters(query), _telling_letters(entry)),
        (_telling_letters(query), "".join(entry.tokens)),
        ("".join(query.tokens), _telling_letters(entry)),
    ):
        if min(len(one), len(other)) >= JOINED_LENGTH and (distance := OSA.distance(one, other, score_cutoff=1)) < 2:
            best = max(best, 1 - distance / max(len(one), len(other)))
    return best


def _is_acronym(short: Normal, long: Normal) -> bool:
    if len(short.parts) != 1 or not 3 <= len(short.parts[0].text) <= 6 or len(long.parts) < 3:
        return False
    counted = [part for place, part in enumerate(long.parts) if _weight(long, place)]
    word = short.parts[0]
    return any(
        word.text == "".join(part.text[:1] for part in parts) or word.skeleton == acronym(parts)
        for parts in (long.parts, counted)
    )


def _numbers_points(query: Normal, entry: Normal) -> float:
    ours, theirs = set(query.numbers), set(entry.numbers)
    if ours == theirs:
        return 0.0
    return OTHER_NUMBER if ours and theirs else NUMBER_ABSENT


def _legal_forms_compared(query: Normal, entry: Normal) -> Feature:
    ours, theirs = query.legal_form, entry.legal_form
    if not ours or not theirs:
        return Feature(None, 0.0, "Not stated on both sides: says nothing.")
    same = ours.form == theirs.form
    words = f"{ours.words} ({ours.form}) against {theirs.words} ({theirs.form})."
    return Feature(float(same), SAME_LEGAL_FORM if same else OTHER_LEGAL_FORM, words)


def _whole(name: Normal) -> str:
    return " ".join([*(part.text for part in name.parts), *name.numbers])
