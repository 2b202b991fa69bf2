"""Words of organisations' names that many share, and places, which decide; each with the concept it stands for."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from apps.compliance.names.scripts import cleaned, is_cyrillic, one_script
from apps.compliance.names.skeletons import readable, skeleton

TABLE: Final = Path(__file__).with_name("data") / "common_words.tsv"
ABBREVIATION_WEIGHT: Final = 0.1
_MISTYPED_LENGTH: Final = 6
_STEM: Final = 3
_ENDING: Final = re.compile(
    "(?:en|ic|es|el|al|ar|ov|iv|an|iin|icn)?(?:n|sk|ck)?"
    "(?:[aeiou]|im|ih|ei|oi|ai|oho|omu|imi|aia|oe|ie|oie|om|am|ah|ami|ov|iv|em|es|os|as|ut|in|uiu|ik|er|en|ii|ia)?"
)
"""Skeletons of what may follow a stem: suffixes of adjectives and endings of gender and case."""
_LETTERS: Final = (
    {"г": "h", "х": "kh", "и": "y", "й": "i", "ц": "ts"},
    {"г": "g", "х": "kh", "и": "i", "й": "i", "ц": "ts"},
    {"г": "g", "х": "h", "и": "i", "й": "j", "ц": "c", "ч": "c"},
    {"г": "h", "х": "ch", "в": "w", "й": "j", "ц": "c"},
    {"г": "g", "х": "ch", "в": "w", "и": "i", "й": "j", "ц": "z"},
)
"""Letters of abbreviations by resolution 55, BGN/PCGN 1947 and the Balkan, Polish and German customs."""
_SHORT: Final = 3
"""Skeletons shorter than this are too ambiguous: such words are known by their exact spelling only."""


@dataclass(frozen=True, slots=True)
class Concept:
    """What a word stands for; `weight` 0 to 1 against a distinguishing word.

    Places weigh 1 and decide; `is_often`: a proper name that many bear, which weighs 1 too; `is_abbreviation`: of
    several common words.
    """

    name: str
    weight: float
    is_place: bool = False
    is_often: bool = False
    is_abbreviation: bool = False

    @property
    def is_telling(self) -> bool:
        """Does the word distinguish organisations of one place and country?"""
        return self.is_place or self.is_often


@cache
def _rows() -> tuple[tuple[Concept, str], ...]:
    """Concepts with each of their spellings."""
    return tuple(
        (_concept(name, weight), spelling)
        for line in TABLE.read_text(encoding="utf-8").splitlines()
        if line.strip() and not line.startswith("#")
        for name, weight, spellings in [line.split("\t")]
        for spelling in spellings.split()
    )


@cache
def _concepts() -> tuple[dict[str, Concept], dict[str, Concept]]:
    by_word: dict[str, Concept] = {}
    by_skeleton: dict[str, Concept] = {}
    for concept, spelling in _rows():
        if spelling.endswith("*"):
            continue
        word = one_script(cleaned(spelling))
        if concept.is_abbreviation:
            own = abbreviation_of(word)
            for written in (word, *latin_abbreviations(word)):
                by_word.setdefault(written, own)
            continue
        by_word.setdefault(word, concept)
        if concept.weight and len(reading := skeleton(word)) >= _SHORT:
            by_skeleton.setdefault(reading, concept)
    return by_word, by_skeleton


def abbreviation_of(word: str) -> Concept:
    """The concept of an abbreviation: its letters."""
    return Concept(f"abbreviation {skeleton(word)}", ABBREVIATION_WEIGHT, is_abbreviation=True)


@cache
def _stems() -> dict[str, Concept]:
    found: dict[str, Concept] = {}
    for concept, spelling in _rows():
        if spelling.endswith("*"):
            found.setdefault(skeleton(one_script(cleaned(spelling[:-1]))), concept)
    return found


def _by_stem(reading: str) -> Concept | None:
    """The concept of a stem that the word is an inflected form of."""
    stems = _stems()
    for length in range(len(reading), _STEM - 1, -1):
        if (found := stems.get(reading[:length])) and _ENDING.fullmatch(reading[length:]):
            return found
    return None


def latin_abbreviations(word: str) -> list[str]:
    """An abbreviation in Cyrillic letters as it is written in Latin ones."""
    return (
        ["".join(letters.get(letter, readable(letter)) for letter in word) for letters in _LETTERS]
        if is_cyrillic(word)
        else []
    )


def _concept(name: str, weight: str) -> Concept:
    if weight == "place":
        return Concept(name, 1.0, is_place=True)
    if weight == "often":
        return Concept(name, 1.0, is_often=True)
    if weight == "abbreviation":
        return Concept(name, ABBREVIATION_WEIGHT, is_abbreviation=True)
    return Concept(name, float(weight))


@cache
def _mistyped() -> dict[str, Concept]:
    """Skeletons of common words with one letter left out."""
    return {
        gap: concept
        for reading, concept in _concepts()[1].items()
        if len(reading) >= _MISTYPED_LENGTH and not concept.is_telling
        for gap in _gaps(reading)
    }


def _gaps(reading: str) -> list[str]:
    return [reading[:place] + reading[place + 1 :] for place in range(1, len(reading))]


@lru_cache(maxsize=1 << 16)
def concept_of(*, word: str, reading: str) -> Concept | None:
    """The concept of a cleaned word with its skeleton, None for a word that distinguishes.

    Long common words are known with one typing error too.
    """
    by_word, by_skeleton = _concepts()
    if found := by_word.get(word) or by_skeleton.get(reading) or _by_stem(reading):
        return found
    if len(reading) < _MISTYPED_LENGTH:
        return None
    mistyped = _mistyped()
    return mistyped.get(reading) or next((mistyped[gap] for gap in _gaps(reading) if gap in mistyped), None)
