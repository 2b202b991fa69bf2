"""Organisations, identifiers, memberships, API keys and grants of disclosure."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.organisations.states import KINDS, ROLES, Basis, Scheme, Standing
from apps.permissions import Kind
from kernel.access import Actor
from kernel.ids import uuid7


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own organisation; for the verified, every verified one; for the system and for operators that are not
        suspended, all.
        """
        if actor.is_system or (actor.kind == Kind.OPERATOR and actor.standing != Standing.SUSPENDED):
            return self
        own = Q(pk=actor.organisation_id)
        if actor.standing == Standing.VERIFIED:
            return self.filter(own | Q(standing=Standing.VERIFIED))
        return self.filter(own)


class Organisation(models.Model):
    """A legal entity. `standing` is written by compliance; `basis` says whether a case or an import gave it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=10, choices=KINDS)
    legal_name = models.CharField(max_length=200)
    legal_name_uk = models.CharField(max_length=200, blank=True)
    country = models.CharField(max_length=2)
    standing = models.CharField(max_length=10, choices=Standing.choices, default=Standing.REGISTERED)
    basis = models.CharField(max_length=6, choices=Basis.choices, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="organisation_kind", condition=Q(kind__in=[kind for kind, _ in KINDS])),
            models.CheckConstraint(name="organisation_standing", condition=Q(standing__in=Standing.values)),
            models.CheckConstraint(name="organisation_country", condition=Q(country__regex=r"^[A-Z]{2}$")),
            models.CheckConstraint(name="organisation_named", condition=~Q(legal_name="")),
        ]
        indexes: ClassVar = [models.Index(fields=["kind", "id"], name="organisation_by_kind")]


class Identifier(models.Model):
    """An organisation's number in a public register."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="identifiers")
    scheme = models.CharField(max_length=12, choices=Scheme.choices)
    value = models.CharField(max_length=40)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scheme", "value"], name="identifier_once"),
            models.CheckConstraint(name="identifier_scheme", condition=Q(scheme__in=Scheme.values)),
        ]


class Membership(models.Model):
    """A person's roles in an organisation."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    roles = ArrayField(models.CharField(max_length=12, choices=ROLES))
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "user"], name="membership_once"),
            models.CheckConstraint(
                name="membership_roles",
                condition=Q(roles__len__gt=0) & Q(roles__contained_by=[role for role, _ in ROLES]),
            ),
        ]


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def visible_to(self, actor: Actor) -> Self:
        """The keys of one's own organisation."""
        return self if actor.is_system else self.filter(organisation_id=actor.organisation_id)


class ApiKey(models.Model):
    """A secret of one organisation's software. Only its hash is kept; `prefix` finds it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="api_keys")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="api_keys")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, unique=True)
    secret_hash = models.CharField(max_length=64)
    scopes = ArrayField(models.CharField(max_length=60))
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["organisation", "id"], name="api_key_organisation")]


class DisclosureGrant(models.Model):
    """Why `viewer` may see data of `subject` at `tier`, and until when; written by the app that causes it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    viewer = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    subject = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    tier = models.PositiveSmallIntegerField()
    cause = models.CharField(max_length=60)
    since = models.DateTimeField(db_default=Now())
    until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="grant_tier", condition=Q(tier__gte=1, tier__lte=5)),
            models.CheckConstraint(name="grant_to_another", condition=~Q(viewer=models.F("subject"))),
        ]
        indexes: ClassVar = [models.Index(fields=["viewer", "subject"], name="grant_pair")]
