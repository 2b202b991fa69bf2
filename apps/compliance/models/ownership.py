"""Parties, the statements of who holds what in whom, and the roles of parties in a firm's group."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now

from apps.compliance.models.cases import VerificationCase
from apps.compliance.states import CaseStatus, Directness, EntityType, GroupRole, InterestType, PartyKind, UnknownReason
from apps.organisations.models import Organisation
from kernel.access import Actor
from kernel.ids import uuid7

ALPHA_2 = r"^([A-Z]{2})?$"
BIRTH_DATE = r"^([0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?)?$"


class Party(models.Model):
    """A person, an entity, or an owner declared to be unknown.

    The party of a registered organisation bears its id and nothing else: name, country and numbers are the
    organisation's. All others are `stated_by` an organisation and known to it alone: two firms that name the same
    person name two parties.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.OneToOneField(Organisation, null=True, on_delete=models.PROTECT, related_name="party")
    kind = models.CharField(max_length=7, choices=PartyKind.choices)
    entity_type = models.CharField(max_length=20, choices=EntityType.choices, blank=True)
    legal_name = models.CharField(max_length=200, blank=True)
    native_name = models.CharField(max_length=200, blank=True)
    country = models.CharField(max_length=2, blank=True)
    nationalities = ArrayField(models.CharField(max_length=2), default=list)
    birth_date = models.CharField(max_length=10, blank=True)
    registered_on = models.DateField(null=True)
    identifiers = models.JSONField(default=list)
    unknown_reason = models.CharField(max_length=60, choices=UnknownReason.choices, blank=True)
    stated_by = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="stated_parties")
    stated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="party_kind", condition=Q(kind__in=PartyKind.values)),
            models.CheckConstraint(name="party_entity_type", condition=Q(entity_type__in=["", *EntityType.values])),
            models.CheckConstraint(
                name="party_of_organisation",
                condition=Q(organisation=None) | Q(organisation=F("id"), kind=PartyKind.ENTITY, legal_name=""),
            ),
            models.CheckConstraint(
                name="party_named",
                condition=Q(organisation__isnull=False) | Q(kind=PartyKind.UNKNOWN) | ~Q(legal_name=""),
            ),
            models.CheckConstraint(
                name="party_unknown_reason",
                condition=Q(unknown_reason="") | Q(kind=PartyKind.UNKNOWN, unknown_reason__in=UnknownReason.values),
            ),
            models.CheckConstraint(name="party_country", condition=Q(country__regex=ALPHA_2)),
            models.CheckConstraint(name="party_birth_date", condition=Q(birth_date__regex=BIRTH_DATE)),
        ]


class OwnershipStatementQuerySet(models.QuerySet["OwnershipStatement"]):
    def visible_to(self, actor: Actor) -> Self:
        """What one's own organisation stated or what is said of it; for the system, all."""
        if actor.is_system:
            return self
        return self.filter(Q(stated_by_id=actor.organisation_id) | Q(owned_id=actor.organisation_id))

    def standing(self) -> Self:
        """Without what a later statement replaced and what was withdrawn."""
        later = OwnershipStatement.objects.filter(supersedes=OuterRef("pk"))
        return self.filter(~Exists(later), is_withdrawn=False)

    def vetted(self) -> Self:
        """What an operator's import brought, and what its organisation had stated when the officer decided on the case
        that its standing rests on.
        """
        case = VerificationCase.objects.filter(
            organisation=OuterRef("stated_by"),
            is_standing=True,
            status=CaseStatus.VERIFIED,
            decided_at__gte=OuterRef("stated_at"),
        )
        return self.filter(Q(stated_by=None) | Q(Exists(case)))

    def at(self, day: Any) -> Self:
        """What holds on a day, as far as is known now; `to_date` is the first day on which it no longer does."""
        return self.standing().filter(Q(from_date=None) | Q(from_date__lte=day), Q(to_date=None) | Q(to_date__gt=day))


class OwnershipStatement(models.Model):
    """One interest of an owner in an entity, as an interval of fractions; None is not stated.

    Nothing is overwritten: a correction, an end and a withdrawal are statements that supersede. Nobody stated what came
    with an operator's import.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owned = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="ownership_statements")
    owner = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="holdings")
    interest = models.CharField(max_length=50, choices=InterestType.choices, default=InterestType.SHAREHOLDING)
    directness = models.CharField(max_length=8, choices=Directness.choices, default=Directness.DIRECT)
    share_min = models.DecimalField(max_digits=7, decimal_places=6, null=True)
    share_max = models.DecimalField(max_digits=7, decimal_places=6, null=True)
    share_min_exclusive = models.BooleanField(default=False, db_default=False)
    share_max_exclusive = models.BooleanField(default=False, db_default=False)
    from_date = models.DateField(null=True)
    to_date = models.DateField(null=True)
    details = models.CharField(max_length=500, blank=True, db_default="")
    source = models.CharField(max_length=500, blank=True, db_default="")
    source_url = models.CharField(max_length=500, blank=True, db_default="")
    source_document = models.UUIDField(null=True)
    retrieved_on = models.DateField(null=True)
    supersedes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="superseded_by")
    is_withdrawn = models.BooleanField(default=False, db_default=False)
    stated_by = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="stated_ownership")
    stated_at = models.DateTimeField(db_default=Now())

    objects = OwnershipStatementQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="ownership_interest", condition=Q(interest__in=InterestType.values)),
            models.CheckConstraint(name="ownership_directness", condition=Q(directness__in=Directness.values)),
            models.CheckConstraint(
                name="ownership_share_min",
                condition=Q(share_min=None) | Q(share_min__gte=Decimal(0), share_min__lte=Decimal(1)),
            ),
            models.CheckConstraint(
                name="ownership_share_max",
                condition=Q(share_max=None) | Q(share_max__gte=Decimal(0), share_max__lte=Decimal(1)),
            ),
            models.CheckConstraint(
                name="ownership_share_interval",
                condition=Q(share_min=None)
                | Q(share_max=None)
                | Q(share_min__lt=F("share_max"))
                | Q(share_min=F("share_max"), share_min_exclusive=False, share_max_exclusive=False),
            ),
            models.CheckConstraint(
                name="ownership_dates",
                condition=Q(from_date=None) | Q(to_date=None) | Q(from_date__lte=F("to_date")),
            ),
            models.CheckConstraint(name="ownership_not_of_itself", condition=~Q(owner=F("owned"))),
            models.CheckConstraint(
                name="ownership_not_its_own_successor", condition=Q(supersedes=None) | ~Q(supersedes=F("id"))
            ),
        ]


class GroupMembership(models.Model):
    """What a party is in the group of a firm, as the firm declares it; a later declaration of the role ends this."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="group_memberships")
    role = models.CharField(max_length=20, choices=GroupRole.choices)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="group_memberships")
    stated_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="group_role", condition=Q(role__in=GroupRole.values)),
            models.UniqueConstraint(
                fields=["organisation", "role"], condition=Q(ended_at=None), name="group_role_once"
            ),
        ]
