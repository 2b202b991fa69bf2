"""What became of a mutual introduction, as its parties record it: terms, cash, or a no after all."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction

from apps.matching import events
from apps.matching.models import DecisionStep, Introduction
from apps.matching.rules.introductions import DECLINE_REASONS, reason_problems, step_problems
from apps.matching.selectors import approaches
from apps.matching.services.introduction_notices import facts_of
from apps.matching.states import DecisionStepKind, IntroductionStatus
from apps.organisations.rules import NotYours
from kernel.access import Actor
from kernel.clock import utc_now, utc_today
from kernel.errors import Conflict, Invalid
from kernel.events import publish


class StepNotAcceptable(Invalid):
    """The step is not acceptable."""


class NotUnderWay(Conflict):
    """Only a mutual introduction that has not ended has steps."""


class StepRecordedAlready(Conflict):
    """Your side has recorded this step already."""


@transaction.atomic
def step_record(
    *,
    actor: Actor,
    introduction: Introduction,
    step: str,
    on: dt.date,
    reason: str = "",
    is_reason_told: bool = False,
    note: str = "",
    now: dt.datetime | None = None,
) -> DecisionStep:
    """Record a step for the actor's side: a term sheet by either, cash by the firm, a pass by either with its reason.

    `on` is its day (UTC). Cash and a pass end the introduction. Raises NotYours, NotUnderWay, StepNotAcceptable and
    StepRecordedAlready.
    """
    side, moment = approaches.side_of(actor=actor), now or utc_now()
    if side is None:
        raise NotYours
    held = Introduction.objects.select_for_update(of=("self",)).get(pk=introduction.pk)
    if held.status != IntroductionStatus.MUTUAL or held.mutual_at is None or held.closed_at is not None:
        raise NotUnderWay
    terms = held.steps.filter(step=DecisionStepKind.TERM_SHEET).values_list("on", flat=True)
    problems = step_problems(
        step=step,
        side=side,
        on=on,
        mutual_on=utc_today(held.mutual_at),
        today=utc_today(moment),
        term_sheets=list(terms),
    )
    is_pass = step == DecisionStepKind.PASS
    if is_pass:
        problems += reason_problems(reason=reason, known=DECLINE_REASONS[side])
    if problems:
        raise StepNotAcceptable(errors=problems)
    try:
        with transaction.atomic():
            recorded = DecisionStep.objects.create(
                introduction=held, step=step, side=side, on=on, recorded_by_id=actor.user_id
            )
    except IntegrityError:
        raise StepRecordedAlready from None
    if step in {DecisionStepKind.CASH, DecisionStepKind.PASS}:
        held.closed_at, held.closed_by = max(moment, held.mutual_at), side
        if is_pass:
            held.reason, held.is_reason_told, held.note = reason, is_reason_told, note
    held.version += 1
    held.save(update_fields=["closed_at", "closed_by", "reason", "is_reason_told", "note", "version"])
    publish(
        events.INTRODUCTION_STEP_RECORDED,
        actor=actor,
        subject=held,
        data={**facts_of(held, side=side), "step": str(step), "on": on.isoformat()},
    )
    return recorded
