"""XLSX workbooks: one sheet per table; cells become the text that a CSV file would hold."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import warnings
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from openpyxl import load_workbook
from openpyxl.xml import DEFUSEDXML

from apps.exchange.readers.sheets import MAX_CELL, MAX_COLUMNS, Unreadable
from kernel.neutral import stated

if not DEFUSEDXML:
    raise ImportError("openpyxl must read its XML through defusedxml")


def sheets(content: bytes) -> list[tuple[str, Iterator[list[str]]]]:
    """The visible and hidden sheets of a workbook with their records. Raises Unreadable."""
    with _reading():
        workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        return [(sheet.title, _records(sheet)) for sheet in workbook.worksheets]


def _records(sheet: Any) -> Iterator[list[str]]:
    with _reading():
        sheet.reset_dimensions()
        for cells in sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS):
            yield _trimmed([cell_text(cell) for cell in cells])


def cell_text(cell: Any) -> str:
    """A cell's value as text: dates by ISO 8601, moments in UTC, numbers without exponent."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return f"{cell:.0f}" if cell.is_integer() and abs(cell) < 1e18 else f"{Decimal(repr(cell)):f}"
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else f"{cell.isoformat(timespec='seconds')}Z"
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return stated(str(cell)[: MAX_CELL + 1])


def _trimmed(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return cells


class _reading(contextlib.AbstractContextManager[None]):  # noqa: N801 - reads as a statement: `with _reading()`
    """Turns whatever a damaged or hostile workbook makes the library raise into Unreadable."""

    def __enter__(self) -> None:
        self._quiet = warnings.catch_warnings()
        self._quiet.__enter__()
        warnings.simplefilter("ignore")

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: object) -> None:
        self._quiet.__exit__(None, None, None)
        if isinstance(problem, Exception) and not isinstance(problem, Unreadable):
            raise Unreadable("broken_file", "the workbook is damaged or holds what no workbook should") from None
