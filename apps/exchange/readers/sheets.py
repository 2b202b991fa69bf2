"""A sheet: a table's name and its records as lists of text cells, however they were stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from apps.exchange.tables import OUTCOMES, TABLES
from apps.exchange.tables.problems import Problems

FILE = ""
"""The name of the table in a problem of the file as a whole."""

MAX_COLUMNS = 100
MAX_CELL = 100_000
"""Longest cell that is read, in characters."""


class Unreadable(Exception):
    """The file, or one table of it, cannot be read; `code` says why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as it was sent. `records` are read once and lazily, the header first; reading may raise Unreadable."""

    table: str
    records: Iterator[list[str]]


def table_named(name: str, *, problems: Problems) -> str | None:
    """The table that a file's or a sheet's name stands for; None, with a problem noted, where there is none."""
    table = name.strip().casefold()
    if table in TABLES:
        return table
    if table != OUTCOMES:
        message = f"{name[:60]!r} is no table of the import format"
        problems.add(table=name[:60], row=0, column="", code="unknown_table", message=message)
    return None
