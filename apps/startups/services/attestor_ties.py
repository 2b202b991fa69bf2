"""Who is no attestor of a firm's events: the firm itself and whoever is tied to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Q

from apps.accounts.models import User
from apps.compliance.selectors.ownership import WITHOUT_OWNERS, graph_of
from apps.compliance.states import PartyKind
from apps.organisations.models import Invitation, Membership
from apps.startups import events
from apps.startups.models import SelfAttestation
from apps.startups.states import Tie
from kernel.access import Actor
from kernel.clock import utc_now, utc_today
from kernel.errors import Invalid
from kernel.events import publish

if TYPE_CHECKING:
    import datetime as dt

    from apps.startups.models import Capability


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was tried; kept for officers by `self_attestation_note` once the refused work is undone."""

    organisation_id: UUID
    capability_id: UUID
    tie: Tie
    event_id: UUID | None = None
    attestor_id: UUID | None = None
    user_id: UUID | None = None


class SelfAttested(Invalid):
    """A firm's events are attested by others: neither by itself nor by anybody tied to it."""

    code = "self_attestation"

    def __init__(self, attempt: Attempt | None = None) -> None:
        super().__init__()
        self.attempt = attempt


def attestor_require(
    *, actor: Actor, capability: Capability, attestor_id: UUID, event_id: UUID | None = None, day: dt.date | None = None
) -> None:
    """Raises SelfAttested where the organisation may not attest the capability's events."""
    firm_id = capability.firm.organisation_id
    _require(tie_between(firm_id=firm_id, attestor_id=attestor_id, day=day), actor, capability, event_id, attestor_id)


def holder_require(*, actor: Actor, capability: Capability, address: str, event_id: UUID) -> None:
    """Raises SelfAttested where the holder of a mail address may not attest the capability's events."""
    _require(tie_of_address(firm_id=capability.firm.organisation_id, address=address), actor, capability, event_id)


def caller_require(*, actor: Actor, capability: Capability, event_id: UUID) -> None:
    """Raises SelfAttested for whoever is signed in as somebody of the firm and uses another's link."""
    firm_id = capability.firm.organisation_id
    is_own = actor.organisation_id == firm_id
    if actor.user_id is not None and not is_own:
        is_own = Membership.objects.filter(organisation_id=firm_id, user_id=actor.user_id).exists()
    _require(Tie.ITSELF if is_own else None, actor, capability, event_id)


@transaction.atomic
def self_attestation_note(*, attempt: Attempt, now: dt.datetime | None = None) -> SelfAttestation:
    """Keep an attempt for the operator's officers."""
    noted = SelfAttestation.objects.create(
        organisation_id=attempt.organisation_id,
        capability_id=attempt.capability_id,
        event_id=attempt.event_id,
        attestor_id=attempt.attestor_id,
        tie=attempt.tie,
        attempted_by_id=attempt.user_id,
        attempted_at=now or utc_now(),
    )
    publish(events.SELF_ATTESTATION_REFUSED, actor=Actor.system(), subject=noted, data={"tie": attempt.tie.value})
    return noted


def tie_between(*, firm_id: UUID, attestor_id: UUID, day: dt.date | None = None) -> Tie | None:
    """What ties two organisations: being one, a shared member, one above the other, or an owner above both.

    A state above both ties nobody, else no authority could attest for a firm in which the state has a share. A state
    body that itself owns the firm is tied to it.
    """
    if firm_id == attestor_id:
        return Tie.ITSELF
    members = Membership.objects.filter(organisation_id=attestor_id).values("user_id")
    if Membership.objects.filter(organisation_id=firm_id, user_id__in=members).exists():
        return Tie.MEMBERS
    on = day or utc_today()
    above_firm, parties = graph_of(party_ids={firm_id}, day=on)
    above_attestor, _ = graph_of(party_ids={attestor_id}, day=on)
    for party_id in above_firm.nodes.keys() & above_attestor.nodes.keys():
        party = parties.get(party_id)
        is_general = party is not None and (party.kind == PartyKind.UNKNOWN or party.entity_type in WITHOUT_OWNERS)
        if party_id in {firm_id, attestor_id} or not is_general:
            return Tie.OWNERSHIP
    return None


def tie_of_address(*, firm_id: UUID, address: str) -> Tie | None:
    """What ties the holder of an address to the firm: membership, an invitation, or an organisation tied to it."""
    confirmed = EmailAddress.objects.filter(email__iexact=address, verified=True).values("user_id")
    people = User.objects.filter(Q(pk__in=confirmed) | Q(email__iexact=address)).values("pk")
    organisations = set(Membership.objects.filter(user_id__in=people).values_list("organisation_id", flat=True))
    invited = Invitation.objects.open(utc_now()).filter(organisation_id=firm_id, email=address)
    if firm_id in organisations or invited.exists():
        return Tie.ITSELF
    ties = (tie_between(firm_id=firm_id, attestor_id=found) for found in sorted(organisations))
    return next((tie for tie in ties if tie is not None), None)


def _require(
    tie: Tie | None, actor: Actor, capability: Capability, event_id: UUID | None, attestor_id: UUID | None = None
) -> None:
    if tie is not None:
        firm_id = capability.firm.organisation_id
        raise SelfAttested(Attempt(firm_id, capability.pk, tie, event_id, attestor_id, actor.user_id))
