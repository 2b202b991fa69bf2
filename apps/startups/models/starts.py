"""What a firm has filled in of its first capability and raise, before it publishes them."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.reference.instruments import Instrument
from apps.reference.models import CapabilityArea
from apps.startups.models.firms import Firm
from apps.startups.states import Maturity
from kernel.access import Actor
from kernel.ids import uuid7


class StartDraftQuerySet(models.QuerySet["StartDraft"]):
    def visible_to(self, actor: Actor) -> models.QuerySet[StartDraft]:
        """That of one's own firm."""
        return self if actor.is_system else self.filter(Q(firm__organisation_id=actor.organisation_id))


class StartDraft(models.Model):
    """Eight fields of a start, each of them null while it is not filled in."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    firm = models.OneToOneField(Firm, on_delete=models.CASCADE, related_name="start")
    area = models.ForeignKey(CapabilityArea, null=True, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200, null=True)
    maturity = models.CharField(max_length=10, choices=Maturity.choices, null=True)
    trl = models.PositiveSmallIntegerField(null=True)
    staff = models.PositiveIntegerField(null=True)
    amount = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, null=True)
    instruments = ArrayField(models.CharField(max_length=12, choices=Instrument.choices), null=True)
    stage = models.CharField(max_length=40, null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())

    objects = StartDraftQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="start_maturity", condition=Q(maturity__isnull=True) | Q(maturity__in=Maturity.values)
            ),
            models.CheckConstraint(name="start_trl", condition=Q(trl__isnull=True) | Q(trl__gte=1, trl__lte=9)),
            models.CheckConstraint(
                name="start_amount",
                condition=Q(amount__isnull=True, currency__isnull=True) | Q(amount__gt=0, currency__isnull=False),
            ),
        ]
