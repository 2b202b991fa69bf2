"""Chunks in quarantine: sealed under a key of their upload's own, destroyed with it."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import transaction

from apps.documents.encryption import ContentDamaged
from apps.documents.models import Upload, UploadChunk
from apps.documents.services.keys import upload_key_new, upload_key_open
from apps.documents.storage import storage
from apps.documents.streams import read_full

log = structlog.get_logger(__name__)

PURPOSE = b"tandem upload chunk 1"
NONCE_BYTES, TAG_BYTES = 12, 16


def upload_key_make(*, upload: Upload) -> None:
    """Give a new upload its key, wrapped by its organisation's vault; the caller saves it. Raises MasterKeyMissing."""
    made = upload_key_new(upload_id=upload.pk, organisation_id=upload.organisation_id)
    upload.wrapped_key, upload.vault_key_id = made.wrapped, made.vault_key_id


def chunk_seal(*, upload: Upload, offset: int, content: bytes) -> bytes:
    """A chunk as it lies in quarantine: nonce, cipher text, tag. Bound to its upload and place.

    The nonce is random, because a chunk whose row did not commit is sealed once more, perhaps with other bytes.
    """
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(upload_key_open(upload=upload)).encrypt(nonce, content, _context(upload, offset))


def chunk_open(*, upload: Upload, chunk: UploadChunk) -> bytes:
    """The bytes of a chunk. Raises ContentDamaged and ObjectMissing."""
    length = NONCE_BYTES + chunk.size + TAG_BYTES
    stream = storage().open_range(chunk.storage_key, 0, length)
    try:
        sealed = read_full(stream, length)
    finally:
        stream.close()
    cipher = AESGCM(upload_key_open(upload=upload))
    try:
        return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _context(upload, chunk.offset))
    except (InvalidTag, ValueError):
        raise ContentDamaged from None


def upload_shred(*, upload: Upload) -> None:
    """Destroy what was received of an upload inside the caller's transaction: its key and rows now, its objects after
    the commit. Those that cannot be deleted then belong to no row and go with the next sweep.
    """
    keys = list(upload.chunks.values_list("storage_key", flat=True))
    upload.chunks.all().delete()
    upload.wrapped_key = upload.vault_key = None
    upload.save(update_fields=["wrapped_key", "vault_key"])
    transaction.on_commit(lambda: objects_forget(keys=keys), robust=True)


def objects_forget(*, keys: Iterable[str]) -> None:
    """Delete objects that no row knows; what fails is left to the sweep."""
    for key in keys:
        try:
            storage().delete(key)
        except Exception as reason:  # noqa: BLE001 - whatever a storage raises: the sweep finds the object
            log.warning("object_not_deleted", reason=type(reason).__name__)


def _context(upload: Upload, offset: int) -> bytes:
    return PURPOSE + upload.pk.bytes + offset.to_bytes(8)
