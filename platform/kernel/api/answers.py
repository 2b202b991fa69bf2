"""Stored answers of requests that carried an Idempotency-Key: the table only, see `kernel.api.idempotency`."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from kernel.ids import uuid7


class IdempotentAnswer(models.Model):
    """One answer, kept for a day. `scope` hashes caller, operation and key; `body` is encrypted under the key."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    scope = models.BinaryField(max_length=32)
    fingerprint = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        app_label = "kernel"
        constraints: ClassVar = [models.UniqueConstraint(fields=["scope"], name="idempotent_answer_once")]
        indexes: ClassVar = [models.Index(fields=["created_at"], name="idempotent_answer_age")]
