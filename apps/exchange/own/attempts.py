"""One row, one service call, one savepoint: what the service refuses is a problem of the row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction

from apps.exchange.loading.plan import Record
from apps.exchange.loading.writing import keys_remember
from apps.exchange.own.scope import Scope, uuid_of
from apps.exchange.rows import Row
from kernel.errors import DomainError

T = TypeVar("T")

MOST_ROWS = 2_000
"""Rows of a table that a firm's import may bring, but components and events, which go in as wholes."""
UNSIGNED = b""
"""A firm's rows are always compared with what stands: no digest of the last row is kept."""


def attempt(scope: Scope, table: str, row: Row, work: Callable[[], T], columns: Mapping[str, str]) -> T | None:
    """What `work` returns; None, with the row's problems noted, where the service refuses."""
    try:
        with transaction.atomic():
            return work()
    except DomainError as reason:
        scope.refuse_error(table, row, reason, columns)
        return None


def bounded(scope: Scope, table: str) -> list[Row]:
    """The usable rows of a table, unless there are too many."""
    rows = scope.usable(table)
    if len(rows) <= MOST_ROWS:
        return rows
    message = f"a firm's import has at most {MOST_ROWS} rows of {table}"
    scope.problems.add(table=table, row=0, column="", code="too_many_rows", message=message)
    for row in rows:
        row.is_bad = True
    return []


def differing(stated: Mapping[str, Any], present: object) -> dict[str, Any]:
    """Those of the stated values that differ from an object's."""
    return {name: value for name, value in stated.items() if getattr(present, name) != value}


def remember(scope: Scope, table: str, made: Mapping[str, UUID]) -> None:
    """Keep what the sender's keys stand for; an id stands for itself."""
    records = [Record(key, pk, UNSIGNED, (), ()) for key, pk in made.items() if uuid_of(key) != pk]
    keys_remember(scope.sender, table, records)
