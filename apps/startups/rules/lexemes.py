"""What a search's vectors hold: each kind of lexeme with its mark, and the vector of some texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from apps.compliance.names.legal_forms import without_legal_forms
from apps.startups.rules.concepts import Forms, spans_of
from apps.startups.rules.words import Stems, Word, is_stop_word, joined, key_of, sounds_of, words_of

VERSION: Final = 1
"""Raised whenever the same texts would give another vector."""

KEY: Final = "~"
"""The stem or lemma of a word, where it differs from the word; words as they are written bear no mark."""
CONCEPT: Final = "#"
SOUND_OF_CYRILLIC: Final = "^"
SOUND_OF_LATIN: Final = "%"
SOUND_OF_NAME: Final = "@"
TITLE: Final = "!"
"""The stem, lemma or concept of a word in a title: found by the index, which knows no weights."""
AREA: Final = ":"
PSEUDONYM: Final = "$"

GAP: Final = 10
"""Places between two texts, so that no phrase spans them."""
LAST_PLACE: Final = 16_383
"""What PostgreSQL counts places to."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What the words of a text are compared by: English stems and the forms of concepts."""

    stems: Stems
    forms: Forms


Located = tuple[int, tuple[tuple[int, str], ...]]
"""How many words a text has, and its lexemes with their places, from 0."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Texts as vectors take them, each read once; `words` are of those that were taken apart already."""

    lexicon: Lexicon
    words: Mapping[str, Sequence[Word]] = field(default_factory=dict)
    known: dict[tuple[str, str], Located] = field(default_factory=dict)

    def text(self, text: str, *, is_title: bool = False) -> Located:
        """The words of a text with their keys, sounds and concepts."""
        key = ("title" if is_title else "text", text)
        if key not in self.known:
            words = self._words(text)
            found = lexemes_of(words=words, lexicon=self.lexicon, is_title=is_title)
            self.known[key] = (len(words), tuple(found))
        return self.known[key]

    def name(self, name: str) -> Located:
        """A firm's name without its legal form; names are compared by sound within one script, too."""
        key = ("name", name)
        if key not in self.known:
            words = self._words(name)
            told = set(without_legal_forms(words=[word.text for word in words])[0]) if words else set()
            found = tuple(
                (place, lexeme)
                for place, word in enumerate(words)
                if word.text in told
                for lexeme in (word.text, *_key(word, self.lexicon.stems), *_marked(SOUND_OF_NAME, word))
            )
            self.known[key] = (len(words), found)
        return self.known[key]

    def _words(self, text: str) -> Sequence[Word]:
        return self.words[text] if text in self.words else words_of(text=text)


@dataclass(slots=True)
class Vector:
    """Lexemes with places and weights on their way to a tsvector: A titles, B areas, C names, numbers, D the rest."""

    places: dict[str, dict[int, str]] = field(default_factory=dict)
    last: int = 0

    def add(self, lexeme: str, place: int, weight: str) -> None:
        """Put a lexeme at a place; the better weight stays."""
        if place <= LAST_PLACE:
            held = self.places.setdefault(lexeme, {})
            held[place] = min(weight, held.get(place, weight))

    def add_text(self, located: Located, *, weight: str) -> None:
        """Add the lexemes of a text, a little behind the one before."""
        length, lexemes = located
        for place, lexeme in lexemes:
            self.add(lexeme, self.last + 1 + place, weight)
        self.last += length + GAP

    def add_code(self, *, lexeme: str, weight: str) -> None:
        """Add a lexeme that stands by itself."""
        self.add(lexeme, self.last + 1, weight)
        self.last += GAP

    def copied(self) -> Vector:
        """The same, to go on with."""
        return Vector({lexeme: dict(held) for lexeme, held in self.places.items()}, self.last)

    def literal(self) -> str:
        """The vector as PostgreSQL reads it."""
        return " ".join(
            f"{_quoted(lexeme)}:{','.join([f'{place}{weight}' for place, weight in held.items()])}"
            for lexeme, held in self.places.items()
        )


def lexemes_of(*, words: Sequence[Word], lexicon: Lexicon, is_title: bool = False) -> Iterator[tuple[int, str]]:
    """The lexemes of a text's words with their places, from 0."""
    for place, word in enumerate(words):
        if is_stop_word(word=word, stems=lexicon.stems):
            continue
        yield place, word.text
        for lexeme in _key(word, lexicon.stems):
            yield place, lexeme
        for lexeme in _marked(SOUND_OF_CYRILLIC if word.is_cyrillic else SOUND_OF_LATIN, word):
            yield place, lexeme
        if is_title:
            yield place, TITLE + key_of(word=word, stems=lexicon.stems)
    for place, _, whole in joined(words=words):
        yield place, whole
        if is_title:
            yield place, TITLE + whole
        for sound in sounds_of(whole):
            yield place, (SOUND_OF_CYRILLIC if words[place].is_cyrillic else SOUND_OF_LATIN) + sound
    for span in spans_of(words=words, stems=lexicon.stems, forms=lexicon.forms):
        for code in span.meaning.codes:
            yield span.start, CONCEPT + code
            if is_title:
                yield span.start, TITLE + CONCEPT + code


def label_lexemes(*, labels: Mapping[str, Sequence[str]], lexicon: Lexicon) -> dict[str, frozenset[str]]:
    """For each lexeme of areas' labels the codes of the areas that it stands in."""
    found: dict[str, set[str]] = {}
    for code, texts in labels.items():
        for text in texts:
            for _, lexeme in lexemes_of(words=words_of(text=text), lexicon=lexicon):
                found.setdefault(lexeme, set()).add(code)
    return {lexeme: frozenset(codes) for lexeme, codes in found.items()}


def _quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


def _key(word: Word, stems: Stems) -> tuple[str, ...]:
    key = key_of(word=word, stems=stems)
    return () if key == word.text else (KEY + key,)


def _marked(mark: str, word: Word) -> tuple[str, ...]:
    """The sounds of a word and of its lemma; of an indexed word only the likeliest, since queries try all readings."""
    spoken = dict.fromkeys(sound for form in (word.text, word.lemma) for sound in sounds_of(form)[:1])
    return tuple(mark + sound for sound in spoken)
