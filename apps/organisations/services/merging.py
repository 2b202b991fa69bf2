"""Merging two entries of one legal entity."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from apps.organisations import events
from apps.organisations.merging import Moved, merge_parts
from apps.organisations.models import (
    ApiKey,
    DisclosureGrant,
    Identifier,
    Invitation,
    Membership,
    Organisation,
    RegistrationClash,
)
from apps.organisations.services.organisations import AlreadyMerged, organisation_standing_set
from apps.organisations.states import ClashStatus, Standing
from apps.permissions import Kind, Permission, Role
from kernel.access import Actor
from kernel.clock import utc_now
from kernel.errors import Conflict, FieldProblem, Forbidden, Invalid
from kernel.events import publish
from kernel.versions import version_save


class MergeNotYours(Forbidden):
    """Only the operator merges organisations."""


class MergeNotAcceptable(Invalid):
    """These two cannot be one organisation."""


class IntoUnverified(Conflict):
    """What was verified is not merged into what was not: its owner would get all of it."""


class GoneDark(Conflict):
    """One of the two has gone dark: what it holds would be seen again. It returns first."""


@dataclass(frozen=True, slots=True)
class MergeReport:
    """What a merge moved or, where it was a dry run, would move; by kind of row."""

    dry_run: bool
    organisation_id: UUID
    into_id: UUID
    moved: Mapping[str, int]
    conflicts: Mapping[str, int]


class _Tried(Exception):
    """Undoes a dry run."""


def organisation_merge(
    *, actor: Actor, organisation: Organisation, into: Organisation, dry_run: bool, now: dt.datetime | None = None
) -> MergeReport:
    """Move what belongs to `organisation` to `into` and leave the former as an empty, suspended entry.

    A dry run does the same and undoes it, so its counts are the real ones. Raises MergeNotYours, MergeNotAcceptable,
    AlreadyMerged, IntoUnverified and GoneDark.
    """
    if not actor.may(Permission.ORGANISATION_MERGE):
        raise MergeNotYours
    _require_fit(organisation, into)
    try:
        with transaction.atomic():
            found = _merge(actor, organisation.pk, into.pk, now or utc_now())
            if dry_run:
                raise _Tried  # noqa: TRY301 - the way out of the transaction
    except _Tried:
        pass
    return MergeReport(dry_run, organisation.pk, into.pk, found.moved, found.conflicts)


def _require_fit(organisation: Organisation, into: Organisation) -> None:
    if organisation.pk == into.pk:
        problem = FieldProblem("/into", "itself", "An organisation is not merged into itself.")
    elif organisation.kind != into.kind:
        problem = FieldProblem("/into", "other_kind", "Only organisations of one kind are merged.")
    elif organisation.kind == Kind.OPERATOR:
        problem = FieldProblem("/into", "operator", "Operators are not merged.")
    else:
        return
    raise MergeNotAcceptable(errors=[problem])


def _merge(actor: Actor, merged_id: UUID, into_id: UUID, now: dt.datetime) -> Moved:
    rows = Organisation.objects.select_for_update().filter(pk__in=[merged_id, into_id]).order_by("pk")
    locked = {row.pk: row for row in rows}
    merged, into = locked[merged_id], locked[into_id]
    if merged.merged_into_id is not None or into.merged_into_id is not None:
        raise AlreadyMerged
    if merged.standing == Standing.VERIFIED and into.standing != Standing.VERIFIED:
        raise IntoUnverified
    if merged.dark_since is not None or into.dark_since is not None:
        raise GoneDark
    moved, conflicts = Counter[str](), Counter[str]()
    for part in (_own_rows(actor, merged, into, now), *_parts_of(merged, into, now)):
        moved.update(part.moved)
        conflicts.update(part.conflicts)
    found = Moved(dict(moved), dict(conflicts))
    _close(merged, into)
    publish(
        events.ORGANISATION_MERGED,
        actor=actor,
        subject=merged,
        organisation_id=into.pk,
        data={"into": str(into.pk), "moved": found.moved, "conflicts": found.conflicts},
    )
    return found


def _parts_of(merged: Organisation, into: Organisation, now: dt.datetime) -> list[Moved]:
    return [move(merged=merged, into=into, now=now) for move in merge_parts().values()]


def _close(merged: Organisation, into: Organisation) -> None:
    """Suspend what is left, so that nothing takes it for a verified one, and say where its rows went."""
    organisation_standing_set(
        actor=Actor.system(), organisation=merged, standing=Standing.SUSPENDED, basis=merged.basis
    )
    version_save(instance=merged, changes={"merged_into_id": into.pk})
    Organisation.objects.filter(merged_into=merged).update(merged_into=into, version=F("version") + 1)
    Organisation.objects.filter(pk=into.pk).update(version=F("version") + 1)


def _own_rows(actor: Actor, merged: Organisation, into: Organisation, now: dt.datetime) -> Moved:
    """Members, numbers, grants and open clashes go along, keys and invitations end; what was signed or recorded stays:
    registrations, undertakings, break-glass.
    """
    is_trusted = merged.standing == Standing.VERIFIED or into.standing != Standing.VERIFIED
    joined = united = left = 0
    # Whoever registered an entry owns it: nobody becomes a member of a verified one, or gains a role there, by that.
    if is_trusted or not _has_owner(into):
        joined, united = _members(actor, merged, into)
    else:
        left = _members_end(actor, merged)
    grants, ended = _grants(merged, into, now)
    clashes, doubled = _clashes(merged, into)
    moved = {
        "memberships": joined,
        "memberships_united": united,
        "identifiers": Identifier.objects.filter(organisation=merged).update(organisation=into),
        "api_keys_revoked": _revoke_keys(actor, merged, now),
        "invitations_revoked": _revoke_invitations(actor, merged, now),
        "grants": grants,
        "registration_clashes": clashes,
    }
    return Moved(moved, {"memberships_ended": left, "grants_ended": ended, "registration_clashes": doubled})


def _has_owner(organisation: Organisation) -> bool:
    owners = Membership.objects.filter(organisation=organisation, roles__contains=[Role.OWNER], user__is_active=True)
    return owners.exists()


def _members_end(actor: Actor, merged: Organisation) -> int:
    """End all memberships of the merged one; the other's owners invite whom they want."""
    members = list(Membership.objects.select_for_update().filter(organisation=merged).order_by("pk"))
    for membership in members:
        data = {"user_id": str(membership.user_id), "roles": membership.roles}
        publish(events.MEMBERSHIP_REMOVED, actor=actor, subject=membership, data=data)
        membership.delete()
    return len(members)


def _members(actor: Actor, merged: Organisation, into: Organisation) -> tuple[int, int]:
    """Bring the members over; who is one of both has the roles of both."""
    present = {row.user_id: row for row in Membership.objects.select_for_update().filter(organisation=into)}
    joined = united = 0
    for membership in Membership.objects.select_for_update().filter(organisation=merged).order_by("pk"):
        other = present.get(membership.user_id)
        if other is None:
            joined, fact = joined + 1, events.MEMBERSHIP_ADDED
            membership.organisation = into
        else:
            united, fact = united + 1, events.MEMBERSHIP_CHANGED
            roles = sorted({*other.roles, *membership.roles})
            membership.delete()
            if roles == sorted(other.roles):
                continue
            membership, other.roles = other, roles
        membership.version += 1
        membership.save(update_fields=["organisation", "roles", "version"])
        publish(
            fact,
            actor=actor,
            subject=membership,
            organisation_id=into.pk,
            data={"user_id": str(membership.user_id), "roles": membership.roles},
        )
    return joined, united


def _revoke_keys(actor: Actor, merged: Organisation, now: dt.datetime) -> int:
    keys = list(ApiKey.objects.select_for_update().filter(organisation=merged, revoked_at=None))
    for key in keys:
        key.revoked_at = now
        key.save(update_fields=["revoked_at"])
        publish(events.API_KEY_REVOKED, actor=actor, subject=key)
    return len(keys)


def _revoke_invitations(actor: Actor, merged: Organisation, now: dt.datetime) -> int:
    open_ones = Invitation.objects.select_for_update().filter(organisation=merged, accepted_at=None, revoked_at=None)
    invitations = list(open_ones)
    for invitation in invitations:
        invitation.revoked_at = now
        invitation.save(update_fields=["revoked_at"])
        publish(events.INVITATION_REVOKED, actor=actor, subject=invitation)
    return len(invitations)


def _grants(merged: Organisation, into: Organisation, now: dt.datetime) -> tuple[int, int]:
    """Move the grants of both directions; those between the two end, those that two people gave an operator, and those
    that the other has given or been given for the same cause: revoking one grant must close what it opened.
    """
    rows = DisclosureGrant.objects.filter(Q(viewer=merged) | Q(subject=merged))
    between = Q(viewer=into) | Q(subject=into)
    live = Q(until=None) | Q(until__gt=now)
    same = DisclosureGrant.objects.filter(live, cause=OuterRef("cause"), person=None)
    twins = Q(Exists(same.filter(subject=into, viewer=OuterRef("viewer"))), subject=merged)
    twins |= Q(Exists(same.filter(viewer=into, subject=OuterRef("subject"))), viewer=merged)
    ended = rows.filter(between | twins | Q(person__isnull=False)).filter(live).update(until=now)
    moving = rows.exclude(between).filter(person=None)
    moved = moving.filter(viewer=merged).update(viewer=into)
    moved += DisclosureGrant.objects.filter(subject=merged, person=None).exclude(between).update(subject=into)
    return moved, ended


def _clashes(merged: Organisation, into: Organisation) -> tuple[int, int]:
    """Open clashes with the merged one become the other's, unless it has the same or they are about itself."""
    moved = stayed = 0
    rows = RegistrationClash.objects.select_for_update(of=("self",)).filter(organisation=merged)
    for clash in rows.filter(status=ClashStatus.OPEN).select_related("registration"):
        twin = RegistrationClash.objects.filter(
            registration=clash.registration_id, organisation=into, cause=clash.cause
        )
        if clash.registration.organisation_id == into.pk or twin.exists():
            stayed += 1
            continue
        clash.organisation, clash.version = into, clash.version + 1
        clash.save(update_fields=["organisation", "version"])
        moved += 1
    return moved, stayed
