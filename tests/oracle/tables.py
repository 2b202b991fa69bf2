"""The CSV tables of one import folder, and what a cell may hold."""

import csv
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

TABLES = (
    "areas",
    "organisations",
    "startups",
    "financials",
    "capabilities",
    "components",
    "development_events",
    "attestations",
    "raises",
    "levers",
    "funds",
    "mandates",
    "deals",
)

Row = dict[str, str]


def read_tables(folder: Path) -> dict[str, list[Row]]:
    """Read every table of the folder; a table without a file is empty."""
    return {name: _read(folder / f"{name}.csv") for name in TABLES}


def _read(path: Path) -> list[Row]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return [
            {column: (cell or "").strip() for column, cell in row.items() if column} for row in csv.DictReader(handle)
        ]


def text(row: Row, column: str) -> str | None:
    """Return the cell, or None if it is not stated."""
    return row.get(column) or None


def number(row: Row, column: str) -> Fraction | None:
    """Return the exact value of a decimal cell, or None if it is not stated."""
    cell = text(row, column)
    return None if cell is None else Fraction(cell)


def truth(row: Row, column: str) -> bool:
    """Return whether the cell says true; not stated is false."""
    return (text(row, column) or "").lower() == "true"


def several(row: Row, column: str) -> tuple[str, ...] | None:
    """Return the values of a `;` cell: None if not stated, empty for a stated `none`."""
    cell = text(row, column)
    if cell is None:
        return None
    if cell.lower() == "none":
        return ()
    return tuple(part.strip() for part in cell.split(";") if part.strip())


def weighted(row: Row, column: str) -> dict[str, float]:
    """Return the weights of a `CODE:weight;…` cell; a code alone weighs 1."""
    weights = {}
    for part in several(row, column) or ():
        code, _, weight = part.partition(":")
        weights[code.strip()] = float(weight) if weight.strip() else 1.0
    return weights


def terms(row: Row, column: str) -> dict[str, tuple[str, bool]]:
    """Return `term: (value, required)` of a `term:value!;…` cell."""
    found = {}
    for part in several(row, column) or ():
        name, _, value = part.partition(":")
        required = "!" in part
        found[name.replace("!", "").strip()] = (value.replace("!", "").strip().lower(), required)
    return found


def moment(row: Row, column: str) -> datetime | None:
    """Return the cell's ISO date (00:00 UTC) or datetime in UTC, or None if it is not stated."""
    cell = text(row, column)
    if cell is None:
        return None
    value = datetime.fromisoformat(cell)
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def days(start: datetime, end: datetime) -> float:
    """Return the fractional days from start to end."""
    return (end - start).total_seconds() / 86400
