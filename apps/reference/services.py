"""Bringing the product's own reference data into the database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.reference import events
from apps.reference.areas import Area, Taxonomy
from apps.reference.models import CapabilityArea
from apps.reference.tables import editions
from kernel.access import Actor
from kernel.clock import utc_today
from kernel.events import publish


@transaction.atomic
def areas_load(*, actor: Actor) -> int:
    """Write the areas of the newest edition, parents before children; returns how many rows were new or changed.

    Idempotent: a second run changes nothing and publishes nothing. An area that the edition retires stays with its
    successors, and what pointed to it follows them; one that the edition does not know stays as it is.
    """
    taxonomy = editions().taxonomy_at(utc_today())
    rows = {row.code: row for row in CapabilityArea.objects.select_for_update()}
    changed: list[CapabilityArea] = []
    for code in sorted(taxonomy.areas, key=lambda code: (len(taxonomy.path(code)), code)):
        area = taxonomy.area(code)
        row = _row(rows.get(code), area, parent=rows[area.parent].pk if area.parent else None, edition=taxonomy.id)
        if row is not None:
            row.save()
            rows[code] = row
            changed.append(row)
    retired = _retire(taxonomy, rows)
    if retired:
        moves = {row.code: row.successors for row in retired}
        publish(events.AREAS_RETIRED, actor=actor, subject=retired[0], data={"edition": taxonomy.id, "moves": moves})
    changed += retired
    if changed:
        data = {"edition": taxonomy.id, "sha256": taxonomy.sha256, "changed": len(changed)}
        publish(events.AREAS_LOADED, actor=actor, subject=changed[0], data=data)
    return len(changed)


def _retire(taxonomy: Taxonomy, rows: Mapping[str, CapabilityArea]) -> list[CapabilityArea]:
    """Give every area that the edition retires its successors; those that got new ones."""
    retired = []
    for code, successors in taxonomy.successors.items():
        row = rows.get(code)
        if row is not None and row.successors != list(successors):
            row.successors = list(successors)
            row.save(update_fields=["successors"])
            retired.append(row)
    return retired


def _row(row: CapabilityArea | None, area: Area, *, parent: UUID | None, edition: str) -> CapabilityArea | None:
    """The row brought to what the area says; None when it says so already."""
    stated: dict[str, Any] = {
        "parent_id": parent,
        "label_en": area.label_en,
        "label_uk": area.label_uk,
        "edition": edition,
        "successors": [],
    }
    if row is None:
        return CapabilityArea(code=area.code, **stated)
    if all(getattr(row, name) == value for name, value in stated.items()):
        return None
    for name, value in stated.items():
        setattr(row, name, value)
    return row
