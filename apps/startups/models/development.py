"""The development log: dated events."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.apps import apps
from django.db import models
from django.db.models import BooleanField, Case, Exists, F, Max, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest, Now
from django.db.models.lookups import GreaterThan

from apps.documents.models import DocumentVersion
from apps.documents.states import VersionStatus
from apps.organisations.disclosure import Tier, with_tier
from apps.reference.evidence import EvidenceTier
from apps.startups.models.capabilities import Capability
from apps.startups.states import COUNTING_EVIDENCE, EventKind, EventSource
from kernel.access import Actor
from kernel.ids import uuid7

LATE_AFTER = dt.timedelta(days=90)
"""A quarter: who keeps a log enters what happened since the last quarterly report; older is told from memory."""


class DevelopmentEventQuerySet(models.QuerySet["DevelopmentEvent"]):
    def visible_to(self, actor: Actor) -> models.QuerySet[DevelopmentEvent]:
        """One's own log only: others see the figures derived from it."""
        seen = with_tier(self, actor, subject="capability__firm__organisation")
        return seen.filter(viewer_tier__gte=Tier.T4)

    def with_own_tier(self) -> models.QuerySet[Any]:
        """Each with `own_tier`."""
        return self.annotate(own_tier=own_tier())


def own_tier() -> Greatest:
    """The best of what an event was recorded at and what its evidence gives it now.

    Evidence gives its tier as long as it is neither refused nor withdrawn and the content that was attached is clean
    and can be read.
    """
    content = DocumentVersion.objects.filter(
        document=OuterRef("document"),
        sha256=OuterRef("sha256"),
        status=VersionStatus.CLEAN,
        destroyed_at=None,
        document__withdrawn_at=None,
    )
    evidence: Any = apps.get_model("startups", "EventEvidence")
    given = (
        evidence.objects.filter(Exists(content), event=OuterRef("pk"), status__in=COUNTING_EVIDENCE)
        .order_by()
        .values("event")
        .annotate(best=Max("tier"))
        .values("best")
    )
    return Greatest(F("tier"), Coalesce(Subquery(given), Value(EvidenceTier.E0.value)))


class DevelopmentEvent(models.Model):
    """A dated fact about a capability. Never edited, the database refuses it: a correction is a new event that
    supersedes.

    `tier` is what it was recorded at; `with_own_tier` tells what its evidence makes of it. `is_late` is told from when
    it was recorded.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    capability = models.ForeignKey(Capability, on_delete=models.PROTECT, related_name="development_events")
    kind = models.CharField(max_length=24, choices=EventKind.choices)
    occurred_at = models.DateTimeField()
    answers = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="answered_by")
    supersedes = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="superseded_by")
    tier = models.CharField(max_length=2, choices=EvidenceTier.choices, default=EvidenceTier.E0)
    source = models.CharField(
        max_length=8, choices=EventSource.choices, default=EventSource.API, db_default=EventSource.API
    )
    note = models.CharField(max_length=500, blank=True)
    recorded_at = models.DateTimeField(db_default=Now())
    is_late = models.GeneratedField(
        expression=Case(
            When(GreaterThan(F("recorded_at") - F("occurred_at"), Value(LATE_AFTER)), then=Value(value=True)),
            default=Value(value=False),
        ),
        output_field=BooleanField(),
        db_persist=True,
    )

    objects = DevelopmentEventQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="development_event_kind", condition=Q(kind__in=EventKind.values)),
            models.CheckConstraint(name="development_event_tier", condition=Q(tier__in=EvidenceTier.values)),
            models.CheckConstraint(name="development_event_source", condition=Q(source__in=EventSource.values)),
            models.CheckConstraint(
                name="development_event_not_itself",
                condition=(Q(answers__isnull=True) | ~Q(answers=F("id")))
                & (Q(supersedes__isnull=True) | ~Q(supersedes=F("id"))),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["capability", "occurred_at"], name="development_event_log")]
