"""Identifiers: UUIDv7 (RFC 9562, section 5.7), sortable by the time they were made."""

import datetime as dt
import os
import threading
import time
import uuid

_lock = threading.Lock()
_last = 0


def uuid7() -> uuid.UUID:
    """A new UUIDv7. Within a process each is greater than the one before, also when the clock steps back.

    Layout: 48 bits of Unix milliseconds, version, 12 bits counting on within a millisecond, variant, 62 random bits.
    """
    global _last  # noqa: PLW0603 - the monotonic counter of this process
    with _lock:
        stamp = max((time.time_ns() // 1_000_000) << 12, _last + 1)
        _last = stamp
    random = int.from_bytes(os.urandom(8)) & ((1 << 62) - 1)
    return uuid.UUID(int=(stamp >> 12) << 80 | 7 << 76 | (stamp & 0xFFF) << 64 | 2 << 62 | random)


def made_at(identifier: uuid.UUID) -> dt.datetime:
    """When a UUIDv7 was made, to the millisecond, by the clock of its maker. Raises ValueError for another version."""
    if identifier.version != 7:
        raise ValueError("only a UUIDv7 tells when it was made")
    return dt.datetime.fromtimestamp(0, tz=dt.UTC) + dt.timedelta(milliseconds=identifier.int >> 80)
