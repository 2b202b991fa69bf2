"""Legal entities and their numbers in public registers."""

from __future__ import annotations

from typing import ClassVar, Self

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.organisations.states import KINDS, Basis, Scheme, Standing
from apps.permissions import Kind
from kernel.access import Actor
from kernel.ids import uuid7

NOT_SHOWN = ~Q(standing=Standing.VERIFIED) | Q(dark_since__isnull=False) | Q(merged_into__isnull=False)
"""Those whose rows nobody else sees: few, and what searches take out."""


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own organisation; for the verified, every verified one that has not gone dark; for the system and for
        operators that are not suspended, all.
        """
        if actor.is_system or (actor.kind == Kind.OPERATOR and actor.standing != Standing.SUSPENDED):
            return self
        own = Q(pk=actor.organisation_id)
        if actor.standing == Standing.VERIFIED and actor.preview is None:
            return self.filter(own | Q(standing=Standing.VERIFIED, dark_since=None, merged_into=None))
        return self.filter(own)


class Organisation(models.Model):
    """A legal entity. `standing` is written by compliance; `basis` says whether a case or an import gave it.

    While `dark_since` is set nobody outside sees it. `merged_into` is where the members and records of a doublet went.
    `name_key` is the name as it is compared with others (`rules.name_key`).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=10, choices=KINDS)
    legal_name = models.CharField(max_length=200)
    legal_name_uk = models.CharField(max_length=200, blank=True)
    name_key = models.CharField(max_length=400, blank=True, db_default="")
    country = models.CharField(max_length=2)
    standing = models.CharField(max_length=10, choices=Standing.choices, default=Standing.REGISTERED)
    basis = models.CharField(max_length=6, choices=Basis.choices, blank=True)
    dark_since = models.DateTimeField(null=True)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged_from")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="organisation_kind", condition=Q(kind__in=[kind for kind, _ in KINDS])),
            models.CheckConstraint(name="organisation_standing", condition=Q(standing__in=Standing.values)),
            models.CheckConstraint(name="organisation_country", condition=Q(country__regex=r"^[A-Z]{2}$")),
            models.CheckConstraint(name="organisation_named", condition=~Q(legal_name="")),
            models.CheckConstraint(
                name="organisation_not_into_itself",
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=models.F("id")),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["kind", "id"], name="organisation_by_kind"),
            models.Index(fields=["id"], name="organisation_not_shown", condition=NOT_SHOWN),
            GinIndex(fields=["name_key"], name="organisation_name_key", opclasses=["gin_trgm_ops"]),
        ]


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
