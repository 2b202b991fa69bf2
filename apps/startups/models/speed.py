"""Speed profiles with their monthly history, and what officers are to look at in a firm's log."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import FloatField, Q
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, Now

from apps.documents.conflicts import conflict_of
from apps.organisations.disclosure import Tier, own_rows, with_tier
from apps.organisations.states import Standing
from apps.permissions import Kind, Permission
from apps.startups.models.capabilities import Capability
from apps.startups.models.firms import Firm
from apps.startups.states import CapabilityStatus, FlagVerdict, SpeedFlagKind
from kernel.access import Actor
from kernel.ids import uuid7


def _days_of(figure: str) -> models.GeneratedField:
    """The days of a figure as a column of their own: what others are compared with."""
    days = KeyTextTransform("days", KeyTransform(figure, "figures"))
    return models.GeneratedField(expression=Cast(days, FloatField()), output_field=FloatField(), db_persist=True)


class SpeedProfileQuerySet(models.QuerySet["SpeedProfile"]):
    def visible_to(self, actor: Actor) -> models.QuerySet[SpeedProfile]:
        """All of one's own; those of verified firms and of their published capabilities."""
        seen = with_tier(self, actor, subject="firm__organisation")
        if actor.is_system:
            return seen
        inner = own_rows(actor, subject="firm__organisation") | Q(viewer_tier__gte=Tier.T4)
        return seen.filter(Q(capability=None) | Q(capability__status=CapabilityStatus.PUBLISHED) | inner)


class SpeedProfile(models.Model):
    """The four speed figures of a capability, or with `capability` None of a firm over all that it makes.

    `figures` holds by name `{days, low, high, sigma, n_closed, n_open, weight, tier, basis}` and lacks what rests on
    nothing. `area` is the code whose priors were taken: a firm's is that of its lead. `log_sha256` is over the
    events, area and files that the figures are made of; the history reaches up to the month that ended on `history_to`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="speed_profiles")
    capability = models.OneToOneField(Capability, null=True, on_delete=models.CASCADE, related_name="speed")
    area = models.CharField(max_length=60)
    as_of = models.DateField()
    computed_at = models.DateTimeField()
    figures = models.JSONField(default=dict)
    model = models.CharField(max_length=60)
    model_sha256 = models.CharField(max_length=64)
    taxonomy = models.CharField(max_length=60)
    taxonomy_sha256 = models.CharField(max_length=64)
    log_sha256 = models.CharField(max_length=64)
    history_to = models.DateField()
    adaptation_days = _days_of("adaptation")
    cadence_days = _days_of("cadence")
    feedback_days = _days_of("feedback")
    delivery_days = _days_of("delivery")

    objects = SpeedProfileQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["firm"], condition=Q(capability__isnull=True), name="speed_profile_of_firm_once"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["area"], name="speed_profile_area", opclasses=["varchar_pattern_ops"])
        ]


class SpeedPoint(models.Model):
    """The figures of a profile as they stood at the end of a month, by what is known now."""

    id = models.BigAutoField(primary_key=True)
    profile = models.ForeignKey(SpeedProfile, on_delete=models.CASCADE, related_name="points")
    month_end = models.DateField()
    figures = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["profile", "month_end"], name="speed_point_once"),
        ]


class SpeedFlagQuerySet(models.QuerySet["SpeedFlag"]):
    def visible_to(self, actor: Actor) -> Self:
        """For the compliance of an operator that is not suspended, those of firms that the person has no part in; for
        firms, none.
        """
        if actor.is_system:
            return self
        if actor.kind != Kind.OPERATOR or actor.standing == Standing.SUSPENDED:
            return self.none()
        if not actor.may(Permission.SPEED_FLAG_READ):
            return self.none()
        return self.exclude(conflict_of(actor, owner="firm__organisation_id"))


class SpeedFlag(models.Model):
    """A pattern in a firm's log that honest work seldom leaves; it goes when the events that make it change.

    `sha256` is over kind and events: judged once, the same pattern stays judged. `details` holds the numbers of why.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="speed_flags")
    capability = models.ForeignKey(Capability, null=True, on_delete=models.CASCADE, related_name="speed_flags")
    kind = models.CharField(max_length=13, choices=SpeedFlagKind.choices)
    events = ArrayField(models.UUIDField())
    details = models.JSONField(default=dict)
    sha256 = models.CharField(max_length=64)
    found_at = models.DateTimeField(db_default=Now())
    verdict = models.CharField(max_length=9, choices=FlagVerdict.choices, blank=True)
    reason = models.CharField(max_length=2000, blank=True)
    judged_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    judged_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = SpeedFlagQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["firm", "sha256"], name="speed_flag_once"),
            models.CheckConstraint(name="speed_flag_kind", condition=Q(kind__in=SpeedFlagKind.values)),
            models.CheckConstraint(
                name="speed_flag_verdict", condition=Q(verdict="") | Q(verdict__in=FlagVerdict.values)
            ),
            models.CheckConstraint(
                name="speed_flag_judged", condition=Q(verdict="", judged_at=None) | ~Q(verdict="") & ~Q(reason="")
            ),
        ]
