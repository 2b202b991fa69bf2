"""Opening what was sent: told apart by content, bounded before it is unpacked, listed in the order of loading."""

from __future__ import annotations

import functools
import hashlib
import zipfile
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from pathlib import Path, PurePath
from typing import BinaryIO, cast

from apps.exchange.readers import csv_files, json_lines, workbooks
from apps.exchange.readers.archives import SUFFIXES, archive_open, is_workbook, table_members
from apps.exchange.readers.sheets import FILE, Sheet, Unreadable, table_named
from apps.exchange.tables import TABLES
from apps.exchange.tables.problems import Problems

ZIP_MAGIC = b"PK"

Named = tuple[str, Iterator[list[str]]]


def upload_open(*, file_name: str, content: bytes, problems: Problems) -> list[Sheet]:
    """The sheets of an uploaded file: a workbook, a ZIP of CSV or JSON Lines files, or one such file.

    A file is named after its table; lines of JSON may name theirs.
    """
    try:
        if content.startswith(ZIP_MAGIC):
            archive = archive_open(content)
            found = workbooks.sheets(content) if is_workbook(archive) else list(_members(archive))
        else:
            found = _file(PurePath(file_name.replace("\\", "/")), lambda: BytesIO(content))
    except Unreadable as reason:
        problems.add(table=FILE, row=0, column="", code=reason.code, message=reason.message)
        return []
    return _sheets(found, problems)


def folder_open(*, folder: Path, problems: Problems) -> list[Sheet]:
    """The sheets of a folder of CSV and JSON Lines files; other files are passed over."""
    found: list[Named] = []
    for path in _table_paths(folder):
        try:
            found += _file(path, _opener(path))
        except Unreadable as reason:
            problems.add(table=path.stem[:60], row=0, column="", code=reason.code, message=reason.message)
    return _sheets(found, problems)


def folder_digest(*, folder: Path) -> str:
    """The sha256 over the names and contents of a folder's CSV and JSON Lines files."""
    whole = hashlib.sha256()
    for path in _table_paths(folder):
        with path.open("rb") as stream:
            whole.update(f"{path.name}\n{hashlib.file_digest(stream, 'sha256').hexdigest()}\n".encode())
    return whole.hexdigest()


def _table_paths(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file() and path.suffix.casefold() in SUFFIXES)


def _file(path: PurePath, open_file: Callable[[], BinaryIO]) -> list[Named]:
    if path.suffix.casefold() == json_lines.SUFFIX:
        return json_lines.sheets(open_file, name=path.stem)
    return [(path.stem, csv_files.records(open_file))]


def _opener(path: Path) -> Callable[[], BinaryIO]:
    return lambda: path.open("rb")


def _members(archive: zipfile.ZipFile) -> Iterable[Named]:
    for path, member in table_members(archive):
        yield from _file(path, cast("Callable[[], BinaryIO]", functools.partial(archive.open, member)))


def _sheets(found: Iterable[Named], problems: Problems) -> list[Sheet]:
    sheets: dict[str, Sheet] = {}
    for name, records in found:
        table = table_named(name, problems=problems)
        if table is None:
            continue
        if table in sheets:
            problems.add(table=table, row=0, column="", code="duplicate_table", message="the table is there twice")
            continue
        sheets[table] = Sheet(table, records)
    if not sheets:
        problems.add(table=FILE, row=0, column="", code="no_tables", message="no table of the import format was found")
    return [sheets[table] for table in TABLES if table in sheets]
