"""Content: stored encrypted, opened, served in pieces, destroyed with its key."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO
from uuid import UUID

from django.db import transaction

from apps.documents.encryption import ContentDamaged, ContentReader, ContentWriter, Place
from apps.documents.models import DocumentVersion, UploadChunk, Vault
from apps.documents.services.keys import data_key_new, data_key_open, vault_key_current
from apps.documents.storage import ObjectMissing, storage, storage_key_new
from apps.documents.streams import Readable

ORPHANED_AFTER = dt.timedelta(days=1)
"""The age from which an object that no row knows belongs to nobody: whoever stored it was killed before its commit."""
BATCH = 500


@dataclass(frozen=True, slots=True)
class Stored:
    """What a version keeps of its stored content; `key` is its `storage_key`. `sha256` is of the plain bytes."""

    key: str
    size: int
    sha256: str
    wrapped_key: bytes
    vault_key_id: UUID
    segments: int


def content_store(plain: BinaryIO, *, document_id: UUID, version: int, vault: Vault) -> Stored:
    """Encrypt and keep the rest of `plain` as version number `version` of a document; the caller saves the result.

    Each call makes a data key and an object of its own. What is never saved is removed by `orphans_remove`. Raises
    StorageFull, and then nothing is kept.
    """
    data_key = data_key_new(vault_key=vault_key_current(vault=vault), document_id=document_id, version=version)
    writer = ContentWriter(plain=plain, key=data_key.plain, place=Place(document_id=document_id, version=version))
    key = storage_key_new()
    storage().put(key, writer)
    return Stored(
        key=key,
        size=writer.size,
        sha256=writer.sha256,
        wrapped_key=data_key.wrapped,
        vault_key_id=data_key.vault_key_id,
        segments=writer.segments,
    )


def content_open(version: DocumentVersion) -> ContentReader:
    """The content of a stored version. Raises ContentDamaged when it is not all there or its key was destroyed."""
    key = data_key_open(version=version)
    kept, name = storage(), version.storage_key

    def open_range(start: int, stop: int) -> Readable:
        try:
            return kept.open_range(name, start, stop)
        except ObjectMissing:
            raise ContentDamaged from None

    try:
        stored = kept.size(name)
    except (ObjectMissing, ValueError):
        raise ContentDamaged from None
    return ContentReader(
        open_range=open_range,
        stored=stored,
        key=key,
        place=Place(document_id=version.document_id, version=version.number),
        size=version.size,
        sha256=version.sha256,
    )


def content_stream(reader: ContentReader, *, start: int, stop: int) -> Iterator[bytes]:
    """The bytes of a range for a streamed answer. The first piece is read now: damage there is still a problem with a
    status of its own; damage further on breaks the answer off before its announced length.
    """
    pieces = reader.read_range(start, stop) if (start, stop) != (0, reader.size) else reader.read_whole()
    first = next(pieces, None)
    return iter(()) if first is None else itertools.chain((first,), pieces)


def content_destroy(version: DocumentVersion) -> None:
    """Erase the data key of a version, which makes its content unreadable, and after the commit the object itself.

    An object that cannot be deleted then belongs to no version any more and goes with the next `orphans_remove`.
    """
    with transaction.atomic():
        locked = DocumentVersion.objects.select_for_update().get(pk=version.pk)
        key = locked.storage_key
        DocumentVersion.objects.filter(pk=version.pk).update(wrapped_key=None, vault_key=None, storage_key="")
        if key:
            transaction.on_commit(lambda: storage().delete(key), robust=True)
    version.wrapped_key, version.vault_key, version.storage_key = None, None, ""


def orphans_remove(*, now: dt.datetime) -> int:
    """Delete objects older than a day that no version and no upload knows, and what killed writers left; returns how
    many.

    The storage must be this installation's alone.
    """
    kept, before = storage(), now - ORPHANED_AFTER
    removed = kept.unfinished_remove(before)
    keys = kept.list_older_than(before)
    while batch := list(itertools.islice(keys, BATCH)):
        known = {
            key
            for rows in (DocumentVersion.objects, UploadChunk.objects)
            for key in rows.filter(storage_key__in=batch).values_list("storage_key", flat=True)
        }
        for key in batch:
            if key not in known:
                kept.delete(key)
                removed += 1
    return removed
