"""Where the words of a search stand in what the viewer reads of a result."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any
from uuid import UUID

from apps.dealflow.rules.matching_words import lexemes_of
from apps.dealflow.rules.passages import PASSAGE, Passages, Snippet, passages_of, snippet_of
from apps.dealflow.selectors.matchers import matchers_of
from apps.organisations.disclosure import Tier
from apps.startups.disclosure import firm_name
from apps.startups.rules.words import words_of
from apps.startups.selectors.lexicon import lexicon_of

MOST_KNOWN = 20_000
"""Short texts that a process remembers as they were read: about 40 MB. Reading them costs more than the rest."""

_known: dict[tuple[str, bool], Passages] = {}


def snippets(
    *,
    listings: Sequence[Any],
    text: str,
    granted: Collection[UUID] = (),
    named: Collection[UUID] = (),
    lexemes: Collection[str] | None = None,
) -> dict[UUID, list[Snippet]]:
    """For each listing the fields in which words of the text stand, of those that the viewer reads; by its id.

    Titles, the area's labels and the name by which the firm is shown; of the firms in `granted` descriptions and the
    summary too. `named` are the firms that show the viewer their name. Listings come with `firm__organisation` and
    `capability__area`. One query for any number of listings, where `lexemes` says what the text was found by; else the
    text is read anew.
    """
    wanted = lexemes_of(matchers_of(text=text)[0]) if lexemes is None else lexemes
    fields = {listing.pk: list(_fields(listing, granted, named)) for listing in listings}
    read = _read({(value, field.startswith("name")) for found in fields.values() for field, value in found})
    shown: dict[UUID, list[Snippet]] = {}
    for key, found in fields.items():
        each = (
            snippet_of(field=field, passages=read[value, field.startswith("name")], wanted=wanted)
            for field, value in found
        )
        shown[key] = [snippet for snippet in each if snippet is not None]
    return shown


def _fields(listing: Any, granted: Collection[UUID], named: Collection[UUID]) -> Iterator[tuple[str, str]]:
    tier = Tier.T2 if listing.firm_id in granted else Tier.T1
    name = firm_name(firm=listing.firm, viewer_tier=tier, is_revealed=listing.firm_id in named)
    fields: dict[str, str] = {"name": name.name, "name_uk": name.name_uk}
    item = listing.capability
    if item is not None:
        fields |= {"title": item.title, "title_uk": item.title_uk}
        fields |= {"area_en": item.area.label_en, "area_uk": item.area.label_uk}
        if tier == Tier.T2:
            fields |= {"description": item.description, "description_uk": item.description_uk}
    if tier == Tier.T2:
        fields |= {"summary": listing.firm.summary, "summary_uk": listing.firm.summary_uk}
    yield from ((field, value) for field, value in fields.items() if value)


def _read(asked: Collection[tuple[str, bool]]) -> dict[tuple[str, bool], Passages]:
    """The passages of texts, each with whether it is a name; one query, whatever is known already."""
    if len(_known) > MOST_KNOWN:
        _known.clear()
    found = {key: passages for key in asked if (passages := _known.get(key)) is not None}
    words = {key: words_of(text=key[0]) for key in asked if key not in found}
    lexicon = lexicon_of(texts=list(words.values()))
    for key, each in words.items():
        found[key] = passages_of(text=key[0], words=each, lexicon=lexicon, is_name=key[1])
        if len(key[0]) <= PASSAGE:
            _known[key] = found[key]
    return found
