"""Lists of parts that follow one another, each with an order of its own, read from a place on by one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from apps.dealflow.selectors.conditions import Condition
from kernel.api.ordering import Term

TYPES: Mapping[str, str] = {
    "id": "uuid",
    "published_at": "timestamptz",
    "relevance": "float8",
    "place": "int",
    "amount_eur": "numeric",
    "total": "bigint",
    "codes": "bytea",
    **{f"{figure}_days": "float8" for figure in ("adaptation", "cadence", "feedback", "delivery")},
}
"""What lists are ordered by, with the types that values of a place are compared as."""
UNCOUNTED = ("total", "codes")
LIST = "{}SELECT * FROM ({}) AS list LIMIT {}"
COUNTED_HITS = "(SELECT -1 AS part, {}, count(*) AS total, string_agg(codes, '') AS codes FROM hits)"
NEWEST_FIRST = (Term("published_at", is_descending=True, is_nullable=False), Term("id", True, is_nullable=False))


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a list: the listings that fulfil `condition`, ordered by `terms`, all in one direction, the last
    one the id. `columns` are those of the terms that the table does not have, `beginning` what a statement begins with
    that `condition` refers to, the same in all parts of a list.
    """

    condition: Condition
    terms: Sequence[Term]
    columns: Mapping[str, Condition] = field(default_factory=dict)
    beginning: Condition | None = None
    listed: Sequence[UUID] | None = None
    """The ids that give the order, where it is that of a list; the first term is the place in it, from 1."""

    def held(self, values: Sequence[Any]) -> Sequence[Any]:
        """What a cursor holds of a row's values: of a place in a list only whose it is. Rows that the reader does not
        see have places there, too, so that the number, or its length, would tell of them.
        """
        return values if self.listed is None else values[-1:]

    def values_of(self, held: Sequence[Any]) -> Sequence[Any]:
        """The values of a row by what a cursor holds of them; an id that the list does not have is behind its end."""
        if self.listed is None or len(held) != 1:
            return held
        ids = [*self.listed, held[0]]
        return 1 + ids.index(held[0]), held[0]

    @property
    def rows(self) -> QuerySet[Any]:
        """The rows with the columns that the terms name, in no order."""
        begin = self.beginning
        rows = self.condition.rows(None if begin is None else Condition(f"WITH {begin.sql}", begin.params))
        columns = {name: RawSQL(column.sql, column.params) for name, column in self.columns.items()}  # noqa: S611 - our own text
        whole: QuerySet[Any] = rows.annotate(**columns)
        return whole


@dataclass(frozen=True, slots=True)
class Placed:
    """A row by its id, with its part and its values there."""

    id: UUID
    part: int
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a stretch of a list begins: behind the values in a part, or at them with `is_inclusive`; read backwards
    with `is_back`. Without values it is the part's own beginning, or its end.
    """

    part: int
    values: Sequence[Any] = ()
    is_inclusive: bool = False
    is_back: bool = False


def backwards(part: Part) -> Part:
    """The same rows from the last to the first."""
    terms = [Term(term.column, not term.is_descending, term.is_nullable) for term in part.terms]
    return replace(part, terms=terms)


@dataclass(frozen=True, slots=True)
class Taken:
    """Rows in reading order, with what was counted beside them: how many hits, and their codes one behind the other."""

    rows: list[Placed]
    total: int = 0
    codes: bytes | None = None


def rows_placed(*, parts: Sequence[Part], limit: int, place: Place | None = None) -> list[Placed]:
    """The first `limit` rows from a place on, from the list's beginning without one; in reading order. One query: a
    part is read no further than those before it fall short.
    """
    return rows_taken(parts=parts, limit=limit, place=place).rows


def rows_taken(*, parts: Sequence[Part], limit: int, place: Place | None = None, is_counted: bool = False) -> Taken:
    """As `rows_placed`; with `is_counted`, where the parts' beginning names `hits`, these are counted by the way."""
    start = place if place is not None else Place(0)
    numbers = range(start.part, -1, -1) if start.is_back else range(start.part, len(parts))
    columns = list(dict.fromkeys(term.column for number in numbers for term in parts[number].terms))
    beginning = next((parts[number].beginning for number in numbers if parts[number].beginning is not None), None)
    texts, params = list[str](), list[Any]() if beginning is None else [*beginning.params]
    if is_counted:
        empty = ", ".join(f"NULL::{TYPES[name]} AS {name}" for name in columns)
        texts.append(COUNTED_HITS.format(empty))
    for number in numbers:
        values = start.values if number == start.part else ()
        shown = [*columns, *UNCOUNTED] if is_counted else columns
        stretch = _stretch(parts[number], shown, number, start, values, limit)
        texts.append(f"({stretch.sql})")
        params += stretch.params
    begin = f"WITH {beginning.sql} " if beginning is not None else ""
    with connection.cursor() as cursor:
        cursor.execute(LIST.format(begin, " UNION ALL ".join(texts), limit + is_counted), params)
        found = cursor.fetchall()
    places = {column: place for place, column in enumerate(columns, start=1)}
    of_part = {number: [places[term.column] for term in parts[number].terms] for number in numbers}
    rows = [
        Placed(row[places["id"]], row[0], tuple(row[place] for place in of_part[row[0]]))
        for row in found
        if row[0] >= 0
    ]
    return Taken(rows, *found[0][-2:]) if is_counted else Taken(rows)


def _stretch(
    part: Part, columns: Sequence[str], number: int, start: Place, values: Sequence[Any], limit: int
) -> Condition:
    """The rows of a part in their order, with the same columns as every part of the list has."""
    own = {term.column for term in part.terms}
    made = ", ".join(f"{column.sql} AS {name}" for name, column in part.columns.items())
    plain = ", ".join(f"startups_listing.{term.column}" for term in part.terms if term.column not in part.columns)
    shown = ", ".join(name if name in own else f"NULL::{TYPES[name]} AS {name}" for name in columns)
    is_descending = part.terms[0].is_descending is not start.is_back
    order = ", ".join(f"{term.column} {'DESC' if is_descending else 'ASC'}" for term in part.terms)
    beyond = ""
    if values:
        sign = ("<" if is_descending else ">") + ("=" if start.is_inclusive else "")
        names = ", ".join(term.column for term in part.terms)
        beyond = f" WHERE ({names}) {sign} ({', '.join(f'%s::{TYPES[term.column]}' for term in part.terms)})"
    inner = part.condition.select(", ".join(filter(None, (made, plain))))
    whole = f"SELECT {number:d} AS part, {shown} FROM ({inner.sql}) AS part{beyond} ORDER BY {order} LIMIT {limit:d}"  # noqa: S608 - our own names
    params = [value for column in part.columns.values() for value in column.params]
    return Condition(whole, (*params, *inner.params, *values))
