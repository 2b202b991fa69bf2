"""Keeping the words that all verified counterparts may read: by them mistyped words are mended and words weighed."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import connection, transaction

from apps.organisations.models import Organisation
from apps.organisations.states import Standing
from apps.reference.models import CapabilityArea
from apps.startups.models.listings import SHOWN
from apps.startups.models.search import ALL, SearchWord
from apps.startups.rules.lexemes import AREA, CONCEPT, KEY, PSEUDONYM, lexemes_of
from apps.startups.rules.words import words_of
from apps.startups.selectors.lexicon import lexicon_of
from apps.startups.services.search import search_catch_up
from kernel.clock import database_now
from kernel.periodic import slot_take

EVERY = dt.timedelta(minutes=10)
LONGEST = 119

SEEN = """
SELECT listing.words FROM startups_listing listing
JOIN organisations_organisation maker ON maker.id = listing.organisation_id
WHERE maker.standing = '{standing}' AND maker.dark_since IS NULL AND maker.merged_into_id IS NULL
"""
COUNT = """
CREATE TEMPORARY TABLE counted ON COMMIT DROP AS
SELECT word AS lexeme, max(ndoc) AS documents FROM (
    SELECT word, ndoc FROM ts_stat(%(shown)s)
    WHERE left(word, 1) <> %(pseudonym)s AND length(word) <= %(longest)s
    UNION ALL SELECT word, 1 FROM unnest(%(labels)s::text[]) AS word
    UNION ALL SELECT %(all)s, (SELECT count(*) FROM ({listings}) AS listing)
) AS told GROUP BY word
"""
WRITE = """
INSERT INTO startups_searchword (lexeme, mark, text, documents)
SELECT lexeme, CASE WHEN marked THEN left(lexeme, 1) ELSE '' END,
    CASE WHEN marked THEN substr(lexeme, 2) ELSE lexeme END, documents
FROM (SELECT *, lexeme !~ '^[[:alnum:]]' AS marked FROM counted) AS counted
ON CONFLICT (lexeme) DO UPDATE SET documents = excluded.documents
WHERE startups_searchword.documents <> excluded.documents
"""
DROP = "DELETE FROM startups_searchword word WHERE NOT EXISTS (SELECT FROM counted WHERE counted.lexeme = word.lexeme)"


def search_keep() -> None:
    """Periodic: bring vectors of an earlier edition along, and the words to what the listings say; one process at a
    time.
    """
    with transaction.atomic():
        if not slot_take(name="startups.search_words", every=EVERY, now=database_now()):
            return
    search_catch_up()
    search_words_refresh()


@transaction.atomic
def search_words_refresh() -> int:
    """Count the lexemes of the listings that verified counterparts see now, and of the areas' labels; returns how many
    there are. A word of a firm that is hidden meanwhile is gone with the next turn.
    """
    shown = SEEN.format(standing=Standing.VERIFIED.value)
    with connection.cursor() as cursor:
        cursor.execute(
            COUNT.format(listings=shown),
            {
                "shown": shown,
                "pseudonym": PSEUDONYM,
                "longest": LONGEST,
                "labels": _label_lexemes(),
                "all": ALL,
            },
        )
        cursor.execute(WRITE)
        cursor.execute(DROP)
        cursor.execute("DROP TABLE counted")
    return SearchWord.objects.count()


def search_words_forget(*, organisation_id: UUID) -> bool:
    """Count anew where the organisation has listings that nobody else sees now; whether it had."""
    hidden = Organisation.objects.filter(~SHOWN, pk=organisation_id, listings__isnull=False)
    if not hidden.exists():
        return False
    search_words_refresh()
    return True


def _label_lexemes() -> list[str]:
    """The words of areas' labels by themselves and by their sound; what they mean is found in the labels."""
    labels = CapabilityArea.objects.values_list("label_en", "label_uk")
    texts = [words_of(text=label) for pair in labels for label in pair]
    lexicon = lexicon_of(texts=texts)
    found = {lexeme for words in texts for _, lexeme in lexemes_of(words=words, lexicon=lexicon)}
    return sorted(lexeme for lexeme in found if lexeme[0] not in {KEY, CONCEPT, AREA})
