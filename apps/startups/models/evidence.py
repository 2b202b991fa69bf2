"""Documents that are to show development events."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, IntegerField, Q, Value
from django.db.models.functions import Now

from apps.documents.conflicts import conflict_of
from apps.documents.models import Document
from apps.organisations.disclosure import Tier
from apps.organisations.states import Standing
from apps.permissions import Kind
from apps.reference.evidence import EvidenceTier
from apps.startups.models.development import DevelopmentEvent
from apps.startups.states import EvidenceStatus
from kernel.access import Actor
from kernel.digests import SHA256
from kernel.ids import uuid7
from kernel.models import status_check

OWNER = "event__capability__firm__organisation_id"


class EventEvidenceQuerySet(models.QuerySet["EventEvidence"]):
    def visible_to(self, actor: Actor) -> models.QuerySet[EventEvidence]:
        """That of one's own events; for operators that are not suspended, of firms that the person has no part in. Each
        with `viewer_tier` and `disclosed_by`, whose event it is.
        """
        rows = self.annotate(viewer_tier=Value(int(Tier.T4), output_field=IntegerField()), disclosed_by=F(OWNER))
        if actor.is_system:
            return rows
        if actor.kind == Kind.OPERATOR and actor.standing != Standing.SUSPENDED:
            return rows.exclude(conflict_of(actor, owner=OWNER))
        if actor.organisation_id is None or actor.preview is not None:
            return rows.none()
        return rows.filter(**{OWNER: actor.organisation_id})


class EventEvidence(models.Model):
    """A document that is to show an event: which template of evidence it follows, and what became of it.

    `sha256` is the content that was attached: a later version of the document changes nothing. `tier` is what it gives
    the event now, as long as that content can be read: the template's for a document, or for a confirmed one.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    event = models.ForeignKey(DevelopmentEvent, on_delete=models.PROTECT, related_name="evidence")
    template = models.CharField(max_length=40)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    number = models.CharField(max_length=100, blank=True)
    issuer = models.CharField(max_length=200, blank=True)
    issued_on = models.DateField(null=True)
    tier = models.CharField(max_length=2, choices=EvidenceTier.choices)
    status = models.CharField(max_length=9, choices=EvidenceStatus.choices, default=EvidenceStatus.STATED)
    version = models.PositiveIntegerField(default=1)
    attached_at = models.DateTimeField(db_default=Now())
    judged_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    judged_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=2000, blank=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = EventEvidenceQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            status_check("event_evidence_status", EvidenceStatus),
            models.CheckConstraint(name="event_evidence_tier", condition=Q(tier__in=EvidenceTier.values)),
            models.CheckConstraint(name="event_evidence_sha256", condition=Q(sha256__regex=SHA256)),
            models.CheckConstraint(
                name="event_evidence_judged",
                condition=~Q(status__in=[EvidenceStatus.CONFIRMED, EvidenceStatus.REFUSED])
                | Q(judged_by__isnull=False, judged_at__isnull=False),
            ),
            models.CheckConstraint(
                name="event_evidence_withdrawn",
                condition=~Q(status=EvidenceStatus.WITHDRAWN) | Q(withdrawn_at__isnull=False),
            ),
            models.UniqueConstraint(
                name="event_evidence_once",
                fields=["event", "document", "sha256"],
                condition=~Q(status=EvidenceStatus.WITHDRAWN),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["status", "id"], name="event_evidence_by_status"),
            models.Index(fields=["document"], name="event_evidence_by_document"),
        ]
