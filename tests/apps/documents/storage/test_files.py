"""Files: whole or not there, under names that lead nowhere else."""

from __future__ import annotations

import datetime as dt
import errno
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from apps.documents.storage import ObjectMissing, full_disk_told, storage_key_new
from apps.documents.storage.files import FileStorage
from kernel.errors import StorageFull

PIECES = [b"a" * 5000, b"", b"b" * 3000]
FULL = (errno.ENOSPC, errno.EDQUOT)
BOUNDARIES = ("write", "fsync", "open", "mkdir", "rename", "close")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "documents"


@pytest.fixture
def files(root: Path) -> FileStorage:
    return FileStorage(root=root)


def content(files: FileStorage, key: str) -> bytes:
    stream = files.open_range(key, 0, files.size(key))
    try:
        return stream.read(1_000_000)
    finally:
        stream.close()


def kept(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


class Failing:
    """Calls of the operating system, of which one fails."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, at: int, number: int) -> None:
        self.calls, self._at, self._number = 0, at, number
        for name in BOUNDARIES:
            monkeypatch.setattr(os, name, self._watched(getattr(os, name)))

    def _watched(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            self.calls += 1
            if self.calls == self._at:
                if real.__name__ == "close":
                    real(*arguments)
                raise OSError(self._number, os.strerror(self._number))
            return real(*arguments, **named)

        return call


def boundaries(root: Path) -> int:
    """How many calls one `put` makes."""
    with pytest.MonkeyPatch.context() as patch:
        watched = Failing(patch, at=0, number=errno.ENOSPC)
        FileStorage(root=root).put(storage_key_new(), PIECES)
    return watched.calls


class TestPut:
    def test_keeps_the_pieces_as_one(self, files: FileStorage) -> None:
        key = storage_key_new()

        size = files.put(key, iter(PIECES))

        assert size == files.size(key) == 8000
        assert content(files, key) == b"".join(PIECES)

    def test_keeps_nothing_as_an_empty_object(self, files: FileStorage) -> None:
        key = storage_key_new()

        assert files.put(key, []) == 0
        assert files.exists(key)

    def test_is_for_nobody_else_on_the_machine(self, files: FileStorage, root: Path) -> None:
        files.put(storage_key_new(), PIECES)

        modes = {stat.S_IMODE(path.stat().st_mode) for path in root.rglob("*")}
        assert modes == {0o700, 0o600}

    def test_goes_on_after_a_short_write(self, files: FileStorage, monkeypatch: pytest.MonkeyPatch) -> None:
        real = os.write
        monkeypatch.setattr(os, "write", lambda descriptor, view: real(descriptor, bytes(view[:7])))
        key = storage_key_new()

        files.put(key, PIECES)

        assert content(files, key) == b"".join(PIECES)

    def test_of_pieces_that_end_in_an_error_keeps_nothing(self, files: FileStorage, root: Path) -> None:
        def pieces() -> Iterator[bytes]:
            yield b"some"
            raise LookupError("the source broke")

        with pytest.raises(LookupError, match="the source broke"):
            files.put(storage_key_new(), pieces())

        assert kept(root) == []

    @pytest.mark.parametrize("number", FULL, ids=errno.errorcode.get)
    def test_on_a_full_disk_keeps_nothing_wherever_it_shows(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
    ) -> None:
        calls = boundaries(tmp_path / "whole")
        told = 0
        for at in range(1, calls + 1):
            root = tmp_path / str(at)
            with monkeypatch.context() as patch:
                Failing(patch, at=at, number=number)
                with pytest.raises(StorageFull):
                    FileStorage(root=root).put(storage_key_new(), PIECES)
            told += 1
            assert kept(root) == [], f"call {at} of {calls}"

        assert told == calls > 10

    def test_on_a_full_disk_leaves_other_objects_alone(
        self, files: FileStorage, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        key = storage_key_new()
        files.put(key, PIECES)

        with monkeypatch.context() as patch:
            Failing(patch, at=2, number=errno.ENOSPC)
            with pytest.raises(StorageFull):
                files.put(key, [b"other"])

        assert content(files, key) == b"".join(PIECES)
        assert len(kept(root)) == 1

    def test_does_not_take_another_error_for_a_full_disk(
        self, files: FileStorage, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        Failing(monkeypatch, at=3, number=errno.EIO)

        with pytest.raises(OSError, match=os.strerror(errno.EIO)):
            files.put(storage_key_new(), PIECES)


class TestOpenRange:
    @pytest.mark.parametrize(("start", "stop"), [(0, 8000), (4999, 5001), (10, 10), (7999, 8000), (7990, 9000)])
    def test_gives_the_part(self, files: FileStorage, start: int, stop: int) -> None:
        key = storage_key_new()
        files.put(key, PIECES)

        stream = files.open_range(key, start, stop)
        given = b"".join(iter(lambda: stream.read(1000), b""))
        stream.close()

        assert given == b"".join(PIECES)[start:stop]

    def test_of_what_is_not_there_is_refused_at_once(self, files: FileStorage) -> None:
        with pytest.raises(ObjectMissing):
            files.open_range(storage_key_new(), 0, 1)
        with pytest.raises(ObjectMissing):
            files.size(storage_key_new())


class TestKeys:
    @pytest.mark.parametrize(
        "key",
        [
            *("", "..", "../../../etc/passwd", "/etc/passwd", "aa/bb/../../../../etc/passwd", "aa/bb/" + "c" * 27),
            *("AA/bb/" + "c" * 28, "aa/bb/" + "c" * 28 + "\n", "aa\\bb\\" + "c" * 28, "aa/bb/" + "c" * 27 + "\0"),
            *("unfinished/" + "c" * 32, "aa/bb/cc/" + "c" * 25, "./aa/bb/" + "c" * 28, "a" * 32, "٠٠/bb/" + "c" * 28),
        ],
    )
    def test_that_are_none_lead_nowhere(self, files: FileStorage, root: Path, key: str) -> None:
        calls: list[Callable[[], Any]] = [
            lambda: files.put(key, [b"x"]),
            lambda: files.open_range(key, 0, 1),
            lambda: files.size(key),
            lambda: files.exists(key),
            lambda: files.delete(key),
        ]

        for call in calls:
            with pytest.raises(ValueError, match="not a storage key"):
                call()
        assert not root.exists()

    def test_are_random_and_taken(self, files: FileStorage) -> None:
        keys = {storage_key_new() for _ in range(200)}

        assert len(keys) == 200
        assert not any(files.exists(key) for key in keys)


class TestDelete:
    def test_removes_once_and_again(self, files: FileStorage) -> None:
        key = storage_key_new()
        files.put(key, PIECES)

        files.delete(key)
        files.delete(key)

        assert not files.exists(key)

    def test_of_what_never_was_does_nothing(self, files: FileStorage) -> None:
        files.delete(storage_key_new())

        assert not files.exists(storage_key_new())


class TestAge:
    def test_lists_what_is_older(self, files: FileStorage, root: Path) -> None:
        old, new = storage_key_new(), storage_key_new()
        for key in (old, new):
            files.put(key, PIECES)
        os.utime(root / old, (1_000, 1_000))
        (root / "aa").mkdir(exist_ok=True)
        (root / "aa" / "note.txt").write_text("not ours")

        listed = list(files.list_older_than(dt.datetime(2020, 1, 1, tzinfo=dt.UTC)))

        assert listed == [old]

    def test_removes_what_killed_writers_left(self, files: FileStorage, root: Path) -> None:
        files.put(storage_key_new(), PIECES)
        for name, age in (("old", 1_000), ("new", None)):
            left = root / "unfinished" / name
            left.write_bytes(b"half")
            if age is not None:
                os.utime(left, (age, age))

        removed = files.unfinished_remove(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))

        assert removed == 1
        assert [path.name for path in (root / "unfinished").iterdir()] == ["new"]

    def test_of_a_storage_never_written_to_is_nothing(self, files: FileStorage) -> None:
        moment = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)

        assert (list(files.list_older_than(moment)), files.unfinished_remove(moment)) == ([], 0)


class TestFullDiskTold:
    @pytest.mark.parametrize("number", FULL, ids=errno.errorcode.get)
    def test_names_it(self, number: int) -> None:
        with pytest.raises(StorageFull), full_disk_told():
            raise OSError(number, "full")

    def test_lets_other_errors_through(self) -> None:
        with pytest.raises(PermissionError), full_disk_told():
            raise PermissionError(errno.EACCES, "no")
