"""Where firms' own trackers send events: endpoints, which project is which capability, what was received."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.startups.models.capabilities import Capability
from apps.startups.models.development import DevelopmentEvent
from apps.startups.models.firms import Firm
from kernel.access import Actor
from kernel.ids import uuid7


class TrackerEndpointQuerySet(models.QuerySet["TrackerEndpoint"]):
    def visible_to(self, actor: Actor) -> Self:
        """Those of one's own firm."""
        if actor.is_system:
            return self
        if actor.organisation_id is None or actor.preview is not None:
            return self.none()
        return self.filter(firm__organisation_id=actor.organisation_id)


class TrackerEndpoint(models.Model):
    """An address to which a firm's tracker posts; `sealed_secret` signs what it posts and is kept encrypted."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="trackers")
    name = models.CharField(max_length=80)
    sealed_secret = models.TextField()
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())
    rotated_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    disabled_at = models.DateTimeField(null=True)

    objects = TrackerEndpointQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(name="tracker_endpoint_named", condition=~Q(name=""))]


class TrackerProject(models.Model):
    """Which capability the tracker means by a key of its own."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    endpoint = models.ForeignKey(TrackerEndpoint, on_delete=models.CASCADE, related_name="projects")
    key = models.CharField(max_length=100)
    capability = models.ForeignKey(Capability, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["endpoint", "key"], name="tracker_project_once")]


class TrackerDelivery(models.Model):
    """A message that was taken: its id and body are known again, and get the same answer."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    endpoint = models.ForeignKey(TrackerEndpoint, on_delete=models.CASCADE, related_name="received")
    webhook_id = models.CharField(max_length=200)
    body_sha256 = models.CharField(max_length=64)
    answer = models.JSONField()
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["endpoint", "webhook_id"], name="tracker_delivery_once")
        ]


class TrackerReference(models.Model):
    """What the tracker calls an event; `digest` is of all that it said of it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    endpoint = models.ForeignKey(TrackerEndpoint, on_delete=models.CASCADE, related_name="references")
    reference = models.CharField(max_length=200)
    event = models.OneToOneField(DevelopmentEvent, on_delete=models.PROTECT, related_name="tracked")
    digest = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["endpoint", "reference"], name="tracker_reference_once")
        ]
