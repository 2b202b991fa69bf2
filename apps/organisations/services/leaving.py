"""Removing members and leaving; what they made for the organisation ends with them."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction

from apps.organisations import events
from apps.organisations.models import Membership
from apps.organisations.services.emergencies import break_glasses_end
from apps.organisations.services.invitations import invitations_end
from apps.organisations.services.keys import api_keys_end
from apps.organisations.services.members import managing_require, organisation_lock, owner_require
from apps.permissions import Permission
from kernel.access import Actor
from kernel.clock import database_now, utc_now
from kernel.errors import Forbidden, NotFound
from kernel.events import publish


class LeavingNeedsPerson(Forbidden):
    """A person leaves an organisation, not software with a key."""


@transaction.atomic
def membership_remove(*, actor: Actor, membership: Membership, now: dt.datetime | None = None) -> None:
    """End a person's membership, in force from the next request, with the keys and open invitations they made.

    Raises NotYours, MembersNeedPerson, MembersNotYours, LastOwner, and NotFound when they are no member any more.
    """
    organisation_id = membership.organisation_id
    managing_require(actor=actor, organisation_id=organisation_id, permission=Permission.MEMBER_REMOVE)
    organisation_lock(organisation_id=organisation_id)
    _end(actor, organisation_id, membership.user_id, events.MEMBERSHIP_REMOVED, now)


@transaction.atomic
def membership_leave(*, actor: Actor, organisation_id: UUID, now: dt.datetime | None = None) -> None:
    """End one's own membership of any organisation, with the keys and open invitations made there.

    Raises LeavingNeedsPerson, LastOwner, and NotFound for an organisation that one does not belong to.
    """
    if actor.user_id is None or actor.api_key_id is not None:
        raise LeavingNeedsPerson
    if not Membership.objects.filter(organisation_id=organisation_id, user_id=actor.user_id).exists():
        raise NotFound
    organisation_lock(organisation_id=organisation_id)
    _end(actor, organisation_id, actor.user_id, events.MEMBERSHIP_LEFT, now)


def _end(actor: Actor, organisation_id: UUID, user_id: UUID, event: str, now: dt.datetime | None) -> None:
    membership = Membership.objects.filter(organisation_id=organisation_id, user_id=user_id).first()
    if membership is None:
        raise NotFound
    owner_require(membership=membership)
    moment = now or utc_now()
    api_keys_end(actor=actor, organisation_id=organisation_id, user_id=user_id, now=moment)
    invitations_end(actor=actor, organisation_id=organisation_id, user_id=user_id, now=moment)
    break_glasses_end(actor=actor, operator_id=organisation_id, user_id=user_id, now=now or database_now())
    publish(event, actor=actor, subject=membership, data={"user_id": str(user_id), "roles": membership.roles})
    membership.delete()
