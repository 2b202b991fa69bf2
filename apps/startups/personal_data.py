"""What is kept about a person who attests, asks for attestations or judges addresses."""

from __future__ import annotations

import secrets
from typing import Any

from django.db.models import QuerySet

from apps.accounts.models import User
from apps.accounts.personal_data import PersonalData, addresses_of, register
from apps.startups.mailboxes import address_digests, address_unseal
from apps.startups.models import (
    Attestation,
    AttestationRequest,
    AttestorAddress,
    AttestorAdmission,
    AttestorSeat,
    Capability,
    CapabilityCodification,
    EventEvidence,
    SelfAttestation,
)
from apps.startups.services.attestation_requests import request_end
from apps.startups.states import RequestStatus
from kernel.access import Actor
from kernel.clock import utc_now


def _export(user: User) -> dict[str, Any]:
    requests = AttestationRequest.objects.order_by("pk")
    given = Attestation.objects.order_by("pk")
    seats = AttestorSeat.objects.order_by("pk")
    known = _addresses(user)
    return {
        "requests_received": list(
            requests.filter(address__in=known).values("id", "role", "status", "created_at", "mailed_at")
        ),
        "given_by_mail": list(
            given.filter(address__in=known).values("id", "verdict", "attested_on", "reason", "withdrawn_reason")
        ),
        "given_in_organisation": list(
            given.filter(given_by=user).values("id", "attestor_id", "verdict", "attested_on", "reason")
        ),
        "withdrawn": list(given.filter(withdrawn_by=user).values("id", "withdrawn_at", "withdrawn_reason")),
        "requests_made": list(requests.filter(requested_by=user).values("id", "event_id", "created_at")),
        "seats_opened": list(seats.filter(opened_by=user).values("id", "organisation_id", "opened_at")),
        "seats_held": list(seats.filter(pk__in=_seats_held(user)).values("id", "organisation_id", "opened_at")),
        "admissions_made": list(
            AttestorAdmission.objects.filter(admitted_by=user).order_by("pk").values("id", "admitted_at")
        ),
        "addresses_judged": list(
            AttestorAddress.objects.filter(decided_by=user)
            .order_by("pk")
            .values("id", "status", "decided_at", "reason")
        ),
        "evidence_judged": list(
            EventEvidence.objects.filter(judged_by=user).order_by("pk").values("id", "status", "judged_at", "reason")
        ),
        "export_classes_confirmed": list(
            Capability.objects.filter(export_class_confirmed_by=user)
            .order_by("pk")
            .values("id", "export_class_confirmed_at", "export_class_reason")
        ),
        "codifications_confirmed": list(
            CapabilityCodification.objects.filter(confirmed_by=user).order_by("pk").values("id", "confirmed_at")
        ),
        "self_attestations": list(
            SelfAttestation.objects.filter(attempted_by=user).order_by("pk").values("id", "tie", "attempted_at")
        ),
    }


def _erase(user: User, _actor: Actor) -> None:
    """Forget the person's addresses: open requests to them end, and nothing leads from a new address to the old one.

    What was decided stays, by the account's id, which names nobody once that is scrubbed.
    """
    now = utc_now()
    known = list(_addresses(user).select_for_update(of=("self",), no_key=True))
    asked = AttestationRequest.objects.filter(address__in=known)
    for request in asked.filter(status=RequestStatus.OPEN).select_related("event__capability__firm"):
        request_end("expire", request=request, actor=Actor.system(), now=now, keeps_address=False)
    asked.update(sealed_address=None)
    AttestorSeat.objects.filter(pk__in=_seats_held(user)).update(sealed_address=None)
    for address in known:
        AttestorAddress.objects.filter(pk=address.pk).update(digest=secrets.token_hex(32), domain="")


def _addresses(user: User) -> QuerySet[AttestorAddress]:
    digests = [digest for address in addresses_of(user) for digest in address_digests(address=address.lower())]
    return AttestorAddress.objects.filter(digest__in=digests).order_by("pk")


def _seats_held(user: User) -> list[Any]:
    """The seats whose requests are mailed to the person; there are few, and their addresses are sealed."""
    own = {address.lower() for address in addresses_of(user)}
    seats = AttestorSeat.objects.exclude(sealed_address=None).values_list("pk", "sealed_address")
    return [pk for pk, sealed in seats if sealed is not None and address_unseal(sealed=sealed) in own]


register(PersonalData("attestations", _export, _erase))
