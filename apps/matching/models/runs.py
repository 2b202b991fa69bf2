"""Match runs: published, a run is the generation that readers see."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.matching.states import RunStatus
from apps.organisations.states import Standing
from apps.permissions import Kind
from kernel.access import Actor
from kernel.ids import uuid7
from kernel.models import Job


class MatchRunQuerySet(models.QuerySet["MatchRun"]):
    def visible_to(self, actor: Actor) -> models.QuerySet[MatchRun]:
        """Operators see every run, firms and funds the published ones."""
        if actor.is_system or (actor.kind == Kind.OPERATOR and actor.standing != Standing.SUSPENDED):
            return self
        return self.filter(status=RunStatus.PUBLISHED, is_shadow=False)


class MatchRun(models.Model):
    """One scoring of all mandates against all raises. Published, it is a generation: what readers see until the next
    one.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    job = models.OneToOneField(Job, null=True, on_delete=models.PROTECT, related_name="match_run")
    status = models.CharField(max_length=10, choices=RunStatus.choices, default=RunStatus.QUEUED)
    is_current = models.BooleanField(default=False)
    as_of = models.DateField()
    model_id = models.CharField(max_length=40)
    model_sha256 = models.CharField(max_length=64)
    areas_id = models.CharField(max_length=40)
    areas_sha256 = models.CharField(max_length=64)
    extra_areas = models.JSONField(default=list, help_text="[code, parent] of areas outside the reference file")
    reference_id = models.CharField(max_length=40)
    reference_sha256 = models.CharField(max_length=64)
    mandate_versions = ArrayField(models.UUIDField(), default=list)
    raise_versions = ArrayField(models.UUIDField(), default=list)
    counts = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True)
    started_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(
        default=0, db_default=0, help_text="how often changes were brought into the lists since they were made"
    )
    refreshed_at = models.DateTimeField(null=True)
    shadow_of = models.ForeignKey(
        "self", null=True, on_delete=models.CASCADE, related_name="shadows", help_text="whose inputs it scored anew"
    )
    is_shadow = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(db_default=Now())

    objects = MatchRunQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="run_status", condition=Q(status__in=RunStatus.values)),
            models.UniqueConstraint(fields=["is_current"], name="run_one_current", condition=Q(is_current=True)),
            models.CheckConstraint(
                name="run_current_is_published", condition=Q(is_current=False) | Q(status=RunStatus.PUBLISHED)
            ),
            models.CheckConstraint(
                name="run_shadow_unseen",
                condition=Q(is_shadow=False, shadow_of=None) | Q(is_shadow=True, is_current=False),
            ),
        ]
