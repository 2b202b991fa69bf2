"""Vaults, their keys, and the data keys of versions."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction

from apps.documents.encryption import ContentDamaged
from apps.documents.events import VAULT_CREATED, VAULT_KEY_ADDED
from apps.documents.keys.masters import master_current, master_named
from apps.documents.keys.wrapping import (
    data_key_context,
    key_new,
    key_unwrap,
    key_wrap,
    upload_key_context,
    vault_key_context,
)
from apps.documents.models import DocumentVersion, Upload, Vault, VaultKey
from kernel.access import Actor
from kernel.clock import database_now
from kernel.events import publish

ERASED_AFTER = dt.timedelta(days=1)
"""From the retirement of a vault's key to its erasure, far longer than anybody may take from wrapping a data key to
committing the version that needs it (CELERY_TASK_TIME_LIMIT).
"""

KeyHolder = DocumentVersion | Upload
HOLDERS: tuple[type[KeyHolder], ...] = (DocumentVersion, Upload)
"""The rows that keep a data key, wrapped by the key of a vault."""


@dataclass(frozen=True, slots=True)
class DataKey:
    """A new data key, and as it is kept: wrapped by the vault's key `vault_key_id`."""

    plain: bytes = field(repr=False)
    wrapped: bytes
    vault_key_id: UUID


def vault_for(*, organisation_id: UUID) -> Vault:
    """The vault of an organisation; made with its first key when there is none. Raises MasterKeyMissing."""
    with transaction.atomic():
        vault, is_new = Vault.objects.get_or_create(organisation_id=organisation_id)
        if is_new:
            publish(VAULT_CREATED, actor=Actor.system(), subject=vault)
            vault_key_add(vault=vault)
    return vault


def vault_key_for(*, organisation_id: UUID) -> VaultKey:
    """The key that wraps what is new for an organisation. Raises MasterKeyMissing."""
    return vault_key_current(vault=vault_for(organisation_id=organisation_id))


def vault_key_current(*, vault: Vault) -> VaultKey:
    """The key of a vault that wraps what is new."""
    return VaultKey.objects.filter(vault=vault).order_by("-number")[0]


def vault_key_add(*, vault: Vault) -> VaultKey:
    """A new key for a vault, wrapped by the current master: from its commit on it wraps what is new."""
    with transaction.atomic():
        # Two at once would choose the same number.
        Vault.objects.select_for_update().get(pk=vault.pk)
        newest = VaultKey.objects.filter(vault=vault).order_by("-number").first()
        number = newest.number + 1 if newest else 1
        wrapped, master = vault_key_wrap(key=key_new(), vault_id=vault.pk, number=number)
        added = VaultKey.objects.create(vault=vault, number=number, wrapped=wrapped, master=master)
        publish(
            VAULT_KEY_ADDED,
            actor=Actor.system(),
            subject=vault,
            data={"number": number, "master": master},
        )
    return added


def vault_key_wrap(*, key: bytes, vault_id: UUID, number: int, master: str | None = None) -> tuple[bytes, str]:
    """A vault's key as it is kept, and the id of the master that wraps it: `master`, or the current one."""
    name, by = master_current() if master is None else (master, master_named(name=master))
    return key_wrap(key=key, by=by, context=vault_key_context(vault_id=vault_id, number=number, master=name)), name


def vault_key_open(*, vault_key: VaultKey) -> bytes:
    """A vault's key in the clear. Raises MasterKeyMissing; ContentDamaged when it was altered or erased."""
    if vault_key.wrapped is None:
        raise ContentDamaged
    return key_unwrap(
        wrapped=bytes(vault_key.wrapped),
        by=master_named(name=vault_key.master),
        context=vault_key_context(vault_id=vault_key.vault_id, number=vault_key.number, master=vault_key.master),
    )


def data_key_new(*, vault_key: VaultKey, document_id: UUID, version: int) -> DataKey:
    """A random data key for one encryption of one version of a document."""
    return _new(vault_key, data_key_context(document_id=document_id, version=version))


def data_key_open(*, version: DocumentVersion) -> bytes:
    """The data key of a stored version. Raises MasterKeyMissing; ContentDamaged when it was altered or destroyed."""
    return _opened(version, key_context(holder=version))


def upload_key_new(*, upload_id: UUID, organisation_id: UUID) -> DataKey:
    """A random key for the chunks of an upload."""
    return _new(vault_key_for(organisation_id=organisation_id), upload_key_context(upload_id=upload_id))


def upload_key_open(*, upload: Upload) -> bytes:
    """The key of an upload's chunks. Raises MasterKeyMissing; ContentDamaged when it was altered or destroyed."""
    return _opened(upload, key_context(holder=upload))


def key_context(*, holder: KeyHolder) -> bytes:
    """The place of the wrapped key in a row that keeps one."""
    if isinstance(holder, Upload):
        return upload_key_context(upload_id=holder.pk)
    return data_key_context(document_id=holder.document_id, version=holder.number)


def _new(vault_key: VaultKey, context: bytes) -> DataKey:
    plain = key_new()
    wrapped = key_wrap(key=plain, by=vault_key_open(vault_key=vault_key), context=context)
    return DataKey(plain=plain, wrapped=wrapped, vault_key_id=vault_key.pk)


def _opened(holder: KeyHolder, context: bytes) -> bytes:
    if holder.wrapped_key is None or holder.vault_key is None:
        raise ContentDamaged
    return key_unwrap(wrapped=bytes(holder.wrapped_key), by=vault_key_open(vault_key=holder.vault_key), context=context)


def vault_keys_erase(*, now: dt.datetime | None = None) -> int:
    """Erase the keys that were retired a day ago or earlier and that nothing needs; returns how many."""
    before = (now or database_now()) - ERASED_AFTER
    with transaction.atomic():
        retired = VaultKey.objects.filter(retired_at__lt=before, wrapped__isnull=False)
        locked = set(retired.select_for_update(of=("self",)).order_by("id").values_list("pk", flat=True))
        # Queries of their own: they see what was committed while the lock was waited for.
        needed = {
            key
            for holder in HOLDERS
            for key in holder._base_manager.filter(vault_key__in=locked).values_list("vault_key", flat=True).distinct()
        }
        return VaultKey.objects.filter(pk__in=locked - needed).update(wrapped=None)
