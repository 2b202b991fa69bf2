"""What a caller may do with a case or permit now, from what is loaded."""

from __future__ import annotations

import datetime as dt

from apps.compliance.models import Permit, VerificationCase
from apps.compliance.rules.cases import items_missing, items_unaccepted
from apps.compliance.states import PERMIT, VERIFICATION, WITH_ORGANISATION, CaseStatus, ItemState, RequestKind
from apps.permissions import Permission
from kernel.access import Actor
from kernel.clock import utc_today

OWN_ACTIONS = ("provide", "submit", "answer")
OFFICER_ACTIONS = ("take", "ask", "judge", "note", "verify", "refuse", "suspend", "reinstate")
PERMIT_ACTIONS = ("confirm", "refuse", "revoke")


def own_actions(*, actor: Actor, case: VerificationCase) -> list[str]:
    """Which of OWN_ACTIONS the actor may do with its own organisation's case."""
    fired = set(VERIFICATION.available(case, actor))
    if items_missing(items=case.items.all()):
        fired.discard("submit")
    if case.status in WITH_ORGANISATION and actor.may(Permission.VERIFICATION_PROVIDE):
        fired.add("provide")
    return [name for name in OWN_ACTIONS if name in fired]


def officer_actions(*, actor: Actor, case: VerificationCase, today: dt.date | None = None) -> list[str]:
    """Which of OFFICER_ACTIONS the actor may do; screening and ownership may still stand against verifying."""
    fired = set(VERIFICATION.available(case, actor))
    if case.submitted_by_id is not None and case.submitted_by_id == actor.user_id:
        fired -= {"take", "ask", "verify", "refuse"}
    if not case.is_standing:
        fired -= {"suspend", "reinstate"}
    if items_unaccepted(items=case.items.all()):
        fired.discard("verify")
    if not _may_be_refused(case, today or utc_today()):
        fired.discard("refuse")
    if case.status == CaseStatus.IN_REVIEW and actor.may(Permission.CASE_JUDGE):
        fired.add("judge")
    if actor.may(Permission.CASE_JUDGE):
        fired.add("note")
    return [name for name in OFFICER_ACTIONS if name in fired]


def permit_actions(*, actor: Actor, permit: Permit) -> list[str]:
    """Which of PERMIT_ACTIONS the actor may do."""
    if permit.recorded_by_id is not None and permit.recorded_by_id == actor.user_id:
        return []
    fired = set(PERMIT.available(permit, actor))
    if permit.evidence_id is None:
        fired.discard("confirm")
    return [name for name in PERMIT_ACTIONS if name in fired]


def _may_be_refused(case: VerificationCase, today: dt.date) -> bool:
    notices = [request for request in case.requests.all() if request.kind == RequestKind.REFUSAL_NOTICE]
    if not notices or not any(item.state == ItemState.REJECTED for item in case.items.all()):
        return False
    return notices[-1].answered_at is not None or notices[-1].due_on < today
