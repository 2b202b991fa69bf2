"""The officer's side of a verification: taking the case, asking, judging what was shown, deciding."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from apps.compliance import events
from apps.compliance.models import CaseItem, CaseNote, InformationRequest, VerificationCase
from apps.compliance.rules.cases import (
    NOTICE_WORKING_DAYS,
    items_unaccepted,
    working_days_after,
    year_after,
)
from apps.compliance.selectors.cases import open_branches, ownership_stated_at
from apps.compliance.selectors.screening import is_cleared
from apps.compliance.services.cases import case_lock
from apps.compliance.services.interests import officer_require
from apps.compliance.services.suspensions import standing_end, standing_give
from apps.compliance.states import (
    VERIFICATION,
    CaseStatus,
    Clearance,
    ItemNeed,
    ItemState,
    RequestKind,
    SuspensionCause,
)
from kernel.access import Actor
from kernel.clock import utc_now, utc_today
from kernel.errors import Conflict, FieldProblem, Forbidden, Invalid
from kernel.events import publish
from kernel.states import NotNow

DAYS_TO_ANSWER = 90
"""The longest time that may be given for an answer."""


class CaseNotReady(Conflict):
    """Something still stands against verifying this organisation."""


class SubmitterDecides(Forbidden):
    """Whoever submitted a case neither takes nor decides it."""


class RequestNotAcceptable(Invalid):
    """The request is not acceptable."""


class JudgementNotAcceptable(Invalid):
    """The judgement is not acceptable."""


class DecisionNotAcceptable(Invalid):
    """The decision is not acceptable."""


class RefusalNotAnnounced(Conflict):
    """Give notice of the refusal first, and let it be answered or its day pass."""


class NothingAgainst(Conflict):
    """Nothing is rejected and no hit is confirmed: there is no criterion to refuse by."""


@transaction.atomic
def case_take(*, actor: Actor, case: VerificationCase, now: dt.datetime | None = None) -> VerificationCase:
    """Become the officer of a submitted case.

    Raises NotPermitted, OfficerNeedsPerson, ConflictOfInterest, SubmitterDecides, and NotNow when somebody was faster.
    """
    user_id = _officer(actor, case, now)
    case_lock(case=case)
    VERIFICATION.fire("take", instance=case, actor=actor)
    case.officer_id, case.taken_at = user_id, now or utc_now()
    case.save(update_fields=["officer", "taken_at"])
    return case


@transaction.atomic
def case_ask(
    *,
    actor: Actor,
    case: VerificationCase,
    text: str,
    due_on: dt.date,
    item_codes: Sequence[str] = (),
    kind: str = RequestKind.QUESTION,
    now: dt.datetime | None = None,
) -> InformationRequest:
    """Ask the organisation for something until the day `due_on`, or give notice that the case will be refused.

    A notice leaves at least five working days. Raises NotPermitted, OfficerNeedsPerson, ConflictOfInterest,
    SubmitterDecides, NotNow and RequestNotAcceptable.
    """
    user_id = _officer(actor, case, now)
    locked = case_lock(case=case)
    problems = _request_problems(locked, text, due_on, item_codes, kind, utc_today(now))
    if problems:
        raise RequestNotAcceptable(errors=problems)
    VERIFICATION.fire("ask", instance=case, actor=actor, data={"kind": str(kind)})
    return InformationRequest.objects.create(
        case=case,
        kind=kind,
        text=text.strip(),
        item_codes=list(dict.fromkeys(item_codes)),
        due_on=due_on,
        asked_by_id=user_id,
        asked_at=now or utc_now(),
    )


@transaction.atomic
def case_item_judge(
    *,
    actor: Actor,
    case: VerificationCase,
    code: str,
    state: str,
    note: str = "",
    now: dt.datetime | None = None,
) -> CaseItem:
    """Accept or reject one item of the checklist; a rejection says why.

    Raises NotPermitted, OfficerNeedsPerson, ConflictOfInterest, SubmitterDecides, NotNow and JudgementNotAcceptable.
    """
    user_id = _officer(actor, case, now)
    locked = case_lock(case=case)
    if locked.status != CaseStatus.IN_REVIEW:
        raise NotNow("{action}: not possible while {status}.", action="judge", status=locked.status)
    item = CaseItem.objects.filter(case=locked, code=code).first()
    problems = []
    if item is None:
        problems.append(FieldProblem("/code", "does_not_exist", "The checklist has no such item."))
    elif state == ItemState.ACCEPTED and item.state == ItemState.OPEN and item.need != ItemNeed.OFFICER:
        problems.append(FieldProblem("/code", "not_provided", "Nothing was shown for this item."))
    if state == ItemState.REJECTED and not note.strip():
        problems.append(FieldProblem("/note", "blank", "Say why."))
    if item is None or problems:
        raise JudgementNotAcceptable(errors=problems)
    item.state, item.note, item.judged_by_id, item.judged_at = state, note.strip(), user_id, now or utc_now()
    item.save(update_fields=["state", "note", "judged_by", "judged_at"])
    is_internal = item.need == ItemNeed.OFFICER
    publish(
        events.CASE_ITEM_JUDGED,
        actor=actor,
        subject=locked,
        organisation_id=actor.organisation_id if is_internal else locked.organisation_id,
        data={"item": code, "state": str(state)},
    )
    return item


@transaction.atomic
def case_note(*, actor: Actor, case: VerificationCase, text: str, now: dt.datetime | None = None) -> CaseNote:
    """Write something down for officers alone.

    Raises NotPermitted, OfficerNeedsPerson, ConflictOfInterest, SubmitterDecides and DecisionNotAcceptable.
    """
    user_id = _officer(actor, case, now)
    if not text.strip():
        raise DecisionNotAcceptable(errors=[FieldProblem("/text", "blank", "Say something.")])
    note = CaseNote.objects.create(case=case, author_id=user_id, text=text.strip(), at=now or utc_now())
    publish(events.CASE_NOTED, actor=actor, subject=case, organisation_id=actor.organisation_id)
    return note


@transaction.atomic
def case_verify(
    *,
    actor: Actor,
    case: VerificationCase,
    reason: str,
    ownership_note: str = "",
    now: dt.datetime | None = None,
) -> VerificationCase:
    """Verify the organisation for a year. An open branch of its ownership needs a word of why it may stay open.

    Raises NotPermitted, OfficerNeedsPerson, ConflictOfInterest, SubmitterDecides, NotNow, DecisionNotAcceptable, and
    CaseNotReady with everything that stands against it.
    """
    user_id = _officer(actor, case, now)
    _reason_require(reason)
    locked = case_lock(case=case)
    if locked.status != CaseStatus.IN_REVIEW:
        raise NotNow("{action}: not possible while {status}.", action="verify", status=locked.status)
    problems = _against(locked, ownership_note, utc_today(now))
    if problems:
        raise CaseNotReady(errors=problems)
    VERIFICATION.fire("verify", instance=case, actor=actor)
    _decide(case, user_id, reason, now)
    case.ownership_note = ownership_note.strip()
    case.next_due_on = year_after(day=utc_today(now))
    case.save(update_fields=["ownership_note", "next_due_on"])
    standing_give(case=case)
    return case


@transaction.atomic
def case_refuse(
    *, actor: Actor, case: VerificationCase, reason: str, remedy: str, now: dt.datetime | None = None
) -> VerificationCase:
    """Refuse to verify, after a notice that was answered or whose day has passed; `remedy` is what can be done.

    The reasons by criterion are the notes of the rejected items. Where this was a renewal the standing is suspended.
    Raises NotPermitted, OfficerNeedsPerson, ConflictOfInterest, SubmitterDecides, NotNow, DecisionNotAcceptable,
    RefusalNotAnnounced and NothingAgainst.
    """
    user_id = _officer(actor, case, now)
    _reason_require(reason)
    if not remedy.strip():
        raise DecisionNotAcceptable(errors=[FieldProblem("/remedy", "blank", "Say what the organisation can do.")])
    locked = case_lock(case=case)
    if locked.status not in VERIFICATION.by_name["refuse"].sources:
        raise NotNow("{action}: not possible while {status}.", action="refuse", status=locked.status)
    notice = locked.requests.filter(kind=RequestKind.REFUSAL_NOTICE).order_by("-id").first()
    if notice is None or (notice.answered_at is None and notice.due_on >= utc_today(now)):
        raise RefusalNotAnnounced
    is_rejected = locked.items.filter(state=ItemState.REJECTED).exists()
    if not is_rejected and is_cleared(organisation_id=locked.organisation_id) != Clearance.HIT:
        raise NothingAgainst
    VERIFICATION.fire("refuse", instance=case, actor=actor)
    _decide(case, user_id, reason, now)
    case.remedy = remedy.strip()
    case.save(update_fields=["remedy"])
    standing_end(
        organisation_id=case.organisation_id, cause=SuspensionCause.REFUSED, reason=reason.strip(), actor=actor, now=now
    )
    return case


def _officer(actor: Actor, case: VerificationCase, now: dt.datetime | None) -> UUID:
    """The person who acts on the case. Raises what the services above say."""
    user_id = officer_require(actor=actor, organisation_id=case.organisation_id, now=now)
    if case.submitted_by_id == user_id:
        raise SubmitterDecides
    return user_id


def _reason_require(reason: str) -> None:
    if not reason.strip():
        raise DecisionNotAcceptable(errors=[FieldProblem("/reason", "blank", "Say why.")])


def _decide(case: VerificationCase, user_id: UUID, reason: str, now: dt.datetime | None) -> None:
    case.decided_by_id, case.decided_at, case.reason = user_id, now or utc_now(), reason.strip()
    case.save(update_fields=["decided_by", "decided_at", "reason"])


def _against(case: VerificationCase, ownership_note: str, today: dt.date) -> list[FieldProblem]:
    """Everything that stands against verifying."""
    problems = [
        FieldProblem(f"/items/{code}", "not_accepted", "This item is not accepted.")
        for code in items_unaccepted(items=case.items.all())
    ]
    stated_at = ownership_stated_at(organisation_id=case.organisation_id)
    problems += [
        FieldProblem(f"/items/{item.code}", "ownership_changed", "Ownership was stated anew since: look at it again.")
        for item in case.items.all()
        if item.need == ItemNeed.OFFICER and stated_at and item.judged_at and item.judged_at < stated_at
    ]
    clearance = is_cleared(organisation_id=case.organisation_id)
    if clearance != Clearance.CLEAR:
        problems.append(
            FieldProblem("/screening", f"screening_{clearance}", "Screening does not say that nobody is listed.")
        )
    if not ownership_note.strip() and open_branches(organisation_id=case.organisation_id, on=today):
        problems.append(
            FieldProblem("/ownership_note", "ownership_open", "A branch of the ownership is open: say why it may be.")
        )
    return problems


def _request_problems(
    case: VerificationCase, text: str, due_on: dt.date, item_codes: Sequence[str], kind: str, today: dt.date
) -> list[FieldProblem]:
    problems = []
    if not text.strip():
        problems.append(FieldProblem("/text", "blank", "Say what is asked for."))
    earliest = today + dt.timedelta(days=1)
    if kind == RequestKind.REFUSAL_NOTICE:
        earliest = working_days_after(day=today, count=NOTICE_WORKING_DAYS)
    if not earliest <= due_on <= today + dt.timedelta(days=DAYS_TO_ANSWER):
        told = {"earliest": earliest.isoformat(), "days": DAYS_TO_ANSWER}
        problems.append(FieldProblem("/due_on", "out_of_range", "From {earliest}, and within {days} days.", told))
    known = set(case.items.exclude(need=ItemNeed.OFFICER).values_list("code", flat=True))
    problems += [
        FieldProblem(f"/items/{index}", "does_not_exist", "The checklist has no such item for the organisation.")
        for index, code in enumerate(item_codes)
        if code not in known
    ]
    return problems
