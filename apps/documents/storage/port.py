"""What a storage does, and the names under which it keeps things."""

from __future__ import annotations

import datetime as dt
import re
import secrets
from collections.abc import Iterable, Iterator
from typing import Protocol

from apps.documents.streams import Readable
from kernel.errors import DomainError

_KEY = re.compile(r"[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{28}")


class ObjectMissing(DomainError):
    """The stored content is not there."""

    status = 500
    title = "Internal error"


class StorageUnavailable(DomainError):
    """The storage does not answer. Try again shortly."""

    status = 503
    title = "Temporarily unavailable"


class Storage(Protocol):
    """Where sealed content lies. Every method takes a key of `storage_key_new` and raises ValueError for another."""

    def put(self, key: str, pieces: Iterable[bytes]) -> int:
        """Keep the pieces as one object, whole or not at all; returns its size in bytes. Raises StorageFull."""

    def open_range(self, key: str, start: int, stop: int) -> Readable:
        """The bytes from `start` to before `stop`, fewer where the object ends earlier. Raises ObjectMissing."""

    def size(self, key: str) -> int:
        """The size of an object in bytes. Raises ObjectMissing."""

    def exists(self, key: str) -> bool:
        """Whether there is such an object."""

    def delete(self, key: str) -> None:
        """Remove an object; nothing happens when there is none."""

    def list_older_than(self, moment: dt.datetime) -> Iterator[str]:
        """The keys of the objects that were last written before `moment`."""

    def unfinished_remove(self, moment: dt.datetime) -> int:
        """Remove what writers that were killed before `moment` left behind; returns how many."""


def storage_key_new() -> str:
    """A random key in two levels of folders, which tells nothing of what lies there."""
    name = secrets.token_hex(16)
    return f"{name[:2]}/{name[2:4]}/{name[4:]}"


def is_storage_key(text: str) -> bool:
    """Whether `text` could be from `storage_key_new`."""
    return _KEY.fullmatch(text) is not None


def key_check(key: str) -> str:
    """The key itself. Raises ValueError when it is none: no path, no dots, nothing that leaves the storage."""
    if not is_storage_key(key):
        raise ValueError("not a storage key")
    return key
