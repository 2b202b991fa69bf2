"""The text of a search: what is accepted, and the parts that it falls into."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from apps.startups.rules.concepts import spans_of
from apps.startups.rules.lexemes import Lexicon
from apps.startups.rules.words import Word, composed, is_stop_word, joined, words_of

LONGEST = 200
"""Characters of a text."""
MOST_PARTS = 12
"""Parts of a text that are looked for; what stands behind them is not."""

QUOTED = re.compile('"([^"]*)"|«([^»]*)»|“([^”]*)”|„([^“”]*)[“”]')


@dataclass(frozen=True, slots=True)
class Part:
    """Words that are looked for as one: a word, a designation, a form of concepts, or a phrase in quotes."""

    words: tuple[Word, ...]
    concepts: tuple[str, ...] = ()
    whole: str = ""
    """A hyphenated designation written as one."""
    is_quoted: bool = False

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


def text_problem(text: str) -> str | None:
    """What is wrong with the text of a search, None where nothing is: `too_long`, or `no_words` where it has neither
    a word nor a figure.
    """
    if len(text) > LONGEST:
        return "too_long"
    return None if words_of(text=text) else "no_words"


def words_of_text(*, text: str) -> list[Word]:
    """All words of a text, quoted or not."""
    return words_of(text=text)


def parts_of(*, text: str, lexicon: Lexicon) -> list[Part]:
    """The parts of a text in order, MOST_PARTS at most; none of one that has stop words only.

    Outside of quotes the longest forms of concepts are found first; a hyphenated word with a figure or a single letter
    is one designation, others fall into their words; stop words are dropped.
    """
    plain = composed(text)
    parts: list[Part] = []
    last = 0
    for match in QUOTED.finditer(plain):
        parts += _free(words_of(text=plain[last : match.start()]), lexicon)
        quoted = tuple(words_of(text=next((group for group in match.groups() if group), "")))
        if any(not is_stop_word(word=word, stems=lexicon.stems) for word in quoted):
            parts.append(Part(quoted, is_quoted=True))
        last = match.end()
    parts += _free(words_of(text=plain[last:]), lexicon)
    return list({(part.text, part.is_quoted): part for part in parts}.values())[:MOST_PARTS]


def _free(words: Sequence[Word], lexicon: Lexicon) -> list[Part]:
    longest: dict[int, tuple[int, tuple[str, ...]]] = {}
    for span in spans_of(words=words, stems=lexicon.stems, forms=lexicon.forms):
        longest.setdefault(span.start, (span.end, span.meaning.own))
    whole = {start: (length, text) for start, length, text in joined(words=words)}
    found: list[Part] = []
    place = 0
    while place < len(words):
        if place in longest:
            end, codes = longest[place]
            length, text = whole.get(place, (0, ""))
            found.append(Part(tuple(words[place:end]), codes, text if place + length == end else ""))
            place = end
        elif place in whole and _is_designation(words[place : place + whole[place][0]]):
            length, text = whole[place]
            found.append(Part(tuple(words[place : place + length]), whole=text))
            place += length
        else:
            if not is_stop_word(word=words[place], stems=lexicon.stems):
                found.append(Part((words[place],)))
            place += 1
    return found


def _is_designation(words: Sequence[Word]) -> bool:
    return any(word.is_designation or len(word.text) == 1 for word in words)
