"""What changed between two generations."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from apps.matching.models.runs import MatchRun
from apps.organisations.states import Standing
from apps.permissions import Kind
from kernel.access import Actor
from kernel.ids import uuid7
from kernel.models import Job


class RunComparisonQuerySet(models.QuerySet["RunComparison"]):
    def visible_to(self, actor: Actor) -> models.QuerySet[RunComparison]:
        """Operators': it tells of everybody's lists."""
        if actor.is_system or (actor.kind == Kind.OPERATOR and actor.standing != Standing.SUSPENDED):
            return self
        return self.none()


class RunComparison(models.Model):
    """The changes from the lists of one run to those of a later one, summed up over all owners by a job.

    `tallies` holds, by side, counts, points by feature and the largest moves; it grows while the job works.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    earlier = models.ForeignKey(MatchRun, on_delete=models.CASCADE, related_name="+")
    later = models.ForeignKey(MatchRun, on_delete=models.CASCADE, related_name="+")
    job = models.OneToOneField(Job, null=True, on_delete=models.PROTECT, related_name="run_comparison")
    tallies = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())

    objects = RunComparisonQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["earlier", "later"], name="run_comparison_once"),
            models.CheckConstraint(name="run_comparison_of_two", condition=~Q(earlier=F("later"))),
        ]
