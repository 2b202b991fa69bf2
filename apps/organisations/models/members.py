"""Who belongs to an organisation, and who is asked to."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now

from apps.organisations.models.organisations import Organisation
from apps.organisations.states import ROLES
from kernel.access import Actor
from kernel.clock import utc_now
from kernel.ids import uuid7


class Membership(models.Model):
    """A person's roles in an organisation."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    roles = ArrayField(models.CharField(max_length=12, choices=ROLES))
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "user"], name="membership_once"),
            models.CheckConstraint(
                name="membership_roles",
                condition=Q(roles__len__gt=0) & Q(roles__contained_by=[role for role, _ in ROLES]),
            ),
        ]


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, actor: Actor) -> Self:
        """The invitations of one's own organisation."""
        return self if actor.is_system else self.filter(organisation_id=actor.organisation_id)

    def open(self, now: dt.datetime) -> Self:
        """Those that can still be accepted."""
        return self.filter(accepted_at=None, revoked_at=None, expires_at__gt=now)


class Invitation(models.Model):
    """An e-mail address asked to join with these roles. Used once, until `expires_at`.

    Only the token's hash is kept. Until the mail has gone out (`mailed_at`) it is the hash of a token that nobody
    holds.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(max_length=254)
    roles = ArrayField(models.CharField(max_length=12, choices=ROLES))
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="invitation_email_lower_case", condition=Q(email=Lower("email"))),
            models.CheckConstraint(
                name="invitation_roles",
                condition=Q(roles__len__gt=0) & Q(roles__contained_by=[role for role, _ in ROLES]),
            ),
            models.CheckConstraint(
                name="invitation_ended_once", condition=Q(accepted_at__isnull=True) | Q(revoked_at__isnull=True)
            ),
            models.CheckConstraint(
                name="invitation_accepted_by",
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["organisation", "id"], name="invitation_organisation")]

    @property
    def is_open(self) -> bool:
        """Whether it can still be accepted."""
        return self.accepted_at is None and self.revoked_at is None and self.expires_at > utc_now()
