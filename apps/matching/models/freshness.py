"""What changed since a generation's inputs were recorded: who was touched, and which versions its lists go by now."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.matching.models.inputs import InputVersion
from apps.matching.models.runs import MatchRun
from apps.matching.states import InputKind
from kernel.ids import uuid7


class Touched(models.Model):
    """An organisation of which something that is scored may have changed; one row for each, however often.

    `token` is another one at every touch; the touch is applied while `applied_token` is it and `applied_run` the
    generation that readers see. `since` is the first touch that was not applied when it came.
    """

    organisation_id = models.UUIDField(primary_key=True)
    token = models.UUIDField()
    touched_at = models.DateTimeField()
    since = models.DateTimeField()
    applied_token = models.UUIDField(null=True)
    applied_run = models.ForeignKey(MatchRun, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["touched_at"], name="touched_lately")]


class InputChange(models.Model):
    """A mandate or raise that a generation's lists go by in another version than was recorded at first: append-only.

    The one of the highest revision counts; without a version it is not among those that are matched any more.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    run = models.ForeignKey(MatchRun, on_delete=models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=7, choices=InputKind.choices)
    entity_id = models.UUIDField()
    version = models.ForeignKey(InputVersion, null=True, on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "kind", "entity_id", "revision"], name="input_change_once"),
            models.CheckConstraint(name="input_change_kind", condition=Q(kind__in=InputKind.values)),
        ]
        indexes: ClassVar = [models.Index(fields=["run", "revision"], name="input_change_order")]
