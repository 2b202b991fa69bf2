"""The development log: dated events and their attestations."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from apps.organisations.disclosure import Tier, with_tier
from apps.organisations.models import Organisation
from apps.reference.evidence import EvidenceTier
from apps.startups.models.capabilities import Capability
from apps.startups.states import EventKind, Verdict
from kernel.access import Actor
from kernel.ids import uuid7


class DevelopmentEventQuerySet(models.QuerySet["DevelopmentEvent"]):
    def visible_to(self, actor: Actor) -> models.QuerySet[DevelopmentEvent]:
        """One's own log only: others see the figures derived from it."""
        seen = with_tier(self, actor, subject="capability__firm__organisation")
        return seen.filter(viewer_tier__gte=Tier.T4)


class DevelopmentEvent(models.Model):
    """A dated fact about a capability. Never edited: a correction is a new event that supersedes."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    capability = models.ForeignKey(Capability, on_delete=models.PROTECT, related_name="development_events")
    kind = models.CharField(max_length=24, choices=EventKind.choices)
    occurred_at = models.DateTimeField()
    answers = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="answered_by")
    supersedes = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="superseded_by")
    tier = models.CharField(max_length=2, choices=EvidenceTier.choices, default=EvidenceTier.E0)
    note = models.CharField(max_length=500, blank=True)
    recorded_at = models.DateTimeField(db_default=Now())

    objects = DevelopmentEventQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="development_event_kind", condition=Q(kind__in=EventKind.values)),
            models.CheckConstraint(name="development_event_tier", condition=Q(tier__in=EvidenceTier.values)),
            models.CheckConstraint(
                name="development_event_not_itself",
                condition=(Q(answers__isnull=True) | ~Q(answers=F("id")))
                & (Q(supersedes__isnull=True) | ~Q(supersedes=F("id"))),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["capability", "occurred_at"], name="development_event_log")]


class Attestation(models.Model):
    """Another organisation's word on an event."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    event = models.ForeignKey(DevelopmentEvent, on_delete=models.PROTECT, related_name="attestations")
    attestor = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="attestations")
    verdict = models.CharField(max_length=9, choices=Verdict.choices)
    attested_on = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "attestor"], name="attestation_once"),
            models.CheckConstraint(name="attestation_verdict", condition=Q(verdict__in=Verdict.values)),
        ]
