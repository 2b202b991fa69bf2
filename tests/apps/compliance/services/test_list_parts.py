"""Reading in parts: whatever the parts, the outcome is that of reading the file as a whole."""

from __future__ import annotations

import gzip
from typing import Any

import pytest

from apps.compliance.models import ListDeparture, ListEntry, ListFilePart, ListVersion, WatchList
from apps.compliance.services import list_loading, list_parts
from apps.compliance.services.list_parts import part_numbers
from kernel.access import Actor
from kernel.chunks import chunk_run, job_drive
from kernel.jobs import job_cancel
from kernel.models import Chunk
from tests.factories.watch_lists import as_lines, list_make, load, person, receive, sample

pytestmark = [pytest.mark.django_db, pytest.mark.long]

WHOLE = 4 * 1024 * 1024


def people(*numbers: int, **changed: str) -> bytes:
    return as_lines(
        *(person(f"p{number}", changed.get(f"p{number}", f"Hlyvkoshor Ostap{number}")) for number in numbers)
    )


def seen(number: int, day: str) -> bytes:
    return as_lines({**person(f"s{number}", f"Kvorzhyn Arsen{number}"), "last_seen": day})


BEFORE = people(*range(12))
FILES = {
    "more, other and fewer": people(*range(1, 14), p4="Burmakhvyst Marko"),
    "the same but for blanks": BEFORE + b"\n\n",
    "no end of the last line": people(*range(11)) + people(11)[:-1],
    "line ends of another system": people(*range(12)).replace(b"\n", b"\r\n"),
    "empty lines between": people(*range(6)) + b"\n\n  \n" + people(*range(6, 12)),
    "a long line": people(*range(6), *range(7, 12)) + as_lines(person("p6", "Hlyvkoshor Ostap6", notes=["x" * 700])),
    "a byte order mark": b"\xef\xbb\xbf" + BEFORE,
    "dates": seen(1, "2026-01-04") + BEFORE + seen(2, "2026-03-09") + seen(3, "2026-02-01"),
    "others than targets": BEFORE.replace(b'"Person"', b'"Address"', 5),
    "no entries": as_lines(*({"id": str(number), "schema": "Address", "properties": {}} for number in range(9))),
    "a broken line": people(*range(7)) + b'{"id": \n' + people(*range(7, 12)),
    "two broken lines": people(*range(3)) + b"[]\n" + people(*range(3, 9)) + b"nothing\n" + people(9, 10),
    "a line cut off": BEFORE + b'{"id": "p26"',
    "a byte order mark in the middle": people(*range(7)) + b"\xef\xbb\xbf" + people(*range(7, 12)),
    "no text": people(*range(7)) + b"\0\n" + people(*range(7, 12)),
    "another encoding": people(*range(7)) + "Ø\n".encode("latin-1") + people(*range(7, 12)),
    "a future": BEFORE + as_lines(person("p12", "Hlyvkoshor", birthDate=["2990-01-01"])),
    "no id": BEFORE + as_lines({"id": " ", "schema": "Person", "target": True, "properties": {}}),
    "side by side": people(*range(8)) + people(7, p7="Someone Else") + people(*range(8, 12)),
    "far apart": BEFORE + people(0, p0="Someone Else"),
    "far apart and the same": BEFORE + people(0),
    "changed before": people(0, p0="Someone Else") + BEFORE,
    "new twice": people(12) + BEFORE + people(12),
}


def told(version: ListVersion) -> dict[str, Any]:
    columns = ("status", "entries", "added", "changed", "removed")
    return {
        **{column: getattr(version, column) for column in columns},
        "code": [reason["code"] for reason in version.reasons],
        "published_on": version.published_on if version.status != "refused" else None,
    }


def held(watch_list: WatchList) -> set[tuple[str, bytes]]:
    rows = ListEntry.objects.in_force().filter(watch_list=watch_list).values_list("source_id", "digest")
    return {(source_id, bytes(digest)) for source_id, digest in rows}


def departing(version: ListVersion) -> set[str]:
    return set(ListDeparture.objects.filter(list_version=version).values_list("entry__source_id", flat=True))


class TestOutcome:
    @pytest.mark.parametrize("size", [260, 700])
    @pytest.mark.parametrize("what", FILES)
    def test_is_that_of_the_whole_file(self, what: str, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
        whole, split = list_make("whole"), list_make("split")
        load(whole, BEFORE)
        load(split, BEFORE)
        expected = load(whole, FILES[what])
        monkeypatch.setattr(list_loading, "PART", size)

        version = load(split, FILES[what])

        assert told(version) == told(expected)
        assert held(split) == held(whole)
        if version.status != "refused":
            assert departing(version) == departing(expected)
        if version.reasons and version.reasons[0]["code"] != "duplicate":
            assert version.reasons == expected.reasons

    @pytest.mark.parametrize("size", [3_000])
    def test_is_the_same_where_nothing_is_in_force(self, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
        whole, split = list_make("whole"), list_make("split")
        expected = load(whole, sample("ftm"))
        monkeypatch.setattr(list_loading, "PART", size)

        version = load(split, sample("ftm"))

        assert told(version) == told(expected)
        assert held(split) == held(whole)

    def test_tells_the_place_of_an_id_that_is_there_twice(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(list_loading, "PART", 300)
        content = people(*range(8)) + people(7) + people(*range(8, 12))

        version = load(list_make(), content)

        assert "entry 9: the id p7" in version.reasons[0]["text"]

    def test_keeps_the_day_that_the_sender_states(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from apps.compliance.readers.dates import day_of

        monkeypatch.setattr(list_loading, "PART", 200)
        day = day_of("2026-01-01")

        version = load(list_make(), BEFORE + seen(1, "2026-03-09"), published_on=day)

        assert version.published_on == day


class TestPartNumbers:
    def test_are_none_for_what_is_read_from_beginning_to_end(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(list_loading, "PART", 100)
        plain, packed = receive(list_make("plain"), BEFORE), receive(list_make("packed"), gzip.compress(BEFORE))
        other = receive(list_make("other", format="un-sc"), sample("un-sc"))

        found = [part_numbers(version=receipt.version) for receipt in (plain, packed, other)]

        assert found == [range(-(-len(BEFORE) // 100)), (), ()]

    def test_are_none_for_a_small_file(self) -> None:
        assert part_numbers(version=receive(list_make(), BEFORE).version) == ()


class TestAttempts:
    def test_a_part_attempted_twice_counts_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(list_loading, "PART", 300)
        watch_list = list_make()
        load(watch_list, BEFORE)
        version = receive(watch_list, people(*range(14), p3="Someone Else")).version
        real, failed = list_parts.part_store, []

        def once(**given: Any) -> None:
            real(**given)
            if given["number"] == 1 and not failed:
                failed.append(1)
                raise RuntimeError("cut off")

        monkeypatch.setattr(list_parts, "part_store", once)

        job_drive(job_id=version.job_id)

        version.refresh_from_db()
        assert failed
        assert (version.entries, version.added, version.changed, version.removed) == (14, 2, 1, 0)

    def test_a_job_cancelled_between_parts_leaves_what_is_in_force(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(list_loading, "PART", 300)
        watch_list = list_make()
        load(watch_list, BEFORE)
        version = receive(watch_list, people(*range(14))).version
        for stage in (0, 1):
            chunk_run(chunk_id=Chunk.objects.filter(job=version.job_id, stage=stage).order_by("position")[0].pk)
        version.refresh_from_db()
        assert version.entries

        job_cancel(job=version.job, actor=Actor.system())

        version.refresh_from_db()
        assert (version.status, version.entries, len(held(watch_list))) == ("refused", None, 12)
        assert not ListFilePart.objects.filter(list_version=version).exists()
