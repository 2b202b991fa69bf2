"""JSON Lines: one object a line, for one table or, where each names its `table`, for several."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from apps.exchange.readers.sheets import MAX_CELL, MAX_COLUMNS, Unreadable
from apps.exchange.tables.cells import NOTHING

SUFFIX = ".jsonl"
TABLE = "table"
MAX_LINE = 1024 * 1024
"""Longest line that is read, in bytes."""


def sheets(open_file: Callable[[], BinaryIO], *, name: str) -> list[tuple[str, Iterator[list[str]]]]:
    """The tables of a file with their records: those that its lines name, else the one it is called after.

    A record's row is its line and one more, as if a header stood above. Raises Unreadable.
    """
    columns: dict[str, dict[str, None]] = {}
    for item in _objects(open_file):
        if item is None:
            continue
        found = columns.setdefault(_table(item, name), {})
        found.update(dict.fromkeys(column for column in item if column != TABLE))
        if len(found) > MAX_COLUMNS:
            raise Unreadable("too_many_columns", f"the objects have {len(found)} names, at most {MAX_COLUMNS}")
    if not columns:
        columns[name] = {}
    return [(table, _records(open_file, name, table, list(found))) for table, found in columns.items()]


def _records(open_file: Callable[[], BinaryIO], name: str, table: str, columns: list[str]) -> Iterator[list[str]]:
    yield columns
    for item in _objects(open_file):
        if item is None or _table(item, name) != table:
            yield []
        else:
            yield [cell_text(item.get(column)) for column in columns]


def _table(item: dict[str, Any], name: str) -> str:
    return str(item[TABLE]) if TABLE in item else name


def _objects(open_file: Callable[[], BinaryIO]) -> Iterator[dict[str, Any] | None]:
    """One object a line, None for a blank one."""
    try:
        with open_file() as stream:
            number = 0
            while line := stream.readline(MAX_LINE + 1):
                number += 1
                yield _object(line, number)
    except Unreadable:
        raise
    except Exception:  # noqa: BLE001 - a damaged archive makes the library raise whatever it meets first
        raise Unreadable("broken_file", "the file cannot be read to its end") from None


def _object(line: bytes, number: int) -> dict[str, Any] | None:
    if len(line) > MAX_LINE:
        raise Unreadable("too_long", f"line {number} is longer than {MAX_LINE} bytes")
    if not line.strip():
        return None
    try:
        found = json.loads(line.decode("utf-8-sig"), parse_float=str, parse_int=str, parse_constant=str)
    except UnicodeDecodeError as reason:
        raise Unreadable("not_utf8", f"line {number} is not UTF-8 text: {reason.reason}") from None
    except (ValueError, RecursionError):
        raise Unreadable("broken_json", f"line {number} is not JSON") from None
    if not isinstance(found, dict):
        raise Unreadable("broken_json", f"line {number} is no object")
    return found


def cell_text(value: Any) -> str:
    """A value as the text that a CSV file would hold: lists part by `;`, objects as `name:value`, nothing as `none`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ";".join(cell_text(item) for item in value) or NOTHING
    if isinstance(value, dict):
        return ";".join(f"{name}:{cell_text(item)}" for name, item in value.items()) or NOTHING
    return str(value)[: MAX_CELL + 1]
