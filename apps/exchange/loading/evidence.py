"""The standards and numbers of imported capabilities, and what follows from a capability's change: tier and words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models

from apps.exchange.loading.plan import Plan
from apps.exchange.loading.targets import CAPABILITIES, FIRMS
from apps.startups.models import CapabilityCodification, CapabilityStandard
from apps.startups.services.capability_evidence import tier_refresh
from apps.startups.services.search import search_refresh


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of a capability: its rows' table and the two columns that a part of the cell states."""

    model: type[models.Model]
    columns: tuple[str, str]


LISTS: Mapping[str, Listed] = {
    "standards": Listed(CapabilityStandard, ("designation", "part")),
    "codifications": Listed(CapabilityCodification, ("scheme", "number")),
}


def lists_write(*, plan: Plan) -> dict[UUID, list[str]]:
    """Bring the lists that new and changed rows state to what they state; returns which lists of which capabilities.

    A line that stays keeps its document and its confirmation; a list that no cell states stays as it is.
    """
    change = next(change for change in plan.changes if change.target is CAPABILITIES)
    cells = plan.resolution.tables.get(CAPABILITIES.name)
    if cells is None:
        return {}
    written: dict[UUID, list[str]] = {}
    for name, listed in LISTS.items():
        stated = {
            record.object_id: [tuple(line) for line in row.values[name]]
            for record in (*change.new, *change.changed)
            if name in (row := cells.by_key[record.key]).values
        }
        for capability in _list_write(listed, stated):
            written.setdefault(capability, []).append(name)
    return written


def _list_write(listed: Listed, stated: Mapping[UUID, Sequence[tuple[str, str]]]) -> list[UUID]:
    if not stated:
        return []
    rows = listed.model._default_manager
    kept: dict[tuple[UUID, ...], set[UUID]] = {}
    for pk, capability, *line in rows.filter(capability__in=list(stated)).values_list(
        "pk", "capability_id", *listed.columns
    ):
        kept.setdefault((capability, *line), set()).add(pk)
    wanted: Collection[tuple[Any, ...]] = {
        (capability, *line) for capability, lines in stated.items() for line in lines
    }
    gone = {line: ids for line, ids in kept.items() if line not in wanted}
    new = sorted(line for line in wanted if line not in kept)
    rows.filter(pk__in=[pk for ids in gone.values() for pk in ids]).delete()
    make: Callable[..., models.Model] = listed.model
    rows.bulk_create(
        make(capability_id=capability, **dict(zip(listed.columns, line, strict=True))) for capability, *line in new
    )
    return sorted({line[0] for line in (*gone, *new)})


def followers_refresh(*, plan: Plan, updated: Collection[UUID]) -> None:
    """What follows from a load: the tiers of the capabilities `updated`, and the words of all that is touched."""
    touched: dict[str, list[UUID]] = {
        change.target.name: [record.object_id for record in (*change.new, *change.changed)]
        for change in plan.changes
        if change.target in (CAPABILITIES, FIRMS)
    }
    for capability_id in sorted(updated):
        tier_refresh(capability_id=capability_id)
    new = next(change.new for change in plan.changes if change.target is FIRMS)
    bare = {record.object_id for record in new}
    firms = [firm for firm in touched[FIRMS.name] if firm not in bare]
    if touched[CAPABILITIES.name] or firms:
        search_refresh(capability_ids=touched[CAPABILITIES.name], firm_ids=firms)
