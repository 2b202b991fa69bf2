"""The files of an export: a ZIP of CSV or JSON Lines files, or a workbook; no cell of them is a formula."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from apps.exchange.exporting.tables import Part
from apps.exchange.states import ExportFormat
from apps.exchange.tables.cells import UNSTORABLE
from kernel.neutral import neutral

MEDIA_TYPES: Mapping[str, str] = {
    ExportFormat.CSV: "application/zip",
    ExportFormat.JSONL: "application/zip",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SUFFIXES: Mapping[str, str] = {ExportFormat.CSV: "zip", ExportFormat.JSONL: "zip", ExportFormat.XLSX: "xlsx"}


def file_make(*, kind: str, parts: Iterable[tuple[str, Part]]) -> bytes:
    """The file of a format (ExportFormat) with these tables, by their names."""
    if kind == ExportFormat.XLSX:
        return _workbook(parts)
    write, suffix = (_csv, "csv") if kind == ExportFormat.CSV else (_json_lines, "jsonl")
    return _archive(parts, write, suffix)


def _archive(parts: Iterable[tuple[str, Part]], write: Callable[[Part], str], suffix: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts:
            archive.writestr(f"{name}.{suffix}", write(part))
    return content.getvalue()


def _csv(part: Part) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(part.columns)
    writer.writerows([neutral(cell) for cell in row] for row in part.rows)
    return text.getvalue()


def _json_lines(part: Part) -> str:
    rows = (dict(zip(part.columns, row, strict=True)) for row in part.rows)
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)


def _workbook(parts: Iterable[tuple[str, Part]]) -> bytes:
    workbook = Workbook(write_only=True)
    for name, part in parts:
        sheet = workbook.create_sheet(name)
        sheet.append(part.columns)
        for row in part.rows:
            sheet.append([_cell(sheet, text) if text else None for text in row])
    if not workbook.worksheets:
        workbook.create_sheet("nothing")
    content = io.BytesIO()
    workbook.save(content)
    return content.getvalue()


def _cell(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, value=UNSTORABLE.sub("", neutral(text)))
    # What looks like a number, a date or a formula stays the text that it is.
    cell.data_type = "s"
    return cell
