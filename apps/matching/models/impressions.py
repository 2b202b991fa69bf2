"""What was shown to whom: pages of lists, and explanations that were opened."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.matching.models.runs import MatchRun
from apps.matching.states import ImpressionKind, Section, Side
from apps.organisations.models import Organisation
from apps.organisations.states import Standing
from apps.permissions import Kind
from kernel.access import Actor
from kernel.ids import uuid7


class ImpressionQuerySet(models.QuerySet["Impression"]):
    def visible_to(self, actor: Actor) -> models.QuerySet[Impression]:
        """One's own organisation's and, for operators, all."""
        if actor.is_system or (actor.kind == Kind.OPERATOR and actor.standing != Standing.SUSPENDED):
            return self
        if actor.organisation_id is None:
            return self.none()
        return self.filter(organisation_id=actor.organisation_id)


class Impression(models.Model):
    """One page of a list as an organisation was shown it, or one explanation it opened; once a day, however often.

    `counterpart_ids` in the order shown, the first at `first_rank` (1 is the best; 0 of an explanation).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=11, choices=ImpressionKind.choices)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    run = models.ForeignKey(MatchRun, on_delete=models.CASCADE, related_name="+")
    side = models.CharField(max_length=8, choices=Side.choices)
    section = models.CharField(max_length=10, choices=Section.choices, blank=True)
    owner_id = models.UUIDField()
    first_rank = models.PositiveSmallIntegerField()
    counterpart_ids = ArrayField(models.UUIDField())
    shown_on = models.DateField()
    created_at = models.DateTimeField(db_default=Now())

    objects = ImpressionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "run", "owner_id", "kind", "section", "counterpart_ids", "shown_on"],
                name="impression_once_a_day",
            ),
            models.CheckConstraint(name="impression_kind", condition=Q(kind__in=ImpressionKind.values)),
            models.CheckConstraint(name="impression_side", condition=Q(side__in=Side.values)),
        ]
        indexes: ClassVar = [models.Index(fields=["shown_on"], name="impression_day")]
