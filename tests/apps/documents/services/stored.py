"""Versions with stored content for tests."""

from __future__ import annotations

import io
import uuid

from apps.documents.models import Document, DocumentVersion, Upload, Vault
from apps.documents.services.content import Stored, content_store
from apps.documents.services.keys import data_key_new, upload_key_new, vault_for, vault_key_current
from apps.documents.states import Purpose, VersionStatus
from apps.organisations.models import Organisation
from kernel.clock import utc_now


def document_of(organisation: Organisation) -> Document:
    return Document.objects.create(organisation=organisation, title="Certificate", purpose=Purpose.values[0])


def version_of(document: Document, stored: Stored, *, number: int = 1) -> DocumentVersion:
    return DocumentVersion.objects.create(
        document=document,
        number=number,
        name="certificate.pdf",
        status=VersionStatus.CLEAN,
        stored_at=utc_now(),
        size=stored.size,
        sha256=stored.sha256,
        storage_key=stored.key,
        wrapped_key=stored.wrapped_key,
        vault_key_id=stored.vault_key_id,
        segments=stored.segments,
    )


def stored_version(organisation: Organisation, content: bytes, *, number: int = 1) -> DocumentVersion:
    """A clean version of a new document with this content."""
    document = document_of(organisation)
    vault = vault_for(organisation_id=organisation.pk)
    stored = content_store(io.BytesIO(content), document_id=document.pk, version=number, vault=vault)
    return version_of(document, stored, number=number)


def read(version: DocumentVersion) -> bytes:
    from apps.documents.services.content import content_open

    return b"".join(content_open(version).read_whole())


def keyed_versions(vault: Vault, count: int) -> dict[uuid.UUID, bytes]:
    """Versions that have data keys and no content, and those keys by version."""
    document, vault_key = document_of(vault.organisation), vault_key_current(vault=vault)
    made: list[DocumentVersion] = []
    keys = {}
    for number in range(1, count + 1):
        key = data_key_new(vault_key=vault_key, document_id=document.pk, version=number)
        version = DocumentVersion(
            document=document,
            number=number,
            name="one",
            size=0,
            sha256="0" * 64,
            wrapped_key=key.wrapped,
            vault_key_id=key.vault_key_id,
        )
        keys[version.pk] = key.plain
        made.append(version)
    DocumentVersion.objects.bulk_create(made)
    return keys


def keyed_upload(organisation: Organisation) -> tuple[Upload, bytes]:
    """An upload under way and the key of its chunks."""
    upload = Upload(
        organisation=organisation,
        name="one.pdf",
        title="One",
        purpose=Purpose.values[0],
        size=1,
        sha256="0" * 64,
        expires_at=utc_now(),
    )
    key = upload_key_new(upload_id=upload.pk, organisation_id=organisation.pk)
    upload.wrapped_key, upload.vault_key_id = key.wrapped, key.vault_key_id
    upload.save(force_insert=True)
    return upload, key.plain
