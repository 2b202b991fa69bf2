"""The standing that rests on a case: given, suspended, given back; in force from the next request."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction

from apps.compliance import events
from apps.compliance.checklists import checklists
from apps.compliance.models import VerificationCase
from apps.compliance.rules.cases import RENEWAL_WITHIN_DAYS, suspension_shown, year_after
from apps.compliance.selectors.screening import is_cleared
from apps.compliance.services.cases import case_lock
from apps.compliance.services.interests import officer_require
from apps.compliance.states import VERIFICATION, CaseCause, CaseStatus, Clearance, SuspensionCause
from apps.organisations.models import Organisation
from apps.organisations.services import organisation_lock, organisation_standing_set
from apps.organisations.states import Basis, Standing
from apps.permissions import Kind, Permission
from kernel.access import Actor
from kernel.clock import utc_now, utc_today
from kernel.errors import Conflict, FieldProblem, Invalid
from kernel.events import publish
from kernel.states import NotPermitted


class SuspensionNotAcceptable(Invalid):
    """The decision is not acceptable."""


class NothingToSuspend(Conflict):
    """The organisation is not verified."""


class StandsNoLonger(Conflict):
    """The organisation's standing rests on another case by now."""


class ListedStill(Conflict):
    """Screening does not say that nobody is listed: a hit is confirmed or waits for a decision."""


@transaction.atomic
def suspend(*, actor: Actor, organisation_id: UUID, reason: str, now: dt.datetime | None = None) -> VerificationCase:
    """Take a verified organisation's standing until it is given back; nobody outside sees it from the next request.

    Raises NotPermitted, OfficerNeedsPerson, ConflictOfInterest, SuspensionNotAcceptable and NothingToSuspend.
    """
    _officer_decides(actor, organisation_id, reason, now)
    case = standing_end(
        organisation_id=organisation_id, cause=SuspensionCause.DECISION, reason=reason.strip(), actor=actor, now=now
    )
    if case is None:
        raise NothingToSuspend
    return case


@transaction.atomic
def reinstate(*, actor: Actor, case: VerificationCase, reason: str, now: dt.datetime | None = None) -> VerificationCase:
    """Give a suspended organisation its standing back.

    Raises NotPermitted, OfficerNeedsPerson, ConflictOfInterest, SuspensionNotAcceptable, StandsNoLonger, NotNow, and
    ListedStill while a hit is confirmed or waits.
    """
    _officer_decides(actor, case.organisation_id, reason, now)
    locked = case_lock(case=case)
    if not locked.is_standing:
        raise StandsNoLonger
    if is_cleared(organisation_id=case.organisation_id) in {Clearance.HIT, Clearance.REVIEW}:
        raise ListedStill
    VERIFICATION.fire("reinstate", instance=case, actor=actor)
    case.reason, case.suspension_cause, case.suspension_reason, case.suspended_at = reason.strip(), "", "", None
    # Whoever was suspended for the date gets as long as after a change to renew.
    earliest = utc_today(now) + dt.timedelta(days=RENEWAL_WITHIN_DAYS)
    case.next_due_on = max(case.next_due_on or earliest, earliest)
    case.save(update_fields=["reason", "suspension_cause", "suspension_reason", "suspended_at", "next_due_on"])
    _standing_set(case.organisation_id, Standing.VERIFIED, Basis.CASE)
    return case


@transaction.atomic
def suspend_on_hit(
    *, organisation_id: UUID, actor: Actor | None = None, now: dt.datetime | None = None
) -> VerificationCase | None:
    """Suspend a verified organisation of which a person has confirmed that somebody is listed; again changes nothing.

    With the officer as `actor` its trail tells it no more than of any other decision. Returns the case that its
    standing rested on, None where it was not verified.
    """
    by = actor or Actor.system()
    return standing_end(organisation_id=organisation_id, cause=SuspensionCause.HIT, reason="", actor=by, now=now)


@transaction.atomic
def standing_adopt(*, organisation: Organisation, now: dt.datetime | None = None) -> VerificationCase:
    """The case that a verified organisation's standing rests on; one that records the import where there is none.

    An import's standing is to be renewed a year after the organisation came in, and not within thirty days.
    """
    present = VerificationCase.objects.filter(organisation=organisation, is_standing=True).first()
    if present is not None:
        return present
    earliest = utc_today(now) + dt.timedelta(days=RENEWAL_WITHIN_DAYS)
    case = VerificationCase.objects.create(
        organisation=organisation,
        cause=CaseCause.IMPORTED,
        status=CaseStatus.VERIFIED,
        checklist=checklists().id,
        is_standing=True,
        opened_at=now or utc_now(),
        next_due_on=max(year_after(day=organisation.created_at.date()), earliest),
    )
    publish(events.CASE_ADOPTED, actor=Actor.system(), subject=case, data={"cause": str(CaseCause.IMPORTED)})
    return case


@transaction.atomic
def standing_give(*, case: VerificationCase) -> None:
    """Let the organisation's standing rest on a case just verified, whatever it rested on before."""
    VerificationCase.objects.filter(organisation_id=case.organisation_id, is_standing=True).exclude(pk=case.pk).update(
        is_standing=False
    )
    case.is_standing = True
    case.save(update_fields=["is_standing"])
    _standing_set(case.organisation_id, Standing.VERIFIED, Basis.CASE)


@transaction.atomic
def standing_end(
    *, organisation_id: UUID, cause: SuspensionCause, reason: str, actor: Actor, now: dt.datetime | None = None
) -> VerificationCase | None:
    """Suspend what a verified organisation's standing rests on; None, and nothing done, where it is not verified."""
    organisation = organisation_lock(organisation_id=organisation_id)
    if organisation.standing != Standing.VERIFIED or organisation.kind == Kind.OPERATOR:
        return None
    case = standing_adopt(organisation=organisation, now=now)
    shown, _text = suspension_shown(cause=cause, reason=reason)
    by = actor if actor.may(Permission.CASE_SUSPEND) else Actor.system()
    VERIFICATION.fire("suspend", instance=case, actor=by, data={"cause": shown})
    case.suspension_cause, case.suspension_reason, case.suspended_at = cause, reason, now or utc_now()
    case.save(update_fields=["suspension_cause", "suspension_reason", "suspended_at"])
    _standing_set(organisation_id, Standing.SUSPENDED, organisation.basis or Basis.CASE)
    return case


def _standing_set(organisation_id: UUID, standing: Standing, basis: str) -> None:
    organisation_standing_set(
        actor=Actor.system(),
        organisation=organisation_lock(organisation_id=organisation_id),
        standing=standing,
        basis=basis,
    )


def _officer_decides(actor: Actor, organisation_id: UUID, reason: str, now: dt.datetime | None) -> None:
    if not actor.may(Permission.CASE_SUSPEND):
        raise NotPermitted
    officer_require(actor=actor, organisation_id=organisation_id, now=now)
    if not reason.strip():
        raise SuspensionNotAcceptable(errors=[FieldProblem("/reason", "blank", "Say why.")])
