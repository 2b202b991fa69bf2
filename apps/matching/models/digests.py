"""What each mandate and raise is pointed to in a week, so that everybody is shown."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.matching.models.runs import MatchRun
from apps.matching.states import Side
from apps.organisations.models import Organisation
from apps.organisations.states import Standing
from apps.permissions import Kind
from kernel.access import Actor
from kernel.ids import uuid7
from kernel.models import Job


class DigestRoundQuerySet(models.QuerySet["DigestRound"]):
    def visible_to(self, actor: Actor) -> models.QuerySet[DigestRound]:
        """Operators': it tells how the market as a whole is shown."""
        if actor.is_system or (actor.kind == Kind.OPERATOR and actor.standing != Standing.SUSPENDED):
            return self
        return self.none()


class DigestRound(models.Model):
    """The digests of one ISO week, named by its Monday, made of one generation.

    `exposure` holds, by side, the cap and how often counterparts are shown with and without it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    week = models.DateField(unique=True, help_text="the Monday that it begins with")
    run = models.ForeignKey(MatchRun, on_delete=models.PROTECT, related_name="+")
    job = models.OneToOneField(Job, null=True, on_delete=models.PROTECT, related_name="digest_round")
    entries = models.PositiveSmallIntegerField(help_text="most entries of a digest")
    exposure = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())

    objects = DigestRoundQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="digest_round_monday", condition=Q(week__iso_week_day=1)),
            models.CheckConstraint(name="digest_round_entries", condition=Q(entries__gt=0)),
        ]


class DigestListQuerySet(models.QuerySet["DigestList"]):
    def visible_to(self, actor: Actor) -> models.QuerySet[DigestList]:
        """One's own organisation's."""
        if actor.is_system:
            return self
        if actor.organisation_id is None:
            return self.none()
        return self.filter(organisation_id=actor.organisation_id)


class DigestList(models.Model):
    """What one mandate or raise is pointed to in a round, best first; scores are the owner's side's, 0–10 000."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    round = models.ForeignKey(DigestRound, on_delete=models.CASCADE, related_name="lists")
    side = models.CharField(max_length=8, choices=Side.choices)
    owner_id = models.UUIDField()
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    counterpart_ids = ArrayField(models.UUIDField())
    scores = ArrayField(models.SmallIntegerField())

    objects = DigestListQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round", "side", "owner_id"], name="digest_list_once"),
            models.CheckConstraint(name="digest_list_side", condition=Q(side__in=Side.values)),
        ]
        indexes: ClassVar = [models.Index(fields=["organisation", "owner_id", "-id"], name="digest_list_own")]
