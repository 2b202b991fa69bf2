"""CSV: UTF-8 with or without a byte order mark, commas, RFC 4180 quoting, formulas marked as texts."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from typing import BinaryIO

from apps.exchange.readers.sheets import MAX_CELL, MAX_COLUMNS, Unreadable
from kernel.neutral import MARK, stated

csv.field_size_limit(MAX_CELL)


def records(open_file: Callable[[], BinaryIO]) -> Iterator[list[str]]:
    """The records of a CSV file, blank ones as empty lists. Raises Unreadable."""
    try:
        with open_file() as stream, io.TextIOWrapper(stream, encoding="utf-8-sig", newline="") as lines:
            for cells in csv.reader(lines, strict=True):
                _check_width(cells)
                yield [stated(cell) for cell in cells] if any(cell.startswith(MARK) for cell in cells) else cells
    except UnicodeDecodeError as reason:
        raise Unreadable("not_utf8", f"the file is not UTF-8 text: {reason.reason}") from None
    except csv.Error as reason:
        raise Unreadable("broken_csv", f"the file is not CSV as in RFC 4180: {reason}") from None
    except Unreadable:
        raise
    except Exception:  # noqa: BLE001 - a damaged archive makes the library raise whatever it meets first
        raise Unreadable("broken_file", "the file cannot be read to its end") from None


def _check_width(cells: list[str]) -> None:
    if len(cells) > MAX_COLUMNS:
        raise Unreadable("too_many_columns", f"a row has {len(cells)} cells, at most {MAX_COLUMNS}")
