"""Where the words of a search stand in a text: the passage that is shown, and its characters that were found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from apps.startups.rules.concepts import spans_of
from apps.startups.rules.lexemes import CONCEPT, PSEUDONYM, SOUND_OF_NAME, Lexicon, lexemes_of
from apps.startups.rules.words import Word, composed, sounds_of

PASSAGE = 240
"""Characters of a long text that are shown."""
BEFORE = 60
"""Characters of them that stand before the first word found."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """A passage of a field as it is written, never markup, with the characters [start, end) that were found."""

    field: str
    text: str
    ranges: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Passages:
    """A text with the characters of its words, and the places of the words that each lexeme is found by."""

    text: str
    words: tuple[tuple[int, int], ...]
    places: Mapping[str, frozenset[int]]


def passages_of(*, text: str, words: Sequence[Word], lexicon: Lexicon, is_name: bool = False) -> Passages:
    """What a text is found by; a form of a concept by all of its words."""
    places: defaultdict[str, set[int]] = defaultdict(set)
    for place, lexeme in lexemes_of(words=words, lexicon=lexicon):
        places[lexeme].add(place)
    for span in spans_of(words=words, stems=lexicon.stems, forms=lexicon.forms):
        for code in span.meaning.codes:
            places[CONCEPT + code].update(range(span.start, span.end))
    if is_name:
        for place, word in enumerate(words):
            places[PSEUDONYM + word.text].add(place)
            for sound in sounds_of(word.text)[:1]:
                places[SOUND_OF_NAME + sound].add(place)
    return Passages(
        composed(text),
        tuple((word.start, word.end) for word in words),
        {lexeme: frozenset(found) for lexeme, found in places.items()},
    )


def snippet_of(*, field: str, passages: Passages, wanted: Collection[str]) -> Snippet | None:
    """The passage with the first word that is found by a wanted lexeme; None where none is."""
    places: set[int] = set()
    for lexeme in wanted:
        places |= passages.places.get(lexeme, frozenset())
    ranges: list[tuple[int, int]] = []
    for place in sorted(places):
        start, end = passages.words[place]
        if ranges and place - 1 in places and start - ranges[-1][1] <= 1:
            ranges[-1] = (ranges[-1][0], end)
        else:
            ranges.append((start, end))
    if not ranges:
        return None
    first, last = _stretch(passages, ranges[0])
    inside = tuple((start - first, end - first) for start, end in ranges if start >= first and end <= last)
    return Snippet(field, passages.text[first:last], inside)


def _stretch(passages: Passages, found: tuple[int, int]) -> tuple[int, int]:
    """The characters to show: all of a short text, of a long one from a word a little before the one found."""
    if len(passages.text) <= PASSAGE:
        return 0, len(passages.text)
    first = 0
    if found[0] > BEFORE:
        first = min(start for start, _ in passages.words if start >= found[0] - BEFORE)
    ends = [end for _, end in passages.words if end <= first + PASSAGE]
    return first, max([*ends, found[1]])
