"""The kernel's tables: facts and their deliveries, the job ledger, periodic slots."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Now

from kernel.access import Actor
from kernel.api.answers import IdempotentAnswer
from kernel.ids import uuid7
from kernel.job_states import ChunkStatus, JobStatus

if TYPE_CHECKING:
    from uuid import UUID

__all__ = ["Chunk", "Delivery", "Event", "IdempotentAnswer", "Job", "Slot"]


def status_check(name: str, statuses: type[models.TextChoices], field: str = "status") -> models.CheckConstraint:
    """The database's own check that a status column holds a status of its enum."""
    return models.CheckConstraint(name=name, condition=Q(**{f"{field}__in": statuses.values}))


class Event(models.Model):
    """One fact. Append-only: the database refuses UPDATE, DELETE and TRUNCATE.

    `organisation_id` is whose fact it is. A fact about several organisations at once has none and lists their ids as
    `subjects` in `data`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=100)
    at = models.DateTimeField(db_default=Now())
    actor = models.CharField(max_length=60)
    actor_organisation_id = models.UUIDField(null=True)
    organisation_id = models.UUIDField(null=True)
    object_type = models.CharField(max_length=60)
    object_id = models.UUIDField()
    request_id = models.CharField(max_length=64, blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["object_type", "object_id", "id"], name="event_object"),
            models.Index(fields=["organisation_id", "id"], name="event_organisation"),
            models.Index(fields=["actor_organisation_id", "id"], name="event_actor_organisation"),
            GinIndex(
                OpClass(KeyTransform("subjects", "data"), name="jsonb_path_ops"),
                name="event_subjects",
                fastupdate=False,
                condition=Q(organisation_id__isnull=True, data__has_key="subjects"),
            ),
            models.Index(fields=["name", "id"], name="event_name"),
        ]


class Delivery(models.Model):
    """An Event owed to one subscriber."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="deliveries")
    subscriber = models.CharField(max_length=150)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(db_default=Now())
    delivered_at = models.DateTimeField(null=True)
    parked_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["event", "subscriber"], name="delivery_once")]
        indexes: ClassVar = [
            models.Index(
                fields=["next_at"], name="delivery_due", condition=Q(delivered_at__isnull=True, parked_at__isnull=True)
            )
        ]


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, actor: Actor) -> Self:
        """The jobs of the actor's organisation; every job for the system."""
        if actor.is_system:
            return self
        if actor.organisation_id is None:
            return self.none()
        return self.filter(organisation_id=actor.organisation_id)


class Job(models.Model):
    """A piece of long work: its kind, its chunks' totals, its end."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=60)
    payload_version = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=12, choices=JobStatus.choices, default=JobStatus.QUEUED)
    stage = models.PositiveSmallIntegerField(default=0)
    payload = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    reasons = models.JSONField(default=list)
    organisation_id = models.UUIDField(null=True)
    actor = models.CharField(max_length=60)
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    cancel_requested_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [status_check("job_status", JobStatus)]
        indexes: ClassVar = [
            models.Index(fields=["organisation_id", "id"], name="job_organisation"),
            models.Index(fields=["status"], name="job_live", condition=Q(ended_at__isnull=True)),
        ]


class Chunk(models.Model):
    """A part of a job that one worker does under a lease; `token` fences off whoever lost it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="chunks")
    stage = models.PositiveSmallIntegerField()
    position = models.PositiveIntegerField()
    status = models.CharField(max_length=12, choices=ChunkStatus.choices, default=ChunkStatus.QUEUED)
    claims = models.PositiveSmallIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    token = models.PositiveBigIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    nudged_at = models.DateTimeField(db_default=Now())
    payload = models.JSONField(default=dict)
    weight = models.PositiveIntegerField(default=1)
    error = models.CharField(max_length=500, blank=True)

    job_id: UUID

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["job", "stage", "position"], name="chunk_place"),
            status_check("chunk_status", ChunkStatus),
        ]
        indexes: ClassVar = [
            models.Index(fields=["nudged_at"], name="chunk_live", condition=Q(status__in=["queued", "running"]))
        ]


class Slot(models.Model):
    """One turn of periodic work: whoever inserts it does the turn."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["name", "at"], name="slot_once")]
