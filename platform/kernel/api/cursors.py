"""Cursors: a place in a list, sealed so that it can be neither read nor forged, good for that list and caller only."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings
from django.utils.crypto import salted_hmac

from kernel.api.problems import CursorInvalid

SALT = "kernel.api.cursor"
MAX_LENGTH = 4096


def cursor_seal(*, place: Any, binding: str) -> str:
    """The cursor for `place` (plain values, lists and mappings), readable only by us and only with the same `binding`.

    AES-SIV (RFC 5297): authenticated like a signature; encrypted because sort values and keys may be finer than what
    the caller is shown; deterministic so that equal lists have equal cursors.
    """
    plain = json.dumps(_packed(place), separators=(",", ":"), ensure_ascii=False).encode()
    sealed = AESSIV(next(_keys())).encrypt(plain, [SALT.encode(), binding.encode()])
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def cursor_open(*, cursor: str, binding: str) -> Any:
    """The place that `cursor_seal` sealed; raises CursorInvalid for anything else."""
    if not 0 < len(cursor) <= MAX_LENGTH:
        raise CursorInvalid
    try:
        sealed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise CursorInvalid from None
    for key in _keys():
        try:
            plain = AESSIV(key).decrypt(sealed, [SALT.encode(), binding.encode()])
        except (InvalidTag, ValueError):
            continue
        return _unpacked(json.loads(plain))
    raise CursorInvalid


def _keys() -> Iterator[bytes]:
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        yield salted_hmac(SALT, "key", secret=secret, algorithm="sha512").digest()


_TAGS: tuple[tuple[str, type, Any, Any], ...] = (
    ("datetime", dt.datetime, dt.datetime.isoformat, dt.datetime.fromisoformat),
    ("date", dt.date, dt.date.isoformat, dt.date.fromisoformat),
    ("time", dt.time, dt.time.isoformat, dt.time.fromisoformat),
    ("decimal", Decimal, str, Decimal),
    ("uuid", UUID, str, UUID),
    (
        "duration",
        dt.timedelta,
        lambda value: [value.days, value.seconds, value.microseconds],
        lambda parts: dt.timedelta(*parts),
    ),
)


def _packed(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_packed(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _packed(item) for key, item in value.items()}
    for tag, kind, pack, _unpack in _TAGS:
        if isinstance(value, kind):
            return {"$": tag, "v": pack(value)}
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise TypeError(f"a cursor cannot hold {type(value).__name__}")


def _unpacked(value: Any) -> Any:
    if isinstance(value, list):
        return [_unpacked(item) for item in value]
    if isinstance(value, dict):
        for tag, _kind, _pack, unpack in _TAGS:
            if value.get("$") == tag:
                return unpack(value["v"])
        return {key: _unpacked(item) for key, item in value.items()}
    return value
