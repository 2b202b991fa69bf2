"""What the workers of a run hand to each other."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from apps.matching.models.runs import MatchRun
from apps.matching.states import PartKind


class RunPart(models.Model):
    """What one chunk of a run made for those after it.

    Of mandates and raises: their ids, versions and organisations, and their columns as bytes. Of the lists of a side:
    the pairs on them, each as eight bytes, the mandate's number before the raise's.
    """

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(MatchRun, on_delete=models.CASCADE, related_name="parts")
    kind = models.CharField(max_length=8, choices=PartKind.choices)
    place = models.PositiveIntegerField()
    entity_ids = ArrayField(models.UUIDField(), default=list)
    version_ids = ArrayField(models.UUIDField(), default=list)
    organisation_ids = ArrayField(models.UUIDField(), default=list)
    content = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "kind", "place"], name="run_part_once"),
            models.CheckConstraint(name="run_part_kind", condition=Q(kind__in=PartKind.values)),
        ]
