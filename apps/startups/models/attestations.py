"""Who attests development events: seats, admissions, mail addresses, requests, and the verdicts given."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.organisations.models import Organisation
from apps.organisations.states import Standing
from apps.permissions import Permission
from apps.startups.models.capabilities import Capability
from apps.startups.models.development import DevelopmentEvent
from apps.startups.rules.seat_codes import CODE_FORM
from apps.startups.states import AddressStatus, AttestorRole, RequestStatus, Tie, Verdict
from kernel.access import Actor
from kernel.ids import uuid7
from kernel.models import status_check

FIRM = "event__capability__firm__organisation"


def shown_firms(path: str) -> Q:
    """Rows whose firm, at `path`, outsiders may still hear of: neither dark nor suspended."""
    return Q(**{f"{path}__dark_since": None}) & ~Q(**{f"{path}__standing": Standing.SUSPENDED})


class AttestorSeatQuerySet(models.QuerySet["AttestorSeat"]):
    def visible_to(self, actor: Actor) -> Self:
        """The seats of one's own organisation."""
        return self if actor.is_system else self.filter(organisation_id=actor.organisation_id)


class AttestorSeat(models.Model):
    """Somebody of an attestor who attests, as a random code. Who that is, the attestor keeps; no name stands here.

    Firms address it by the code. `sealed_address` is where its requests are mailed to; without one they only wait in
    the attestor's organisation.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="attestor_seats")
    code = models.CharField(max_length=13, unique=True)
    role = models.CharField(max_length=10, choices=AttestorRole.choices)
    sealed_address = models.CharField(max_length=600, null=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(db_default=Now())
    disabled_at = models.DateTimeField(null=True)

    objects = AttestorSeatQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="attestor_seat_role", condition=Q(role__in=AttestorRole.values)),
            models.CheckConstraint(name="attestor_seat_code", condition=Q(code__regex=CODE_FORM)),
            models.CheckConstraint(
                name="attestor_seat_disabled_unaddressed",
                condition=Q(disabled_at__isnull=True) | Q(sealed_address__isnull=True),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["organisation", "id"], name="attestor_seat_organisation")]


class AttestorAdmissionQuerySet(models.QuerySet["AttestorAdmission"]):
    def visible_to(self, actor: Actor) -> Self:
        """Those of one's own capabilities, and for verified attestors those of their seats in firms that are shown."""
        if actor.is_system:
            return self
        seen = Q(capability__firm__organisation_id=actor.organisation_id)
        if actor.standing == Standing.VERIFIED:
            seen |= Q(seat__organisation_id=actor.organisation_id) & shown_firms("capability__firm__organisation")
        return self.filter(seen)


class AttestorAdmission(models.Model):
    """A seat that may enter events of a capability, by the firm's leave."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    capability = models.ForeignKey(Capability, on_delete=models.PROTECT, related_name="attestor_admissions")
    seat = models.ForeignKey(AttestorSeat, on_delete=models.PROTECT, related_name="admissions")
    shows_name = models.BooleanField(default=False)
    admitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    admitted_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    objects = AttestorAdmissionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="attestor_admission_once", fields=["capability", "seat"], condition=Q(ended_at__isnull=True)
            ),
        ]


class AttestorAddressQuerySet(models.QuerySet["AttestorAddress"]):
    def visible_to(self, actor: Actor) -> Self:
        """All, for the system and for whoever may read them: the operator's compliance."""
        return self if actor.may(Permission.ATTESTOR_ADDRESS_READ) else self.none()


class AttestorAddress(models.Model):
    """A mail address that a firm asked in a role, as a keyed hash. What it says counts once an officer vouched for it.

    `domain` is what the officer decides by. Vouched for one firm and role, it is vouched for no other.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="attestor_addresses")
    digest = models.CharField(max_length=64)
    domain = models.CharField(max_length=253, blank=True)
    role = models.CharField(max_length=10, choices=AttestorRole.choices)
    status = models.CharField(max_length=8, choices=AddressStatus.choices, default=AddressStatus.WAITING)
    version = models.PositiveIntegerField(default=1)
    first_asked_at = models.DateTimeField(db_default=Now())
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=2000, blank=True)

    objects = AttestorAddressQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="attestor_address_once", fields=["organisation", "digest", "role"]),
            models.CheckConstraint(name="attestor_address_role", condition=Q(role__in=AttestorRole.values)),
            status_check("attestor_address_status", AddressStatus),
            models.CheckConstraint(
                name="attestor_address_decided",
                condition=Q(status=AddressStatus.WAITING) | (Q(decided_at__isnull=False) & ~Q(reason="")),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["status", "id"], name="attestor_address_queue")]


class AttestationRequestQuerySet(models.QuerySet["AttestationRequest"]):
    def visible_to(self, actor: Actor) -> Self:
        """Those of one's own events, and for verified attestors those to their seats by firms that are shown."""
        if actor.is_system:
            return self
        seen = Q(**{f"{FIRM}_id": actor.organisation_id})
        if actor.standing == Standing.VERIFIED:
            seen |= Q(seat__organisation_id=actor.organisation_id) & shown_firms(FIRM)
        return self.filter(seen)


class AttestationRequest(models.Model):
    """A firm asks a seat, or the holder of a mail address, for a word on one event.

    The token of the mailed link is kept as a hash, the address sealed and only until some time after the end.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    event = models.ForeignKey(DevelopmentEvent, on_delete=models.PROTECT, related_name="attestation_requests")
    seat = models.ForeignKey(AttestorSeat, null=True, on_delete=models.PROTECT, related_name="requests")
    address = models.ForeignKey(AttestorAddress, null=True, on_delete=models.PROTECT, related_name="requests")
    role = models.CharField(max_length=10, choices=AttestorRole.choices)
    shows_name = models.BooleanField(default=False)
    sealed_address = models.CharField(max_length=600, null=True)
    token_hash = models.CharField(max_length=64, null=True, unique=True)
    status = models.CharField(max_length=9, choices=RequestStatus.choices, default=RequestStatus.OPEN)
    version = models.PositiveIntegerField(default=1)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    receipt_at = models.DateTimeField(null=True)

    objects = AttestationRequestQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="attestation_request_role", condition=Q(role__in=AttestorRole.values)),
            status_check("attestation_request_status", RequestStatus),
            models.CheckConstraint(
                name="attestation_request_addressee",
                condition=Q(seat__isnull=False, address__isnull=True, sealed_address__isnull=True)
                | Q(seat__isnull=True, address__isnull=False),
            ),
            models.CheckConstraint(
                name="attestation_request_open_linkable",
                condition=Q(token_hash__isnull=True) | Q(status=RequestStatus.OPEN),
            ),
            models.UniqueConstraint(
                name="attestation_request_seat_once", fields=["event", "seat"], condition=Q(status=RequestStatus.OPEN)
            ),
            models.UniqueConstraint(
                name="attestation_request_address_once",
                fields=["event", "address"],
                condition=Q(status=RequestStatus.OPEN),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["seat", "id"], name="attestation_request_inbox"),
            models.Index(
                fields=["expires_at"], name="attestation_request_expiring", condition=Q(status=RequestStatus.OPEN)
            ),
            models.Index(
                fields=["id"],
                name="attestation_request_sealed",
                condition=Q(sealed_address__isnull=False) & ~Q(status=RequestStatus.OPEN),
            ),
        ]


class AttestationQuerySet(models.QuerySet["Attestation"]):
    def visible_to(self, actor: Actor) -> Self:
        """Those on one's own events and those that one's own organisation gave."""
        if actor.is_system:
            return self
        return self.filter(Q(**{f"{FIRM}_id": actor.organisation_id}) | Q(attestor_id=actor.organisation_id))


class Attestation(models.Model):
    """Another's word on an event: of an organisation, of one of its seats (`token`), or of a mail address' holder.

    Never changed: withdrawing is a mark on it, and `counts` follows what an officer says of the address.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    event = models.ForeignKey(DevelopmentEvent, on_delete=models.PROTECT, related_name="attestations")
    attestor = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="attestations")
    address = models.ForeignKey(AttestorAddress, null=True, on_delete=models.PROTECT, related_name="attestations")
    request = models.ForeignKey(AttestationRequest, null=True, on_delete=models.PROTECT, related_name="attestations")
    role = models.CharField(max_length=10, choices=AttestorRole.choices, blank=True, db_default="")
    token = models.CharField(max_length=13, blank=True, db_default="")
    verdict = models.CharField(max_length=9, choices=Verdict.choices)
    attested_on = models.DateField()
    reason = models.CharField(max_length=500, blank=True, db_default="")
    counts = models.BooleanField(db_default=True)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    withdraw_hash = models.CharField(max_length=64, null=True, unique=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_reason = models.CharField(max_length=500, blank=True, db_default="")

    objects = AttestationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="attestation_once",
                fields=["event", "attestor", "token"],
                condition=Q(withdrawn_at__isnull=True),
            ),
            models.UniqueConstraint(
                name="attestation_address_once", fields=["event", "address"], condition=Q(withdrawn_at__isnull=True)
            ),
            models.CheckConstraint(name="attestation_verdict", condition=Q(verdict__in=Verdict.values)),
            models.CheckConstraint(name="attestation_role", condition=Q(role="") | Q(role__in=AttestorRole.values)),
            models.CheckConstraint(
                name="attestation_by_one",
                condition=Q(attestor__isnull=False, address__isnull=True)
                | Q(attestor__isnull=True, address__isnull=False, token=""),
            ),
            models.CheckConstraint(
                name="attestation_withdrawn_why", condition=Q(withdrawn_at__isnull=True) | ~Q(withdrawn_reason="")
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["attestor", "id"], name="attestation_given"),
            models.Index(fields=["address"], name="attestation_by_address"),
        ]


class SelfAttestationQuerySet(models.QuerySet["SelfAttestation"]):
    def visible_to(self, actor: Actor) -> Self:
        """All, for the system and for whoever may read them: the operator's compliance."""
        return self if actor.may(Permission.SELF_ATTESTATION_READ) else self.none()


class SelfAttestation(models.Model):
    """An attempt to have an event attested by the firm itself or by somebody tied to it. It was refused."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="self_attestations")
    capability = models.ForeignKey(Capability, on_delete=models.PROTECT, related_name="+")
    event = models.ForeignKey(DevelopmentEvent, null=True, on_delete=models.PROTECT, related_name="+")
    attestor = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    tie = models.CharField(max_length=9, choices=Tie.choices)
    attempted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    attempted_at = models.DateTimeField(db_default=Now())

    objects = SelfAttestationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="self_attestation_tie", condition=Q(tie__in=Tie.values)),
        ]
        indexes: ClassVar = [models.Index(fields=["organisation", "id"], name="self_attestation_by_firm")]
