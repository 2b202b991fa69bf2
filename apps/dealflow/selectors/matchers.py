"""What the words of a search are met by: read with the areas' labels, and mended by the words that all may read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from django.db import connection

from apps.dealflow.rules.matching_words import Matcher, counted, matcher_of, with_areas, with_typos
from apps.dealflow.rules.spelling import Candidate, asks_of, closest, is_mendable, meant_of, swapped
from apps.dealflow.rules.text import parts_of
from apps.reference.models import CapabilityArea
from apps.startups.models.search import ALL
from apps.startups.rules.lexemes import label_lexemes
from apps.startups.rules.words import words_of
from apps.startups.selectors.lexicon import lexicon_of

ALIKE = 20
"""Words that PostgreSQL is asked for beside a mistyped one; the closest few are taken."""

DOCUMENTS = "SELECT lexeme, documents FROM startups_searchword WHERE lexeme = ANY (%s::text[])"
LABELS = """
SELECT md5(string_agg(concat_ws(chr(31), code, label_en, label_uk), chr(30) ORDER BY code))
FROM reference_capabilityarea
"""
_labels_known: dict[str | None, Mapping[str, frozenset[str]]] = {}
"""By the digest of all labels what they are found by; the last one alone."""
MENDED = """
SELECT asked.place, found.lexeme, found.documents
FROM unnest(%s::int[], %s::text[], %s::text[]) AS asked (place, marks, text)
CROSS JOIN LATERAL (
    SELECT word.lexeme, word.documents FROM startups_searchword word
    WHERE word.text %% asked.text AND word.documents > 0
        AND (word.mark = '' AND asked.marks = '' OR word.mark <> '' AND strpos(asked.marks, word.mark) > 0)
    ORDER BY similarity(word.text, asked.text) DESC, word.documents DESC, word.lexeme
    LIMIT %s
) found
UNION
SELECT asked.place, word.lexeme, word.documents
FROM unnest(%s::int[], %s::text[]) AS asked (place, text)
JOIN startups_searchword word ON word.lexeme = asked.text AND word.documents > 0
"""


def matchers_of(*, text: str, is_counted: bool = True) -> tuple[list[Matcher], int]:
    """What each part of a text is met by, and how many listings there are. Not `is_counted` for whoever reads nobody's
    listings: then no word is known, mended or weighed, for what others say would show in it.

    Three queries, for the stems, the areas' labels and the known words; two more where a word is unknown.
    """
    words = words_of(text=text)
    if not words:
        return [], 0
    lexicon = lexicon_of(texts=[words])
    labels = _labels()
    matchers = [
        with_areas(matcher=matcher_of(part=part, lexicon=lexicon), labels=labels)
        for part in parts_of(text=text, lexicon=lexicon)
    ]
    if not is_counted:
        return matchers, 0
    known = _documents({ALL}.union(*(matcher.asked for matcher in matchers)))
    matchers = [counted(matcher=matcher, documents=known) for matcher in matchers]
    unknown = [matcher for matcher in matchers if not matcher.documents and is_mendable(matcher.part)]
    mended = _mended(unknown, labels) if unknown else {}
    return [mended.get(matcher.part.text, matcher) for matcher in matchers], known.get(ALL, 0)


def _labels() -> Mapping[str, frozenset[str]]:
    """By lexeme the codes of the areas in whose labels it stands; one query, and one more when a label has changed."""
    with connection.cursor() as cursor:
        cursor.execute(LABELS)
        (digest,) = cursor.fetchone()
    found = _labels_known.get(digest)
    if found is None:
        rows = CapabilityArea.objects.order_by("code").values_list("code", "label_en", "label_uk")
        texts = {code: labels for code, *labels in rows}
        lexicon = lexicon_of(texts=[words_of(text=label) for labels in texts.values() for label in labels])
        found = label_lexemes(labels=texts, lexicon=lexicon)
        _labels_known.clear()
        _labels_known[digest] = found
    return found


def _documents(lexemes: Collection[str]) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(DOCUMENTS, [sorted(lexemes)])
        return dict(cursor.fetchall())


def _mended(unknown: Sequence[Matcher], labels: Mapping[str, frozenset[str]]) -> dict[str, Matcher]:
    """The matchers of unknown words with the known words that they are taken for, by what was typed."""
    asked = [(place, ask) for place, matcher in enumerate(unknown) for ask in asks_of(part=matcher.part)]
    candidates: dict[int, list[Candidate]] = {place: [] for place in range(len(unknown))}
    with connection.cursor() as cursor:
        places, marks, texts = [list(column) for column in zip(*((p, a.marks, a.text) for p, a in asked), strict=True)]
        swaps = [(place, word) for place, m in enumerate(unknown) for word in swapped(m.part.text)]
        cursor.execute(
            MENDED, [places, marks, texts, ALIKE, [place for place, _ in swaps], [word for _, word in swaps]]
        )
        for place, lexeme, documents in cursor.fetchall():
            candidates[place].append(Candidate(lexeme, documents))
    meant = {
        matcher.part.text: closest(part=matcher.part, candidates=candidates[place])
        for place, matcher in enumerate(unknown)
    }
    words = [words_of(text=each.lexeme) for found in meant.values() for each in found if not each.is_sound]
    lexicon = lexicon_of(texts=words)
    return {
        matcher.part.text: with_typos(
            matcher=matcher,
            meant=[
                counted(
                    matcher=with_areas(matcher=meant_of(candidate=each, lexicon=lexicon), labels=labels),
                    documents={each.lexeme: each.documents},
                )
                for each in meant[matcher.part.text]
            ],
        )
        for matcher in unknown
        if meant[matcher.part.text]
    }
