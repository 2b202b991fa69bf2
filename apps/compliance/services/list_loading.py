"""Bringing a list's file into tables: new and changed entries are written ahead, unseen until their version counts."""

from __future__ import annotations

import datetime as dt
import io
import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, cast
from uuid import UUID

from django.db import DataError, IntegrityError, connection, transaction

from apps.compliance.models import ListEntry, ListFilePart, ListName, ListVersion
from apps.compliance.names import Kind, blocking_keys, identifier_keys, normalise
from apps.compliance.readers.entries import Entry, Reading, Unreadable
from apps.compliance.readers.formats import list_read
from apps.compliance.states import EntryKind, NameQuality
from kernel.ids import uuid7

PART = 4 * 1024 * 1024
BATCH = 1_000
"""Entries written at once."""
ENTRIES_A_CHUNK = 4_000
"""Entries whose names get their keys in one chunk of the job."""
CLEARED_AT_ONCE = 5_000

Check = Callable[[], None]
Row = tuple[str | None, ...]
JSON = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode
CONTROLS = str.maketrans({"\n": "\\n", "\t": "\\t", "\r": "\\r"})

FROM_IN_FORCE = """
    FROM compliance_listentry e JOIN compliance_listversion v ON v.id = e.first_version_id
   WHERE e.watch_list_id = %s AND e.removed_version_id IS NULL AND v.loaded_at IS NOT NULL
"""
COPY_ENTRIES = """
    COPY compliance_listentry (id, watch_list_id, source_id, kind, names, name_qualities, countries, birth_dates,
        birth_places, registration_dates, identifiers, programmes, listed_on, remarks, url, digest, first_version_id)
    FROM STDIN
"""
COPY_NAMES = "COPY compliance_listname (entry_id, name, quality, keys) FROM STDIN"


@dataclass(frozen=True, slots=True)
class Read:
    """What a file turned out to hold against the version in force."""

    entries: int
    added: int
    changed: int
    removed: int
    published_on: dt.date | None


def file_store(*, version: ListVersion, file: BinaryIO) -> None:
    """Keep the file's bytes in parts."""
    for number in itertools.count():
        content = file.read(PART)
        if not content:
            return
        ListFilePart.objects.create(list_version=version, number=number, content=content)


def file_open(*, version_id: UUID) -> BinaryIO:
    """The bytes of a kept file as a stream that holds one part at a time."""
    return cast("BinaryIO", io.BufferedReader(_Parts(version_id), buffer_size=256 * 1024))


def version_read(*, version: ListVersion, today: dt.date, check: Check) -> Read:
    """Read the kept file and write what is new or changed; nothing of it is in force. Raises Unreadable.

    `check` is called between batches and may raise. What an earlier attempt wrote is removed first.
    """
    version_clear(version_id=version.pk, check=check)
    reading = Reading(today)
    with file_open(version_id=version.pk) as stream:
        entries = list_read(stream, format_code=version.watch_list.format, reading=reading)
        return _write(version, entries, reading, check)


def key_ranges(*, version_id: UUID) -> list[tuple[UUID, int]]:
    """Where each chunk of the version's entries begins, in the order of ids, and how many entries it has."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT id, least(%(size)s, total - place) FROM (
                SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS total
                  FROM compliance_listentry WHERE first_version_id = %(version)s) AS placed
             WHERE place %% %(size)s = 0 ORDER BY id
            """,
            {"version": version_id, "size": ENTRIES_A_CHUNK},
        )
        return [(first, int(size)) for first, size in cursor.fetchall()]


def keys_compute(*, version_id: UUID, first: UUID, size: int, check: Check) -> list[Row]:
    """The rows of names, with blocking keys, of `size` entries of the version from the id `first` on."""
    entries = ListEntry.objects.filter(first_version=version_id, pk__gte=first).order_by("pk")
    rows: list[Row] = []
    columns = ("pk", "kind", "names", "name_qualities", "identifiers")
    for number, values in enumerate(entries.values_list(*columns)[:size]):
        if number % 1_000 == 0:
            check()
        rows.extend(_name_rows(*values))
    return rows


def keys_store(*, rows: Sequence[Row]) -> None:
    """Write rows of names; the index takes them in larger portions than by default, which is several times faster."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL gin_pending_list_limit = '16MB'; SET LOCAL work_mem = '64MB'")
        _copy(COPY_NAMES, rows)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL gin_pending_list_limit TO DEFAULT; SET LOCAL work_mem TO DEFAULT")


def keys_settle(*, version_id: UUID) -> None:
    """Have the index take in what it put off: searches would have to read that one by one."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL gin_pending_list_limit = '64kB'; SET LOCAL work_mem = '64MB'")
        cursor.execute(
            """
            WITH last AS (
                DELETE FROM compliance_listname WHERE id = (
                    SELECT max(n.id) FROM compliance_listname n WHERE n.entry_id = (SELECT e.id
                        FROM compliance_listentry e WHERE e.first_version_id = %s ORDER BY e.source_id LIMIT 1))
                RETURNING entry_id, name, quality, keys)
            INSERT INTO compliance_listname (entry_id, name, quality, keys)
            SELECT entry_id, name, quality, keys FROM last
            """,
            [version_id],
        )
        cursor.execute("SET LOCAL gin_pending_list_limit TO DEFAULT; SET LOCAL work_mem TO DEFAULT")


def version_clear(*, version_id: UUID, check: Check) -> None:
    """Remove everything that a version not in force has written, in steps."""
    while True:
        check()
        with transaction.atomic():
            ids = list(
                ListEntry.objects.filter(first_version=version_id, first_version__loaded_at__isnull=True)
                .order_by("source_id")
                .values_list("pk", flat=True)[:CLEARED_AT_ONCE]
            )
            names = ListName.objects.filter(entry__in=ids)
            names._raw_delete(names.db)  # noqa: SLF001 - without loading what nobody refers to
            ListEntry.objects.filter(pk__in=ids).delete()
        if not ids:
            break
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM compliance_listdeparture WHERE list_version_id = %s", [version_id])


def count_in_force(*, watch_list_id: UUID) -> int:
    """How many entries of a list are in force."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*)" + FROM_IN_FORCE, [watch_list_id])
        return int(cursor.fetchone()[0])


def is_any_in_force(*, watch_list_id: UUID) -> bool:
    """Whether the list has entries in force."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1" + FROM_IN_FORCE + ")", [watch_list_id])
        return bool(cursor.fetchone()[0])


def departures_apply(*, version: ListVersion) -> None:
    """Take out of force what the version removes or replaces."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE compliance_listentry e SET removed_version_id = d.list_version_id
              FROM compliance_listdeparture d WHERE d.list_version_id = %s AND d.entry_id = e.id
            """,
            [version.pk],
        )
        cursor.execute("DELETE FROM compliance_listdeparture WHERE list_version_id = %s", [version.pk])


def _write(version: ListVersion, entries: Iterator[Entry], reading: Reading, check: Check) -> Read:
    before = count_in_force(watch_list_id=version.watch_list_id)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE IF NOT EXISTS list_seen (entry_id uuid PRIMARY KEY)")
        cursor.execute("TRUNCATE list_seen")
    new = changed = unchanged = 0
    for batch in batches(entries):
        check()
        known = known_in_force(version, batch) if before else {}
        fresh = [(entry, digest) for entry, digest in batch if known.get(entry.source_id, (None, b""))[1] != digest]
        same = [
            known[entry.source_id][0] for entry, digest in batch if known.get(entry.source_id, ("", b""))[1] == digest
        ]
        try:
            with transaction.atomic():
                _copy(COPY_ENTRIES, (entry_row(entry, digest, version) for entry, digest in fresh))
                _copy("COPY list_seen (entry_id) FROM STDIN", ((str(identifier),) for identifier in same))
        except IntegrityError:
            raise given_twice() from None
        except DataError:  # its text would carry the row
            raise Unreadable("not_storable", "an entry cannot be stored") from None
        new += len(fresh)
        changed += sum(entry.source_id in known for entry, _ in fresh)
        unchanged += len(same)
    with transaction.atomic():
        departing = _departures_find(version) if before else 0
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE list_seen")
    if departing != before - unchanged or departing < changed:
        raise given_twice()
    return Read(new + unchanged, new - changed, changed, departing - changed, reading.published_on)


def _departures_find(version: ListVersion) -> int:
    """Note what is in force and was not seen unchanged; raises Unreadable when something was seen both ways."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT 1 FROM list_seen s JOIN compliance_listentry old ON old.id = s.entry_id
              JOIN compliance_listentry new ON new.first_version_id = %s AND new.source_id = old.source_id LIMIT 1
            """,
            [version.pk],
        )
        if cursor.fetchone() is not None:
            raise given_twice()
        cursor.execute(
            "INSERT INTO compliance_listdeparture (list_version_id, entry_id) SELECT %s, e.id"  # noqa: S608 - constants
            + FROM_IN_FORCE
            + " AND NOT EXISTS (SELECT 1 FROM list_seen s WHERE s.entry_id = e.id)",
            [version.pk, version.watch_list_id],
        )
        return int(cursor.rowcount)


def given_twice() -> Unreadable:
    """Why a file is refused that has an id in two places."""
    return Unreadable("duplicate", "an id is there twice")


def batches(entries: Iterator[Entry]) -> Iterator[list[tuple[Entry, bytes]]]:
    """The entries with their digests, BATCH at a time. Raises Unreadable where one batch has an id twice."""
    number = 0
    while batch := [(entry, entry.digest()) for entry in itertools.islice(entries, BATCH)]:
        ids = set()
        for entry, _ in batch:
            number += 1
            if entry.source_id in ids:
                raise Unreadable("duplicate", f"the id {entry.source_id} is there twice", place=f"entry {number}")
            ids.add(entry.source_id)
        yield batch


def known_in_force(version: ListVersion, batch: Sequence[tuple[Entry, bytes]]) -> dict[str, tuple[UUID, bytes]]:
    """Those of the entries that the list has in force: by their own ids, our id and the digest."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.source_id, e.id, e.digest" + FROM_IN_FORCE + " AND e.source_id = ANY(%s)",
            [version.watch_list_id, [entry.source_id for entry, _ in batch]],
        )
        return {source_id: (identifier, bytes(digest)) for source_id, identifier, digest in cursor.fetchall()}


def entry_row(entry: Entry, digest: bytes, version: ListVersion) -> Row:
    """An entry as a row of COPY_ENTRIES."""
    return (
        str(uuid7()),
        str(version.watch_list_id),
        entry.source_id,
        entry.kind,
        f"[{','.join([JSON(name.text) for name in entry.names])}]",
        _array([name.quality for name in entry.names]),
        _array(entry.countries),
        _array(entry.birth_dates),
        _array(entry.birth_places),
        _array(entry.registration_dates),
        JSON(entry.identifiers) if entry.identifiers else "[]",
        _array(entry.programmes),
        entry.listed_on,
        entry.remarks,
        entry.url,
        f"\\x{digest.hex()}",
        str(version.pk),
    )


def _name_rows(
    entry_id: UUID, kind: str, names: Sequence[str], qualities: Sequence[str], identifiers: Sequence[Sequence[str]]
) -> Iterator[Row]:
    """A row for each name; the first also leads to the entry by its identifiers, an empty one where it has no name."""
    compared_as = Kind.PERSON if kind == EntryKind.PERSON else Kind.ENTITY
    numbers = identifier_keys(tuple((scheme, value) for scheme, value in identifiers))
    if not names and numbers:
        yield str(entry_id), "", NameQuality.WEAK.value, _keys(numbers)
    for name, quality in zip(names, qualities, strict=True):
        yield str(entry_id), name, quality, _keys(blocking_keys(normalise(name, compared_as)) | numbers)
        numbers = frozenset()


def _keys(keys: Iterable[int]) -> str:
    return f"{{{','.join(map(str, sorted(keys)))}}}"


def _array(values: Sequence[str]) -> str:
    """The text of an array of texts."""
    return f"{{{','.join(map(_quoted, values))}}}" if values else "{}"


def _quoted(value: str) -> str:
    if "\\" in value or '"' in value:
        value = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{value}"'


def _copied(value: str | None) -> str:
    """A value as COPY's text format has it."""
    if value is None:
        return "\\N"
    if "\\" in value:
        value = value.replace("\\", "\\\\")
    return value.translate(CONTROLS) if "\n" in value or "\t" in value or "\r" in value else value


def _copy(statement: str, rows: Iterable[Row]) -> None:
    """Write rows by COPY: texts ready made are several times faster than adapting value by value."""
    lines_write(statement, lines_copied(rows))


def lines_copied(rows: Iterable[Row]) -> list[str]:
    """Rows in COPY's text format."""
    return ["\t".join(map(_copied, row)) for row in rows]


def lines_write(statement: str, lines: Sequence[str]) -> None:
    """Write rows that `lines_copied` made by a COPY statement."""
    if not lines:
        return
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        copy.write("\n".join([*lines, ""]))


class _Parts(io.RawIOBase):
    """The parts of a kept file, one after the other."""

    def __init__(self, version_id: UUID) -> None:
        super().__init__()
        self.version_id, self.number, self.rest = version_id, 0, memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        if not self.rest:
            part = ListFilePart.objects.filter(list_version=self.version_id, number=self.number).first()
            if part is None:
                return 0
            self.number += 1
            self.rest = memoryview(bytes(part.content))
        size = min(len(buffer), len(self.rest))
        buffer[:size] = self.rest[:size]
        self.rest = self.rest[size:]
        return size
