"""A firm's capabilities, new ones as drafts, and their bills of materials, each replaced as a whole."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from apps.exchange.own.attempts import attempt, bounded, remember
from apps.exchange.own.scope import Scope
from apps.exchange.rows import Row
from apps.startups import services as startups
from apps.startups.models import Capability, CapabilityCodification, CapabilityStandard, Component
from apps.startups.services import CodificationIn, ComponentLineIn, StandardIn
from apps.startups.services.capabilities import CAPABILITY_FIELDS

CAPABILITIES, COMPONENTS = "capabilities", "components"
EMPTY = ("title_uk", "description", "description_uk", "currency", "export_class")
"""Fields in which nothing stated is an empty text."""
LINE = ("name", "unit_cost", "currency", "quantity", "origin", "supplier", "single_source")
NO_TIER = "a firm declares E0; more follows from documents and attestations"
UNKNOWN = "no capability of the firm has this key"


def capabilities_load(scope: Scope) -> None:
    """Create drafts for new keys, update what differs. A published one stays published."""
    rows = bounded(scope, CAPABILITIES)
    named = {row.key for row in rows} | {key for table in _NAMING for key in _named(scope, *table)}
    own = Capability.objects.filter(firm=scope.firm)
    known = scope.look_up(CAPABILITIES, own, named)
    wanted = [known[row.key] for row in rows if row.key in known]
    present = {item.pk: item for item in own.filter(pk__in=wanted).select_related("firm__organisation", "area")}
    standards = _listed(CapabilityStandard.objects.filter(capability__in=wanted).order_by("pk"))
    numbers = _listed(CapabilityCodification.objects.filter(capability__in=wanted).order_by("pk"))
    made: dict[str, UUID] = {}
    for row in rows:
        before = present.get(known[row.key]) if row.key in known else None
        if scope.is_given(row.values.get("tier"), present="" if before is None else before.tier):
            scope.refuse(CAPABILITIES, row, "tier", "needs_document", NO_TIER)
            continue
        changes = _changes(scope, row, before)
        if before is None:
            changes |= _lists(row, [], [])
            done = attempt(scope, CAPABILITIES, row, lambda changes=changes: _create(scope, changes), {})  # type: ignore[misc]
        else:
            changes |= _lists(row, standards[before.pk], numbers[before.pk])
            if not changes:
                scope.count(CAPABILITIES, unchanged=1)
                made[row.key] = before.pk
                continue
            done = attempt(
                scope,
                CAPABILITIES,
                row,
                lambda before=before, changes=changes: startups.capability_update(  # type: ignore[misc]
                    actor=scope.actor, capability=before, **changes
                ),
                {},
            )
        if done is not None:
            made[row.key] = done.pk
            scope.count(CAPABILITIES, **{"inserted" if before is None else "updated": 1})
    scope.keys[CAPABILITIES] |= made
    remember(scope, CAPABILITIES, made)


_NAMING = ((COMPONENTS, "capability_key"), ("development_events", "capability_key"), ("raises", "lead_capability_key"))
"""The tables whose rows name capabilities, and by which column."""


def _named(scope: Scope, table: str, column: str) -> set[str]:
    return {row.values[column] for row in scope.usable(table)}


def capability_hangs(scope: Scope, table: str, row: Row, column: str) -> bool:
    """Whether a row names no capability that is there; it is bad then, with a problem of its own unless it hangs on a
    bad row.
    """
    key = row.values[column]
    if key in scope.keys[CAPABILITIES]:
        return False
    if CAPABILITIES in scope.tables and key in scope.tables[CAPABILITIES].by_key:
        row.is_bad = True
    else:
        scope.refuse(table, row, column, "unknown_reference", UNKNOWN)
    return True


def _changes(scope: Scope, row: Row, before: Capability | None) -> dict[str, Any]:
    stated = scope.stated(CAPABILITIES, row, CAPABILITY_FIELDS)
    stated |= {name: "" for name in EMPTY if name in stated and stated[name] is None}
    if "seeks" in stated:
        stated["seeks"] = list(stated["seeks"] or ())
    if before is None:
        return stated
    return {
        name: value
        for name, value in stated.items()
        if value != (before.area.code if name == "area" else getattr(before, name))
    }


def _create(scope: Scope, values: dict[str, Any]) -> Capability:
    return startups.capability_create(actor=scope.actor, firm=scope.firm, **values)


def _listed(rows: Any) -> defaultdict[UUID, list[Any]]:
    found: defaultdict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.capability_id].append(row)
    return found


def _lists(
    row: Row, standards: Sequence[CapabilityStandard], numbers: Sequence[CapabilityCodification]
) -> dict[str, Any]:
    """The lists that the row states otherwise than they stand; a line that stays keeps its document."""
    changes: dict[str, Any] = {}
    if "standards" in row.values:
        stood = {(line.designation, line.part): line for line in standards}
        wanted = [(designation, part) for designation, part in row.values["standards"]]
        if wanted != list(stood) and set(wanted) != set(stood):
            changes["standards"] = [
                StandardIn(designation=line.designation, part=line.part, basis=line.basis, document=line.document_id)
                if (line := stood.get(key)) is not None
                else StandardIn(designation=key[0], part=key[1])
                for key in wanted
            ]
    if "codifications" in row.values:
        issued = {(line.scheme, line.number): line for line in numbers}
        asked = [(scheme, number) for scheme, number in row.values["codifications"]]
        if set(asked) != set(issued):
            changes["codifications"] = [
                CodificationIn(
                    scheme=kept.scheme, number=kept.number, issued_on=kept.issued_on, document=kept.document_id
                )
                if (kept := issued.get(key)) is not None
                else CodificationIn(scheme=key[0], number=key[1])
                for key in asked
            ]
    return changes


def bills_load(scope: Scope) -> None:
    """Replace the bill of every capability that the table names and that differs; a bill with a bad row stays."""
    if COMPONENTS not in scope.tables:
        return
    bills: defaultdict[str, list[Row]] = defaultdict(list)
    for row in scope.tables[COMPONENTS].all:
        key = row.values.get("capability_key")
        if key is not None:
            bills[key].append(row)
    for rows in bills.values():
        for row in rows:
            if not row.is_bad:
                capability_hangs(scope, COMPONENTS, row, "capability_key")
    by_capability: defaultdict[UUID, list[Row]] = defaultdict(list)
    for key, rows in bills.items():
        if key in scope.keys[CAPABILITIES]:
            by_capability[scope.keys[CAPABILITIES][key]] += rows
    present = _listed(Component.objects.filter(capability__in=by_capability).order_by("pk"))
    capabilities = Capability.objects.filter(pk__in=by_capability).select_related("firm__organisation")
    for capability in capabilities.order_by("pk"):
        _bill_load(scope, capability, by_capability[capability.pk], present[capability.pk])


def _bill_load(scope: Scope, capability: Capability, rows: Sequence[Row], present: Sequence[Component]) -> None:
    if any(row.is_bad for row in rows):
        for row in rows:
            row.is_bad = True
        return
    lines = [_line(row) for row in rows]
    stood = [tuple(getattr(line, name) for name in LINE) for line in present]
    if Counter(stood) == Counter(tuple(getattr(line, name) for name in LINE) for line in lines):
        scope.count(COMPONENTS, unchanged=len(rows))
        return
    done = attempt(
        scope,
        COMPONENTS,
        rows[0],
        lambda: startups.components_replace(actor=scope.actor, capability=capability, components=lines),
        {},
    )
    if done is None:
        for row in rows:
            row.is_bad = True
    else:
        scope.count(COMPONENTS, **{"updated" if present else "inserted": len(rows)})


def _line(row: Row) -> ComponentLineIn:
    said = {name: row.values[name] for name in LINE if name in row.values}
    return ComponentLineIn(**said)
