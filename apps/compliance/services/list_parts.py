"""Reading a list of one object a line in parts that do not wait for each other, and adding up what they found.

A part is a stored piece of the file with the lines that begin in it. Its rows are written by the transaction that ends
its chunk: a part counts once, however often it was attempted. Before the first part everything in force is noted as
departing; what a part finds unchanged is struck off.
"""

from __future__ import annotations

import datetime as dt
import io
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import DataError, IntegrityError, connection, transaction

from apps.compliance.models import ListDeparture, ListEntry, ListFilePart, ListVersion
from apps.compliance.readers.entries import Reading, Unreadable
from apps.compliance.readers.formats import READERS
from apps.compliance.readers.streams import BINARY, GZIP, LIMITS, ZIP
from apps.compliance.services import list_loading as loading
from apps.compliance.services.list_loading import Check, Read
from apps.compliance.states import ListFormat

BY_LINE = frozenset({ListFormat.FTM})
"""Formats whose every line stands for itself."""


@dataclass(slots=True)
class Portion:
    """What a part holds: how many entries, how many of them changed, the rows of new and changed ones as they are
    copied, the entries in force that are unchanged; or why the file is refused."""

    entries: int = 0
    changed: int = 0
    rows: list[str] = field(default_factory=list)
    unchanged: list[UUID] = field(default_factory=list)
    published_on: dt.date | None = None
    problem: Unreadable | None = None


def part_numbers(*, version: ListVersion) -> Sequence[int]:
    """The parts that a kept file may be read in; none where it has to be read from its beginning to its end."""
    if version.watch_list.format not in BY_LINE:
        return ()
    count = ListFilePart.objects.filter(list_version=version).count()
    if count < 2 or _content(version.pk, 0).startswith((GZIP, ZIP, *BINARY)):
        return ()
    return range(count)


def departures_expect(*, version: ListVersion) -> None:
    """Note everything in force as departing, before the first part is read."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO compliance_listdeparture (list_version_id, entry_id) SELECT %s, e.id" + loading.FROM_IN_FORCE,
            [version.pk, version.watch_list_id],
        )


def part_read(*, version: ListVersion, number: int, today: dt.date, check: Check) -> Portion:
    """What one part holds against the version in force; nothing is written. `check` is called between batches."""
    found, reading = Portion(), Reading(today)
    if any(problem["part"] < number for problem in version.reasons):
        return found
    content, begins_at = _lines_of(version.pk, number)
    is_known = loading.is_any_in_force(watch_list_id=version.watch_list_id)
    try:
        for batch in loading.batches(READERS[version.watch_list.format](io.BytesIO(content), reading=reading)):
            check()
            known = loading.known_in_force(version, batch) if is_known else {}
            fresh = []
            for entry, digest in batch:
                before = known.get(entry.source_id)
                if before is not None and before[1] == digest:
                    found.unchanged.append(before[0])
                else:
                    found.changed += before is not None
                    fresh.append(loading.entry_row(entry, digest, version))
            found.rows.extend(loading.lines_copied(fresh))
            found.entries += len(batch)
    except Unreadable as reason:
        return Portion(problem=_placed(reason, version, number, begins_at, check))
    found.published_on = reading.published_on
    return found


def part_store(*, version: ListVersion, number: int, is_dated: bool, found: Portion) -> None:
    """Write what a part holds and add it to the version's counts, or note why the file is refused.

    Expects the version to be locked. `is_dated`: the file's own date does not count.
    """
    problem = found.problem
    if problem is None:
        try:
            with transaction.atomic():
                _write(version, found)
        except IntegrityError:
            problem = loading.given_twice()
        except DataError:
            problem = Unreadable("not_storable", "an entry cannot be stored")
        except Unreadable as reason:
            problem = reason
    if problem is not None:
        version.reasons = [*version.reasons, {"code": problem.code, "text": str(problem), "part": number}]
    else:
        version.entries = (version.entries or 0) + found.entries
        version.changed = (version.changed or 0) + found.changed
        version.added = (version.added or 0) + found.entries - found.changed - len(found.unchanged)
        if not is_dated:
            dates = [date for date in (version.published_on, found.published_on) if date is not None]
            version.published_on = max(dates, default=None)
    version.save(update_fields=["reasons", "entries", "changed", "added", "published_on"])


def parts_sum(*, version: ListVersion) -> Read | Unreadable:
    """What the parts amount to, or why the file is refused: the problem nearest to its beginning."""
    if version.reasons:
        first = min(version.reasons, key=lambda problem: int(problem["part"]))
        return Unreadable(first["code"], first["text"])
    if not version.entries:
        return Unreadable("empty", "the file has no entries")
    added, changed = version.added or 0, version.changed or 0
    departing = ListDeparture.objects.filter(list_version=version)
    replaced = departing.filter(
        entry__source_id__in=ListEntry.objects.filter(first_version=version).values("source_id")
    ).count()
    if replaced != changed:  # one part had the entry as it was, another one changed
        return loading.given_twice()
    return Read(version.entries, added, changed, departing.count() - changed, version.published_on)


def _write(version: ListVersion, found: Portion) -> None:
    loading.lines_write(loading.COPY_ENTRIES, found.rows)
    if not found.unchanged:
        return
    struck = ListDeparture.objects.filter(list_version=version, entry__in=found.unchanged)
    if struck._raw_delete(struck.db) != len(found.unchanged):  # noqa: SLF001 - without loading the rows
        raise loading.given_twice()


def _content(version_id: UUID, number: int) -> bytes:
    """A stored piece, empty beyond the last."""
    kept = ListFilePart.objects.filter(list_version=version_id, number=number).values_list("content", flat=True)
    return b"".join(map(bytes, kept))


def _lines_of(version_id: UUID, number: int) -> tuple[bytes, int]:
    """The lines that begin in a part, and how many line ends of the part stand before them.

    All but the first part have an empty line before, so that nobody looks for the beginning of a file there.
    """
    content, start = _content(version_id, number), 0
    if number and not _content(version_id, number - 1).endswith(b"\n"):
        start = content.find(b"\n") + 1
        if not start:
            return b"\n", 0
    pieces = [b"\n" if number else b"", content[start:]]
    length = len(content) - content.rfind(b"\n") - 1
    for following in itertools.count(number + 1) if pieces[1] and length else ():
        more = _content(version_id, following)
        end = more.find(b"\n") + 1
        pieces.append(more[:end] if end else more)
        length += len(more)
        if end or not more or length > 2 * LIMITS.line:
            break
    return b"".join(pieces), int(start > 0)


def _placed(reason: Unreadable, version: ListVersion, number: int, begins_at: int, check: Check) -> Unreadable:
    """A problem with its place in the whole file."""
    what, _, place = reason.place.partition(" ")
    if not number or not place.isdigit():
        return reason
    before = 0
    for earlier in range(number):
        check()
        if what == "line":
            before += _content(version.pk, earlier).count(b"\n")
        else:
            before += _entries_of(version, earlier)
    moved = int(place) + before + (begins_at - 1 if what == "line" else 0)
    return Unreadable(reason.code, reason.reason, place=f"{what} {moved}")


def _entries_of(version: ListVersion, number: int) -> int:
    content, _ = _lines_of(version.pk, number)
    try:
        return sum(1 for _ in READERS[version.watch_list.format](io.BytesIO(content), reading=Reading(dt.date.max)))
    except Unreadable:
        return 0  # its own chunk says so, and that comes first
