"""Members of an organisation and their roles."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from apps.organisations import events
from apps.organisations.models import Membership, Organisation
from apps.organisations.rules import own_require, permissions_of, roles_unfit
from apps.organisations.services.emergencies import break_glasses_end
from apps.permissions import Permission, Role
from kernel.access import Actor
from kernel.clock import database_now
from kernel.errors import Conflict, FieldProblem, Forbidden, Invalid, NotFound
from kernel.events import publish
from kernel.versions import version_save


class MembershipNotAcceptable(Invalid):
    """These roles do not exist in this kind of organisation."""


class AlreadyMember(Conflict):
    """This person is a member already."""


class MembersNotYours(Forbidden):
    """Only an owner of the organisation manages its members."""


class MembersNeedPerson(Forbidden):
    """A person manages members, not software with a key."""


class LastOwner(Conflict):
    """An organisation keeps at least one owner. Make somebody else an owner first."""


@transaction.atomic
def membership_add(*, actor: Actor, organisation: Organisation, user_id: UUID, roles: Collection[str]) -> Membership:
    """Make a person a member.

    Raises NotYours, MembersNeedPerson, MembersNotYours, MembershipNotAcceptable and AlreadyMember.
    """
    managing_require(actor=actor, organisation_id=organisation.pk, permission=Permission.MEMBER_UPDATE)
    return member_join(actor=actor, organisation=organisation, user_id=user_id, roles=roles)


@transaction.atomic
def membership_change(*, actor: Actor, membership: Membership, roles: Collection[str]) -> Membership:
    """Give a member these roles instead of the present ones; in force from the next request.

    Raises NotYours, MembersNeedPerson, MembersNotYours, MembershipNotAcceptable, LastOwner and ChangedMeanwhile.
    """
    managing_require(actor=actor, organisation_id=membership.organisation_id, permission=Permission.MEMBER_UPDATE)
    organisation = organisation_lock(organisation_id=membership.organisation_id)
    wanted = roles_fitting(kind=organisation.kind, roles=roles)
    if Role.OWNER not in wanted:
        owner_require(membership=membership)
    if Permission.BREAK_GLASS_REQUEST not in permissions_of(
        kind=organisation.kind, roles=wanted, standing=organisation.standing
    ):
        break_glasses_end(actor=actor, operator_id=organisation.pk, user_id=membership.user_id, now=database_now())
    return roles_save(actor=actor, membership=membership, roles=wanted)


def member_join(*, actor: Actor, organisation: Organisation, user_id: UUID, roles: Collection[str]) -> Membership:
    """Make a person a member, whoever may. Raises MembershipNotAcceptable and AlreadyMember."""
    membership, is_new = Membership.objects.get_or_create(
        organisation=organisation,
        user_id=user_id,
        defaults={"roles": roles_fitting(kind=organisation.kind, roles=roles)},
    )
    if not is_new:
        raise AlreadyMember
    publish(
        events.MEMBERSHIP_ADDED,
        actor=actor,
        subject=membership,
        data={"user_id": str(user_id), "roles": membership.roles},
    )
    return membership


def roles_save(*, actor: Actor, membership: Membership, roles: list[str]) -> Membership:
    """Write a member's roles and tell of it, unless they are the same. Raises ChangedMeanwhile."""
    before = membership.roles
    if version_save(instance=membership, changes={"roles": roles}):
        publish(
            events.MEMBERSHIP_CHANGED,
            actor=actor,
            subject=membership,
            data={"user_id": str(membership.user_id), "from": before, "to": roles},
        )
    return membership


def roles_fitting(*, kind: str, roles: Collection[str]) -> list[str]:
    """The roles, sorted and each once. Raises MembershipNotAcceptable for none and for those that the kind lacks."""
    unfit = sorted(roles_unfit(kind=kind, roles=roles))
    if unfit:
        named = {"roles": ", ".join(unfit)}
        raise MembershipNotAcceptable(errors=[FieldProblem("/roles", "invalid", "No such role here: {roles}.", named)])
    if not roles:
        raise MembershipNotAcceptable(errors=[FieldProblem("/roles", "empty", "A member has at least one role.")])
    return sorted({str(role) for role in roles})


def managing_require(*, actor: Actor, organisation_id: UUID, permission: str) -> None:
    """Raises NotYours, MembersNeedPerson or MembersNotYours unless the actor manages members here in person."""
    own_require(actor=actor, organisation_id=organisation_id)
    if actor.api_key_id is not None:
        raise MembersNeedPerson
    if not actor.may(permission):
        raise MembersNotYours


def organisation_lock(*, organisation_id: UUID) -> Organisation:
    """The organisation, its members kept as they are by others until the transaction ends. Raises NotFound."""
    found = Organisation.objects.select_for_update(no_key=True).filter(pk=organisation_id).first()
    if found is None:
        raise NotFound
    return found


def owner_require(*, membership: Membership) -> None:
    """Raises LastOwner if the organisation has no owner but this member; whose account is disabled is none.

    Holds only while the organisation is locked.
    """
    owners = Membership.objects.filter(
        organisation_id=membership.organisation_id, roles__contains=[Role.OWNER], user__is_active=True
    )
    if Role.OWNER in membership.roles and not owners.exclude(pk=membership.pk).exists():
        raise LastOwner
