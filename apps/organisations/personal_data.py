"""What is kept about a person as a member: to be exported and to be scrubbed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q

from apps.accounts.models import User
from apps.accounts.personal_data import ERASED, PersonalData, addresses_of, register
from apps.organisations import events
from apps.organisations.models import (
    ApiKey,
    BreakGlass,
    DisclosureGrant,
    Invitation,
    Membership,
    Organisation,
    Registration,
    RegistrationClash,
    UndertakingAcceptance,
)
from apps.organisations.services import LastOwner, membership_leave, organisation_lock, registration_withdraw
from apps.organisations.services.keys import api_keys_end
from apps.organisations.services.members import owner_require
from apps.organisations.states import RegistrationStatus
from kernel.access import Actor
from kernel.clock import utc_now
from kernel.errors import Conflict
from kernel.events import publish


class SoleOwner(Conflict):
    """You are the only owner of {organisations}. Make somebody else an owner first."""


def _export(user: User) -> dict[str, Any]:
    members = Membership.objects.filter(user=user).order_by("pk")
    broken = BreakGlass.objects.filter(Q(requested_by=user) | Q(approved_by=user)).order_by("pk")
    return {
        "memberships": list(members.values("id", "organisation_id", "roles", "created_at")),
        "invitations_sent": list(
            Invitation.objects.filter(invited_by=user)
            .order_by("pk")
            .values("id", "organisation_id", "roles", "created_at", "expires_at", "accepted_at", "revoked_at")
        ),
        "invitations_received": list(
            _received(user)
            .order_by("pk")
            .values("id", "organisation_id", "email", "roles", "created_at", "expires_at", "accepted_at", "revoked_at")
        ),
        "api_keys": list(
            ApiKey.objects.filter(created_by=user)
            .order_by("pk")
            .values(
                "id",
                "organisation_id",
                "name",
                "prefix",
                "scopes",
                "allowed_networks",
                "created_at",
                "expires_at",
                "last_used_at",
                "revoked_at",
            )
        ),
        "undertakings": list(
            UndertakingAcceptance.objects.filter(accepted_by=user)
            .order_by("pk")
            .values("id", "organisation_id", "undertaking", "language", "address", "accepted_at")
        ),
        "registrations": list(
            Registration.objects.filter(applicant=user)
            .order_by("pk")
            .values(
                "id",
                "kind",
                "legal_name",
                "legal_name_uk",
                "country",
                "identifiers",
                "status",
                "organisation_id",
                "created_at",
            )
        ),
        "clashes_decided": list(
            RegistrationClash.objects.filter(decided_by=user)
            .order_by("pk")
            .values("id", "status", "decided_at", "reason")
        ),
        "grants": list(
            DisclosureGrant.objects.filter(person=user)
            .order_by("pk")
            .values("id", "subject_id", "tier", "since", "until")
        ),
        "break_glass": list(broken.values("id", "subject_id", "requested_at", "approved_at", "until")),
    }


def _erase(user: User, _actor: Actor) -> None:
    person, now = Actor(user_id=user.pk), utc_now()
    organisations = _organisations_hold(user)
    _owners_check(user, organisations)
    for organisation_id in organisations:
        membership_leave(actor=person, organisation_id=organisation_id, now=now)
    for organisation_id in ApiKey.objects.filter(created_by=user, revoked_at=None).values_list(
        "organisation_id", flat=True
    ):
        api_keys_end(actor=person, organisation_id=organisation_id, user_id=user.pk, now=now)
    for registration in Registration.objects.filter(applicant=user, status=RegistrationStatus.IN_REVIEW):
        registration_withdraw(actor=person, registration=registration)
    # What became no organisation is the person's alone; an entrepreneur's name and tax number are personal.
    Registration.objects.filter(applicant=user, organisation=None).update(
        legal_name="", legal_name_uk="", identifiers=[]
    )
    for invitation in _received(user):
        _scrub(invitation, person, now)
    DisclosureGrant.objects.filter(Q(until=None) | Q(until__gt=now), person=user).update(until=now)
    UndertakingAcceptance.objects.filter(accepted_by=user).update(address=None)


def _organisations_hold(user: User) -> list[UUID]:
    """The organisations that the person belongs to, locked with those that invite them: until the transaction ends
    nobody moves the memberships, and no invitation is accepted.
    """
    held: set[UUID] = set()
    while True:
        # Invitations first: one accepted between the two look-ups is then found as a membership.
        inviting = set(
            _received(user).filter(accepted_at=None, revoked_at=None).values_list("organisation_id", flat=True)
        )
        own = set(Membership.objects.filter(user=user).values_list("organisation_id", flat=True))
        wanted = own | inviting
        if wanted <= held:
            return sorted(own)
        for organisation_id in sorted(wanted - held):
            organisation_lock(organisation_id=organisation_id)
        held |= wanted


def _owners_check(user: User, organisations: list[UUID]) -> None:
    """Raises SoleOwner, naming every organisation that would be without an owner."""
    named = []
    for organisation in Organisation.objects.filter(pk__in=organisations).order_by("pk"):
        try:
            owner_require(membership=Membership.objects.get(organisation=organisation, user=user))
        except LastOwner:
            named.append(organisation.legal_name)
    if named:
        raise SoleOwner(organisations=", ".join(named))


def _received(user: User) -> Any:
    return Invitation.objects.filter(Q(email__in=addresses_of(user)) | Q(accepted_by=user))


def _scrub(invitation: Invitation, actor: Actor, now: Any) -> None:
    if invitation.accepted_at is None and invitation.revoked_at is None:
        invitation.revoked_at = now
        publish(events.INVITATION_REVOKED, actor=actor, subject=invitation)
    invitation.email = ERASED.format(id=invitation.pk)
    invitation.save(update_fields=["email", "revoked_at"])


register(PersonalData("organisations", _export, _erase))
