"""Words that mean the same to a buyer of defence technology, in English and Ukrainian: a hashed, sourced edition."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from apps.startups.rules.words import Stems, Word, english_words, key_of, words_of

FILE = Path(__file__).parents[1] / "data" / "search-concepts-1.json"
LONGEST_FORM = 5
"""Words of the longest form."""


class ConceptsMalformed(ValueError):
    """A concept names a broader one that is not there, or two concepts have one code."""


@dataclass(frozen=True, slots=True)
class Concept:
    """What several forms mean; `codes` are its own code and those of all broader concepts."""

    codes: tuple[str, ...]
    forms: tuple[tuple[Word, ...], ...]
    source: str


@dataclass(frozen=True, slots=True)
class Concepts:
    """An edition: `sha256` is over the bytes of its file."""

    id: str
    sha256: str
    concepts: tuple[Concept, ...]

    @property
    def english_words(self) -> set[str]:
        """The words of all forms whose stems `forms_of` needs."""
        return english_words(texts=[form for concept in self.concepts for form in concept.forms])


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a form means: the codes of its `own` concepts, and `codes` with all broader ones."""

    own: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


Forms = Mapping[tuple[str, ...], Meaning]
"""What is meant by the keys of a form's words."""


@dataclass(frozen=True, slots=True)
class Span:
    """Words `start` to `end` that are a form of concepts."""

    start: int
    end: int
    meaning: Meaning


@functools.cache
def concepts() -> Concepts:
    """The edition in force."""
    return concepts_parse(content=FILE.read_bytes())


def concepts_parse(*, content: bytes) -> Concepts:
    """An edition from the bytes of its file. Raises ConceptsMalformed."""
    raw = json.loads(content)
    broader = {row["code"]: row.get("broader", []) for row in raw["concepts"]}
    if len(broader) != len(raw["concepts"]):
        raise ConceptsMalformed("two concepts have one code")
    return Concepts(
        id=raw["id"],
        sha256=hashlib.sha256(content).hexdigest(),
        concepts=tuple(
            Concept(
                codes=_upward(row["code"], broader),
                forms=tuple(tuple(words_of(text=form)) for form in (*row.get("en", []), *row.get("uk", []))),
                source=row.get("source", raw["source"]),
            )
            for row in raw["concepts"]
        ),
    )


def forms_of(*, concepts: Concepts, stems: Stems) -> Forms:
    """All forms by the keys of their words. A form of several concepts means them all."""
    found: dict[tuple[str, ...], Meaning] = {}
    for concept in concepts.concepts:
        for form in concept.forms:
            keys = tuple(key_of(word=word, stems=stems) for word in form)
            known = found.get(keys, Meaning())
            own = tuple(dict.fromkeys((*known.own, concept.codes[0])))
            found[keys] = Meaning(own, tuple(dict.fromkeys((*known.codes, *concept.codes))))
    return found


def spans_of(*, words: Sequence[Word], stems: Stems, forms: Forms) -> list[Span]:
    """Every form that occurs in the words, overlapping ones too; at one place the longest first."""
    keys = [key_of(word=word, stems=stems) for word in words]
    found = []
    for start in range(len(keys)):
        for length in range(min(LONGEST_FORM, len(keys) - start), 0, -1):
            meaning = forms.get(tuple(keys[start : start + length]))
            if meaning is not None:
                found.append(Span(start, start + length, meaning))
    return found


def _upward(code: str, broader: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    waiting = [code]
    while waiting:
        step = waiting.pop(0)
        if step not in broader:
            raise ConceptsMalformed(f"{code} has the broader concept {step}, which is not there")
        if step not in found:
            found[step] = None
            waiting += broader[step]
    return tuple(found)
