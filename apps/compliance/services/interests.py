"""Who may act on an organisation's case: nobody who belongs to it or has an interest in it."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from apps.compliance import events
from apps.compliance.models import DeclaredInterest
from apps.organisations.models import Membership, Organisation
from apps.permissions import Kind
from kernel.access import Actor
from kernel.clock import utc_today
from kernel.errors import FieldProblem, Forbidden, Invalid
from kernel.events import publish


class OfficerNeedsPerson(Forbidden):
    """A person of the operator decides this, not software with a key."""


class ConflictOfInterest(Forbidden):
    """You belong to this organisation or have declared an interest in it."""


class InterestNotAcceptable(Invalid):
    """The declaration is not acceptable."""


def officer_require(*, actor: Actor, organisation_id: UUID, now: dt.datetime | None = None) -> UUID:
    """The person who acts as an officer on the organisation's case.

    Raises OfficerNeedsPerson for keys and for anybody who is not an operator's, and ConflictOfInterest for members of
    the organisation and for people with a declared interest in it.
    """
    if actor.user_id is None or actor.api_key_id is not None or actor.kind != Kind.OPERATOR:
        raise OfficerNeedsPerson
    is_member = Membership.objects.filter(organisation_id=organisation_id, user_id=actor.user_id).exists()
    in_force = DeclaredInterest.objects.in_force(on=utc_today(now))
    declared = in_force.filter(organisation_id=organisation_id, user_id=actor.user_id)
    if organisation_id == actor.organisation_id or is_member or declared.exists():
        raise ConflictOfInterest
    return actor.user_id


@transaction.atomic
def interest_declare(
    *, actor: Actor, organisation_id: UUID, reason: str, until: dt.date | None = None
) -> DeclaredInterest:
    """Declare one's interest in an organisation, up to and with the day `until`; it is not taken back.

    Raises OfficerNeedsPerson and InterestNotAcceptable.
    """
    if actor.user_id is None or actor.api_key_id is not None or actor.organisation_id is None:
        raise OfficerNeedsPerson
    problems = []
    if not Organisation.objects.filter(~Q(pk=actor.organisation_id), pk=organisation_id).exists():
        problems.append(FieldProblem("/organisation", "does_not_exist", "There is no such organisation."))
    if not reason.strip():
        problems.append(FieldProblem("/reason", "blank", "Say what the interest is."))
    if until is not None and until < utc_today():
        problems.append(FieldProblem("/until", "past", "Not before today."))
    if problems:
        raise InterestNotAcceptable(errors=problems)
    declared = DeclaredInterest.objects.create(
        operator_id=actor.organisation_id,
        user_id=actor.user_id,
        organisation_id=organisation_id,
        reason=reason.strip(),
        until=until,
    )
    # In the trail of the operator: an organisation is not told who has an interest in it.
    publish(events.INTEREST_DECLARED, actor=actor, subject=declared, organisation_id=actor.organisation_id)
    return declared
