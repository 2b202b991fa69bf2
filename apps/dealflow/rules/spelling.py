"""Which known words a mistyped one may have been."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from apps.dealflow.rules.matching_words import Kind, Matcher, Term, matcher_of
from apps.dealflow.rules.text import Part, parts_of
from apps.startups.rules.lexemes import SOUND_OF_CYRILLIC, SOUND_OF_LATIN, SOUND_OF_NAME, Lexicon
from apps.startups.rules.words import sounds_of, words_of

SHORTEST = 4
"""Letters from which on a word is mended: shorter ones are too near to too many others."""


MOST = 3
"""Known words that a mistyped one is taken for, at most."""
SOUND_MARKS = frozenset({SOUND_OF_CYRILLIC, SOUND_OF_LATIN, SOUND_OF_NAME})


@dataclass(frozen=True, slots=True)
class Ask:
    """What known lexemes are compared with: words as they are written, or sounds under one of `marks`."""

    marks: str
    text: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A known lexeme and in how many listings it stands."""

    lexeme: str
    documents: int

    @property
    def is_sound(self) -> bool:
        return self.lexeme[:1] in SOUND_MARKS

    @property
    def text(self) -> str:
        return self.lexeme[1:] if self.is_sound else self.lexeme


def is_mendable(part: Part) -> bool:
    """Whether a part that nobody knows may be a mistyped word: designations and quotes are taken as they are."""
    if part.is_quoted or len(part.words) != 1:
        return False
    return len(part.text) >= SHORTEST and not part.words[0].is_designation


def most_slips(word: str) -> int:
    """Letters missing, added, wrong or swapped, that are forgiven."""
    return 1 if len(word) <= 5 else 2 if len(word) <= 9 else 3


def distance(typed: str, known: str) -> int | None:
    """How many slips lie between two words; None where they are more than is forgiven."""
    most = most_slips(typed)
    found = OSA.distance(typed, known, score_cutoff=most)
    return found if found <= most else None


def swapped(word: str) -> list[str]:
    """The words that two neighbouring letters swapped back would give: short words so mistyped share no trigram."""
    return [word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)]


def asks_of(*, part: Part) -> list[Ask]:
    """What a mistyped word is compared with: words of its own script, sounds of the other one, and names of either."""
    word = part.words[0]
    marks = SOUND_OF_NAME + (SOUND_OF_LATIN if word.is_cyrillic else SOUND_OF_CYRILLIC)
    return [Ask("", word.text), *(Ask(marks, sound) for sound in sounds_of(word.text)[:2])]


def closest(*, part: Part, candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates with the fewest slips, MOST at most; a word before what only sounds so, the commoner first."""
    spoken = sounds_of(part.text)
    found = []
    for each in candidates:
        typed = spoken if each.is_sound else (part.text,)
        slips = [far for far in (distance(one, each.text) for one in typed) if far is not None]
        if slips:
            found.append((min(slips), each.is_sound, -each.documents, each.lexeme, each))
    found.sort(key=lambda row: row[:4])
    return [each for slips, *_, each in found if slips == found[0][0]][:MOST]


def meant_of(*, candidate: Candidate, lexicon: Lexicon) -> Matcher:
    """What meets a known word that a mistyped one is taken for."""
    if not candidate.is_sound:
        parts = parts_of(text=candidate.text, lexicon=lexicon)
        if parts:
            return matcher_of(part=parts[0], lexicon=lexicon)
    part = Part(tuple(words_of(text=candidate.text)))
    return Matcher(part, {Kind.SOUND: (Term((candidate.lexeme,)),)})
