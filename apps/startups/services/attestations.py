"""Giving one's word on an event, in one's organisation or by a mailed link; entering events; withdrawing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from apps.organisations.rules import NotYours, own_require
from apps.startups import events, mails
from apps.startups.mailboxes import address_unseal
from apps.startups.models import (
    Attestation,
    AttestationRequest,
    AttestorAddress,
    AttestorAdmission,
    AttestorSeat,
    Capability,
    DevelopmentEvent,
)
from apps.startups.models.attestations import FIRM, shown_firms
from apps.startups.services.attestation_requests import (
    AttestedAlready,
    linkable,
    request_end,
    token_hash,
    token_make,
)
from apps.startups.services.attestor_seats import attesting_require
from apps.startups.services.attestor_ties import attestor_require, caller_require, holder_require
from apps.startups.services.development import event_add
from apps.startups.states import AddressStatus, EventSource, RequestStatus, Verdict
from kernel.access import Actor
from kernel.clock import utc_now, utc_today
from kernel.errors import Conflict, FieldProblem, Invalid
from kernel.events import publish
from kernel.states import NotNow

LINK = "link"
"""How a decision came, where it came by a mailed link."""
WITHDRAWABLE = dt.timedelta(days=365)
"""How long the link of a receipt withdraws."""


class VerdictNotAcceptable(Invalid):
    """The verdict is not acceptable."""


class LinkNotUsable(Invalid):
    """This link cannot be used: it is unknown, was used, taken back or has expired."""


class SeatDisabled(Conflict):
    """The seat is disabled."""


class WithdrawnAlready(Conflict):
    """This attestation is withdrawn."""


class AttestorEventNotAcceptable(Invalid):
    """The event is not acceptable."""


@transaction.atomic
def attestation_give(
    *,
    actor: Actor,
    request: AttestationRequest,
    verdict: str,
    reason: str = "",
    kind: str | None = None,
    occurred_at: dt.datetime | None = None,
    now: dt.datetime | None = None,
) -> Attestation:
    """Answer a request to a seat of one's own organisation; it counts at once.

    `amended` enters the event anew with another `kind` or `occurred_at`, and confirms that. Raises NoAttestor,
    NotYours, SeatDisabled, SelfAttested, NotNow, AttestedAlready, VerdictNotAcceptable and what `event_add` raises.
    """
    organisation_id = attesting_require(actor=actor)
    moment = now or utc_now()
    if request.seat is None or request.seat.organisation_id != organisation_id:
        raise NotYours
    if request.seat.disabled_at is not None:
        raise SeatDisabled
    locked = linkable(now=moment).select_for_update(of=("self",), no_key=True).filter(pk=request.pk).first()
    if locked is None:
        raise NotNow("This request is not open any more.")
    return _give(actor, locked, verdict, reason, kind, occurred_at, moment)


def link_open(*, token: str, now: dt.datetime | None = None) -> AttestationRequest:
    """The request that a mailed link stands for, as often as it is looked at. Raises LinkNotUsable, always the same."""
    request = linkable(now=now or utc_now()).filter(token_hash=token_hash(token)).first()
    if request is None:
        raise LinkNotUsable
    return request


@transaction.atomic
def attestation_give_by_link(
    *,
    actor: Actor,
    token: str,
    verdict: str,
    reason: str = "",
    kind: str | None = None,
    occurred_at: dt.datetime | None = None,
    now: dt.datetime | None = None,
) -> Attestation:
    """Answer the request of a mailed link, once. A seat's word counts at once, that of an address once vouched for.

    Raises LinkNotUsable, the same for whatever is wrong with the token, SelfAttested, AttestedAlready,
    VerdictNotAcceptable and what `event_add` raises; none of them uses the link up.
    """
    moment = now or utc_now()
    rows = linkable(now=moment).select_for_update(of=("self",), no_key=True)
    request = rows.filter(token_hash=token_hash(token)).first()
    if request is None:
        raise LinkNotUsable
    caller_require(actor=actor, capability=request.event.capability, event_id=request.event_id)
    return _give(Actor.anonymous(), request, verdict, reason, kind, occurred_at, moment, by=LINK)


@transaction.atomic
def receipt_send(*, request_id: UUID, now: dt.datetime | None = None) -> bool:
    """Mail the receipt of what a link decided, with the link that withdraws it; returns whether. Raises MailNotSent."""
    moment = now or utc_now()
    request = (
        AttestationRequest.objects.select_for_update(of=("self",), no_key=True)
        .select_related("seat")
        .filter(pk=request_id, status=RequestStatus.DECIDED, receipt_at=None)
        .first()
    )
    given = Attestation.objects.filter(request_id=request_id, withdrawn_at=None).order_by("pk").first()
    if request is None or given is None:
        return False
    sealed = request.sealed_address if request.seat is None else request.seat.sealed_address
    if sealed is None:
        return False
    token = token_make()
    Attestation.objects.filter(pk=given.pk).update(withdraw_hash=token_hash(token))
    AttestationRequest.objects.filter(pk=request_id).update(receipt_at=moment)
    mails.receipt_mail(address=address_unseal(sealed=sealed), verdict=given.verdict, token=token)
    return True


@transaction.atomic
def attestor_event_record(
    *,
    actor: Actor,
    kind: str,
    occurred_at: dt.datetime,
    request_id: UUID | None = None,
    admission_id: UUID | None = None,
    answers: UUID | None = None,
    note: str = "",
    now: dt.datetime | None = None,
) -> Attestation:
    """Enter an event of a capability that one's own organisation was asked about or is admitted to, confirmed at once.

    Raises NoAttestor, AttestorEventNotAcceptable, SeatDisabled, SelfAttested and what `event_add` raises.
    """
    organisation_id = attesting_require(actor=actor)
    moment = now or utc_now()
    if (request_id is None) == (admission_id is None):
        problem = FieldProblem("/request", "either", "Name a request or an admission, not both.")
        raise AttestorEventNotAcceptable(errors=[problem])
    seat, capability = _leave(organisation_id, request_id, admission_id)
    if seat.disabled_at is not None:
        raise SeatDisabled
    attestor_require(actor=actor, capability=capability, attestor_id=organisation_id)
    entered = event_add(
        actor=Actor.system(),
        capability=capability,
        source=EventSource.ATTESTOR,
        kind=kind,
        occurred_at=occurred_at,
        answers=answers,
        note=note,
        now=moment,
    )
    given = Attestation.objects.create(
        event=entered,
        attestor_id=organisation_id,
        role=seat.role,
        token=seat.code,
        verdict=Verdict.CONFIRMED,
        attested_on=utc_today(moment),
        counts=True,
        given_by_id=actor.user_id,
    )
    publish(events.ATTESTATION_GIVEN, actor=actor, subject=given, organisation_id=organisation_id)
    applied_tell([given])
    return given


@transaction.atomic
def attestation_withdraw(
    *, actor: Actor, attestation: Attestation, reason: str, now: dt.datetime | None = None
) -> Attestation:
    """Take back what one's own organisation attested; its event falls back. An amendment goes as a whole.

    Raises NotYours, VerdictNotAcceptable and WithdrawnAlready.
    """
    if attestation.attestor_id is None or actor.organisation_id is None:
        raise NotYours
    own_require(actor=actor, organisation_id=attestation.attestor_id)
    _withdraw(actor, attestation.pk, reason, now or utc_now())
    attestation.refresh_from_db()
    return attestation


@transaction.atomic
def attestation_withdraw_by_link(*, token: str, reason: str, now: dt.datetime | None = None) -> None:
    """Take back what a link attested, by its receipt's link, once. Raises LinkNotUsable and VerdictNotAcceptable."""
    moment = now or utc_now()
    rows = Attestation.objects.filter(
        withdraw_hash=token_hash(token), withdrawn_at=None, attested_on__gt=utc_today(moment - WITHDRAWABLE)
    )
    found = rows.first()
    if found is None:
        raise LinkNotUsable
    try:
        _withdraw(Actor.anonymous(), found.pk, reason, moment)
    except WithdrawnAlready:
        raise LinkNotUsable from None


def applied_tell(given: Iterable[Attestation]) -> None:
    """Tell in the firm's trail, naming nobody, that what an event's attestations come to has changed."""
    for attestation in given:
        capability = attestation.event.capability
        publish(
            events.ATTESTATION_APPLIED,
            actor=Actor.system(),
            subject=attestation,
            organisation_id=capability.firm.organisation_id,
            data={"event_id": str(attestation.event_id), "capability_id": str(capability.pk)},
        )


def _give(
    actor: Actor,
    request: AttestationRequest,
    verdict: str,
    reason: str,
    kind: str | None,
    occurred_at: dt.datetime | None,
    now: dt.datetime,
    by: str = "",
) -> Attestation:
    event, seat, address = request.event, request.seat, request.address
    capability = event.capability
    _verdict_check(event, verdict, kind, occurred_at)
    if seat is not None:
        attestor_require(actor=actor, capability=capability, attestor_id=seat.organisation_id, event_id=event.pk)
        given = Attestation.objects.filter(attestor_id=seat.organisation_id, token=seat.code)
    else:
        if request.sealed_address is not None:
            holder = address_unseal(sealed=request.sealed_address)
            holder_require(actor=actor, capability=capability, address=holder, event_id=event.pk)
        given = Attestation.objects.filter(address=address)
        # An officer who vouches for the address now either finds this word or is found by it.
        address = AttestorAddress.objects.select_for_update(of=("self",), no_key=True).get(Q(pk=request.address_id))
    # One word per attestor: whoever enters events of the capability waits here too.
    Capability.objects.select_for_update(of=("self",), no_key=True).get(pk=capability.pk)
    if given.filter(event=event, withdrawn_at=None).exists():
        raise AttestedAlready
    request_end("decide", request=request, actor=Actor.system(), now=now, keeps_address=by == LINK, by=by)
    values = {
        "attestor_id": None if seat is None else seat.organisation_id,
        "address": address,
        "request": request,
        "role": request.role,
        "token": "" if seat is None else seat.code,
        "attested_on": utc_today(now),
        "counts": address is None or address.status == AddressStatus.VOUCHED,
        "given_by_id": actor.user_id,
    }
    made = [Attestation.objects.create(event=event, verdict=verdict, reason=reason.strip(), **values)]
    if verdict == Verdict.AMENDED:
        stated = kind or event.kind
        entered = event_add(
            actor=Actor.system(),
            capability=capability,
            source=EventSource.ATTESTOR,
            kind=stated,
            occurred_at=occurred_at or event.occurred_at,
            answers=event.answers_id if stated == event.kind else None,
            supersedes=event.pk,
            now=now,
        )
        made.append(Attestation.objects.create(event=entered, verdict=Verdict.CONFIRMED, **values))
    if seat is not None:
        publish(events.ATTESTATION_GIVEN, actor=actor, subject=made[0], organisation_id=seat.organisation_id)
    applied_tell(made)
    return made[0]


def _verdict_check(event: DevelopmentEvent, verdict: str, kind: str | None, occurred_at: dt.datetime | None) -> None:
    """Raises VerdictNotAcceptable: an amendment says what is different, any other verdict does not."""
    differs = (kind or event.kind, occurred_at or event.occurred_at) != (event.kind, event.occurred_at)
    if verdict == Verdict.AMENDED and not differs:
        problem = FieldProblem("/occurred_at", "required", "Say what is different: the date or the kind.")
        raise VerdictNotAcceptable(errors=[problem])
    if verdict != Verdict.AMENDED and (kind is not None or occurred_at is not None):
        problem = FieldProblem("/verdict", "not_amended", "Only an amendment says another date or kind.")
        raise VerdictNotAcceptable(errors=[problem])


def _leave(
    organisation_id: UUID, request_id: UUID | None, admission_id: UUID | None
) -> tuple[AttestorSeat, Capability]:
    """The seat and the capability that a request or an admission opens to the attestor."""
    if request_id is not None:
        asked = AttestationRequest.objects.filter(
            shown_firms(FIRM),
            Q(pk=request_id),
            seat__organisation_id=organisation_id,
            status__in=(RequestStatus.OPEN, RequestStatus.DECIDED),
        )
        request = asked.select_related("seat", "event__capability__firm").first()
        if request is not None and request.seat is not None:
            return request.seat, request.event.capability
        raise AttestorEventNotAcceptable(errors=[FieldProblem("/request", *UNKNOWN)])
    admitted = AttestorAdmission.objects.filter(
        shown_firms("capability__firm__organisation"),
        Q(pk=admission_id),
        seat__organisation_id=organisation_id,
        ended_at=None,
    )
    admission = admitted.select_related("seat", "capability__firm").first()
    if admission is None:
        raise AttestorEventNotAcceptable(errors=[FieldProblem("/admission", *UNKNOWN)])
    return admission.seat, admission.capability


def _withdraw(actor: Actor, pk: UUID, reason: str, now: dt.datetime) -> None:
    if not reason.strip():
        raise VerdictNotAcceptable(errors=[FieldProblem("/reason", "blank", "Say why.")])
    locked = Attestation.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)
    if locked.withdrawn_at is not None:
        raise WithdrawnAlready
    rows = Attestation.objects.filter(pk=pk)
    if locked.request_id is not None:
        rows = Attestation.objects.filter(request_id=locked.request_id, withdrawn_at=None)
    taken = list(rows.select_related("event__capability__firm"))
    Attestation.objects.filter(pk__in=[row.pk for row in taken]).update(
        withdrawn_at=now, withdrawn_by_id=actor.user_id, withdrawn_reason=reason.strip()
    )
    if locked.attestor_id is not None:
        publish(events.ATTESTATION_WITHDRAWN, actor=actor, subject=locked, organisation_id=locked.attestor_id)
    applied_tell(taken)


UNKNOWN = ("does_not_exist", "There is none of yours.")
