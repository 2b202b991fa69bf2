"""What a table of the import format is: its columns, its keys and the checks within one row, as data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from apps.exchange.tables.cells import NOTHING, Parse, text
from apps.exchange.tables.problems import CellInvalid

Values = Mapping[str, Any]
"""A row's stated cells by column, parsed."""

RowProblem = tuple[str, str, str]
"""Column, code and message of a contradiction within one row."""

RowCheck = Callable[[Values], Iterable[RowProblem]]

LONGEST_KEY = 200
CELL_KEY = "key"


@dataclass(frozen=True, slots=True)
class Column:
    """A column. A required one must stand in the header; its cells must be stated unless `may_be_empty`.

    `references` names the table whose key the cell (or each code of a list) is.
    """

    name: str
    parse: Parse
    required: bool = False
    may_be_empty: bool = False
    references: str | None = None


@dataclass(frozen=True)
class Table:
    """A table. `identity` are the columns that make up the key of a row without a `key` cell.

    Where the same identity may stand several times (`repeats`), the rows are told apart by counting. Rows of an
    `immutable` table are never edited once loaded.
    """

    name: str
    columns: tuple[Column, ...]
    identity: tuple[str, ...] = ()
    repeats: bool = False
    immutable: bool = False
    check: RowCheck | None = None
    by_name: Mapping[str, Column] = field(init=False)
    has_key: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {column.name: column for column in self.columns})
        object.__setattr__(self, "has_key", CELL_KEY in self.by_name)
        stray = set(self.identity) - set(self.by_name)
        if stray:
            raise ValueError(f"{self.name}: no column {sorted(stray)}")


def key_column(*, required: bool = True) -> Column:
    """The sender's own key of the row."""
    return Column(CELL_KEY, text(longest=LONGEST_KEY), required=required)


def reference(name: str, table: str, *, required: bool = False) -> Column:
    """The key of a row of `table`; `none` states that there is none."""
    return Column(name, _optional_key if not required else text(longest=LONGEST_KEY), required, references=table)


def in_order(values: Values, first: str, last: str) -> Iterable[RowProblem]:
    """A span must not end before it starts."""
    start, end = values.get(first), values.get(last)
    if start is not None and end is not None and end < start:
        yield last, "before_start", f"{last} {end} lies before {first} {start}"


def at_most(values: Values, lesser: str, greater: str) -> Iterable[RowProblem]:
    """One number must not exceed another."""
    low, high = values.get(lesser), values.get(greater)
    if low is not None and high is not None and low > high:
        yield lesser, "out_of_range", f"{lesser} {low} is more than {greater} {high}"


def with_currency(values: Values, *amounts: str) -> Iterable[RowProblem]:
    """An amount needs a currency."""
    stated = [name for name in amounts if values.get(name) is not None]
    if stated and values.get("currency") is None:
        yield "currency", "missing", f"{stated[0]} needs a currency"


def _optional_key(cell: str) -> str | None:
    if cell.casefold() == NOTHING:
        return None
    if len(cell) > LONGEST_KEY:
        raise CellInvalid("too_long", f"a key has at most {LONGEST_KEY} characters")
    return cell
