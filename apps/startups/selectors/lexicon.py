"""What the words of texts are compared by: English stems as PostgreSQL has them, and the concepts in force."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import connection

from apps.startups.rules.concepts import Forms, concepts, forms_of
from apps.startups.rules.lexemes import Lexicon
from apps.startups.rules.words import Stems, Word, english_words

STEMS = """
SELECT word, coalesce((ts_lexize('english_stem', word))[1], '') FROM unnest(%s::text[]) AS word
"""

_known: dict[str, Forms] = {}
"""The forms of concepts by the edition's hash: they are the same for the life of a process."""


def lexicon_of(*, texts: Collection[Sequence[Word]]) -> Lexicon:
    """The stems of the texts' English words and the forms of all concepts; one query."""
    edition = concepts()
    wanted = english_words(texts=texts)
    forms = _known.get(edition.sha256)
    stems = _stems(wanted if forms is not None else wanted | edition.english_words)
    if forms is None:
        forms = _known[edition.sha256] = forms_of(concepts=edition, stems=stems)
    return Lexicon(stems=stems, forms=forms)


def _stems(words: Collection[str]) -> Stems:
    with connection.cursor() as cursor:
        cursor.execute(STEMS, [sorted(words)])
        return dict(cursor.fetchall())
