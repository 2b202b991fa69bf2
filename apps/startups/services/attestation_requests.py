"""Asking for attestations by a seat's code or a mail address, the mailed single-use link, cancelling, expiry."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from apps.organisations.rules import own_require
from apps.organisations.services import organisation_lock
from apps.organisations.states import Standing
from apps.startups import events, mails
from apps.startups.mailboxes import address_clean, address_digests, address_seal, address_unseal
from apps.startups.models import Attestation, AttestationRequest, AttestorAddress, AttestorSeat, DevelopmentEvent
from apps.startups.models.attestations import FIRM, shown_firms
from apps.startups.services.attestor_seats import ATTESTORS, NO_ADDRESS, seat_find
from apps.startups.services.attestor_ties import attestor_require, holder_require
from apps.startups.services.capabilities import CapabilityArchived
from apps.startups.states import ATTESTATION_REQUEST, AttestorRole, CapabilityStatus, RequestStatus
from kernel.access import Actor
from kernel.clock import utc_now
from kernel.errors import Conflict, FieldProblem, Invalid
from kernel.events import publish

REQUEST_LASTS = dt.timedelta(days=30)
ADDRESS_KEPT = dt.timedelta(days=30)
"""How long an address stays sealed after the decision, for the receipt; of what ended undecided it goes at once."""
DAY = dt.timedelta(days=1)
MOST_A_DAY = {Standing.VERIFIED: 60, Standing.REGISTERED: 10}
"""Requests of a firm in any 24 hours, by its standing."""
TOKEN_BYTES = 32
BATCH = 500
USABLE_SEAT = Q(
    seat__disabled_at=None,
    seat__organisation__standing=Standing.VERIFIED,
    seat__organisation__dark_since=None,
    seat__organisation__kind__in=ATTESTORS,
)


class AttestationRequestNotAcceptable(Invalid):
    """The request is not acceptable."""


class TooManyAttestationRequests(Conflict):
    """Too many attestations were asked for within a day. Try again tomorrow."""


class AskedAlready(Conflict):
    """This was asked already and is not answered yet."""


class AttestedAlready(Conflict):
    """The same attestor has given its word on this event already."""


class EventSuperseded(Conflict):
    """Another event supersedes this one. Ask for an attestation of that."""


@transaction.atomic
def attestation_request_create(
    *,
    actor: Actor,
    event: DevelopmentEvent,
    code: str = "",
    email: str = "",
    role: str = "",
    shows_name: bool = False,
    now: dt.datetime | None = None,
) -> AttestationRequest:
    """Ask for a word on one's own event: a seat by its `code`, or the holder of `email` in a `role`.

    `shows_name` lets the attestor read the firm's name. The mail goes out after the commit. Raises NotYours,
    CapabilityArchived, AttestationRequestNotAcceptable, EventSuperseded, SeatUnknown, SelfAttested,
    TooManyAttestationRequests, AskedAlready and AttestedAlready.
    """
    firm = event.capability.firm
    own_require(actor=actor, organisation_id=firm.organisation_id)
    moment = now or utc_now()
    address = _addressee(code=code, email=email, role=role)
    if event.capability.status == CapabilityStatus.ARCHIVED:
        raise CapabilityArchived
    if DevelopmentEvent.objects.filter(supersedes=event).exists():
        raise EventSuperseded
    # Counting and looking for open requests: one at a time within a firm.
    standing = organisation_lock(organisation_id=firm.organisation_id).standing
    recent = AttestationRequest.objects.filter(Q(**{f"{FIRM}_id": firm.organisation_id}), created_at__gt=moment - DAY)
    if recent.count() >= MOST_A_DAY.get(Standing(standing), 0):
        raise TooManyAttestationRequests
    seat, known = None, None
    if address is None:
        seat = seat_find(code=code)
        attestor_require(actor=actor, capability=event.capability, attestor_id=seat.organisation_id, event_id=event.pk)
    else:
        holder_require(actor=actor, capability=event.capability, address=address, event_id=event.pk)
        known = _address_known(firm_id=firm.organisation_id, address=address, role=role, now=moment)
    addressee = Q(seat=seat) if known is None else Q(address=known)
    for overdue in AttestationRequest.objects.filter(addressee, event=event, expires_at__lte=moment):
        _expire(overdue, moment)
    if AttestationRequest.objects.filter(addressee, event=event, status=RequestStatus.OPEN).exists():
        raise AskedAlready
    if _is_attested(event=event, seat=seat, address=known):
        raise AttestedAlready
    request = AttestationRequest.objects.create(
        event=event,
        seat=seat,
        address=known,
        role=role if seat is None else seat.role,
        shows_name=shows_name,
        sealed_address=address and address_seal(address=address),
        requested_by_id=actor.user_id,
        created_at=moment,
        expires_at=moment + REQUEST_LASTS,
    )
    publish(
        events.ATTESTATION_REQUESTED,
        actor=actor,
        subject=request,
        organisation_id=firm.organisation_id,
        data={"event_id": str(event.pk), "role": request.role},
    )
    return request


@transaction.atomic
def attestation_request_send(*, request_id: UUID, now: dt.datetime | None = None) -> bool:
    """Make the link's token and mail it, if the request is open, was not mailed and has an address; returns whether.

    The token exists in the mail and in this call only. Raises MailNotSent.
    """
    moment = now or utc_now()
    request = linkable(now=moment).select_for_update(of=("self",), no_key=True).filter(pk=request_id).first()
    if request is None or request.mailed_at is not None:
        return False
    sealed = request.sealed_address if request.seat is None else request.seat.sealed_address
    if sealed is None:
        return False
    token = token_make()
    request.token_hash, request.mailed_at = token_hash(token), moment
    request.save(update_fields=["token_hash", "mailed_at"])
    mails.request_mail(
        address=address_unseal(sealed=sealed), role=request.role, expires_at=request.expires_at, token=token
    )
    return True


@transaction.atomic
def attestation_request_cancel(
    *, actor: Actor, request: AttestationRequest, now: dt.datetime | None = None
) -> AttestationRequest:
    """Take a request back: its link is dead at once, its address erased. Raises NotYours, NotPermitted and NotNow."""
    own_require(actor=actor, organisation_id=request.event.capability.firm.organisation_id)
    request_end("cancel", request=request, actor=actor, now=now or utc_now(), keeps_address=False)
    return request


def attestation_requests_tidy(*, now: dt.datetime | None = None) -> int:
    """Expire what nobody answered in time, and erase addresses that are no longer needed; returns how many rows."""
    moment = now or utc_now()
    overdue = AttestationRequest.objects.filter(status=RequestStatus.OPEN, expires_at__lte=moment)
    done = 0
    for pk in list(overdue.order_by("expires_at").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            row = overdue.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
            if row is not None:
                _expire(row, moment)
                done += 1
    kept = AttestationRequest.objects.exclude(status=RequestStatus.OPEN).exclude(sealed_address=None)
    return done + kept.filter(ended_at__lte=moment - ADDRESS_KEPT).update(sealed_address=None)


def request_end(
    name: str, *, request: AttestationRequest, actor: Actor, now: dt.datetime, keeps_address: bool, by: str = ""
) -> None:
    """Fire one of the request's transitions; its link ends with it. Raises NotPermitted and NotNow."""
    gone = {} if keeps_address else {"sealed_address": None}
    AttestationRequest.objects.filter(pk=request.pk).update(token_hash=None, ended_at=now, **gone)
    ATTESTATION_REQUEST.fire(
        name,
        instance=request,
        actor=actor,
        organisation_id=request.event.capability.firm.organisation_id,
        data={"event_id": str(request.event_id)} | ({"by": by} if by else {}),
    )
    request.refresh_from_db()


def linkable(*, now: dt.datetime) -> QuerySet[AttestationRequest]:
    """Requests that can still be answered: open, of a firm that is shown, to a usable seat or an address."""
    rows = AttestationRequest.objects.filter(
        shown_firms(FIRM), Q(seat=None) | USABLE_SEAT, status=RequestStatus.OPEN, expires_at__gt=now
    )
    return rows.select_related("event__capability__firm__organisation", "event__answers", "seat", "address")


def token_make() -> str:
    """256 random bits for a link, without signs that mail programs leave off at the end of one."""
    return secrets.token_hex(TOKEN_BYTES)


def token_hash(token: str) -> str:
    """How a link's token is kept: SHA-256, which is enough for 256 random bits."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def _addressee(*, code: str, email: str, role: str) -> str | None:
    """The clean address, None where a code names the addressee. Raises AttestationRequestNotAcceptable."""
    problems = []
    if bool(code) == bool(email):
        problems.append(FieldProblem("/code", "either", "Name a seat's code or an e-mail address, not both."))
    if code and role:
        problems.append(FieldProblem("/role", "known", "A seat has its role."))
    if email and role not in AttestorRole.values:
        problems.append(FieldProblem("/role", "required", "Say in which role this person attests."))
    address = address_clean(text=email) if email else None
    if email and address is None:
        problems.append(FieldProblem("/email", *NO_ADDRESS))
    if problems:
        raise AttestationRequestNotAcceptable(errors=problems)
    return address


def _address_known(*, firm_id: UUID, address: str, role: str, now: dt.datetime) -> AttestorAddress:
    digests = address_digests(address=address)
    rows = AttestorAddress.objects.filter(organisation_id=firm_id, role=role, digest__in=digests)
    known = rows.order_by("id").first()
    if known is not None:
        return known
    return AttestorAddress.objects.create(
        organisation_id=firm_id,
        digest=digests[0],
        domain=address.rpartition("@")[2],
        role=role,
        first_asked_at=now,
    )


def _is_attested(*, event: DevelopmentEvent, seat: AttestorSeat | None, address: AttestorAddress | None) -> bool:
    given = Attestation.objects.filter(event=event, withdrawn_at=None)
    if seat is None:
        return given.filter(address=address).exists()
    return given.filter(attestor_id=seat.organisation_id, token=seat.code).exists()


def _expire(request: AttestationRequest, now: dt.datetime) -> None:
    if request.status == RequestStatus.OPEN:
        request_end("expire", request=request, actor=Actor.system(), now=now, keeps_address=False)
