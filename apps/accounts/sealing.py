"""Secrets of second factors at rest: AES-256-GCM under a key derived from SECRET_KEY."""

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


def seal(*, text: str) -> str:
    """`text` encrypted under the present SECRET_KEY; twice the same text gives two different results."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return base64.urlsafe_b64encode(
        nonce + _cipher(settings.SECRET_KEY).encrypt(nonce, text.encode(), PURPOSE)
    ).decode()


def unseal(*, sealed: str) -> str:
    """What was sealed under SECRET_KEY or one of SECRET_KEY_FALLBACKS. Raises ImproperlyConfigured under another."""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            raw = base64.urlsafe_b64decode(sealed)
            return _cipher(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], PURPOSE).decode()
        except (InvalidTag, ValueError, binascii.Error):
            continue
    raise ImproperlyConfigured("A second factor was sealed under a SECRET_KEY that is not among the present ones")


@lru_cache(maxsize=8)
def _cipher(secret_key: str) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret_key.encode()))
