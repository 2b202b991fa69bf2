"""Ukrainian words as a search compares them: the words of a text and, beside each, its lemma."""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Any

WORD = re.compile(r"\w+(?:'\w+)*")
APOSTROPHES = str.maketrans(dict.fromkeys("’ʼ‘`´′＇", "'"))
CYRILLIC = re.compile(r"[\u0400-\u04ff]")
KNOWN_WORDS = 100_000
"""How many words a process remembers with their lemmas: about 20 MB."""
LONGEST = 100
"""Characters of a word that is kept; what is longer is no word of a language."""


def search_terms(*, text: str) -> list[str]:
    """The words of a text in lower case, in order, each Cyrillic one followed by its lemma where that differs.

    `Дронами` gives `дронами`, `дрон`: a query for any form of a word meets every other form, and one for an exact
    designation (`Р-330Ж`, `M2`) meets itself. Parts of a hyphenated word are words; apostrophes of all kinds, which
    PostgreSQL would part a word at, are left out once the lemma is found.
    """
    plain = unicodedata.normalize("NFC", text).translate(APOSTROPHES).lower()
    terms: list[str] = []
    for word in WORD.findall(plain):
        if len(word) <= LONGEST:
            lemma = _lemma(word) if CYRILLIC.search(word) else word
            terms += dict.fromkeys(term.replace("'", "") for term in (word, lemma))
    return terms


@functools.lru_cache(maxsize=KNOWN_WORDS)
def _lemma(word: str) -> str:
    """The dictionary form of a word by its likeliest reading; of a word that no dictionary has, a guess by its end."""
    return str(_analyser().parse(word)[0].normal_form)


@functools.cache
def _analyser() -> Any:
    """The analyser of Ukrainian, read when it is first asked: 0.2 s and 40 MB that not every process needs."""
    import pymorphy3

    return pymorphy3.MorphAnalyzer(lang="uk")
