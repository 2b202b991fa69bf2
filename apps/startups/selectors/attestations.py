"""Reading who was asked for attestations, what they said, and by whose leave events are entered."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Concat

from apps.organisations.models import Membership
from apps.startups.models import (
    Attestation,
    AttestationRequest,
    AttestorAddress,
    AttestorAdmission,
    DevelopmentEvent,
    SelfAttestation,
)
from kernel.access import Actor

EVENT = ("event__capability__firm__organisation", "event__answers")


def attestation_request_list(*, actor: Actor) -> QuerySet[AttestationRequest]:
    """The requests that the actor may see, each with its event and what that answers."""
    return AttestationRequest.objects.visible_to(actor).select_related(*EVENT, "seat__organisation")


def attestation_list(*, actor: Actor) -> QuerySet[Attestation]:
    """The attestations that the actor may see."""
    return Attestation.objects.visible_to(actor).select_related("event__capability__firm")


def attestations_of(*, actor: Actor, event: DevelopmentEvent) -> QuerySet[Attestation]:
    """What was said of one's own event."""
    return attestation_list(actor=actor).filter(event=event)


def attestor_admission_list(*, actor: Actor) -> QuerySet[AttestorAdmission]:
    """The admissions that the actor may see, each with its capability and seat."""
    return AttestorAdmission.objects.visible_to(actor).select_related("capability__firm__organisation", "seat")


def attestor_address_list(*, actor: Actor) -> QuerySet[AttestorAddress]:
    """The addresses that officers judge, each with `shares_domain`: whether somebody of the firm signs in with one of
    the same domain.
    """
    domain = Concat(Value("@"), OuterRef("domain"))
    same = Membership.objects.filter(organisation=OuterRef("organisation"), user__email__iendswith=domain)
    return AttestorAddress.objects.visible_to(actor).annotate(shares_domain=Exists(same))


def self_attestation_list(*, actor: Actor) -> QuerySet[SelfAttestation]:
    """The attempts of firms to attest their own events."""
    return SelfAttestation.objects.visible_to(actor)
