"""Mail addresses of people without an account: sealed at rest, known again by a keyed hash, shown masked."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

SEALING = b"tandem startups mailbox sealing 1"
HASHING = b"tandem startups mailbox hashing 1"
NONCE_BYTES = 12
MAX_ADDRESS = 254


def address_clean(*, text: str) -> str | None:
    """The address in lower case, None for what is none."""
    address = text.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        return None
    return address if len(address) <= MAX_ADDRESS else None


def address_seal(*, address: str) -> str:
    """The address encrypted (AES-256-GCM) under the present SECRET_KEY, differently every time."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = AESGCM(_key(settings.SECRET_KEY, SEALING)).encrypt(nonce, address.encode(), SEALING)
    return base64.urlsafe_b64encode(nonce + sealed).decode()


def address_unseal(*, sealed: str) -> str:
    """What was sealed under SECRET_KEY or one of SECRET_KEY_FALLBACKS. Raises ImproperlyConfigured under another."""
    raw = base64.urlsafe_b64decode(sealed)
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return AESGCM(_key(key, SEALING)).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], SEALING).decode()
        except InvalidTag:
            continue
    raise ImproperlyConfigured("A mail address was sealed under a SECRET_KEY that is not among the present ones")


def address_digests(*, address: str) -> list[str]:
    """The keyed hashes by which an address may be kept, the one under the present SECRET_KEY first."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [hmac.new(_key(key, HASHING), address.encode(), hashlib.sha256).hexdigest() for key in keys]


def address_masked(*, sealed: str) -> str:
    """What who typed an address recognises it by: `a•••@example.org`."""
    name, _, domain = address_unseal(sealed=sealed).rpartition("@")
    return f"{name[:1]}•••@{domain}"


@lru_cache(maxsize=16)
def _key(secret_key: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret_key.encode())
