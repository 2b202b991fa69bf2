"""What a member may do, and whose rows a caller may change."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from apps.organisations.states import Standing
from apps.permissions import ROLE_PERMISSIONS, SECOND_FACTOR_ROLES, Kind, Permission, Role
from kernel.access import Actor
from kernel.errors import NotFound


class NotYours(NotFound):
    """There is nothing of yours here."""


PROTECTIVE = frozenset(
    {
        Permission.API_KEY_REVOKE,
        Permission.DOCUMENT_WITHDRAW,
        Permission.GRANT_REVOKE,
        Permission.INVITATION_REVOKE,
        Permission.MEMBER_REMOVE,
        Permission.ORGANISATION_GO_DARK,
        Permission.UPLOAD_CANCEL,
    }
)
"""What protects the organisation and gives nobody anything."""
REMEDIAL = frozenset(
    {
        Permission.OWNERSHIP_STATE,
        Permission.UPLOAD_CREATE,
        Permission.VERIFICATION_ANSWER,
        Permission.VERIFICATION_OPEN,
        Permission.VERIFICATION_PROVIDE,
        Permission.VERIFICATION_SUBMIT,
    }
)
"""What a suspended organisation needs to be verified again."""


def permissions_of(*, kind: str, roles: Collection[str], standing: str) -> frozenset[str]:
    """What the roles allow in an organisation of this kind; a suspended one what reads, what only takes away
    and what has it verified again.
    """
    held = frozenset[str]().union(*(ROLE_PERMISSIONS.get((Kind(kind), Role(role)), frozenset()) for role in roles))
    held = frozenset(str(permission) for permission in held)
    if standing != Standing.SUSPENDED:
        return held
    kept = PROTECTIVE | REMEDIAL
    return frozenset(name for name in held if name.rpartition(".")[2] == "read" or name in kept)


def needs_second_factor(*, roles: Collection[str]) -> bool:
    """Whether one of the roles may be used with a second factor only."""
    return not SECOND_FACTOR_ROLES.isdisjoint(roles)


def roles_unfit(*, kind: str, roles: Collection[str]) -> set[str]:
    """Those of `roles` that organisations of this kind do not have."""
    fitting = {str(role) for owner, role in ROLE_PERMISSIONS if owner == kind}
    return set(roles) - fitting


def own_require(*, actor: Actor, organisation_id: UUID | None) -> None:
    """Raises NotYours unless the row is of the actor's own organisation; the system owns everything."""
    if actor.is_system:
        return
    if organisation_id is None or actor.organisation_id != organisation_id:
        raise NotYours
