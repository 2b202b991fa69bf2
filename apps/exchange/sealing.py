"""Content that waits to be fetched, encrypted at rest: AES-256-GCM under a key derived from SECRET_KEY."""

from __future__ import annotations

import secrets
from functools import lru_cache
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PURPOSE = b"tandem exchange content 1"
NONCE_BYTES = 12


class ContentSealedOtherwise(ValueError):
    """The content was sealed for another export or under a SECRET_KEY that is none of the present ones."""


def content_seal(*, content: bytes, export_id: UUID) -> bytes:
    """The content encrypted; it opens for this export alone."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + _cipher(settings.SECRET_KEY).encrypt(nonce, content, export_id.bytes)


def content_unseal(*, sealed: bytes, export_id: UUID) -> bytes:
    """What was sealed for this export. Raises ContentSealedOtherwise."""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return _cipher(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], export_id.bytes)
        except InvalidTag:
            continue
    raise ContentSealedOtherwise


@lru_cache(maxsize=16)
def _cipher(secret_key: str) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret_key.encode()))
