"""Registrations as they came in, and what about them an operator has to look at."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Now

from apps.organisations.models.members import Membership
from apps.organisations.models.organisations import Organisation
from apps.organisations.states import KINDS, ClashCause, ClashStatus, RegistrationStatus
from apps.permissions import Kind
from kernel.access import Actor
from kernel.ids import uuid7


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def visible_to(self, actor: Actor) -> Self:
        """What the person has sent in; a key acts for an organisation and has none."""
        if actor.is_system:
            return self
        return self.filter(applicant_id=actor.user_id) if actor.api_key_id is None else self.none()

    def with_successor(self) -> Self:
        """Each with `successor_id`: the organisation that the one made of it was merged into, where the applicant
        belongs to that.
        """
        joined = Membership.objects.filter(
            organisation=OuterRef("organisation__merged_into"), user=OuterRef("applicant")
        )
        return self.annotate(successor_id=Subquery(joined.values("organisation_id")))


class Registration(models.Model):
    """What a person stated to register an organisation. `identifiers` is a list of `[scheme, number]`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=KINDS)
    legal_name = models.CharField(max_length=200)
    legal_name_uk = models.CharField(max_length=200, blank=True)
    country = models.CharField(max_length=2)
    identifiers = models.JSONField(default=list)
    status = models.CharField(max_length=10, choices=RegistrationStatus.choices, default=RegistrationStatus.IN_REVIEW)
    organisation = models.OneToOneField(Organisation, null=True, on_delete=models.PROTECT, related_name="registration")
    created_at = models.DateTimeField(db_default=Now())

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="registration_status", condition=Q(status__in=RegistrationStatus.values)),
            models.CheckConstraint(
                name="registration_registered",
                condition=~Q(status="registered") | Q(organisation__isnull=False),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["applicant", "id"], name="registration_applicant")]


class RegistrationClashQuerySet(models.QuerySet["RegistrationClash"]):
    def visible_to(self, actor: Actor) -> Self:
        """Operators see the queue."""
        if actor.is_system or (actor.kind == Kind.OPERATOR and actor.standing != "suspended"):
            return self
        return self.none()


class RegistrationClash(models.Model):
    """A registration that shares a number with `organisation`, or has a name like its: `similarity` from 0 to 1."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="clashes")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    cause = models.CharField(max_length=10, choices=ClashCause.choices)
    similarity = models.DecimalField(max_digits=4, decimal_places=3, null=True)
    status = models.CharField(max_length=10, choices=ClashStatus.choices, default=ClashStatus.OPEN)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    objects = RegistrationClashQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["registration", "organisation", "cause"], name="clash_once"),
            models.CheckConstraint(name="clash_status", condition=Q(status__in=ClashStatus.values)),
            models.CheckConstraint(name="clash_cause", condition=Q(cause__in=ClashCause.values)),
        ]
        indexes: ClassVar = [models.Index(fields=["status", "id"], name="clash_by_status")]
