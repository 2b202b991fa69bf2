"""Kept lists brought up to date in place: an entry taken out, put in or moved, a whole list made anew.

A list holds every counterpart from its best down to its last entry, in order and without a gap. It is cut when there
may be others below the last one. So whoever is better than the last entry belongs on it; whoever is worse is left out
of a cut list, and added at the end of one that is not cut. An entry taken out of a cut list leaves it exact and
shorter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from apps.matching.engine.pairs import INVESTOR_FEATURES, STARTUP_FEATURES, WHOLE
from apps.matching.engine.pools import CLOSED, Against, differs
from apps.matching.models import MatchList
from apps.matching.selectors.matches import SHOWN
from apps.matching.states import InputKind, Section, Side

SECTIONS = (Section.RANKED, Section.NEEDS_DATA)
LISTED_BY = {InputKind.MANDATE: Side.STARTUP, InputKind.RAISE: Side.INVESTOR}
"""The side on whose lists a mandate or a raise stands."""
OWNED_BY = {InputKind.MANDATE: Side.INVESTOR, InputKind.RAISE: Side.STARTUP}
"""The side of its own lists."""
OWNER = {Side.INVESTOR: InputKind.MANDATE, Side.STARTUP: InputKind.RAISE}

Organisations = Callable[[str, Sequence[str]], Mapping[str, UUID]]
"""Kind and ids of mandates or raises → the organisation of each."""

_TABLE = MatchList._meta.db_table
_NUMBERS = ("score_investor", "score_startup", "score_mutual", "confidence_investor", "confidence_startup")
_COLUMNS = {
    **dict.fromkeys(_NUMBERS, 1),
    "contributions_investor": len(INVESTOR_FEATURES),
    "contributions_startup": len(STARTUP_FEATURES),
    "missing": 1,
}
"""The parallel arrays beside the counterparts, with how many numbers an entry has in each."""
_TYPES = {
    **dict.fromkeys(_COLUMNS, "smallint"),
    "confidence_investor": "int",
    "confidence_startup": "int",
    "missing": "int",
}
_WHOLE = {name: WHOLE.index(name) for name in _NUMBERS} | {"missing": WHOLE.index("unknown")}


@dataclass(frozen=True, slots=True)
class Bound:
    """How long a list is and how its last entry stands; `is_cut` when there may be others below it."""

    entries: int
    own: int | None
    trust: int | None
    is_cut: bool

    def is_reached(self, own: int, trust: int) -> bool:
        """Whether so good a counterpart may stand on the list; an equal one is judged by its id, where the list is."""
        if not self.is_cut:
            return True
        return self.own is not None and self.trust is not None and (own, trust) >= (self.own, self.trust)


def lists_follow(
    *, run_id: UUID, kind: str, entity_id: str, before: Against, now: Against, kept: int, organisations: Organisations
) -> int:
    """Bring a mandate or raise that was `before` and is `now` into the lists of the other side; returns how many.

    `organisations` finds whose an owner is, for lists that do not exist yet.
    """
    side = LISTED_BY[InputKind(kind)]
    rows = differs(before=before, now=now)
    if not len(rows):
        return 0
    owner = OWNER[side]
    ids = [identifier.decode() for identifier in now.ids[rows].tolist()]
    old, new = before.section[rows].tolist(), now.section[rows].tolist()
    marks = [
        (*pair, *other)
        for pair, other in zip(
            zip(before.own(owner)[rows].tolist(), before.trust(owner)[rows].tolist(), strict=True),
            zip(now.own(owner)[rows].tolist(), now.trust(owner)[rows].tolist(), strict=True),
            strict=True,
        )
    ]
    bounds = bounds_of(run_id=run_id, side=side, owner_ids=ids, kept=kept)
    asked: list[tuple[str, int, int]] = []
    fresh: list[tuple[str, int, int]] = []
    for place, row in enumerate(rows.tolist()):
        own_before, trust_before, own_now, trust_now = marks[place]
        for section in {old[place], new[place]} - {CLOSED}:
            bound, is_in = bounds.get((ids[place], section)), new[place] == section
            if bound is None:
                if is_in:
                    fresh.append((ids[place], section, row))
            elif (is_in and bound.is_reached(own_now, trust_now)) or (
                old[place] == section and bound.is_reached(own_before, trust_before)
            ):
                asked.append((ids[place], section, row if is_in else CLOSED))
    if asked:
        _splice(run_id, side, entity_id, asked, now, kept)
    if fresh:
        found = organisations(owner, [identifier for identifier, _, _ in fresh])
        MatchList.objects.bulk_create(
            _list(run_id, side, identifier, found[identifier], section, [entity_id], [row], now, kept)
            for identifier, section, row in fresh
        )
    return len(asked) + len(fresh)


def lists_make(
    *, run_id: UUID, kind: str, entity_id: str, found: Against | None, kept: int, organisation_id: UUID | None
) -> None:
    """Make the own lists of a mandate or raise anew; none are left of one that is not matched any more."""
    side = OWNED_BY[InputKind(kind)]
    MatchList.objects.filter(run=run_id, side=side, owner_id=entity_id).delete()
    if found is None or organisation_id is None:
        return
    made = []
    for section in range(len(SECTIONS)):
        rows = found.best(kind=kind, section=section, kept=kept).tolist()
        if rows:
            others = [found.ids[row].decode() for row in rows]
            made.append(_list(run_id, side, entity_id, organisation_id, section, others, rows, found, kept))
    MatchList.objects.bulk_create(made)


def bounds_of(*, run_id: UUID, side: str, owner_ids: Sequence[str], kept: int) -> dict[tuple[str, int], Bound]:
    """Where the lists of these owners end, by owner and section."""
    own, trust = _keys(side)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT owner_id::text, section, entries, {own}[entries], {trust}[entries], is_cut OR entries >= %s
              FROM {_TABLE}, LATERAL (SELECT cardinality(counterpart_ids) AS entries) counted
             WHERE run_id = %s AND side = %s AND owner_id = ANY(%s::uuid[])
            """,  # noqa: S608 - our own names
            [kept, run_id, side, list(owner_ids)],
        )
        return {
            (owner, SECTIONS.index(Section(section))): Bound(entries, last_own, last_trust, is_cut)
            for owner, section, entries, last_own, last_trust, is_cut in cursor
        }


def _keys(side: str) -> tuple[str, str]:
    suffix = "investor" if side == Side.INVESTOR else "startup"
    return f"score_{suffix}", f"confidence_{suffix}"


def _splice(
    run_id: UUID, side: str, entity_id: str, asked: Sequence[tuple[str, int, int]], now: Against, kept: int
) -> None:
    """Take the entity out of the lists named (owner, section) and put it where it now belongs, if a row is given."""
    rows = [row for _, _, row in asked]
    cells: dict[str, list[Any]] = {
        "owner": [owner for owner, _, _ in asked],
        "section": [SECTIONS[section].value for _, section, _ in asked],
        "is_in": [row != CLOSED for row in rows],
        **{name: _column(now, name, rows) for name in _COLUMNS},
    }
    with connection.cursor() as cursor:
        cursor.execute(
            _statement(side), {**cells, "run": run_id, "side": side, "entity": entity_id, "kept": kept, "shown": SHOWN}
        )
        emptied = [identifier for identifier, is_empty in cursor if is_empty]
    if emptied:
        MatchList.objects.filter(pk__in=emptied).delete()


def _column(found: Against, name: str, rows: Iterable[int]) -> list[Any]:
    """An entry's number, or its numbers as an array's text, for each of the rows; a row that is CLOSED is not read."""
    if name in _WHOLE:
        numbers = found.whole[_WHOLE[name]]
        return [0 if row == CLOSED else int(numbers[row]) for row in rows]
    table = found.c_investor if name == "contributions_investor" else found.c_startup
    return ["{}" if row == CLOSED else f"{{{','.join(map(str, table[row].tolist()))}}}" for row in rows]


def _statement(side: str) -> str:
    """Everything is worked out by the database: the arrays need not travel.

    `place` is where the entity stands, `target` where it belongs among the others.
    """
    own, trust = _keys(side)
    given = ", ".join(f"%({name})s::{'text' if width > 1 else _TYPES[name]}[]" for name, width in _COLUMNS.items())
    without = ", ".join(
        f"CASE WHEN place IS NULL THEN list.{name}"
        f" ELSE list.{name}[:(place - 1) * {width}] || list.{name}[place * {width} + 1:] END AS {name}"
        for name, width in {"counterpart_ids": 1, **_COLUMNS}.items()
    )
    entry = {"counterpart_ids": "%(entity)s::uuid"} | {
        name: f"asked.{name}::{_TYPES[name]}[]" if width > 1 else f"asked.{name}" for name, width in _COLUMNS.items()
    }
    made = ", ".join(
        f"CASE WHEN target IS NULL THEN rest.{name} ELSE ("
        f"rest.{name}[:(target - 1) * {width}] || {entry[name]} || rest.{name}[(target - 1) * {width} + 1:]"
        f")[:%(kept)s * {width}] END AS {name}"
        for name, width in {"counterpart_ids": 1, **_COLUMNS}.items()
    )
    names = ("counterpart_ids", *_COLUMNS)
    return f"""
        WITH asked AS (
            SELECT * FROM unnest(%(owner)s::uuid[], %(section)s::text[], %(is_in)s::bool[], {given})
                AS asked (owner_id, section, is_in, {", ".join(_COLUMNS)})
        ), made AS (
            SELECT list.id, state.is_cut, {made}
              FROM asked
              JOIN {_TABLE} list
                ON list.run_id = %(run)s AND list.side = %(side)s
               AND list.owner_id = asked.owner_id AND list.section = asked.section
             CROSS JOIN LATERAL (
                   SELECT cardinality(list.counterpart_ids) AS entries,
                          array_position(list.counterpart_ids, %(entity)s::uuid) AS place) found
             CROSS JOIN LATERAL (
                   SELECT list.is_cut OR entries >= %(kept)s AS is_cut,
                          list.{own}[entries] AS own, list.{trust}[entries] AS trust,
                          list.counterpart_ids[entries] AS last) state
             CROSS JOIN LATERAL (SELECT {without}) rest
             CROSS JOIN LATERAL (
                   SELECT CASE WHEN asked.is_in AND (
                                    NOT state.is_cut
                                 OR (asked.{own}, asked.{trust}) > (state.own, state.trust)
                                 OR ((asked.{own}, asked.{trust}) = (state.own, state.trust)
                                     AND %(entity)s::uuid <= state.last))
                          THEN 1 + (SELECT count(*) FROM unnest(rest.{own}, rest.{trust}, rest.counterpart_ids)
                                                      AS better (own, trust, other)
                                     WHERE (better.own, better.trust) > (asked.{own}, asked.{trust})
                                        OR ((better.own, better.trust) = (asked.{own}, asked.{trust})
                                            AND better.other < %(entity)s::uuid))::int
                          END AS target) belongs
             WHERE place IS NOT NULL OR target IS NOT NULL
        )
        UPDATE {_TABLE} list
           SET {", ".join(f"{name} = made.{name}" for name in names)},
               is_cut = made.is_cut,
               is_short = made.is_cut AND cardinality(made.counterpart_ids) < %(shown)s
          FROM made WHERE list.id = made.id
     RETURNING list.id, cardinality(list.counterpart_ids) = 0 AND NOT list.is_cut
        """  # noqa: S608 - our own names


def _list(
    run_id: UUID,
    side: str,
    owner_id: str,
    organisation_id: UUID,
    section: int,
    others: Sequence[str],
    rows: Sequence[int],
    found: Against,
    kept: int,
) -> MatchList:
    numbers: dict[str, Any] = {name: found.whole[place][rows].tolist() for name, place in _WHOLE.items()}
    return MatchList(
        run_id=run_id,
        side=side,
        section=SECTIONS[section],
        owner_id=UUID(owner_id),
        organisation_id=organisation_id,
        counterpart_ids=[UUID(other) for other in others],
        is_cut=len(rows) >= kept,
        **numbers,
        contributions_investor=found.c_investor[rows].ravel().tolist(),
        contributions_startup=found.c_startup[rows].ravel().tolist(),
    )
