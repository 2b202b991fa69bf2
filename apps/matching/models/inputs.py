"""What the engine knew of each mandate and raise."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.matching.states import InputKind
from kernel.ids import uuid7


class InputVersion(models.Model):
    """What the engine knew of a mandate or a raise: append-only, one row per distinct content."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=7, choices=InputKind.choices)
    entity_id = models.UUIDField()
    sha256 = models.CharField(max_length=64)
    facts = models.JSONField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "entity_id", "sha256"], name="input_version_once"),
            models.CheckConstraint(name="input_version_kind", condition=Q(kind__in=InputKind.values)),
        ]
