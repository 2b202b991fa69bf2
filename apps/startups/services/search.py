"""Keeping the words of capabilities for the search: every write of what they say ends here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from apps.organisations.disclosure import Tier
from apps.reference.models import CapabilityArea
from apps.startups.models import Capability, CapabilityCodification, CapabilityStandard
from apps.startups.models.search import SEARCHED
from apps.startups.rules.words import search_terms
from kernel.ids import uuid7

BATCH = 1_000
"""Capabilities whose texts are in memory at once."""

WEIGHTS = "ABCD"

WRITE = """
INSERT INTO startups_searchtext (id, capability_id, tier, english, ukrainian)
SELECT stated.id, stated.capability_id, stated.tier, {english}, {ukrainian}
FROM unnest(%(id)s::uuid[], %(capability)s::uuid[], %(tier)s::smallint[], {columns})
    AS stated (id, capability_id, tier, {names})
ON CONFLICT (capability_id, tier) DO UPDATE SET english = excluded.english, ukrainian = excluded.ukrainian
WHERE (startups_searchtext.english, startups_searchtext.ukrainian)
    IS DISTINCT FROM (excluded.english, excluded.ukrainian)
"""


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of one capability that are read from a tier on, by weight: A first, D last."""

    capability_id: UUID
    tier: Tier
    texts: Mapping[str, list[str]] = field(default_factory=lambda: {weight: [] for weight in WEIGHTS})


@transaction.atomic
def search_refresh(*, capability_ids: Collection[UUID] | None = None, firm_ids: Collection[UUID] | None = None) -> int:
    """Bring the words of these capabilities, or of all of these firms, to what they say now; returns how many.

    Without either, of all there are. Belongs into the transaction that changed a title, a description, a summary, a
    standard, a number or an area's label. What stays the same is not written.
    """
    chosen = Q()
    if capability_ids is not None or firm_ids is not None:
        chosen = Q(pk__in=capability_ids or ()) | Q(firm__in=firm_ids or ())
    areas = _area_labels()
    ids = list(Capability.objects.filter(chosen).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        _write(list(_words(ids[start : start + BATCH], areas)))
    return len(ids)


def _words(ids: Collection[UUID], areas: Mapping[UUID, list[str]]) -> Iterator[Words]:
    standards: defaultdict[UUID, list[str]] = defaultdict(list)
    for row in CapabilityStandard.objects.filter(capability__in=ids).order_by("pk"):
        standards[row.capability_id] += [row.designation, row.part]
    for number in CapabilityCodification.objects.filter(capability__in=ids).order_by("pk"):
        standards[number.capability_id].append(number.number)
    for item in Capability.objects.filter(pk__in=ids).select_related("firm").order_by("pk"):
        seen, granted = (Words(item.pk, tier) for tier in SEARCHED)
        seen.texts["A"].extend([item.title, item.title_uk])
        seen.texts["B"].extend(areas[item.area_id])
        granted.texts["C"].extend(standards[item.pk])
        granted.texts["D"].extend([item.description, item.description_uk, item.firm.summary, item.firm.summary_uk])
        yield from (seen, granted)


def _area_labels() -> dict[UUID, list[str]]:
    """The labels of every area and of those above it, in both languages; one query."""
    rows = {row.pk: row for row in CapabilityArea.objects.all()}
    labels: dict[UUID, list[str]] = {}
    for area in rows.values():
        step: CapabilityArea | None = area
        labels[area.pk] = []
        while step is not None:
            labels[area.pk] += [step.label_en, step.label_uk]
            step = rows.get(step.parent_id) if step.parent_id else None
    return labels


def _write(rows: Collection[Words]) -> None:
    values: dict[str, list[object]] = {
        "id": [uuid7() for _ in rows],
        "capability": [row.capability_id for row in rows],
        "tier": [int(row.tier) for row in rows],
    }
    for weight in WEIGHTS:
        values[f"en_{weight}"] = [" ".join(row.texts[weight]) for row in rows]
        values[f"uk_{weight}"] = [" ".join(search_terms(text=" ".join(row.texts[weight]))) for row in rows]
    columns = [f"{language}_{weight}" for weight in WEIGHTS for language in ("en", "uk")]
    statement = WRITE.format(
        english=_vector("english", "en"),
        ukrainian=_vector("simple", "uk"),
        columns=", ".join(f"%({name})s::text[]" for name in columns),
        names=", ".join(columns),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _vector(configuration: str, language: str) -> str:
    parts = [f"setweight(to_tsvector('{configuration}', stated.{language}_{name}), '{name}')" for name in WEIGHTS]
    return " || ".join(parts)
