"""Rows of an import: each cell parsed, each row checked by itself, each key made; nothing here asks the database."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from apps.exchange.readers import Sheet, Unreadable
from apps.exchange.tables import TABLES
from apps.exchange.tables.cells import UNSTORABLE
from apps.exchange.tables.columns import CELL_KEY, LONGEST_KEY, Column, Table
from apps.exchange.tables.problems import CellInvalid, Problems

HEADER_ROW = 1
MAX_ROWS = 1_000_000
"""Rows of all tables together that one import may bring."""


@dataclass(slots=True)
class Row:
    """A row that could be read: its stated cells, its key, and whether anything is wrong with it."""

    number: int
    key: str
    values: dict[str, Any]
    is_bad: bool = False


@dataclass(slots=True)
class Rows:
    """The rows of one table in the order of the file; `by_key` holds the first of each key, `header` the columns that
    the file has.
    """

    table: Table
    all: list[Row] = field(default_factory=list)
    by_key: dict[str, Row] = field(default_factory=dict)
    header: frozenset[str] = frozenset()

    def copy(self) -> Rows:
        """The same rows, to be judged anew."""
        rows = [replace(row) for row in self.all]
        by_number = {row.number: row for row in rows}
        by_key = {key: by_number[row.number] for key, row in self.by_key.items()}
        return Rows(self.table, rows, by_key, self.header)


def rows_read(*, sheets: Iterable[Sheet], problems: Problems) -> dict[str, Rows]:
    """Read every sheet; problems are noted, never raised. A table that breaks off keeps the rows before the break."""
    read: dict[str, Rows] = {}
    budget = MAX_ROWS
    for sheet in sheets:
        rows = Rows(TABLES[sheet.table])
        read[sheet.table] = rows
        try:
            for row in _rows(rows, sheet.records, problems):
                rows.all.append(row)
                budget -= 1
                if budget < 0:
                    message = f"an import has at most {MAX_ROWS} rows; the rest is not read"
                    problems.add(table=sheet.table, row=row.number, column="", code="too_many_rows", message=message)
                    break
        except Unreadable as reason:
            problems.add(table=sheet.table, row=0, column="", code=reason.code, message=reason.message)
        _keys(rows, problems)
    return read


def _rows(rows: Rows, records: Iterator[list[str]], problems: Problems) -> Iterator[Row]:
    table = rows.table
    header = next(records, None)
    if header is None:
        problems.add(table=table.name, row=HEADER_ROW, column="", code="missing", message="the header row is missing")
        return
    columns, is_complete = _columns(table, header, problems)
    needed = [column.name for column in table.columns if column.required and not column.may_be_empty]
    rows.header = frozenset(column.name for column in columns if column is not None)
    needed = [name for name in needed if name in rows.header]
    for number, cells in enumerate(records, start=HEADER_ROW + 1):
        if any(cell.strip() for cell in cells):
            row = _row(table, columns, needed, number, cells, problems)
            row.is_bad |= not is_complete
            yield row


def _columns(table: Table, header: list[str], problems: Problems) -> tuple[list[Column | None], bool]:
    """The column of each cell (None where the format has none), and whether every required column is there."""
    columns: list[Column | None] = []
    seen: set[str] = set()
    for cell in header:
        name = cell.strip()
        column = table.by_name.get(name.casefold())
        if column is None or column.name in seen:
            code = "unknown_column" if column is None else "duplicate_column"
            if name:
                message = f"{table.name} has no column {name[:60]!r}" if column is None else "the column is there twice"
                problems.add(table=table.name, row=HEADER_ROW, column=name[:60], code=code, message=message)
            columns.append(None)
            continue
        seen.add(column.name)
        columns.append(column)
    absent = [column.name for column in table.columns if column.required and column.name not in seen]
    for name in absent:
        message = f"the required column {name} is not in the header"
        problems.add(table=table.name, row=HEADER_ROW, column=name, code="missing_column", message=message)
    return columns, not absent


def _row(
    table: Table,
    columns: list[Column | None],
    needed: list[str],
    number: int,
    cells: list[str],
    problems: Problems,
) -> Row:
    values: dict[str, Any] = {}
    unread: set[str] = set()
    for column, cell in zip(columns, cells, strict=False):
        cell = cell.strip()
        if not cell or column is None:
            continue
        try:
            value = _value(column, cell)
        except CellInvalid as reason:
            unread.add(column.name)
            problems.add(table=table.name, row=number, column=column.name, code=reason.code, message=reason.message)
            continue
        if value is not None:
            values[column.name] = value
    found = [(name, "missing", f"{name} is required") for name in needed if name not in values and name not in unread]
    if any(cell.strip() for cell in cells[len(columns) :]):
        found.append(("", "extra_cell", f"the row has {len(cells)} cells, the header {len(columns)}"))
    if table.check is not None:
        found += [problem for problem in table.check(values) if problem[0] not in unread]
    for name, code, message in found:
        problems.add(table=table.name, row=number, column=name, code=code, message=message)
    return Row(number, str(values.get(CELL_KEY, "")), values, is_bad=bool(unread or found))


def _value(column: Column, cell: str) -> Any:
    if UNSTORABLE.search(cell):
        raise CellInvalid("bad_character", "the cell holds a control character")
    return column.parse(cell)


def _keys(rows: Rows, problems: Problems) -> None:
    """Give every row its key; a key that stands twice is a problem of its second row."""
    table = rows.table
    counted: Counter[str] = Counter()
    for row in rows.all:
        if not row.key and table.identity:
            identity = identity_key(row.values.get(name) for name in table.identity)
            counted[identity] += 1
            row.key = _bounded(f"{identity} {counted[identity]}") if table.repeats else identity
        if not row.key:
            row.is_bad = True
        elif row.key in rows.by_key:
            row.is_bad = True
            first = rows.by_key[row.key].number
            column = CELL_KEY if table.has_key else table.identity[0]
            message = f"row {first} has the same {' and '.join(table.identity) or CELL_KEY}"
            problems.add(table=table.name, row=row.number, column=column, code="duplicate_key", message=message)
        else:
            rows.by_key[row.key] = row


def identity_key(parts: Iterable[object]) -> str:
    """The key of a row without one: what identifies it, spelt out, or hashed where that is too long."""
    parts = list(parts)
    if len(parts) == 1 and isinstance(parts[0], str):
        return parts[0]
    return _bounded(json.dumps(["" if part is None else str(part) for part in parts], ensure_ascii=False))


def _bounded(key: str) -> str:
    return key if len(key) <= LONGEST_KEY else hashlib.sha256(key.encode()).hexdigest()
