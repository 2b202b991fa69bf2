"""What the terms of mandates were."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from apps.investors.models.mandates import Mandate
from apps.organisations.disclosure import Tier, with_tier
from kernel.access import Actor
from kernel.ids import uuid7


class MandateVersionQuerySet(models.QuerySet["MandateVersion"]):
    def visible_to(self, actor: Actor) -> models.QuerySet[MandateVersion]:
        """Those of one's own mandates only."""
        return with_tier(self, actor, subject="mandate__fund__organisation").filter(viewer_tier__gte=Tier.T4)


class MandateVersion(models.Model):
    """A mandate's terms after a change, and the change. Never edited: a change is a new row.

    `terms` holds every field by name, decimals as texts; `changes` is a list of `{field, from, to}`. `number` is the
    mandate's version. `actor` is named as in the audit trail, by kind and id.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    terms = models.JSONField()
    changes = models.JSONField(default=list)
    actor = models.CharField(max_length=60)
    at = models.DateTimeField(db_default=Now())

    objects = MandateVersionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="mandate_version_once", fields=["mandate", "number"]),
        ]
