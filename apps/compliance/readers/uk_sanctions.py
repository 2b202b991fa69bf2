"""The UK Sanctions List of the Foreign, Commonwealth and Development Office, as CSV.

The first row may say `Report Date: …`; the next names the columns. A row is one name with one address and so on: the
rows of one `Unique ID` are one entry, wherever they stand.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from apps.compliance.readers.countries import countries_of
from apps.compliance.readers.dates import dates_of, day_of
from apps.compliance.readers.entries import (
    MAX_PROGRAMME,
    MAX_REMARKS,
    MAX_VALUE,
    Entry,
    Kind,
    Quality,
    Reading,
    Unreadable,
    identifiers_of,
    names_of,
    source_id_of,
    texts,
    tidy,
)
from apps.compliance.readers.streams import LIMITS, Limits, lines

REPORT = re.compile(r"report date\s*:?\s*(.+)", re.IGNORECASE)
KINDS: dict[str, Kind] = {"individual": "person", "entity": "entity", "ship": "vessel"}
NEEDED = frozenset({"unique id", "name 6", "name type"})
KIND_COLUMNS = ("designation type", "individual, entity, ship", "individual/entity/ship")
NAME_COLUMNS = ("name 1", "name 2", "name 3", "name 4", "name 5", "name 6")
COUNTRY_COLUMNS = ("nationality(/ies)", "nationality", "address country", "current believed flag of ship")
NUMBER_COLUMNS = {
    "un reference number": "un-reference",
    "passport number": "passport",
    "national identifier number": "national-id",
    "national identification number": "national-id",
    "business registration number (s)": "registration",
    "business registration number(s)": "registration",
    "imo number": "imo",
}
ROWS = 250_000
"""Rows of one file: about five times as many as the list has had. They are grouped in memory."""


@dataclass(slots=True)
class _Group:
    place: str
    kind: Kind
    names: dict[tuple[str, Quality], None] = field(default_factory=dict)
    births: dict[str, None] = field(default_factory=dict)
    places: dict[str, None] = field(default_factory=dict)
    countries: dict[str, None] = field(default_factory=dict)
    numbers: dict[tuple[str, str], None] = field(default_factory=dict)
    programmes: dict[str, None] = field(default_factory=dict)
    listed: str | None = None
    remarks: str = ""


def entries(stream: BinaryIO, *, reading: Reading, limits: Limits = LIMITS) -> Iterator[Entry]:
    """The entries of the list in the order of their first rows. Raises Unreadable."""
    groups: dict[str, _Group] = {}
    for number, row in _rows(stream, reading, limits):
        if number > ROWS:
            raise Unreadable("too_large", f"the file has more than {ROWS} rows", place=f"row {number}")
        place = f"row {number}"
        source_id = source_id_of(row["unique id"], place=place)
        kind = _kind(row, place)
        group = groups.setdefault(source_id, _Group(place, kind))
        if group.kind != kind:
            raise Unreadable("broken_file", "the rows of one id are of different types", place=place)
        _add(group, row, reading, place)
    for source_id, group in groups.items():
        yield _entry(source_id, group)


def _rows(stream: BinaryIO, reading: Reading, limits: Limits) -> Iterator[tuple[int, dict[str, str]]]:
    header: list[str] = []
    number = 0
    try:
        reader = csv.reader((f"{line}\n" for _, line in lines(stream, limits=limits)), strict=True)
        for record in reader:
            number += 1
            if not any(cell.strip() for cell in record):
                continue
            if header:
                if len(record) != len(header):
                    reason = f"{len(record)} cells, where the header has {len(header)}"
                    raise Unreadable("broken_file", reason, place=f"row {number}")
                yield number, dict(zip(header, (cell.strip() for cell in record), strict=True))
                continue
            report = REPORT.match(" ".join(cell.strip() for cell in record if cell.strip()))
            if report and number == 1:
                reading.publish(day_of(report[1].strip()), place="row 1")
                continue
            header = _header(record, number)
    except csv.Error as reason:
        raise Unreadable("broken_file", f"the CSV is broken: {str(reason)[:80]}", place=f"row {number + 1}") from None
    if not header:
        raise Unreadable("wrong_format", "the file has no header", place="row 1")


def _header(record: list[str], number: int) -> list[str]:
    names = [" ".join(cell.split()).casefold() for cell in record]
    missing = sorted(NEEDED - set(names))
    if missing or not any(name in names for name in KIND_COLUMNS):
        reason = f"columns are missing: {', '.join(missing or ['designation type'])}"
        raise Unreadable("wrong_format", reason, place=f"row {number}")
    known = [name for name in names if name]
    if len(set(known)) < len(known):
        raise Unreadable("wrong_format", "a column is there twice", place=f"row {number}")
    return names


def _kind(row: dict[str, str], place: str) -> Kind:
    given = next((row[name] for name in KIND_COLUMNS if name in row), "")
    kind = KINDS.get(given.casefold())
    if kind is None:
        raise Unreadable("wrong_format", "the type is none of Individual, Entity, Ship", place=place)
    return kind


def _add(group: _Group, row: dict[str, str], reading: Reading, place: str) -> None:
    group.names.update(dict.fromkeys(_names(row)))
    births = dates_of(row.get("d.o.b") or row.get("dob"))
    group.births.update(dict.fromkeys(reading.past(births, what="the birth date", place=place)))
    born_at = (row.get("town of birth", ""), row.get("country of birth", ""))
    group.places.update(dict.fromkeys([", ".join(part for part in born_at if part)]))
    group.countries.update(dict.fromkeys(_parts(row.get(name, "") for name in COUNTRY_COLUMNS)))
    group.numbers.update(dict.fromkeys((scheme, row[name]) for name, scheme in NUMBER_COLUMNS.items() if row.get(name)))
    group.programmes.update(dict.fromkeys([row.get("regime name", "")]))
    listed = dates_of(row.get("date designated"))
    for day in reading.past(listed, what="the date of designation", place=place):
        if len(day) == 10:
            group.listed = min(group.listed or day, day)
    group.remarks = group.remarks or row.get("other information", "")


def _names(row: dict[str, str]) -> Iterator[tuple[str, Quality]]:
    whole = " ".join(part for name in NAME_COLUMNS if (part := row.get(name)))
    is_weak = "weak" in row.get("alias strength", "").casefold() or "low" in row.get("alias strength", "").casefold()
    is_primary = row["name type"].casefold().startswith("primary")
    yield whole, "weak" if is_weak else "primary" if is_primary else "alias"
    yield row.get("name non-latin script", ""), "alias"


def _parts(cells: Iterable[str]) -> Iterator[str]:
    for cell in cells:
        yield from (part.strip(" ()0123456789") for part in re.split(r"[;|/]|\(\d\)", cell) if part.strip())


def _entry(source_id: str, group: _Group) -> Entry:
    place = group.place
    return Entry(
        source_id=source_id,
        kind=group.kind,
        names=names_of(group.names, place=place),
        birth_dates=tuple(group.births),
        birth_places=texts(group.places, MAX_VALUE, place=place),
        countries=countries_of(group.countries),
        identifiers=identifiers_of(group.numbers, place=place),
        programmes=texts(group.programmes, MAX_PROGRAMME, place=place),
        listed_on=group.listed,
        remarks=tidy(group.remarks, MAX_REMARKS),
    )
