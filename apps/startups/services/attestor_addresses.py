"""An officer's word on mail addresses: what their holders attest counts from then on, or no more."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from apps.compliance.services.interests import officer_require
from apps.startups.mailboxes import address_seal, address_unseal
from apps.startups.models import Attestation, AttestationRequest, AttestorAddress, AttestorSeat
from apps.startups.services.attestations import applied_tell
from apps.startups.states import ATTESTOR_ADDRESS
from kernel.access import Actor
from kernel.clock import utc_now
from kernel.errors import FieldProblem, Invalid


class AddressJudgementNotAcceptable(Invalid):
    """The judgement is not acceptable."""


@transaction.atomic
def attestor_address_vouch(
    *, actor: Actor, address: AttestorAddress, reason: str, now: dt.datetime | None = None
) -> AttestorAddress:
    """Say that the address is that of somebody in this role who is not the firm's; what it attested counts from now on.

    Raises OfficerNeedsPerson, ConflictOfInterest, NotPermitted, NotNow and AddressJudgementNotAcceptable.
    """
    return _judge("vouch", actor, address, reason, now, counts=True)


@transaction.atomic
def attestor_address_refuse(
    *, actor: Actor, address: AttestorAddress, reason: str, now: dt.datetime | None = None
) -> AttestorAddress:
    """Say that nobody can vouch for the address; what it attested does not count.

    Raises OfficerNeedsPerson, ConflictOfInterest, NotPermitted, NotNow and AddressJudgementNotAcceptable.
    """
    return _judge("refuse", actor, address, reason, now, counts=False)


def addresses_reseal() -> int:
    """Seal all mail addresses anew under the present SECRET_KEY; returns how many."""
    changed = 0
    for rows in (AttestorSeat.objects, AttestationRequest.objects):
        held = rows.exclude(sealed_address=None).order_by("pk")
        for pk in list(held.values_list("pk", flat=True)):
            with transaction.atomic():
                sealed = (
                    held.select_for_update(no_key=True).filter(pk=pk).values_list("sealed_address", flat=True).first()
                )
                if sealed is not None:
                    fresh = address_seal(address=address_unseal(sealed=sealed))
                    rows.filter(pk=pk).update(sealed_address=fresh)
                    changed += 1
    return changed


def _judge(
    name: str, actor: Actor, address: AttestorAddress, reason: str, now: dt.datetime | None, *, counts: bool
) -> AttestorAddress:
    user_id = officer_require(actor=actor, organisation_id=address.organisation_id, now=now)
    if not reason.strip():
        raise AddressJudgementNotAcceptable(errors=[FieldProblem("/reason", "blank", "Say why.")])
    # Before the status, which the table ties to them.
    AttestorAddress.objects.filter(pk=address.pk).update(
        decided_by_id=user_id, decided_at=now or utc_now(), reason=reason.strip()
    )
    ATTESTOR_ADDRESS.fire(name, instance=address, actor=actor)
    address.refresh_from_db()
    moved = Attestation.objects.filter(address=address).exclude(counts=counts)
    changed = list(moved.select_related("event__capability__firm"))
    moved.update(counts=counts)
    applied_tell(changed)
    return address
