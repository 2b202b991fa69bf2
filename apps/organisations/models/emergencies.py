"""The operator's way to an organisation's data when it must: two people, a reason, four hours."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from apps.organisations.models.organisations import Organisation
from kernel.access import Actor
from kernel.ids import uuid7


class BreakGlassQuerySet(models.QuerySet["BreakGlass"]):
    def visible_to(self, actor: Actor) -> Self:
        """Those of one's own organisation: as operator the ones it asked for, else the ones that concern it."""
        if actor.is_system:
            return self
        return self.filter(Q(operator_id=actor.organisation_id) | Q(subject_id=actor.organisation_id))


class BreakGlass(models.Model):
    """One person of the operator asks, another approves; then the first sees the subject's data until `until`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    operator = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    subject = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    tier = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=500)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(db_default=Now())
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = BreakGlassQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="break_glass_tier", condition=Q(tier__gte=2, tier__lte=4)),
            models.CheckConstraint(name="break_glass_reason", condition=~Q(reason="")),
            models.CheckConstraint(name="break_glass_of_another", condition=~Q(operator=F("subject"))),
            models.CheckConstraint(
                name="break_glass_two_people",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("requested_by")),
            ),
            models.CheckConstraint(
                name="break_glass_approved",
                condition=Q(approved_by__isnull=True, approved_at__isnull=True, until__isnull=True)
                | Q(approved_by__isnull=False, approved_at__isnull=False, until__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["operator", "id"], name="break_glass_operator"),
            models.Index(fields=["subject", "id"], name="break_glass_subject"),
        ]
