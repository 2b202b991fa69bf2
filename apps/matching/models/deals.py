"""The funds' decision log."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from apps.investors.models import Fund
from apps.matching.states import DealOutcome
from apps.reference.evidence import EvidenceTier
from apps.startups.models import Firm
from kernel.ids import uuid7


class Deal(models.Model):
    """A line of a fund's decision log: how an introduction ended. `date` is the outcome's."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    fund = models.ForeignKey(Fund, on_delete=models.CASCADE, related_name="deals")
    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="deals")
    introduced_on = models.DateField(null=True)
    date = models.DateField()
    amount = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, blank=True)
    stage = models.CharField(max_length=40, blank=True)
    outcome = models.CharField(max_length=10, choices=DealOutcome.choices)
    reason = models.CharField(max_length=40, blank=True)
    tier = models.CharField(max_length=2, choices=EvidenceTier.choices, default=EvidenceTier.E0)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="deal_outcome", condition=Q(outcome__in=DealOutcome.values)),
            models.CheckConstraint(name="deal_tier", condition=Q(tier__in=EvidenceTier.values)),
            models.CheckConstraint(
                name="deal_dates", condition=Q(introduced_on__isnull=True) | Q(date__gte=F("introduced_on"))
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["fund", "date"], name="deal_log")]
