"""Secrets at rest, those of second factors and others: AES-256-GCM under keys derived from SECRET_KEY."""

from __future__ import annotations

import base64
import binascii
import secrets
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

PURPOSE = b"tandem accounts second factor 1"
NONCE_BYTES = 12


def seal(*, text: str, purpose: bytes = PURPOSE) -> str:
    """`text` encrypted under the present SECRET_KEY; twice the same text gives two different results.

    What is sealed for one `purpose` opens for no other.
    """
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = _cipher(settings.SECRET_KEY, purpose).encrypt(nonce, text.encode(), purpose)
    return base64.urlsafe_b64encode(nonce + sealed).decode()


def unseal(*, sealed: str, purpose: bytes = PURPOSE) -> str:
    """What was sealed under SECRET_KEY or one of SECRET_KEY_FALLBACKS. Raises ImproperlyConfigured under another."""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            raw = base64.urlsafe_b64decode(sealed)
            return _cipher(key, purpose).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], purpose).decode()
        except (InvalidTag, ValueError, binascii.Error):
            continue
    raise ImproperlyConfigured("A secret was sealed under a SECRET_KEY that is not among the present ones")


@lru_cache(maxsize=16)
def _cipher(secret_key: str, purpose: bytes) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret_key.encode()))
