"""What an import would do: for each kind of object the records that are new or changed, and how many are neither."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from apps.exchange.loading.resolution import AREAS, ORGANISATIONS, Resolution
from apps.exchange.loading.targets import IDENTIFIERS, KIND_OF_PARTY, OWNER_PARTIES, TARGETS, Target, owner_party_key
from apps.exchange.rows import Row
from apps.exchange.tables import PARTIES, TABLES
from apps.organisations.states import Basis, Standing
from apps.reference.evidence import EvidenceTier

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Record:
    """An object to write: its key, its id, the digest of what the sender says, and its columns' values."""

    key: str
    object_id: UUID
    sha256: bytes
    changing: tuple[Any, ...]
    fixed: tuple[Any, ...]


@dataclass(slots=True)
class Changes:
    """The records of one kind of object that are to be written, and the names of their columns."""

    target: Target
    changing: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    new: list[Record] = field(default_factory=list)
    changed: list[Record] = field(default_factory=list)


@dataclass(slots=True)
class Counts:
    """What becomes of the rows of one table."""

    rows: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    left_out: int = 0

    def as_json(self) -> dict[str, int]:
        """The counts as the import keeps and shows them."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(slots=True)
class Plan:
    """All changes in the order of loading; `parties` are the ids of every organisation that a usable row stands for."""

    sender: str
    verified: bool
    changes: list[Changes]
    parties: list[UUID]
    resolution: Resolution


def plan_make(*, resolution: Resolution, verified: bool) -> Plan:
    """Compare every usable row with what was loaded before. A changed row of an immutable table is a problem."""
    changes = [_changes(resolution, target, verified=verified) for target in TARGETS.values()]
    ids = resolution.ids[ORGANISATIONS]
    parties = [ids[row.key] for table in PARTIES for row in resolution.usable(table)]
    return Plan(resolution.sender, verified, changes, parties, resolution)


def counts_of(*, plan: Plan, updated: Mapping[str, set[str]]) -> dict[str, dict[str, int]]:
    """The counts by table, given the keys that were really updated by kind of object."""
    new = {change.target.name: {record.key for record in change.new} for change in plan.changes}
    found = {}
    for name, rows in plan.resolution.tables.items():
        kinds = (name, ORGANISATIONS, IDENTIFIERS) if name in PARTIES else (name,)
        inserted = new[name]
        touched = set().union(*(updated.get(kind, ()) for kind in kinds), *(new[kind] for kind in kinds)) - inserted
        counts = Counts(rows=len(rows.all))
        for row in rows.all:
            if row.is_bad:
                counts.left_out += 1
            elif row.key in inserted:
                counts.inserted += 1
            elif row.key in touched:
                counts.updated += 1
            else:
                counts.unchanged += 1
        found[name] = counts.as_json()
    return found


def _changes(resolution: Resolution, target: Target, *, verified: bool) -> Changes:
    header = resolution.tables[target.name].header if target.name in resolution.tables else frozenset()
    changing_by, fixed_by = target.parted(header)
    signed = (target.changing.keys() | target.fixed.keys()) - target.unsigned
    changes = Changes(target, tuple(changing_by), tuple(fixed_by))
    known, ids = resolution.known[target.name], resolution.ids
    table = TABLES.get(target.name)
    is_immutable = table is not None and table.immutable
    for row, values in _valued(resolution, target.name, verified=verified):
        before = known.get(row.key)
        if before is None and target.name == AREAS and row.key in resolution.areas:
            continue
        changing = tuple(make(values, ids) for make in changing_by.values())
        is_whole = before is None or is_immutable or target.supersedes
        fixed = tuple(make(values, ids) for make in fixed_by.values()) if is_whole else ()
        by, stated = (fixed_by, fixed) if is_immutable else (changing_by, changing)
        stated = tuple(value for name, value in zip(by, stated, strict=True) if name in signed)
        said = (repr(stated), *(repr(values[name]) for name in target.lists if name in values))
        sha256 = hashlib.sha256("".join(said).encode()).digest()
        record = Record(row.key, ids[target.name][row.key], sha256, changing, fixed)
        if before is None:
            changes.new.append(record)
        elif before.sha256 != sha256 and is_immutable:
            message = "the row was loaded with other values and is never edited; send a new row that supersedes it"
            resolution.refuse(target.name, row, "", "immutable", message)
        elif before.sha256 != sha256:
            changes.changed.append(record)
    return changes


def _valued(resolution: Resolution, name: str, *, verified: bool) -> Iterator[tuple[Row, Values]]:
    """The usable rows of a kind of object with their cells and what the import adds to them."""
    if name == ORGANISATIONS:
        yield from _parties(resolution, PARTIES, verified=verified)
    elif name == IDENTIFIERS:
        rows = _parties(resolution, PARTIES, verified=verified)
        yield from ((row, values) for row, values in rows if "identifier" in values)
    elif name in KIND_OF_PARTY:
        yield from _parties(resolution, (name,), verified=verified)
        for key in sorted(resolution.bare[name]):
            yield Row(0, key, {}), {"key": key}
    elif name == OWNER_PARTIES:
        named = {
            owner_party_key(row.values): row for row in resolution.usable("owners") if "owner_key" not in row.values
        }
        yield from ((Row(row.number, key, {}), row.values) for key, row in named.items())
    elif name == "deals":
        log_tier = EvidenceTier.E2.value if verified else EvidenceTier.E0.value
        yield from ((row, {**row.values, "log_tier": log_tier}) for row in resolution.usable(name))
    else:
        yield from ((row, row.values) for row in resolution.usable(name))


def _parties(resolution: Resolution, tables: Iterable[str], *, verified: bool) -> Iterator[tuple[Row, Values]]:
    standing = {"standing": Standing.VERIFIED.value, "basis": Basis.IMPORT.value}
    if not verified:
        standing = {"standing": Standing.REGISTERED.value, "basis": ""}
    for table in tables:
        own = {"kind": KIND_OF_PARTY[table]} if table in KIND_OF_PARTY else {}
        for row in resolution.usable(table):
            yield row, {**row.values, **own, **standing}
