"""What a part of a search's text is met by, how closely, and what that is worth."""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Final

from apps.dealflow.rules.text import Part
from apps.startups.rules.lexemes import (
    AREA,
    CONCEPT,
    KEY,
    PSEUDONYM,
    SOUND_OF_CYRILLIC,
    SOUND_OF_LATIN,
    SOUND_OF_NAME,
    TITLE,
    Lexicon,
)
from apps.startups.rules.words import Word, is_stop_word, key_of, sounds_of


class Kind(Enum):
    """How closely a word of a listing is what was typed; the value is its worth."""

    EXACT = 1.0
    FORM = 0.9
    SOUND = 0.8
    SYNONYM = 0.7


TYPO: Final = 0.6
"""The worth of being what a mistyped word is taken for, of what that is worth itself."""
PLACES: Final[Mapping[str, float]] = {"A": 1.0, "C": 0.6, "B": 0.5, "D": 0.2}
"""The worth of where a word stands: titles, names and numbers, areas, the rest."""


@dataclass(frozen=True, slots=True)
class Term:
    """Lexemes any of which meets a part, or with several `others` all of them; `is_phrase` one behind the other."""

    lexemes: tuple[str, ...]
    others: tuple[Term, ...] = ()
    is_phrase: bool = False
    distances: tuple[int, ...] = ()

    def query(self, weights: str = "") -> str:
        """The tsquery of it, for lexemes of these weights where any are named."""
        own = " | ".join(_quoted(lexeme) + (f":{weights}" if weights else "") for lexeme in self.lexemes)
        if not self.others:
            return f"({own})"
        inner = [other.query(weights) for other in self.others]
        if not self.is_phrase:
            return f"({' & '.join(inner)})"
        steps = (f" <{distance}> {text}" for distance, text in zip(self.distances, inner[1:], strict=True))
        return f"({inner[0]}{''.join(steps)})"


@dataclass(frozen=True, slots=True)
class Matcher:
    """A part with the terms that meet it by kind, and the codes of areas whose labels do."""

    part: Part
    terms: Mapping[Kind, tuple[Term, ...]]
    areas: Mapping[Kind, frozenset[str]] = field(default_factory=dict)
    titles: frozenset[str] = frozenset()
    documents: int = 0
    title_documents: int = 0
    meant: tuple[Matcher, ...] = ()
    """What an unknown word may be a mistyping of."""

    @property
    def asked(self) -> frozenset[str]:
        """All lexemes whose number of listings tells how telling it is."""
        codes = {AREA + code for codes in self.areas.values() for code in codes}
        return self.lexemes | self.titles | codes

    @property
    def lexemes(self) -> frozenset[str]:
        """All lexemes that it looks for in texts."""
        own = frozenset(_lexemes(term for terms in self.terms.values() for term in terms))
        return own.union(*(other.lexemes for other in self.meant))

    @property
    def corrected(self) -> tuple[str, ...]:
        """The known words that it is taken for, too; not those that only sound like it."""
        return tuple(other.part.text for other in self.meant if Kind.EXACT in other.terms)

    def query(self) -> str:
        """The tsquery of all that meets it. What has a phrase has its words, where these do too."""
        texts = [
            term.query()
            for terms in self.terms.values()
            for term in terms
            if not (term.is_phrase and Kind.FORM in self.terms)
        ]
        codes = sorted(set().union(*self.areas.values()))
        return _either([*texts, *(_quoted(AREA + code) for code in codes), *(other.query() for other in self.meant)])

    def title_query(self) -> str:
        """The tsquery of titles that meet it; an empty text where the index cannot tell."""
        titles = self.titles.union(*(other.titles for other in self.meant))
        return _either([_quoted(lexeme) for lexeme in sorted(titles)]) if titles else ""

    def rungs(self) -> list[tuple[float, str]]:
        """What each way of being met is worth, with its tsquery, the best first: place by closeness."""
        found = [
            (kind.value * worth, _either([term.query(place) for term in terms]))
            for kind, terms in self.terms.items()
            for place, worth in PLACES.items()
        ]
        found += [
            (kind.value * PLACES["B"], _either([_quoted(AREA + code) for code in sorted(codes)]))
            for kind, codes in self.areas.items()
            if codes
        ]
        found += [(TYPO * worth, query) for other in self.meant for worth, query in other.rungs()]
        return sorted(found, key=lambda rung: -rung[0])

    def weight(self, listings: int) -> float:
        """How telling the part is, from 1 for a word in every listing up, in steps that a few more listings do not
        change.
        """
        seen = math.log2(max(listings, 1) + 1) - math.log2(self.documents + 1)
        return 1 + max(0.0, round(seen * 2) / 2) / 4


def matcher_of(*, part: Part, lexicon: Lexicon) -> Matcher:
    """What meets a part as it was typed."""
    words = [word for word in part.words if not is_stop_word(word=word, stems=lexicon.stems)] or list(part.words)
    if part.is_quoted:
        phrase = _phrase(part.words, lexicon)
        return Matcher(part, {Kind.EXACT: (phrase,)})
    terms: dict[Kind, tuple[Term, ...]] = {}
    if len(words) == 1 and not part.whole:
        word = words[0]
        terms[Kind.EXACT] = (Term((word.text, *_pseudonym(word))),)
        terms[Kind.FORM] = (Term(_form(word, lexicon)),)
        sounds = _sounds(word)
        if sounds:
            terms[Kind.SOUND] = (Term(sounds),)
    else:
        exact = [_phrase(part.words, lexicon)] if len(words) > 1 else []
        if part.whole:
            exact.append(Term((part.whole,)))
            sounds = tuple(
                mark + sound for sound in sounds_of(part.whole) for mark in (SOUND_OF_CYRILLIC, SOUND_OF_LATIN)
            )
            if sounds:
                terms[Kind.SOUND] = (Term(sounds),)
        terms[Kind.EXACT] = tuple(exact)
        if part.concepts:
            terms[Kind.FORM] = (
                Term((), tuple(Term(tuple(dict.fromkeys((word.text, *_form(word, lexicon))))) for word in words)),
            )
    if part.concepts:
        terms[Kind.SYNONYM] = (Term(tuple(CONCEPT + code for code in part.concepts)),)
    return Matcher(part, terms, titles=_titles(part, words, lexicon))


def with_areas(*, matcher: Matcher, labels: Mapping[str, frozenset[str]]) -> Matcher:
    """The matcher with the areas whose labels hold what it looks for."""
    areas = {}
    seen: set[str] = set()
    for kind, terms in matcher.terms.items():
        codes = set().union(*(_areas(term, labels) for term in terms)) - seen if not matcher.part.is_quoted else set()
        seen |= codes
        areas[kind] = frozenset(codes)
    return replace(matcher, areas=areas)


def with_typos(*, matcher: Matcher, meant: Sequence[Matcher]) -> Matcher:
    """The matcher of an unknown word that is taken for what `meant` look for, too."""
    return replace(
        matcher,
        meant=tuple(meant),
        documents=max([matcher.documents, *(other.documents for other in meant)]),
        title_documents=max([matcher.title_documents, *(other.title_documents for other in meant)]),
    )


def counted(*, matcher: Matcher, documents: Mapping[str, int]) -> Matcher:
    """The matcher with the number of listings that meet it, as far as lexemes by themselves tell."""
    seen = [_documents(term, documents) for terms in matcher.terms.values() for term in terms]
    seen += [documents.get(AREA + code, 1) for codes in matcher.areas.values() for code in codes]
    titles = [documents.get(lexeme, 0) for lexeme in matcher.titles]
    return replace(matcher, documents=max(seen, default=0), title_documents=max(titles, default=0))


def conjunctions(matchers: Sequence[Matcher]) -> Iterator[list[list[Matcher]]]:
    """What is looked for, step by step as long as nothing is found: all parts; all but one; all but two; any."""
    if not matchers:
        return
    sizes = [size for size in (len(matchers), len(matchers) - 1, len(matchers) - 2) if size > 1]
    for size in dict.fromkeys([*sizes, 1]):
        yield [list(chosen) for chosen in itertools.combinations(matchers, size)]


def lexemes_of(matchers: Iterable[Matcher]) -> frozenset[str]:
    """All lexemes that the parts look for."""
    return frozenset[str]().union(*(matcher.lexemes for matcher in matchers))


def query_of(alternatives: Iterable[Sequence[Matcher]]) -> str:
    """The tsquery of alternatives, each of which wants all of its parts."""
    return " | ".join(f"({' & '.join(matcher.query() for matcher in each)})" for each in alternatives)


def expected(alternatives: Iterable[Sequence[Matcher]], *, listings: int, in_titles: bool = False) -> float:
    """About how many of the listings have all parts of some alternative, as far as the known words tell and as if no
    word went with another.
    """
    whole = max(listings, 1)
    return sum(
        whole
        * math.prod(min((each.title_documents if in_titles else each.documents) / whole, 1.0) for each in matchers)
        for matchers in alternatives
    )


def title_query_of(alternatives: Iterable[Sequence[Matcher]]) -> str:
    """The tsquery of titles that have all parts of an alternative; an empty text where there is none to be found so."""
    found = []
    for each in alternatives:
        texts = [matcher.title_query() for matcher in each]
        if all(texts):
            found.append(f"({' & '.join(texts)})")
    return " | ".join(found)


def _titles(part: Part, words: Sequence[Word], lexicon: Lexicon) -> frozenset[str]:
    if len(words) == 1 and not part.whole:
        own = [TITLE + key_of(word=words[0], stems=lexicon.stems)]
    else:
        own = [TITLE + part.whole] if part.whole else []
    return frozenset(own + [TITLE + CONCEPT + code for code in part.concepts])


def _form(word: Word, lexicon: Lexicon) -> tuple[str, ...]:
    key = key_of(word=word, stems=lexicon.stems)
    return tuple(dict.fromkeys((KEY + key, key)))


def _sounds(word: Word) -> tuple[str, ...]:
    """Words of the other script that sound alike, and names of either."""
    other = SOUND_OF_LATIN if word.is_cyrillic else SOUND_OF_CYRILLIC
    spoken = dict.fromkeys(sound for form in (word.text, word.lemma) for sound in sounds_of(form))
    return tuple(mark + sound for sound in spoken for mark in (other, SOUND_OF_NAME))


def _pseudonym(word: Word) -> tuple[str, ...]:
    return () if word.is_cyrillic else (PSEUDONYM + word.text,)


def _phrase(words: Sequence[Word], lexicon: Lexicon) -> Term:
    told = [(place, word) for place, word in enumerate(words) if not is_stop_word(word=word, stems=lexicon.stems)]
    terms = tuple(Term((word.text,)) for _, word in told)
    if len(terms) == 1:
        return terms[0]
    distances = tuple(later - sooner for (sooner, _), (later, _) in itertools.pairwise(told))
    return Term((), terms, is_phrase=True, distances=distances)


def _documents(term: Term, documents: Mapping[str, int]) -> int:
    if term.others:
        return min(_documents(other, documents) for other in term.others)
    return max((documents.get(lexeme, 0) for lexeme in term.lexemes), default=0)


def _areas(term: Term, labels: Mapping[str, frozenset[str]]) -> set[str]:
    if not term.others:
        return set().union(*(labels.get(lexeme, ()) for lexeme in term.lexemes))
    found = [_areas(other, labels) for other in term.others]
    return set.intersection(*found)


def _lexemes(terms: Iterable[Term]) -> Iterator[str]:
    for term in terms:
        yield from term.lexemes
        yield from _lexemes(term.others)


def _either(texts: Collection[str]) -> str:
    return f"({' | '.join(texts)})"


def _quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"
