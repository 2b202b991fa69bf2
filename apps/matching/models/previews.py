"""Terms tried out without saving them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.matching.models.runs import MatchRun
from apps.matching.states import PreviewPurpose, Side
from apps.organisations.models import Organisation
from kernel.access import Actor
from kernel.ids import uuid7
from kernel.models import Job


class MatchPreviewQuerySet(models.QuerySet["MatchPreview"]):
    def visible_to(self, actor: Actor) -> models.QuerySet[MatchPreview]:
        """One's own organisation's."""
        if actor.is_system:
            return self
        if actor.organisation_id is None:
            return self.none()
        return self.filter(organisation_id=actor.organisation_id)


class MatchPreview(models.Model):
    """What some terms would be matched with in a generation, and what single changes of them would do.

    `owner_id` is the mandate or raise that is tried out, None for a draft without one. `asked` holds the engine's facts
    of the terms and of each change, `result` what came of them, None until then. `probes` counts the trials among them
    that could bound what others keep to themselves. `owner_version` is the version of the owner's row.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=7, choices=PreviewPurpose.choices)
    side = models.CharField(max_length=8, choices=Side.choices)
    owner_id = models.UUIDField(null=True)
    owner_version = models.CharField(max_length=64, blank=True)
    run = models.ForeignKey(MatchRun, on_delete=models.CASCADE, related_name="+")
    job = models.OneToOneField(Job, null=True, on_delete=models.PROTECT, related_name="match_preview")
    asked = models.JSONField()
    probes = models.PositiveSmallIntegerField(default=0)
    result = models.JSONField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = MatchPreviewQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="preview_purpose", condition=Q(purpose__in=PreviewPurpose.values)),
            models.CheckConstraint(name="preview_side", condition=Q(side__in=Side.values)),
            models.UniqueConstraint(
                fields=["owner_id", "run", "owner_version"],
                name="unlocks_once",
                condition=Q(purpose="unlocks"),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "created_at"], name="preview_recent"),
            models.Index(fields=["created_at"], name="preview_age"),
        ]
