"""Finding and scoring the list entries that a subject may be: blocked in PostgreSQL, scored one by one."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import connection

from apps.compliance.names import NEAR, Kind, Score, Side, blocking_keys, identifier_keys, may_reach, normalise, score

_ENTRIES = """
    SELECT entry.id, entry.watch_list_id, entry.source_id, entry.kind, entry.names, entry.countries,
           entry.birth_dates, entry.registration_dates, entry.identifiers, encode(entry.digest, 'hex')
      FROM compliance_listentry entry
      JOIN compliance_listversion version ON version.id = entry.first_version_id
     WHERE entry.id = ANY(%s) AND entry.kind = %s
       AND entry.removed_version_id IS NULL AND version.loaded_at IS NOT NULL
     ORDER BY entry.id
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is compared of a list entry. `digest` is hexadecimal."""

    id: UUID
    list_id: UUID
    source_id: str
    side: Side
    digest: str


@dataclass(frozen=True, slots=True)
class Compared:
    """How many entries were compared with a subject, those among them that score NEAR or more, best first, and the
    matches with the whole score."""

    count: int
    candidates: Sequence[tuple[UUID, float]]
    matches: Sequence[tuple[Entry, Score]]


def keys_of(*, kind: str, names: Iterable[str], identifiers: Iterable[Sequence[str]] = ()) -> list[int]:
    """The blocking keys of all names and identifiers, sorted."""
    numbers = tuple((str(scheme), str(value)) for scheme, value in identifiers)
    found = {key for name in names for key in blocking_keys(normalise(name, Kind(kind)))}
    return sorted(found | identifier_keys(numbers))


def side_of(
    *,
    kind: str,
    names: Sequence[str],
    countries: Sequence[str],
    dates: Sequence[str],
    identifiers: Iterable[Sequence[str]],
) -> Side:
    """One side of a comparison."""
    return Side(
        kind=Kind(kind),
        names=tuple(names),
        countries=tuple(countries),
        date=tuple(dates),
        identifiers=tuple((str(scheme), str(value)) for scheme, value in identifiers),
    )


def compare(*, query: Side, keys: Collection[int]) -> Compared:
    """Score the query against every entry in force of its kind that shares a key with it."""
    ready = taken_apart(side=query)
    sharing = candidates(kind=query.kind, keys=keys)
    scored = [(entry, found) for entry in sharing if (found := scored_near(query=ready, entry=entry.side)) is not None]
    scored.sort(key=lambda pair: (-pair[1].value, pair[0].id))
    return Compared(
        count=len(sharing),
        candidates=[(entry.id, round(found.value, 4)) for entry, found in scored],
        matches=[(entry, found) for entry, found in scored if found.match],
    )


def scored_near(*, query: Side, entry: Side) -> Score | None:
    """The score of two sides, None where it is below NEAR. Most candidates are, and few of them need it in full."""
    apart = taken_apart(side=entry)
    if not may_reach(query, apart, NEAR):
        return None
    found = score(query, apart)
    return found if found.value >= NEAR else None


def taken_apart(*, side: Side) -> Side:
    """The side with its names taken apart, to be compared many times."""
    kind = Kind(side.kind)
    return replace(side, names=tuple(normalise(name, kind) if isinstance(name, str) else name for name in side.names))


def candidates(*, kind: str, keys: Collection[int]) -> list[Entry]:
    """The entries in force of this kind with a name that shares one of the keys."""
    if not keys:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT entry_id FROM compliance_listname WHERE keys && %s::bigint[]", [sorted(keys)])
        found = [row[0] for row in cursor.fetchall()]
        return entries_load(cursor, kind=str(kind), ids=found)


def entries_load(cursor: Any, *, kind: str, ids: Sequence[UUID]) -> list[Entry]:
    """Those of the entries that are of this kind and in force."""
    if not ids:
        return []
    cursor.execute(_ENTRIES, [list(ids), kind])
    return [_entry(row) for row in cursor.fetchall()]


def _entry(row: Sequence[Any]) -> Entry:
    identifier, list_id, source_id, kind, names, countries, births, registrations, identifiers, digest = row
    return Entry(
        id=identifier,
        list_id=list_id,
        source_id=source_id,
        digest=digest,
        side=side_of(
            kind=kind,
            names=_loaded(names),
            countries=countries,
            dates=births if kind == Kind.PERSON else registrations,
            identifiers=_loaded(identifiers),
        ),
    )


def _loaded(value: Any) -> Any:
    """JSON as the driver hands it over: parsed or as text, as the connection is set up."""
    return json.loads(value) if isinstance(value, str) else value


def explained(*, found: Score) -> Mapping[str, Any]:
    """A score's features as they are kept and shown: value, weight and words of each."""
    return {
        name: {"value": feature.value, "weight": feature.weight, "words": feature.words}
        for name, feature in found.features.items()
    }
