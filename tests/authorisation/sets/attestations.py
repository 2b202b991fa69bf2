"""Asking for attestations, giving them in an organisation or by a link, seats, admissions, addresses."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID, uuid4

from apps.organisations.models import Organisation
from apps.startups.mailboxes import address_digests, address_seal
from apps.startups.models import (
    Attestation,
    AttestationRequest,
    AttestorAddress,
    AttestorAdmission,
    AttestorSeat,
    Capability,
    DevelopmentEvent,
)
from apps.startups.services.attestation_requests import token_hash
from kernel.clock import utc_now, utc_today
from tests.authorisation.scenes import ATTESTOR, AUTHORITY, FIRM, scene
from tests.authorisation.world import Persona
from tests.factories.organisations import OrganisationFactory
from tests.factories.startups import CapabilityFactory, DevelopmentEventFactory, SeatFactory

ATTESTING = (ATTESTOR, AUTHORITY)
PARTIES = (FIRM, *ATTESTING)
WHEN = "2026-01-09T08:00:00Z"
ADDRESS = "olena@unit.example"
NOT_VERIFIED = {f"{kind} owner, {place}": 404 for kind in ATTESTING for place in ("registered", "suspended")}
"""What firms ask is shown to verified attestors alone."""


def event(organisation: Organisation) -> DevelopmentEvent:
    """An event of the organisation where it is a firm, else of another firm."""
    own = {"capability": CapabilityFactory(firm=organisation.firm)} if organisation.kind == FIRM else {}
    return DevelopmentEventFactory(**own)


def seat(organisation: Organisation) -> AttestorSeat:
    """A seat of the organisation where it attests, else of another attestor."""
    return SeatFactory(**({"organisation": organisation} if organisation.kind in ATTESTING else {}))


def request(organisation: Organisation, **values: Any) -> AttestationRequest:
    """An open request by the firm, or to a seat of the organisation."""
    values = values or {"seat": seat(organisation)}
    ends = utc_now() + dt.timedelta(days=30)
    return AttestationRequest.objects.create(event=event(organisation), role="unit", expires_at=ends, **values)


def attestation(organisation: Organisation) -> Attestation:
    """What was attested of the firm's event, or what the organisation attested."""
    by = seat(organisation)
    return Attestation.objects.create(
        event=event(organisation),
        attestor=by.organisation,
        role=by.role,
        token=by.code,
        verdict="confirmed",
        attested_on=utc_today(),
    )


def admission(organisation: Organisation) -> AttestorAdmission:
    """A seat that the firm admitted, or the organisation's seat that a firm admitted."""
    return AttestorAdmission.objects.create(capability=event(organisation).capability, seat=seat(organisation))


def address(_organisation: Organisation | None = None) -> AttestorAddress:
    """A mail address that some firm asked."""
    firm = DevelopmentEventFactory().capability.firm.organisation
    digest = address_digests(address=ADDRESS)[0]
    return AttestorAddress.objects.create(organisation=firm, digest=digest, domain="unit.example", role="unit")


def request_id(organisation: Organisation) -> UUID:
    return request(organisation).pk


def event_id(organisation: Organisation) -> UUID:
    return event(organisation).pk


def attestation_id(organisation: Organisation) -> UUID:
    return attestation(organisation).pk


def seat_id(organisation: Organisation) -> UUID:
    return seat(organisation).pk


def admission_id(organisation: Organisation) -> UUID:
    return admission(organisation).pk


def address_id(organisation: Organisation) -> UUID:
    return address(organisation).pk


def asking(_persona: Persona) -> dict[str, Any]:
    return {"code": SeatFactory().code}


def admitting(persona: Persona) -> dict[str, Any]:
    organisation = persona.organisation
    own = organisation is not None and organisation.kind == FIRM
    capability: Capability = CapabilityFactory(**({"firm": organisation.firm} if own else {}))
    return {"capability": str(capability.pk), "code": SeatFactory().code}


def entering(persona: Persona) -> dict[str, Any]:
    known = request(persona.organisation or OrganisationFactory(kind="fund"))
    return {"request": str(known.pk), "kind": "field_test", "occurred_at": WHEN}


def link(persona: Persona) -> dict[str, Any]:
    """A mailed link that nobody used."""
    token, asked = uuid4().hex, address()
    values = {"address": asked, "sealed_address": address_seal(address=ADDRESS), "token_hash": token_hash(token)}
    request(OrganisationFactory(kind="fund"), **values)
    return {"token": token}


def deciding(persona: Persona) -> dict[str, Any]:
    return link(persona) | {"verdict": "confirmed"}


def withdrawing(_persona: Persona) -> dict[str, Any]:
    token, by = uuid4().hex, SeatFactory()
    Attestation.objects.create(
        event=DevelopmentEventFactory(),
        attestor=by.organisation,
        token=by.code,
        verdict="confirmed",
        attested_on=utc_today(),
        withdraw_hash=token_hash(token),
    )
    return {"token": token, "reason": "A mistake."}


REQUEST = {"build": request_id, "instead": NOT_VERIFIED}
OF_EVENT = {"build": event_id, "owners": (FIRM,)}
OF_ADDRESS = {"build": address_id, "is_shared": True, "body": {"reason": "Called them."}}
REASON = {"reason": "A mistake."}
UNVERIFIED_REFUSED = {"owner, registered": 403}

scene("GET /attestation-requests", "GET /attestations", "GET /attestor-seats", "GET /attestor-admissions")
scene("GET /attestor-addresses", "GET /self-attestations")
scene("GET /development-events/{id}/attestation-requests", "GET /development-events/{id}/attestations", **OF_EVENT)
scene("POST /development-events/{id}/attestation-requests", **OF_EVENT, body=asking, success=201)
scene("GET /attestation-requests/{id}", **REQUEST, owners=PARTIES)
scene(
    "POST /attestation-requests/{id}/confirm",
    "POST /attestation-requests/{id}/refuse",
    **REQUEST,
    owners=ATTESTING,
    body={},
)
scene("POST /attestation-requests/{id}/amend", **REQUEST, owners=ATTESTING, body={"occurred_at": WHEN})
scene("POST /attestation-requests/{id}/cancel", build=request_id, owners=(FIRM,))
scene("GET /attestations/{id}", build=attestation_id, owners=PARTIES)
scene("POST /attestations/{id}/withdraw", build=attestation_id, owners=ATTESTING, body=REASON)
scene("POST /attestor-events", body=entering, success=201, instead=UNVERIFIED_REFUSED)
scene("POST /attestor-seats", body={"role": "unit"}, success=201, instead=UNVERIFIED_REFUSED)
scene("GET /attestor-seats/{id}", "POST /attestor-seats/{id}/disable", build=seat_id, owners=ATTESTING)
scene("POST /attestor-admissions", body=admitting, success=201)
scene("GET /attestor-admissions/{id}", build=admission_id, owners=PARTIES, instead=NOT_VERIFIED)
scene("POST /attestor-admissions/{id}/end", build=admission_id, owners=(FIRM,))
scene("GET /attestor-addresses/{id}", build=address_id, is_shared=True)
scene("POST /attestor-addresses/{id}/vouch", "POST /attestor-addresses/{id}/refuse", **OF_ADDRESS)
scene("POST /attestation-links/open", body=link)
scene("POST /attestation-links/decide", body=deciding)
scene("POST /attestation-links/withdraw", body=withdrawing, success=204)
