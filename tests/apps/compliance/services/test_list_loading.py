"""The tables of a list's version: kept in parts, read in batches, keyed in portions, cleared in steps."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from apps.compliance.models import ListDeparture, ListEntry, ListFilePart, ListName, ListVersion
from apps.compliance.services import list_loading as loading
from apps.compliance.services.list_loading import Read
from kernel.clock import utc_today
from tests.factories.watch_lists import as_lines, list_make, load, person, receive

pytestmark = pytest.mark.django_db


def unchecked() -> None:
    """A check that stops nobody."""


def people(*numbers: int, name: str = "Hlyvkoshor Ostap") -> bytes:
    return as_lines(*(person(f"p{number}", f"{name}{number}") for number in numbers))


def received(content: bytes, code: str = "test-list") -> ListVersion:
    return receive(list_make(code), content).version


def read(version: ListVersion, check: Callable[[], None] = unchecked) -> Read:
    return loading.version_read(version=version, today=utc_today(), check=check)


class TestFileStore:
    @pytest.mark.parametrize("size", [1, 9, 10, 11, 25])
    def test_keeps_a_file_in_parts_that_read_as_it_was(self, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
        version = received(people(1))
        ListFilePart.objects.all().delete()
        monkeypatch.setattr(loading, "PART", 10)
        content = bytes(range(size))

        loading.file_store(version=version, file=io.BytesIO(content))

        assert ListFilePart.objects.count() == -(-size // 10)
        with loading.file_open(version_id=version.pk) as stream:
            assert stream.read() == content


class TestVersionRead:
    def test_counts_against_what_is_in_force_and_changes_nothing_of_it(self) -> None:
        before = load(list_make(), people(*range(10)))
        held = set(ListEntry.objects.in_force().values_list("pk", flat=True))
        again = as_lines(
            *(person(f"p{number}", f"Hlyvkoshor Ostap{number}") for number in range(1, 9)),
            person("p9", "Another Name"),
            person("p10", "Hlyvkoshor Ostap10"),
        )

        found = read(receive(before.watch_list, again).version)

        assert (found.entries, found.added, found.changed, found.removed) == (10, 1, 1, 1)
        assert set(ListEntry.objects.in_force().values_list("pk", flat=True)) == held

    def test_begins_anew_after_an_attempt_that_was_cut_off(self) -> None:
        version = received(people(*range(5)))
        read(version)
        first = set(ListEntry.objects.values_list("pk", flat=True))

        found = read(version)

        assert found.entries == 5
        assert ListEntry.objects.count() == 5
        assert first.isdisjoint(ListEntry.objects.values_list("pk", flat=True))

    def test_stops_where_the_check_says_so(self) -> None:
        class Stopped(Exception):
            """The job was cancelled."""

        def check() -> None:
            raise Stopped

        with pytest.raises(Stopped):
            read(received(people(1)), check)
        assert not ListEntry.objects.exists()


class TestKeys:
    def test_portions_hold_every_entry_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(loading, "ENTRIES_A_CHUNK", 3)
        version = received(people(*range(7)))
        read(version)

        portions = loading.key_ranges(version_id=version.pk)

        assert [size for _first, size in portions] == [3, 3, 1]
        rows = [
            row
            for first, size in portions
            for row in loading.keys_compute(version_id=version.pk, first=first, size=size, check=unchecked)
        ]
        assert {row[0] for row in rows} == {str(entry.pk) for entry in ListEntry.objects.all()}
        assert len(rows) == 7

    def test_are_written_with_the_names_as_they_are(self) -> None:
        odd = 'Hlyv\tkoshor \\N {"a",b}'
        version = received(as_lines(person("p1", odd)))
        read(version)
        [(first, size)] = loading.key_ranges(version_id=version.pk)

        rows = loading.keys_compute(version_id=version.pk, first=first, size=size, check=unchecked)
        loading.keys_store(rows=rows)
        loading.keys_settle(version_id=version.pk)

        kept = ListName.objects.get()
        assert kept.name == ListEntry.objects.get().names[0]
        assert "\\N" in kept.name
        assert kept.keys


class TestVersionClear:
    def test_removes_what_is_not_in_force_in_steps(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(loading, "CLEARED_AT_ONCE", 2)
        kept = load(list_make("other"), people(*range(3)))
        version, steps = received(people(*range(5))), []
        read(version)

        loading.version_clear(version_id=version.pk, check=lambda: steps.append(1))

        assert set(ListEntry.objects.values_list("first_version", flat=True)) == {kept.pk}
        assert len(steps) == 4

    def test_leaves_a_version_in_force(self) -> None:
        version = load(list_make(), people(*range(3)))

        loading.version_clear(version_id=version.pk, check=unchecked)

        assert loading.count_in_force(watch_list_id=version.watch_list_id) == 3


class TestDeparturesApply:
    def test_takes_out_what_the_version_removes(self) -> None:
        before = load(list_make(), people(*range(5)))
        version = receive(before.watch_list, people(*range(4))).version
        read(version)
        assert ListDeparture.objects.count() == 1

        loading.departures_apply(version=version)

        assert loading.count_in_force(watch_list_id=before.watch_list_id) == 4
        assert set(ListEntry.objects.filter(removed_version=version).values_list("source_id", flat=True)) == {"p4"}
        assert not ListDeparture.objects.exists()
