"""Seats of attestors, and the capabilities whose events they may enter by the firm's leave."""

from __future__ import annotations

import datetime as dt
import secrets
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from apps.organisations.rules import own_require
from apps.organisations.services import organisation_lock
from apps.organisations.states import Standing
from apps.permissions import Kind
from apps.startups import events
from apps.startups.mailboxes import address_clean, address_seal
from apps.startups.models import AttestorAdmission, AttestorSeat, Capability
from apps.startups.rules.seat_codes import code_clean, code_make
from apps.startups.services.attestor_ties import attestor_require
from apps.startups.services.capabilities import CapabilityArchived
from apps.startups.states import CapabilityStatus
from kernel.access import Actor
from kernel.clock import utc_now
from kernel.errors import Conflict, FieldProblem, Forbidden, Invalid
from kernel.events import publish

ATTESTORS = (Kind.ATTESTOR, Kind.AUTHORITY)
MOST_SEATS = 500
MOST_ADMISSIONS = 50
"""Seats of one organisation, seats admitted to one capability."""
NO_ADDRESS = ("invalid", "Not an e-mail address.")


class SeatNotAcceptable(Invalid):
    """The seat is not acceptable."""


class TooManySeats(Conflict):
    """Too many seats are open. Disable some first."""


class SeatUnknown(Invalid):
    """There is no seat with this code."""


class NoAttestor(Forbidden):
    """Verified attestors and authorities attest, nobody else."""


class AdmittedAlready(Conflict):
    """This seat is admitted to the capability already."""


class TooManyAdmissions(Conflict):
    """Too many seats are admitted to this capability. End some first."""


@transaction.atomic
def attestor_seat_open(
    *, actor: Actor, role: str, email: str | None = None, now: dt.datetime | None = None
) -> AttestorSeat:
    """A seat of one's own organisation: a random code that stands for somebody who attests.

    Requests are mailed to `email` too, where one is given. Raises NoAttestor, SeatNotAcceptable and TooManySeats.
    """
    organisation_id = attesting_require(actor=actor)
    address = address_clean(text=email) if email else None
    if email and address is None:
        raise SeatNotAcceptable(errors=[FieldProblem("/email", *NO_ADDRESS)])
    organisation_lock(organisation_id=organisation_id)
    if AttestorSeat.objects.filter(organisation_id=organisation_id, disabled_at=None).count() >= MOST_SEATS:
        raise TooManySeats
    seat = AttestorSeat.objects.create(
        organisation_id=organisation_id,
        code=code_make(draw=secrets.randbelow),
        role=role,
        sealed_address=address and address_seal(address=address),
        opened_by_id=actor.user_id,
        opened_at=now or utc_now(),
    )
    publish(events.ATTESTOR_SEAT_OPENED, actor=actor, subject=seat, data={"role": role})
    return seat


@transaction.atomic
def attestor_seat_disable(*, actor: Actor, seat: AttestorSeat, now: dt.datetime | None = None) -> AttestorSeat:
    """End a seat, at once: nobody reaches it any more, its address is erased. Again changes nothing. Raises NotYours.

    What it attested stays.
    """
    own_require(actor=actor, organisation_id=seat.organisation_id)
    rows = AttestorSeat.objects.filter(pk=seat.pk, disabled_at=None)
    if rows.update(disabled_at=now or utc_now(), sealed_address=None):
        publish(events.ATTESTOR_SEAT_DISABLED, actor=actor, subject=seat)
    seat.refresh_from_db()
    return seat


@transaction.atomic
def attestor_admit(
    *, actor: Actor, capability: Capability, code: str, shows_name: bool = False, now: dt.datetime | None = None
) -> AttestorAdmission:
    """Let a seat enter events of one's own capability, known to it by the capability's title.

    Raises NotYours, CapabilityArchived, SeatUnknown, SelfAttested, AdmittedAlready and TooManyAdmissions.
    """
    own_require(actor=actor, organisation_id=capability.firm.organisation_id)
    locked = Capability.objects.select_for_update(of=("self",), no_key=True).get(pk=capability.pk)
    if locked.status == CapabilityStatus.ARCHIVED:
        raise CapabilityArchived
    seat = seat_find(code=code)
    attestor_require(actor=actor, capability=capability, attestor_id=seat.organisation_id)
    present = AttestorAdmission.objects.filter(capability=capability, ended_at=None)
    if present.filter(seat=seat).exists():
        raise AdmittedAlready
    if present.count() >= MOST_ADMISSIONS:
        raise TooManyAdmissions
    admission = AttestorAdmission.objects.create(
        capability=capability,
        seat=seat,
        shows_name=shows_name,
        admitted_by_id=actor.user_id,
        admitted_at=now or utc_now(),
    )
    _tell(events.ATTESTOR_ADMITTED, actor, admission)
    return admission


@transaction.atomic
def attestor_admission_end(
    *, actor: Actor, admission: AttestorAdmission, now: dt.datetime | None = None
) -> AttestorAdmission:
    """End a seat's leave to enter events; what it entered stays. Again changes nothing. Raises NotYours."""
    own_require(actor=actor, organisation_id=admission.capability.firm.organisation_id)
    if AttestorAdmission.objects.filter(pk=admission.pk, ended_at=None).update(ended_at=now or utc_now()):
        _tell(events.ATTESTOR_ADMISSION_ENDED, actor, admission)
    admission.refresh_from_db(fields=["ended_at"])
    return admission


def seat_find(*, code: str) -> AttestorSeat:
    """The usable seat that a firm means by a code: open, of a verified attestor that is not dark. Raises SeatUnknown.

    A slip of the pen is told apart from a code that does not exist, a code out of use is not.
    """
    clean = code_clean(text=code)
    if clean is None:
        problem = FieldProblem("/code", "invalid", "Not a seat's code: look whether it was mistyped.")
        raise SeatUnknown(errors=[problem])
    usable = Q(code=clean, disabled_at=None, organisation__kind__in=ATTESTORS)
    usable &= Q(organisation__standing=Standing.VERIFIED, organisation__dark_since=None)
    seat = AttestorSeat.objects.select_related("organisation").filter(usable).first()
    if seat is None:
        raise SeatUnknown(errors=[FieldProblem("/code", "unknown", "There is no seat with this code.")])
    return seat


def attesting_require(*, actor: Actor) -> UUID:
    """The organisation that attests as which the actor acts. Raises NoAttestor."""
    if actor.organisation_id is None or actor.kind not in ATTESTORS or actor.standing != Standing.VERIFIED:
        raise NoAttestor
    return actor.organisation_id


def _tell(name: str, actor: Actor, admission: AttestorAdmission) -> None:
    publish(
        name,
        actor=actor,
        subject=admission,
        organisation_id=admission.capability.firm.organisation_id,
        data={"capability_id": str(admission.capability_id)},
    )
