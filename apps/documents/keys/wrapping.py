"""Wrapping a key by another: AES-256-GCM with the wrapped key's place as authenticated context.

GCM and not AES Key Wrap (RFC 3394), because a wrapped key is then bound to its place: moved to another row it does not
open. Nonces are random 96 bits; a wrapping key may be used 2^32 times (NIST SP 800-38D, section 8.3), and none here
wraps more than the versions of one vault, or the vaults of one installation.
"""

from __future__ import annotations

import secrets
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from apps.documents.encryption import ContentDamaged

KEY_BYTES = 32
NONCE_BYTES = 12
VAULT_KEY = b"tandem vault key 1"
DATA_KEY = b"tandem document data key 1"


def key_new() -> bytes:
    """A random key of 256 bits."""
    return secrets.token_bytes(KEY_BYTES)


def key_wrap(*, key: bytes, by: bytes, context: bytes) -> bytes:
    """`key` encrypted by the key `by`, bound to `context`: nonce, cipher text, tag; 60 bytes."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(by).encrypt(nonce, key, context)


def key_unwrap(*, wrapped: bytes, by: bytes, context: bytes) -> bytes:
    """What `key_wrap` wrapped. Raises ContentDamaged for anything else: altered, of another place, by another key."""
    try:
        key = AESGCM(by).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], context)
    except (InvalidTag, ValueError):
        raise ContentDamaged from None
    if len(key) != KEY_BYTES:
        raise ContentDamaged
    return key


def vault_key_context(*, vault_id: UUID, number: int, master: str) -> bytes:
    """The place of a vault's key. Numbers have fixed length and the master's id comes last: no two are alike."""
    return VAULT_KEY + vault_id.bytes + number.to_bytes(8) + master.encode()


def data_key_context(*, document_id: UUID, version: int) -> bytes:
    """The place of the data key of a version; versions begin with one."""
    return DATA_KEY + document_id.bytes + version.to_bytes(8)


def upload_key_context(*, upload_id: UUID) -> bytes:
    """The place of the key of an upload's chunks, which come before any version."""
    return data_key_context(document_id=upload_id, version=0)
