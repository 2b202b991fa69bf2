"""The words of a text as a search compares them: where each stands, as it is written, and its dictionary form."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.compliance.names.scripts import is_cyrillic, one_script
from apps.compliance.names.skeletons import readings

APOSTROPHES = str.maketrans(dict.fromkeys("’ʼ‘`´′＇", "'"))
WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
HYPHENS = frozenset("-‐‑")
KNOWN_WORDS = 100_000
"""How many words a process remembers with their lemmas: about 20 MB."""
LONGEST = 60
"""Characters of a word that is kept; what is longer is no word of a language."""
SHORTEST_SOUND = 3
"""Letters from which on a word is compared by sound: shorter ones sound like too many others."""

STOP_WORDS_UK = frozenset(
    """
    а або але без би бо в від вже ви він вона воно вони да для до є ж з за зі із і й його її їх коли ми на над не ні о
    об під по при про та так також те ти то того тому у це цей ця ці що щоб щодо як яка який які якого
    """.split()  # noqa: SIM905 - a list of words is read as words
)

Stems = Mapping[str, str]
"""English words with their stems; a stop word has none, an empty text."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word: `text` in lower case and one script without apostrophes, `lemma` of a Cyrillic one, and its characters
    `start` to `end` of the text in its composed form; `is_hyphened` where a hyphen ties the next word to it.
    """

    text: str
    lemma: str
    start: int
    end: int
    is_hyphened: bool = False

    @property
    def is_cyrillic(self) -> bool:
        return is_cyrillic(self.text)

    @property
    def is_designation(self) -> bool:
        """Whether it holds a figure: such words are compared as they are written."""
        return any(char.isdigit() for char in self.text)


def composed(text: str) -> str:
    """The text in the form to which the places of its words refer."""
    return unicodedata.normalize("NFC", text)


def words_of(*, text: str) -> list[Word]:
    """The words of a text in order. Parts of a hyphenated word are words; apostrophes of all kinds are left out once
    the lemma is found, since writers differ in them.
    """
    plain = composed(text).translate(APOSTROPHES)
    found: list[Word] = []
    for match in WORD.finditer(plain):
        if match.end() - match.start() > LONGEST:
            continue
        low = one_script(match.group().lower())
        lemma = _lemma(low) if is_cyrillic(low) else low
        ties = plain[match.end() : match.end() + 1] in HYPHENS and WORD.match(plain, match.end() + 1) is not None
        found.append(Word(low.replace("'", ""), lemma.replace("'", ""), match.start(), match.end(), ties))
    return found


def joined(*, words: Sequence[Word]) -> list[tuple[int, int, str]]:
    """Hyphenated words written as one, with the place of the first and the number of parts: `р330ж` of `Р-330Ж`."""
    found: list[tuple[int, int, str]] = []
    place = 0
    while place < len(words):
        last = place
        while last + 1 < len(words) and words[last].is_hyphened:
            last += 1
        if last > place:
            whole = one_script("".join(word.text for word in words[place : last + 1]))
            if len(whole) <= LONGEST:
                found.append((place, last + 1 - place, whole))
        place = last + 1
    return found


def key_of(*, word: Word, stems: Stems) -> str:
    """What all forms of a word share: the lemma of a Cyrillic one, the English stem of a Latin one."""
    return word.lemma if word.is_cyrillic else stems.get(word.text) or word.text


def is_stop_word(*, word: Word, stems: Stems) -> bool:
    """Whether a word says nothing by itself, in either language."""
    return word.text in STOP_WORDS_UK if word.is_cyrillic else stems.get(word.text) == ""


def english_words(*, texts: Collection[Sequence[Word]]) -> set[str]:
    """The words that a stem is asked for: those in Latin letters without figures."""
    return {word.text for words in texts for word in words if not word.is_cyrillic and not word.is_designation}


@functools.lru_cache(maxsize=KNOWN_WORDS)
def sounds_of(word: str) -> tuple[str, ...]:
    """What a word sounds like, however it is written: the skeletons of its readings in any usual romanisation, without
    the vowels at their end, in which languages differ (`платформа`, `platform`). None of a short word or a figure.
    """
    if len(word) < SHORTEST_SOUND or any(char.isdigit() for char in word):
        return ()
    found = []
    for reading in readings(word):
        bare = reading.rstrip("aeiou")
        found.append(bare if len(bare) >= SHORTEST_SOUND else reading)
    return tuple(dict.fromkeys(sound for sound in found if len(sound) >= SHORTEST_SOUND))


@functools.lru_cache(maxsize=KNOWN_WORDS)
def _lemma(word: str) -> str:
    """The dictionary form of a word by its likeliest reading; of a word that no dictionary has, a guess by its end."""
    return str(_analyser().parse(word)[0].normal_form)


@functools.cache
def _analyser() -> Any:
    """The analyser of Ukrainian, read when it is first asked: 0.2 s and 40 MB that not every process needs."""
    import pymorphy3

    return pymorphy3.MorphAnalyzer(lang="uk")
