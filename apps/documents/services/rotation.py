"""Changing keys without reading a document: vaults' keys under another master, data keys under a vault's new key.

Both go through the job ledger in small transactions, each of which leaves every version readable: a worker may die at
any point, the job goes on with the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.db.models.functions import Now

from apps.documents.events import MASTER_KEY_ROTATED, VAULT_ROTATED
from apps.documents.keys.masters import master_current
from apps.documents.keys.wrapping import key_unwrap, key_wrap
from apps.documents.models import Vault, VaultKey
from apps.documents.services.keys import (
    HOLDERS,
    KeyHolder,
    key_context,
    vault_key_add,
    vault_key_current,
    vault_key_open,
    vault_key_wrap,
    vault_keys_erase,
)
from kernel.access import Actor
from kernel.events import publish
from kernel.jobs import job_enqueue
from kernel.models import Job

ROTATE_MASTER = "documents.rotate_master"
ROTATE_VAULT = "documents.rotate_vault"
BATCH = 500
"""Keys wrapped anew in one transaction."""

HOLDERS_NAMED: dict[str, type[KeyHolder]] = {holder._meta.label_lower: holder for holder in HOLDERS}

Span = tuple[UUID, UUID]
"""The first and the last id of a batch."""


def master_rotate(*, actor: Actor) -> Job:
    """Queue a job that wraps every vault's key by the current master. Raises MasterKeyMissing."""
    master, _ = master_current()
    with transaction.atomic():
        return job_enqueue(kind=ROTATE_MASTER, actor=actor, payload={"master": master})


def vault_rotate(*, vault: Vault, actor: Actor) -> Job:
    """Queue a job that gives a vault a new key, wrap all data keys by it, and retires the old."""
    with transaction.atomic():
        return job_enqueue(
            kind=ROTATE_VAULT,
            actor=actor,
            payload={"vault": str(vault.pk)},
            organisation_id=vault.organisation_id,
        )


def master_spans(*, master: str) -> Sequence[Span]:
    """Batches of the vaults' keys that another master than `master` wraps."""
    return _spans(_under_others(master))


def vault_keys_rewrap(*, master: str, span: Span | None = None) -> int:
    """Wrap by `master` the vaults' keys of a batch, or all, that another wraps; returns how many. Raises
    MasterKeyMissing.
    """
    with transaction.atomic():
        keys = list(_within(_under_others(master), span).select_for_update().order_by("id"))
        for key in keys:
            key.wrapped, key.master = vault_key_wrap(
                key=vault_key_open(vault_key=key), vault_id=key.vault_id, number=key.number, master=master
            )
        VaultKey.objects.bulk_update(keys, ["wrapped", "master"], batch_size=BATCH)
    return len(keys)


def master_finish(*, job_id: UUID, master: str) -> int:
    """Wrap what an older process wrapped by an older master meanwhile, and tell the end; returns how many."""
    with transaction.atomic():
        late = vault_keys_rewrap(master=master)
        publish(
            MASTER_KEY_ROTATED,
            actor=Actor.system(),
            subject=Job.objects.get(pk=job_id),
            data={"master": master, "vault_keys": VaultKey.objects.filter(master=master).count()},
        )
    return late


def vault_begin(*, vault_id: UUID) -> int:
    """The new key of a vault that is being rotated; returns its number."""
    return vault_key_add(vault=Vault.objects.get(pk=vault_id)).number


def vault_spans(*, vault_id: UUID) -> Sequence[tuple[str, Span]]:
    """Batches of the rows whose data key is wrapped by another key of the vault than its current one, with the name of
    their table.
    """
    current = vault_key_current(vault=Vault.objects.get(pk=vault_id))
    return [(name, span) for name, rows in HOLDERS_NAMED.items() for span in _spans(_under_old(rows, current))]


def data_keys_rewrap(*, vault_id: UUID, of: str, span: Span | None = None) -> int:
    """Wrap by the vault's current key the data keys of a batch of one table, or of all of it; returns how many."""
    with transaction.atomic():
        current = vault_key_current(vault=Vault.objects.get(pk=vault_id))
        by = vault_key_open(vault_key=current)
        table: type[Any] = HOLDERS_NAMED[of]
        rows = _within(_under_old(table, current), span)
        holders = list(rows.select_for_update(of=("self",)).order_by("id"))
        needed = VaultKey.objects.filter(pk__in={holder.vault_key_id for holder in holders})
        old = {key.pk: vault_key_open(vault_key=key) for key in needed}
        for holder in holders:
            context = key_context(holder=holder)
            plain = key_unwrap(wrapped=bytes(holder.wrapped_key), by=old[holder.vault_key_id], context=context)
            holder.wrapped_key, holder.vault_key = key_wrap(key=plain, by=by, context=context), current
        table._base_manager.bulk_update(holders, ["wrapped_key", "vault_key"], batch_size=BATCH)
    return len(holders)


def vault_finish(*, vault_id: UUID) -> int:
    """Move what was stored under an old key meanwhile, retire the old keys and tell it; returns how many moved.

    A version that is committed under an old key even later stays readable: that key is erased only after a day, and
    only when nothing needs it.
    """
    with transaction.atomic():
        vault = Vault.objects.get(pk=vault_id)
        current = vault_key_current(vault=vault)
        late = sum(data_keys_rewrap(vault_id=vault_id, of=name) for name in HOLDERS_NAMED)
        old = VaultKey.objects.filter(vault=vault, number__lt=current.number, retired_at=None)
        retired = old.update(retired_at=Now())
        publish(
            VAULT_ROTATED,
            actor=Actor.system(),
            subject=vault,
            data={"number": current.number, "retired": retired},
        )
        vault_keys_erase()
    return late


def _under_others(master: str) -> models.QuerySet[VaultKey]:
    return VaultKey.objects.filter(wrapped__isnull=False).exclude(master=master)


def _under_old(holder: type[KeyHolder], current: VaultKey) -> models.QuerySet[Any]:
    old = VaultKey.objects.filter(vault_id=current.vault_id, number__lt=current.number)
    return holder._base_manager.filter(vault_key__in=old, wrapped_key__isnull=False)


def _within(rows: models.QuerySet[Any], span: Span | None) -> models.QuerySet[Any]:
    return rows if span is None else rows.filter(pk__gte=span[0], pk__lte=span[1])


def _spans(rows: models.QuerySet[Any]) -> list[Span]:
    ids = list(rows.order_by("id").values_list("pk", flat=True))
    return [(ids[first], ids[min(first + BATCH, len(ids)) - 1]) for first in range(0, len(ids), BATCH)]
