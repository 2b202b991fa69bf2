"""The keys of vaults, wrapped by a master key; no key lies here in the clear."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.organisations.models import Organisation
from kernel.ids import uuid7


class Vault(models.Model):
    """The keys under which one organisation's documents lie."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="vaults")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["organisation"], name="vault_once")]


class VaultKey(models.Model):
    """One key of a vault. The one with the highest number wraps what is new.

    A retired key wraps nothing new and still opens; `wrapped` is null once it was erased, which takes that no version
    needs it. `master` names the master key that wraps it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    vault = models.ForeignKey(Vault, on_delete=models.PROTECT, related_name="keys")
    number = models.PositiveIntegerField()
    wrapped = models.BinaryField(null=True)
    master = models.CharField(max_length=32)
    created_at = models.DateTimeField(db_default=Now())
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["vault", "number"], name="vault_key_once"),
            models.CheckConstraint(name="vault_key_number", condition=Q(number__gte=1)),
            models.CheckConstraint(
                name="vault_key_erased_is_retired", condition=Q(wrapped__isnull=False) | Q(retired_at__isnull=False)
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["master"], name="vault_key_by_master", condition=Q(wrapped__isnull=False))
        ]
