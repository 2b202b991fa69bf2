"""Inviting people by e-mail, sending the mail, accepting and revoking."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Collection, Iterable
from uuid import UUID

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from apps.accounts.models import User
from apps.organisations import events, mails
from apps.organisations.models import Invitation, Membership, Organisation
from apps.organisations.rules import permissions_of
from apps.organisations.services.members import (
    AlreadyMember,
    managing_require,
    member_join,
    organisation_lock,
    roles_fitting,
    roles_save,
)
from apps.permissions import Permission
from kernel.access import Actor
from kernel.clock import utc_now
from kernel.errors import Conflict, FieldProblem, Forbidden, Invalid
from kernel.events import publish

INVITATION_LASTS = dt.timedelta(days=7)
MOST_OPEN = 50
"""Open invitations of one organisation at a time."""
TOKEN_BYTES = 32


class InvitationNotAcceptable(Invalid):
    """This cannot be invited."""


class TooManyInvitations(Conflict):
    """Too many invitations are open. Revoke some or wait until they are answered."""


class InvitationAccepted(Conflict):
    """This invitation was accepted. Remove the member instead."""


class InvitationNotUsable(Invalid):
    """This invitation cannot be used. Sign in with the invited address or ask for a new one."""


class AcceptingNeedsPerson(Forbidden):
    """A person accepts an invitation, not software with a key."""


@transaction.atomic
def invitation_create(
    *, actor: Actor, organisation: Organisation, email: str, roles: Collection[str], now: dt.datetime | None = None
) -> Invitation:
    """Ask the holder of an e-mail address to join with these roles; ends an older open invitation of that address.

    The mail goes out after the commit, see `invitation_send`. Whether the address has an account is not looked at,
    except that a member's own sign-in address, which the organisation sees anyway, is refused. Raises NotYours,
    MembersNeedPerson, MembersNotYours, InvitationNotAcceptable, MembershipNotAcceptable, AlreadyMember and
    TooManyInvitations.
    """
    managing_require(actor=actor, organisation_id=organisation.pk, permission=Permission.INVITATION_CREATE)
    moment = now or utc_now()
    address = _address(email)
    wanted = roles_fitting(kind=organisation.kind, roles=roles)
    organisation_lock(organisation_id=organisation.pk)
    if Membership.objects.filter(organisation=organisation, user__email=address).exists():
        raise AlreadyMember
    present = Invitation.objects.open(moment).filter(organisation=organisation)
    _revoke(actor, present.filter(email=address), moment)
    if present.count() >= MOST_OPEN:
        raise TooManyInvitations
    invitation = Invitation.objects.create(
        organisation=organisation,
        email=address,
        roles=wanted,
        token_hash=token_hash(_token()),
        invited_by_id=actor.user_id,
        created_at=moment,
        expires_at=moment + INVITATION_LASTS,
    )
    publish(events.INVITATION_CREATED, actor=actor, subject=invitation, data={"roles": wanted})
    return invitation


@transaction.atomic
def invitation_send(*, invitation_id: UUID, now: dt.datetime | None = None) -> bool:
    """Make the invitation's token and mail it, if the invitation is still open and was not mailed; returns whether.

    The token exists in the mail and in this call only, so that no queue and no table ever holds it; what was rolled
    back after the mail went out is a dead token, replaced at the next attempt. Raises mails.MailNotSent.
    """
    moment = now or utc_now()
    invitation = (
        Invitation.objects.open(moment)
        .select_for_update(of=("self",), no_key=True)
        .select_related("organisation", "invited_by")
        .filter(pk=invitation_id, mailed_at=None)
        .first()
    )
    if invitation is None:
        return False
    token = _token()
    invitation.token_hash, invitation.mailed_at = token_hash(token), moment
    invitation.save(update_fields=["token_hash", "mailed_at"])
    mails.invitation_mail(invitation=invitation, token=token, language=_language(invitation))
    return True


@transaction.atomic
def invitation_accept(*, actor: Actor, token: str, now: dt.datetime | None = None) -> Membership:
    """Join with the invitation's roles; a member gets them in addition.

    Raises AcceptingNeedsPerson, and InvitationNotUsable, the same for whatever is wrong with the token: unknown, used,
    revoked, expired, of an address that is no confirmed one of the actor's, or of an inviter who may invite no more.
    """
    if actor.user_id is None or actor.api_key_id is not None:
        raise AcceptingNeedsPerson
    moment, digest = now or utc_now(), token_hash(token)
    organisation_id = Invitation.objects.filter(token_hash=digest).values_list("organisation_id", flat=True).first()
    if organisation_id is None:
        raise InvitationNotUsable
    organisation = organisation_lock(organisation_id=organisation_id)
    invitation = (
        Invitation.objects.open(moment)
        .select_for_update(no_key=True)
        .filter(token_hash=digest, organisation=organisation)
        .first()
    )
    if invitation is None or not _is_addressed(invitation, actor.user_id) or not _is_backed(invitation, organisation):
        raise InvitationNotUsable
    membership = Membership.objects.filter(organisation=organisation, user_id=actor.user_id).first()
    if membership is None:
        membership = member_join(actor=actor, organisation=organisation, user_id=actor.user_id, roles=invitation.roles)
    else:
        roles_save(actor=actor, membership=membership, roles=sorted({*membership.roles, *invitation.roles}))
    invitation.accepted_at, invitation.accepted_by_id = moment, actor.user_id
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    publish(
        events.INVITATION_ACCEPTED,
        actor=actor,
        subject=invitation,
        data={"user_id": str(actor.user_id), "roles": invitation.roles},
    )
    return membership


@transaction.atomic
def invitation_revoke(*, actor: Actor, invitation: Invitation, now: dt.datetime | None = None) -> Invitation:
    """End an invitation, at once. Revoking it again changes nothing.

    Raises NotYours, MembersNeedPerson, MembersNotYours and InvitationAccepted.
    """
    organisation_id = invitation.organisation_id
    managing_require(actor=actor, organisation_id=organisation_id, permission=Permission.INVITATION_REVOKE)
    _revoke(actor, Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None), now or utc_now())
    invitation.refresh_from_db()
    if invitation.accepted_at is not None:
        raise InvitationAccepted
    return invitation


def invitations_end(*, actor: Actor, organisation_id: UUID, user_id: UUID, now: dt.datetime) -> None:
    """Revoke the open invitations that this member made; call it in the transaction in which they leave."""
    _revoke(actor, Invitation.objects.open(now).filter(organisation_id=organisation_id, invited_by_id=user_id), now)


def token_hash(token: str) -> str:
    """How an invitation's token is kept: SHA-256, which is enough for 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def _token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


def _address(email: str) -> str:
    """The address in lower case. Raises InvitationNotAcceptable."""
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        problem = FieldProblem("/email", "invalid", "Not an e-mail address.")
        raise InvitationNotAcceptable(errors=[problem]) from None
    return address


def _revoke(actor: Actor, rows: Iterable[Invitation], now: dt.datetime) -> None:
    for invitation in rows:
        if Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None).update(revoked_at=now):
            publish(events.INVITATION_REVOKED, actor=actor, subject=invitation)


def _is_addressed(invitation: Invitation, user_id: UUID) -> bool:
    """Whether the person confirmed the invited address as theirs."""
    confirmed = EmailAddress.objects.filter(user_id=user_id, verified=True).values_list("email", flat=True)
    return invitation.email in {str(email).lower() for email in confirmed}


def _is_backed(invitation: Invitation, organisation: Organisation) -> bool:
    """Whether the inviter may still invite: an enabled member with the permission, of an organisation that stands."""
    if organisation.merged_into_id is not None:
        return False
    if invitation.invited_by_id is None:
        return True
    inviter = Membership.objects.filter(
        organisation=organisation, user_id=invitation.invited_by_id, user__is_active=True
    ).first()
    return inviter is not None and Permission.INVITATION_CREATE in permissions_of(
        kind=organisation.kind, roles=inviter.roles, standing=organisation.standing
    )


def _language(invitation: Invitation) -> str:
    """The language of the invited person's account, the inviter's where there is none."""
    holder = EmailAddress.objects.filter(email__iexact=invitation.email, verified=True).select_related("user").first()
    person = invitation.invited_by if holder is None else holder.user
    return User._meta.get_field("language").default if person is None else person.language
