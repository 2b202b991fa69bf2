"""What is held of the capacity of mandates."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.investors.models.mandates import Mandate
from apps.investors.states import HoldStatus
from kernel.ids import uuid7


class CapacityHoldQuerySet(models.QuerySet["CapacityHold"]):
    def in_force(self, at: dt.datetime | Now) -> models.QuerySet[CapacityHold]:
        """What takes capacity at a moment: all that is used up, and what is reserved and has not expired by then."""
        lasting = Q(expires_at__isnull=True) | Q(expires_at__gt=at)
        return self.filter(Q(status=HoldStatus.CONSUMED) | Q(status=HoldStatus.RESERVED) & lasting)

    def expired(self, at: dt.datetime | Now) -> models.QuerySet[CapacityHold]:
        """What is still marked as reserved at a moment, although its time is over."""
        return self.filter(status=HoldStatus.RESERVED, expires_at__lte=at)


class CapacityHold(models.Model):
    """Part of a mandate's capacity that a cause reserves or has used up. Amount in major units of `currency`.

    A cause holds once: `cause` is what it is (`dealrooms.termsheet`), `cause_id` which one. An empty `expires_at` is no
    end.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="holds")
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    currency = models.CharField(max_length=3)
    cause = models.CharField(max_length=60)
    cause_id = models.UUIDField()
    status = models.CharField(max_length=8, choices=HoldStatus.choices, default=HoldStatus.RESERVED)
    expires_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = CapacityHoldQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="capacity_hold_status", condition=Q(status__in=HoldStatus.values)),
            models.CheckConstraint(name="capacity_hold_amount", condition=Q(amount__gt=0)),
            models.UniqueConstraint(name="capacity_hold_once", fields=["mandate", "cause", "cause_id"]),
        ]
        indexes: ClassVar = [
            models.Index(fields=["expires_at"], name="capacity_hold_expiry", condition=Q(status=HoldStatus.RESERVED)),
        ]
