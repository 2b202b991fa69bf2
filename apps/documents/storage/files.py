"""Objects as files below one folder: written aside, made durable, put in place by one rename."""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from apps.documents.storage.port import ObjectMissing, is_storage_key, key_check
from apps.documents.streams import Readable
from kernel.errors import StorageFull

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
UNFINISHED = "unfinished"
PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600


@contextlib.contextmanager
def full_disk_told() -> Iterator[None]:
    """Raise StorageFull in place of the OSError of a full disk or an exhausted quota."""
    try:
        yield
    except OSError as reason:
        if reason.errno in FULL:
            raise StorageFull from reason
        raise


class FileStorage:
    """A storage in the folder `root`, which is made when it is first written to."""

    def __init__(self, *, root: Path) -> None:
        self._root = root

    def put(self, key: str, pieces: Iterable[bytes]) -> int:
        place = self._path(key)
        unfinished = self._root / UNFINISHED / secrets.token_hex(16)
        written = unfinished
        with full_disk_told():
            try:
                _folder_make(unfinished.parent)
                _folder_make(place.parent)
                size = _write(unfinished, pieces)
                written = unfinished.rename(place)
                _sync(place.parent)
            except BaseException:
                with contextlib.suppress(OSError):
                    written.unlink()
                raise
        return size

    def open_range(self, key: str, start: int, stop: int) -> Readable:
        try:
            stream = self._path(key).open("rb", buffering=0)
        except (FileNotFoundError, NotADirectoryError):
            raise ObjectMissing from None
        stream.seek(start)
        return _Part(stream, stop - start)

    def size(self, key: str) -> int:
        try:
            return self._path(key).stat().st_size
        except (FileNotFoundError, NotADirectoryError):
            raise ObjectMissing from None

    def exists(self, key: str) -> bool:
        return self._path(key).is_file()

    def delete(self, key: str) -> None:
        # Not made durable at once: what comes back after a loss of power belongs to no row and goes with the sweep, and
        # its key is destroyed.
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            self._path(key).unlink()

    def list_older_than(self, moment: dt.datetime) -> Iterator[str]:
        for place in self._root.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*"):
            key = place.relative_to(self._root).as_posix()
            if is_storage_key(key) and _is_older(place, moment):
                yield key

    def unfinished_remove(self, moment: dt.datetime) -> int:
        old = [path for path in (self._root / UNFINISHED).glob("*") if _is_older(path, moment)]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _path(self, key: str) -> Path:
        return self._root / key_check(key)


class _Part:
    """A part of an open file."""

    def __init__(self, stream: BinaryIO | Readable, length: int) -> None:
        self._stream, self._left = stream, length

    def read(self, size: int, /) -> bytes:
        piece = self._stream.read(min(size, self._left))
        self._left -= len(piece)
        return piece

    def close(self) -> None:
        self._stream.close()


def _write(path: Path, pieces: Iterable[bytes]) -> int:
    size = 0
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    try:
        for piece in pieces:
            view = memoryview(piece)
            while view:
                view = view[os.write(descriptor, view) :]
            size += len(piece)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return size


def _folder_make(folder: Path) -> None:
    """Make a folder and those above it; each new name is made durable in the folder that holds it."""
    if folder.is_dir():
        return
    _folder_make(folder.parent)
    folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
    _sync(folder.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_older(path: Path, moment: dt.datetime) -> bool:
    try:
        return path.stat().st_mtime < moment.timestamp()
    except FileNotFoundError:
        return False
