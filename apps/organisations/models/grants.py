"""Why one organisation may see data of another."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.organisations.models.organisations import Organisation
from kernel.access import Actor
from kernel.ids import uuid7


class DisclosureGrantQuerySet(models.QuerySet["DisclosureGrant"]):
    def visible_to(self, actor: Actor) -> Self:
        """What one's own organisation grants, and what it was granted by others that it sees."""
        if actor.is_system:
            return self
        seen = Organisation.objects.visible_to(actor).values("pk")
        granted = Q(viewer_id=actor.organisation_id, person=None, subject__in=seen)
        return self.filter(granted | Q(subject_id=actor.organisation_id))


class DisclosureGrant(models.Model):
    """Why `viewer` may see data of `subject` at `tier`, and until when; written by the app that causes it.

    With `person` it holds for that member of the viewer alone. `cause` says where it comes from: `grant` the subject's
    own consent, `naming` the subject's name shown to this viewer, else the app's own.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    viewer = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    subject = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    tier = models.PositiveSmallIntegerField()
    cause = models.CharField(max_length=60)
    since = models.DateTimeField(db_default=Now())
    until = models.DateTimeField(null=True)

    objects = DisclosureGrantQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="grant_tier", condition=Q(tier__gte=1, tier__lte=5)),
            models.CheckConstraint(name="grant_to_another", condition=~Q(viewer=models.F("subject"))),
        ]
        indexes: ClassVar = [
            models.Index(fields=["viewer", "subject"], name="grant_pair"),
            models.Index(fields=["subject", "id"], name="grant_subject"),
        ]


class UndertakingAcceptance(models.Model):
    """A signatory bound the organisation to a version of the platform's confidentiality undertaking."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="undertakings")
    undertaking = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64)
    language = models.CharField(max_length=2)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    address = models.GenericIPAddressField(null=True)
    accepted_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "undertaking"], name="undertaking_once"),
        ]
