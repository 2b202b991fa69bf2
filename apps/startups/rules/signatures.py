"""Signatures of messages by the Standard Webhooks specification: what is signed, and whether a signature holds."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import re
import secrets

PREFIX = "whsec_"
SECRET_BYTES = 32
VERSION = "v1"
TOLERANCE = dt.timedelta(minutes=5)
"""How far a message's timestamp may be from now, to either side."""
MOST_SIGNATURES = 8
"""How many of the signatures in one header are looked at."""
MESSAGE_ID = re.compile(r"[\x21-\x7e]{1,200}", re.ASCII)
TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
NO_SECRET = PREFIX + base64.b64encode(bytes(SECRET_BYTES)).decode()
"""Compared with where there is no endpoint, so that the answer takes as long."""


def secret_make() -> str:
    """A new secret, `whsec_` and 32 random bytes in base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signature_of(*, secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    """`v1,` and the HMAC-SHA-256 of `id.timestamp.body` in base64. Raises ValueError for a malformed secret."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        raise ValueError("not a secret") from None
    signed = b".".join((message_id.encode(), timestamp.encode(), body))
    return f"{VERSION},{base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()}"


def is_signed(*, secret: str, message_id: str, timestamp: str, signatures: str, body: bytes, now: dt.datetime) -> bool:
    """Whether one of the space-separated `signatures` holds and `timestamp` (seconds of Unix time) is near `now`."""
    if not MESSAGE_ID.fullmatch(message_id) or not TIMESTAMP.fullmatch(timestamp):
        return False
    wanted = signature_of(secret=secret, message_id=message_id, timestamp=timestamp, body=body).encode()
    given = signatures.encode().split(b" ")[:MOST_SIGNATURES]
    holds = [hmac.compare_digest(wanted, signature) for signature in given]
    return any(holds) and abs(now.timestamp() - int(timestamp)) <= TOLERANCE.total_seconds()
