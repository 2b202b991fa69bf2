"""Tables in the import format for tests: a small market, and how it is written as CSV, ZIP or workbook."""

import copy
import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook

from apps.exchange.readers import upload_open
from apps.exchange.rows import Rows, rows_read
from apps.exchange.tables.problems import Problems

Tables = dict[str, list[dict[str, str]]]

MARKET: Tables = {
    "areas": [
        {"code": "TST", "parent": "", "label_en": "Tests"},
        {"code": "TST.ONE", "parent": "TST", "label_en": "One"},
    ],
    "organisations": [
        {"key": "unit", "kind": "attestor", "legal_name": "Unit", "country": "UA"},
        {"key": "hold", "kind": "firm", "legal_name": "Holding OÜ", "country": "EE"},
    ],
    "startups": [
        {
            "key": "firm",
            "legal_name": "Firm LLC",
            "legal_name_uk": "ТОВ «Фірма»",
            "country": "UA",
            "identifier_scheme": "UA-EDR",
            "identifier": "32855961",
        }
    ],
    "funds": [{"key": "fund", "legal_name": "Fund", "country": "DE", "investor_countries": "DE;NL"}],
    "owners": [
        {"owned_key": "firm", "owner_name": "Holding OÜ", "owner_key": "hold", "owner_kind": "entity", "share_min": "1"}
    ],
    "financials": [
        {"startup_key": "firm", "year": "2025", "currency": "UAH", "revenue": "1000", "customers": "state:0.6"}
    ],
    "capabilities": [
        {
            "key": "cap",
            "startup_key": "firm",
            "area": "TST.ONE",
            "title": "Drone",
            "maturity": "fielded",
            "flags": "none",
        }
    ],
    "components": [
        {"capability_key": "cap", "name": "motor", "unit_cost": "10", "currency": "EUR", "quantity": "4", "origin": ""}
    ],
    "development_events": [
        {"key": "ask", "capability_key": "cap", "kind": "feedback_reported", "occurred_at": "2026-03-01"},
        {
            "key": "fix",
            "capability_key": "cap",
            "kind": "fix_fielded",
            "occurred_at": "2026-03-04T10:00:00Z",
            "answers": "ask",
        },
    ],
    "attestations": [{"event_key": "fix", "attestor_key": "unit", "verdict": "confirmed", "on": "2026-03-05"}],
    "raises": [
        {
            "key": "raise",
            "startup_key": "firm",
            "issuer_key": "hold",
            "lead_capability_key": "cap",
            "amount": "1000000",
            "currency": "EUR",
            "instruments": "equity;convertible",
            "stage": "seed",
            "terms": "lead:yes;max_stake:0.25!",
        }
    ],
    "levers": [{"key": "cover", "kind": "guarantee", "classes": "equity", "excluded_flags": "none"}],
    "mandates": [
        {
            "key": "mandate",
            "fund_key": "fund",
            "name": "Early",
            "areas": "TST:1;TST.ONE:0.5",
            "ticket_min": "100000",
            "ticket_max": "2000000",
            "currency": "EUR",
            "instruments": "equity",
            "stages": "seed;series_a:0.5",
            "lever_key": "cover",
        }
    ],
    "deals": [
        {
            "fund_key": "fund",
            "startup_key": "firm",
            "introduced_on": "2026-01-10",
            "date": "2026-02-20",
            "outcome": "closed",
        }
    ],
}
"""One row or two of every table, without a problem."""


def market(**changes: Mapping[str, str]) -> Tables:
    """The market with cells of each named table's first row changed."""
    tables = copy.deepcopy(MARKET)
    for table, cells in changes.items():
        tables[table][0].update(cells)
    return tables


def as_csv(rows: Sequence[Mapping[str, str]]) -> str:
    """Rows as CSV; the header holds every column that some row has."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=names, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def as_folder(tables: Tables, folder: Path) -> Path:
    """Tables as a folder of CSV files."""
    folder.mkdir(exist_ok=True)
    for name, rows in tables.items():
        (folder / f"{name}.csv").write_text(as_csv(rows), encoding="utf-8", newline="")
    return folder


def as_zip(tables: Tables) -> bytes:
    """Tables as a ZIP of CSV files."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in tables.items():
            archive.writestr(f"{name}.csv", as_csv(rows))
    return content.getvalue()


def as_workbook(tables: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    """Sheets of raw cells as a workbook."""
    workbook = Workbook()
    workbook.remove(workbook.active)
    for name, rows in tables.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    content = io.BytesIO()
    workbook.save(content)
    return content.getvalue()


def read(content: bytes, *, name: str = "import.zip") -> tuple[dict[str, Rows], Problems]:
    """The rows and problems of an upload."""
    problems = Problems()
    rows = rows_read(sheets=upload_open(file_name=name, content=content, problems=problems), problems=problems)
    return rows, problems


def found(problems: Problems) -> list[tuple[str, int, str, str]]:
    """The problems without their messages."""
    return [(problem.table, problem.row, problem.column, problem.code) for problem in problems]
