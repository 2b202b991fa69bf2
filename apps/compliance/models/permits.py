"""Permits that authorities gave: for which items, to whom, from when to when."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from apps.compliance.states import PermitKind, PermitStatus
from apps.documents.models import Document
from apps.organisations.models import Organisation
from apps.organisations.states import Standing
from apps.permissions import Kind
from kernel.access import Actor
from kernel.ids import uuid7
from kernel.models import status_check


class PermitQuerySet(models.QuerySet["Permit"]):
    def visible_to(self, actor: Actor) -> Self:
        """Those of one's own organisation; for the system and for operators that are not suspended, all."""
        if actor.is_system or (actor.kind == Kind.OPERATOR and actor.standing != Standing.SUSPENDED):
            return self
        return self.filter(organisation_id=actor.organisation_id)


class Permit(models.Model):
    """What an authority allowed `organisation`, its holder. Only what the operator confirmed covers anything.

    It covers an item by its export class, or by naming the capability or document; a recipient who is named, where any
    are, and whose country is named, where any are. Both its days are inside it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="permits")
    kind = models.CharField(max_length=19, choices=PermitKind.choices)
    issuer = models.CharField(max_length=200)
    issuer_country = models.CharField(max_length=2)
    number = models.CharField(max_length=100)
    export_codes = ArrayField(models.CharField(max_length=20), default=list)
    capability_ids = ArrayField(models.UUIDField(), default=list)
    document_ids = ArrayField(models.UUIDField(), default=list)
    recipient_ids = ArrayField(models.UUIDField(), default=list)
    recipient_countries = ArrayField(models.CharField(max_length=2), default=list)
    valid_from = models.DateField()
    valid_to = models.DateField()
    evidence = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=9, choices=PermitStatus.choices, default=PermitStatus.RECORDED)
    version = models.PositiveIntegerField(default=1)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=2000, blank=True)
    revoked_at = models.DateTimeField(null=True)

    objects = PermitQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="permit_kind", condition=Q(kind__in=PermitKind.values)),
            status_check("permit_status", PermitStatus),
            models.CheckConstraint(name="permit_dates", condition=Q(valid_to__gte=F("valid_from"))),
            models.CheckConstraint(
                name="permit_has_items",
                condition=Q(export_codes__len__gt=0) | Q(capability_ids__len__gt=0) | Q(document_ids__len__gt=0),
            ),
            models.CheckConstraint(
                name="permit_has_recipients",
                condition=Q(recipient_ids__len__gt=0) | Q(recipient_countries__len__gt=0),
            ),
            models.CheckConstraint(
                name="permit_two_people", condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("recorded_by"))
            ),
            models.UniqueConstraint(
                name="permit_once",
                fields=["organisation", "kind", "issuer_country", "number"],
                condition=Q(status__in=[PermitStatus.RECORDED, PermitStatus.CONFIRMED]),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "kind", "status"], name="permit_by_holder"),
            models.Index(fields=["status", "id"], name="permit_by_status"),
        ]
