"""What became of pairs that were shown: what models learn from and are judged by."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.investors.models import Fund
from apps.matching.states import OutcomeKind, Side
from apps.startups.models import Firm
from kernel.access import Actor
from kernel.ids import uuid7


class OutcomeQuerySet(models.QuerySet["Outcome"]):
    def visible_to(self, actor: Actor) -> models.QuerySet[Outcome]:
        """What one's own side of a pair did; operators read none but in figures."""
        if actor.is_system:
            return self
        organisation = actor.organisation_id
        return self.filter(
            Q(side=Side.INVESTOR, fund__organisation_id=organisation)
            | Q(side=Side.STARTUP, firm__organisation_id=organisation)
        )


class Outcome(models.Model):
    """A step of one side with a pair: interest, pass with its reason, silence, terms, cash. One row for each fact."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    event_id = models.UUIDField(unique=True)
    kind = models.CharField(max_length=8, choices=OutcomeKind.choices)
    side = models.CharField(max_length=8, choices=Side.choices, help_text="who did it")
    reason = models.CharField(max_length=40, blank=True)
    mandate_id = models.UUIDField()
    raise_id = models.UUIDField()
    fund = models.ForeignKey(Fund, on_delete=models.CASCADE, related_name="+")
    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="+")
    on = models.DateField()
    created_at = models.DateTimeField(db_default=Now())

    objects = OutcomeQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="outcome_kind", condition=Q(kind__in=OutcomeKind.values)),
            models.CheckConstraint(name="outcome_side", condition=Q(side__in=Side.values)),
        ]
        indexes: ClassVar = [models.Index(fields=["on"], name="outcome_day")]
