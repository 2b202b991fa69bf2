"""What a member may do, whether a register's number is well-formed, and whose rows a caller may change."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from stdnum import lei
from stdnum.eu import vat
from stdnum.ua import edrpou, rntrc

from apps.organisations.states import Scheme, Standing
from apps.permissions import ROLE_PERMISSIONS, Kind, Role
from kernel.access import Actor
from kernel.errors import NotFound

_CHECKED = {
    Scheme.EDRPOU: edrpou.validate,
    Scheme.RNTRC: rntrc.validate,
    Scheme.LEI: lei.validate,
    Scheme.EU_VAT: vat.validate,
}
MAX_IDENTIFIER = 40
LEI_LENGTH = 20
"""ISO 17442; its check digits alone let shorter texts pass."""


class NotYours(NotFound):
    """There is nothing of yours here."""


def permissions_of(*, kind: str, roles: Collection[str], standing: str) -> frozenset[str]:
    """What the roles allow in an organisation of this kind; a suspended organisation keeps only what reads."""
    held = frozenset[str]().union(*(ROLE_PERMISSIONS.get((Kind(kind), Role(role)), frozenset()) for role in roles))
    held = frozenset(str(permission) for permission in held)
    if standing != Standing.SUSPENDED:
        return held
    return frozenset(permission for permission in held if permission.rpartition(".")[2] == "read")


def roles_unfit(*, kind: str, roles: Collection[str]) -> set[str]:
    """Those of `roles` that organisations of this kind do not have."""
    fitting = {str(role) for owner, role in ROLE_PERMISSIONS if owner == kind}
    return set(roles) - fitting


def identifier_clean(*, scheme: str, value: str) -> str | None:
    """The number in its register's own form, None when its checksum fails; where there is none it is only trimmed."""
    number = value.strip()
    if not 0 < len(number) <= MAX_IDENTIFIER:
        return None
    check = _CHECKED.get(Scheme(scheme))
    if check is None:
        return number
    try:
        clean = check(number)
    except (ValueError, IndexError, KeyError):  # texts that are no numbers at all break some registers' checks
        return None
    return None if scheme == Scheme.LEI and len(clean) != LEI_LENGTH else clean


def own_require(*, actor: Actor, organisation_id: UUID | None) -> None:
    """Raises NotYours unless the row is of the actor's own organisation; the system owns everything."""
    if actor.is_system:
        return
    if organisation_id is None or actor.organisation_id != organisation_id:
        raise NotYours
