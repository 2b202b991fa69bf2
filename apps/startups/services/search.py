"""Keeping the words of capabilities for the search: every write of what they say ends here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from apps.organisations.disclosure import Tier
from apps.reference.models import CapabilityArea
from apps.startups.disclosure import NAME_FROM, PSEUDONYM_LENGTH, firm_pseudonym
from apps.startups.models import Capability, CapabilityCodification, CapabilityStandard, Firm
from apps.startups.models.search import SEARCHED, SearchText
from apps.startups.rules.concepts import concepts
from apps.startups.rules.lexemes import AREA, PSEUDONYM, VERSION, Reader, Vector
from apps.startups.rules.words import words_of
from apps.startups.selectors.lexicon import lexicon_of
from kernel.ids import uuid7
from kernel.models import Event

TOUCHED = "exchange.import.touched"
BATCH = 1_000
"""Capabilities whose texts are in memory at once."""
BATCHES_PER_TURN = 20
"""Of rows made by an earlier edition, how many batches one turn of the periodic work makes anew."""

LOCK = "SELECT id FROM startups_capability WHERE id = ANY (%s) ORDER BY id FOR NO KEY UPDATE"
WRITE = """
INSERT INTO startups_searchtext (id, capability_id, tier, words, name, edition)
SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::smallint[], %s::tsvector[], %s::tsvector[], %s::text[])
ON CONFLICT (capability_id, tier) DO UPDATE
SET words = excluded.words, name = excluded.name, edition = excluded.edition
WHERE (startups_searchtext.words, startups_searchtext.name, startups_searchtext.edition)
    IS DISTINCT FROM (excluded.words, excluded.name, excluded.edition)
"""
LIST = """
UPDATE startups_listing listing SET words = told.words
FROM (
    SELECT row.id, said.words FROM startups_listing row
    JOIN startups_searchtext said ON said.capability_id = row.capability_id AND said.tier = %s
    WHERE row.capability_id = ANY (%s) AND row.words IS DISTINCT FROM said.words
    ORDER BY row.id FOR UPDATE OF row
) told
WHERE listing.id = told.id
"""


@dataclass(frozen=True, slots=True)
class Said:
    """What one capability and its firm say, by the tier from which it is read: texts by weight, A first, D last."""

    capability_id: UUID
    areas: Sequence[str]
    firm: Firm
    texts: Mapping[Tier, Mapping[str, list[str]]] = field(
        default_factory=lambda: {tier: defaultdict(list) for tier in SEARCHED}
    )

    @property
    def names(self) -> list[str]:
        return [self.firm.organisation.legal_name, self.firm.organisation.legal_name_uk]


def search_edition() -> str:
    """By which rules, concepts and secret (pseudonyms hang on it) vectors are made now."""
    probe = firm_pseudonym(firm_id="")[-PSEUDONYM_LENGTH:]
    return f"{VERSION}-{concepts().sha256[:12]}-{probe}"


@transaction.atomic
def search_refresh(*, capability_ids: Collection[UUID] | None = None, firm_ids: Collection[UUID] | None = None) -> int:
    """Bring the words of these capabilities, or of all of these firms, to what they say now; returns how many.

    Without either, of all there are. Belongs into the transaction that changed a title, a description, a summary, a
    standard, a number, an area, or a firm's name or its choice whom to show it. What stays the same is not written.
    The capabilities are locked first: whoever comes last reads what the others wrote.
    """
    chosen = Q()
    if capability_ids is not None or firm_ids is not None:
        chosen = Q(pk__in=capability_ids or ()) | Q(firm__in=firm_ids or ())
    areas = _area_paths()
    ids = list(Capability.objects.filter(chosen).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        _refresh(ids[start : start + BATCH], areas)
    return len(ids)


def listing_words_refresh(*, capability_ids: Collection[UUID]) -> None:
    """Give the listings of these capabilities the words that verified counterparts read."""
    with connection.cursor() as cursor:
        cursor.execute(LIST, [int(Tier.T1), list(capability_ids)])


def search_import_follow(*, import_id: UUID) -> int:
    """Bring the names that an import changed into the words of these firms; returns of how many capabilities."""
    renamed = Event.objects.filter(
        name=TOUCHED, data__import=str(import_id), data__own__organisations__updated__gt=0
    ).values("organisation_id")
    firms = list(Firm.objects.filter(organisation_id__in=renamed).values_list("pk", flat=True))
    return search_refresh(firm_ids=firms) if firms else 0


def search_catch_up() -> int:
    """Make some of the vectors anew that are missing or of an earlier edition, each batch in a transaction of its own;
    returns how many capabilities that were.
    """
    edition = search_edition()
    done = 0
    for _ in range(BATCHES_PER_TURN):
        old = SearchText.objects.exclude(edition=edition).order_by().values("capability_id")
        ids = set(old.values_list("capability_id", flat=True)[:BATCH])
        if len(ids) < BATCH:
            bare = Capability.objects.filter(search_texts=None).order_by()
            ids |= set(bare.values_list("pk", flat=True)[: BATCH - len(ids)])
        if not ids:
            break
        done += search_refresh(capability_ids=ids)
    return done


def _refresh(ids: Sequence[UUID], areas: Mapping[UUID, Sequence[str]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [list(ids)])
    rows = list(_said(ids, areas))
    texts = [text for row in rows for by_weight in row.texts.values() for each in by_weight.values() for text in each]
    texts += [name for row in rows for name in row.names]
    words = {text: words_of(text=text) for text in dict.fromkeys(texts)}
    reader = Reader(lexicon_of(texts=list(words.values())), words)
    edition = search_edition()
    written = [
        (uuid7(), row.capability_id, int(tier), vector, _name(row, reader).literal(), edition)
        for row in rows
        for tier, vector in _vectors(row, reader)
    ]
    if written:
        with connection.cursor() as cursor:
            cursor.execute(WRITE, [list(column) for column in zip(*written, strict=True)])
    listing_words_refresh(capability_ids=ids)


def _said(ids: Collection[UUID], areas: Mapping[UUID, Sequence[str]]) -> Iterator[Said]:
    standards: defaultdict[UUID, list[str]] = defaultdict(list)
    for row in CapabilityStandard.objects.filter(capability__in=ids).order_by("pk"):
        standards[row.capability_id] += [row.designation, row.part]
    for number in CapabilityCodification.objects.filter(capability__in=ids).order_by("pk"):
        standards[number.capability_id].append(number.number)
    for item in Capability.objects.filter(pk__in=ids).select_related("firm__organisation").order_by("pk"):
        said = Said(item.pk, areas[item.area_id], item.firm)
        said.texts[Tier.T1]["A"].extend([item.title, item.title_uk])
        said.texts[Tier.T2]["C"].extend(standards[item.pk])
        said.texts[Tier.T2]["D"].extend([item.description, item.description_uk])
        said.texts[Tier.T2]["D"].extend([item.firm.summary, item.firm.summary_uk])
        yield said


def _area_paths() -> dict[UUID, list[str]]:
    """The codes of every area and of those above it; one query."""
    rows = {row.pk: row for row in CapabilityArea.objects.all()}
    paths: dict[UUID, list[str]] = {}
    for area in rows.values():
        step: CapabilityArea | None = area
        paths[area.pk] = []
        while step is not None:
            paths[area.pk].append(step.code)
            step = rows.get(step.parent_id) if step.parent_id else None
    return paths


def _vectors(said: Said, reader: Reader) -> Iterator[tuple[Tier, str]]:
    """The vector of each tier: what is read at it, with all that is read below."""
    vector = Vector()
    for code in said.areas:
        vector.add_code(lexeme=AREA + code, weight="B")
    pseudonym = firm_pseudonym(firm_id=str(said.firm.pk)).split()[-1].lower()
    vector.add_code(lexeme=PSEUDONYM + pseudonym, weight="C")
    is_named = False
    for tier in SEARCHED:
        vector = vector.copied()
        for weight, texts in said.texts[tier].items():
            for text in texts:
                vector.add_text(reader.text(text, is_title=weight == "A"), weight=weight)
        if tier >= NAME_FROM[said.firm.naming] and not is_named:
            _add_names(vector, said, reader)
            is_named = True
        yield tier, vector.literal()


def _name(said: Said, reader: Reader) -> Vector:
    vector = Vector()
    _add_names(vector, said, reader)
    return vector


def _add_names(vector: Vector, said: Said, reader: Reader) -> None:
    for name in said.names:
        vector.add_text(reader.name(name), weight="C")
