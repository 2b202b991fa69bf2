"""Which listings a search asks for, as SQL: made once for each search and kind of viewer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Self

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import DEFAULT_DB_ALIAS
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from apps.dealflow.rules.queries import DealFlowQuery
from apps.dealflow.selectors.criteria import criteria
from apps.organisations.disclosure import stand_in, stands_for
from apps.startups.models import Listing
from kernel.access import Actor

MOST_KEPT = 2_000
"""Conditions that a process remembers; each is some kilobytes."""


@dataclass(frozen=True, slots=True)
class Condition:
    """SQL over the columns of `startups_listing`, with its parameters."""

    sql: str = "TRUE"
    params: tuple[Any, ...] = ()

    def __and__(self, other: Condition) -> Condition:
        return Condition(f"{self.sql} AND {other.sql}", self.params + other.params)

    def __or__(self, other: Condition) -> Condition:
        return Condition(f"({self.sql} OR {other.sql})", self.params + other.params)

    @classmethod
    def of(cls, rows: QuerySet[Any] | Condition) -> Self | Condition:
        """The condition by which a query set of listings chooses; its order and its columns are left aside."""
        if isinstance(rows, Condition):
            return rows
        query = rows.order_by().query
        compiler = query.get_compiler(DEFAULT_DB_ALIAS)
        try:
            compiler.pre_sql_setup()
            joined = sum(count > 0 for count in query.alias_refcount.values())
            if joined == 1 and not query.is_sliced:
                sql, params = compiler.compile(query.where)
                return cls(f"({sql})", tuple(params))
            sql, params = rows.order_by().values("pk").query.sql_with_params()
        except EmptyResultSet:
            return cls("FALSE")
        except FullResultSet:
            return cls()
        return cls(f"startups_listing.id IN ({sql})", tuple(params))

    def select(self, columns: str = "startups_listing.id", *, order: str = "", most: int | None = None) -> Condition:
        """The SQL that takes columns of the listings that fulfil it, at most so many, in an order."""
        ordered = f" ORDER BY {order}" if order else ""
        bound = "" if most is None else f" LIMIT {most:d}"
        sql = f"SELECT {columns} FROM startups_listing WHERE {self.sql}{ordered}{bound}"  # noqa: S608 - our own names
        return Condition(sql, self.params)

    def rows(self, before: Condition | None = None) -> QuerySet[Any]:
        """The listings that fulfil it; `before` is what its statement begins with."""
        begin, chosen = before or Condition(""), self.select()
        return Listing.objects.filter(pk__in=RawSQL(f"{begin.sql} {chosen.sql}", begin.params + chosen.params))  # noqa: S611 - our own text


def condition_of(*, actor: Actor, query: DealFlowQuery) -> Condition:
    """All that the search asks but its text, among the listings that the actor sees."""
    asked = replace(query, text="", ordering="", mandate=None)
    found = _made(stand_in(actor), asked)
    return Condition(found.sql, stands_for(actor=actor, params=found.params))


@lru_cache(maxsize=MOST_KEPT)
def _made(viewer: Actor, query: DealFlowQuery) -> Condition:
    return Condition.of(Listing.objects.shown_to(viewer).filter(criteria(actor=viewer, query=query)))
