"""Introductions: interest expressed by either side, answered, taken back, and ended by silence."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from apps.investors.models import Fund
from apps.matching import events
from apps.matching.models import DecisionStep, Introduction, MatchRun
from apps.matching.rules.introductions import (
    ANSWER_DAYS,
    DECLINE_REASONS,
    OTHER,
    REMINDED_DAYS,
    WITHDRAWAL_REASONS,
    other_side,
    reason_problems,
)
from apps.matching.selectors import approaches
from apps.matching.selectors.approaches import Pair, Standing
from apps.matching.services.introduction_notices import facts_of, side_organisation, side_tell, sides_tell
from apps.matching.states import INTRODUCTION, DecisionStepKind, IntroductionStatus, Side
from apps.organisations import services as organisations
from apps.organisations.rules import NotYours
from apps.startups.models import Firm
from kernel.access import Actor
from kernel.clock import database_now, utc_now, utc_today
from kernel.errors import Conflict, FieldProblem, Invalid
from kernel.events import publish

MOST_A_TURN = 500
"""How many introductions one turn of the clock ends or reminds of; the rest waits for the next."""


class IntroductionNotAcceptable(Invalid):
    """This introduction is not possible."""


class GatesFail(Conflict):
    """The mandate and the raise do not fit."""


class UndertakingNotAccepted(Conflict):
    """Your organisation has not accepted the platform's undertaking; whoever meets firms is bound by it."""


class IntroductionUnderWay(Conflict):
    """The fund and this raise are introduced already."""


class DeclinedBefore(Conflict):
    """The other side declined, and that still stands."""


class AskedBefore(Conflict):
    """The same interest ended a short time ago without an answer."""


class TooManyWaiting(Conflict):
    """As many of your interests wait for an answer as may wait at once."""


class NoAnswerAnyMore(Conflict):
    """The time to answer is over."""


class CounterpartGone(Conflict):
    """The other side cannot be introduced any more."""


@transaction.atomic
def introduction_express(
    *, actor: Actor, mandate: UUID, raise_item: UUID, message: str = "", now: dt.datetime | None = None
) -> Introduction:
    """Express the actor's side's interest. Where the other side has expressed the same, both are introduced at once.

    One of the two is the actor's own, the other one that it sees. Raises NotYours, UndertakingNotAccepted,
    IntroductionNotAcceptable (the same for what does not exist, is not seen or fails for the other side's reasons),
    GatesFail (own reasons), DeclinedBefore, AskedBefore, TooManyWaiting and IntroductionUnderWay.
    """
    moment = now or utc_now()
    pair = _pair(actor, mandate, raise_item)
    _bound_require(actor, pair.side)
    # Whoever asks, in the same order: two sides at once find one another's interest, and nobody asks past the limit.
    Fund.objects.select_for_update(no_key=True).get(pk=pair.mandate.fund_id)
    Firm.objects.select_for_update(no_key=True).get(pk=pair.raise_item.firm_id)
    present = approaches.introduction_open(pair=pair)
    if present is not None and _is_over(present, moment) and _expire(present.pk, moment):
        present = None
    if present is not None:
        return _meet(actor, pair, present, moment)
    standing = _standing(pair, moment)
    if approaches.was_declined(pair=pair, on=utc_today(moment), changed_on=standing.changed_on if standing else None):
        raise DeclinedBefore
    found = _fit_require(pair, standing)
    if approaches.was_left(pair=pair, on=utc_today(moment)):
        raise AskedBefore
    waiting, most = approaches.waiting_count(pair=pair), settings.INTRODUCTIONS_WAITING
    if waiting >= most:
        raise TooManyWaiting(
            "{waiting} of your interests wait for an answer; at most {most} may.", **_counts(waiting, most)
        )
    introduction = Introduction.objects.create(
        mandate=pair.mandate,
        raise_item=pair.raise_item,
        fund_id=pair.mandate.fund_id,
        firm_id=pair.raise_item.firm_id,
        side=pair.side,
        message=message,
        asked_by_id=actor.user_id,
        run=MatchRun.objects.filter(is_current=True).only("pk").first(),
        score_investor=found.score_investor,
        score_startup=found.score_startup,
        created_at=moment,
        expires_at=moment + dt.timedelta(days=ANSWER_DAYS),
    )
    publish(
        events.INTRODUCTION_EXPRESSED,
        actor=actor,
        subject=introduction,
        data={**facts_of(introduction, side=pair.side), "run": introduction.run_id and str(introduction.run_id)},
    )
    side_tell(events.INTEREST_TOLD, introduction=introduction, side=other_side(pair.side))
    return introduction


@transaction.atomic
def introduction_accept(*, actor: Actor, introduction: Introduction, now: dt.datetime | None = None) -> Introduction:
    """Answer an interest with one's own: both sides are introduced, and the fund reads the firm's name.

    Raises NotNow, NotPermitted, NoAnswerAnyMore, UndertakingNotAccepted, CounterpartGone and GatesFail.
    """
    moment = now or utc_now()
    held = _held("accept", introduction, actor)
    side = other_side(held.side)
    _bound_require(actor, side)
    _in_time_require(held, moment)
    mandate = approaches.mandate_of(actor=actor, mandate_id=held.mandate_id)
    raise_item = approaches.raise_of(actor=actor, raise_id=held.raise_item_id)
    if mandate is None or raise_item is None or not approaches.is_offered(mandate=mandate, raise_item=raise_item):
        raise CounterpartGone
    pair = Pair(side, mandate, raise_item)
    standing = _standing(pair, moment)
    if standing is None or (standing.is_failed and not standing.failed):
        raise CounterpartGone
    _fit_require(pair, standing)
    return _accept(actor, held, moment)


@transaction.atomic
def introduction_decline(
    *,
    actor: Actor,
    introduction: Introduction,
    reason: str,
    is_reason_told: bool = False,
    note: str = "",
    now: dt.datetime | None = None,
) -> Introduction:
    """Answer an interest with a no. `note` stays with the side that declines, and so does `reason` unless told.

    Raises NotNow, NotPermitted, NoAnswerAnyMore and IntroductionNotAcceptable.
    """
    moment = now or utc_now()
    held = _held("decline", introduction, actor)
    side = other_side(held.side)
    problems = reason_problems(reason=reason, known=DECLINE_REASONS[side])
    if problems:
        raise IntroductionNotAcceptable(errors=problems)
    _in_time_require(held, moment)
    _close(held, moment, closed_by=side, reason=reason, is_reason_told=is_reason_told, note=note)
    _answered(held, actor, moment)
    INTRODUCTION.fire("decline", instance=held, actor=actor, data=facts_of(held, side=side))
    side_tell(events.DECLINE_TOLD, introduction=held, side=held.side)
    return held


@transaction.atomic
def introduction_withdraw(
    *,
    actor: Actor,
    introduction: Introduction,
    reason: str = OTHER,
    note: str = "",
    now: dt.datetime | None = None,
) -> Introduction:
    """Take an interest back that nobody has answered. Raises NotNow, NotPermitted and IntroductionNotAcceptable."""
    held = _held("withdraw", introduction, actor)
    problems = reason_problems(reason=reason, known=WITHDRAWAL_REASONS)
    if problems:
        raise IntroductionNotAcceptable(errors=problems)
    _close(held, now or utc_now(), closed_by=held.side, reason=reason, is_reason_told=False, note=note)
    INTRODUCTION.fire("withdraw", instance=held, actor=actor, data=facts_of(held, side=held.side))
    return held


def introductions_expire(*, now: dt.datetime | None = None) -> int:
    """End the interests that nobody answered in time; the silence stays on record. Returns how many those were."""
    moment = now or database_now()
    waiting = Introduction.objects.filter(status=IntroductionStatus.INTERESTED, expires_at__lte=moment)
    return sum(_expire(found, moment) for found in _some(waiting))


def introductions_remind(*, now: dt.datetime | None = None) -> int:
    """Remind the asked sides of what ends soon, once each; returns how many were reminded."""
    moment = now or database_now()
    soon = moment + dt.timedelta(days=REMINDED_DAYS)
    waiting = Introduction.objects.filter(
        status=IntroductionStatus.INTERESTED, warned_at=None, expires_at__lte=soon, expires_at__gt=moment
    )
    return sum(_remind(found, moment) for found in _some(waiting))


def _pair(actor: Actor, mandate_id: UUID, raise_id: UUID) -> Pair:
    side = approaches.side_of(actor=actor)
    if side is None:
        raise NotYours
    mandate = approaches.mandate_of(actor=actor, mandate_id=mandate_id)
    raise_item = approaches.raise_of(actor=actor, raise_id=raise_id)
    problems = []
    is_funds = side == Side.INVESTOR
    if mandate is None or (is_funds and mandate.fund.organisation_id != actor.organisation_id):
        problems.append(_unknown("/mandate"))
    if raise_item is None or (not is_funds and raise_item.firm.organisation_id != actor.organisation_id):
        problems.append(_unknown("/raise"))
    if mandate is None or raise_item is None or problems:
        raise IntroductionNotAcceptable(errors=problems)
    pair = Pair(side, mandate, raise_item)
    if not approaches.is_offered(mandate=mandate, raise_item=raise_item):
        text = "Only an active mandate is introduced." if is_funds else "Only an open raise is introduced."
        raise IntroductionNotAcceptable(errors=[FieldProblem(_own(side), "not_open", text)])
    return pair


def _own(side: str) -> str:
    return "/mandate" if side == Side.INVESTOR else "/raise"


def _unknown(pointer: str) -> FieldProblem:
    return FieldProblem(pointer, "does_not_exist", "There is none that you may introduce.")


def _bound_require(actor: Actor, side: str) -> None:
    if side == Side.INVESTOR and not actor.is_system and not approaches.is_bound(organisation_id=_organisation(actor)):
        raise UndertakingNotAccepted


def _organisation(actor: Actor) -> UUID:
    if actor.organisation_id is None:
        raise NotYours
    return actor.organisation_id


def _standing(pair: Pair, moment: dt.datetime) -> Standing | None:
    return approaches.pair_standing(
        mandate_id=pair.mandate.pk, raise_id=pair.raise_item.pk, side=pair.side, on=utc_today(moment)
    )


def _fit_require(pair: Pair, standing: Standing | None) -> Standing:
    """Raises GatesFail for what fails on the side's own account; for the other's, as if there were no such pair."""
    if standing is not None and not standing.is_failed:
        return standing
    if standing is not None and standing.failed:
        raise GatesFail(errors=[_gate_problem(code, reason) for code, reason in standing.failed])
    across = _own(other_side(pair.side))
    raise IntroductionNotAcceptable(errors=[_unknown(across)])


def _gate_problem(code: str, reason: str) -> FieldProblem:
    if not reason:
        return FieldProblem("", code, "The gate {gate} fails.", {"gate": code})
    return FieldProblem("", code, "The gate {gate} fails: {reason}.", {"gate": code, "reason": reason})


def _counts(waiting: int, most: int) -> dict[str, Any]:
    return {"waiting": waiting, "most": most}


def _meet(actor: Actor, pair: Pair, present: Introduction, moment: dt.datetime) -> Introduction:
    """Both sides want the same mandate and raise: that is an answer. Anything else waits for the present one's end."""
    is_answer = (
        present.status == IntroductionStatus.INTERESTED
        and present.side != pair.side
        and present.mandate_id == pair.mandate.pk
    )
    if not is_answer:
        raise IntroductionUnderWay
    return introduction_accept(actor=actor, introduction=present, now=moment)


def _held(arrow: str, introduction: Introduction, actor: Actor) -> Introduction:
    """The introduction as it stands now, under a lock, if the actor may do that with it now. Raises NotNow and
    NotPermitted.
    """
    held = Introduction.objects.select_for_update(of=("self",)).get(pk=introduction.pk)
    INTRODUCTION.require(arrow, instance=held, actor=actor)
    return held


def _is_over(introduction: Introduction, moment: dt.datetime) -> bool:
    """Whether an interest waits although its time is over: the clock has not come round yet."""
    return introduction.status == IntroductionStatus.INTERESTED and introduction.expires_at <= moment


def _in_time_require(introduction: Introduction, moment: dt.datetime) -> None:
    if _is_over(introduction, moment):
        raise NoAnswerAnyMore


def _accept(actor: Actor, held: Introduction, moment: dt.datetime) -> Introduction:
    side = other_side(held.side)
    held.mutual_at = max(moment, held.created_at)
    held.save(update_fields=["mutual_at"])
    _answered(held, actor, moment)
    fund, firm = (side_organisation(held, each) for each in (Side.INVESTOR, Side.STARTUP))
    INTRODUCTION.fire(
        "accept",
        instance=held,
        actor=actor,
        data={
            **facts_of(held, side=side),
            "fund_organisation": str(fund),
            "firm_organisation": str(firm),
        },
    )
    organisations.name_show(actor=actor, subject_id=firm, viewer_id=fund)
    sides_tell(events.MUTUAL_TOLD, introduction=held)
    return held


def _answered(held: Introduction, actor: Actor, moment: dt.datetime) -> None:
    """Note when the asked side answered, and that as the first step of the log."""
    held.responded_at = max(moment, held.created_at)
    held.answered_by_id = actor.user_id
    held.save(update_fields=["responded_at", "answered_by"])
    DecisionStep.objects.create(
        introduction=held,
        step=DecisionStepKind.FIRST_RESPONSE,
        side=other_side(held.side),
        on=utc_today(held.responded_at),
        recorded_by_id=actor.user_id,
    )


def _close(
    held: Introduction, moment: dt.datetime, *, closed_by: str, reason: str, is_reason_told: bool, note: str
) -> None:
    held.closed_at = max(moment, held.created_at)
    held.closed_by, held.reason, held.is_reason_told, held.note = closed_by, reason, is_reason_told, note
    held.save(update_fields=["closed_at", "closed_by", "reason", "is_reason_told", "note"])


def _some(rows: Any) -> list[UUID]:
    return list(rows.order_by("expires_at", "pk").values_list("pk", flat=True)[:MOST_A_TURN])


def _waiting(introduction_id: UUID, **still: Any) -> Introduction | None:
    """An interest that still waits, under a lock; None where somebody else has it."""
    rows = Introduction.objects.select_for_update(skip_locked=True, of=("self",))
    return rows.filter(Q(pk=introduction_id, status=IntroductionStatus.INTERESTED), **still).first()


@transaction.atomic
def _expire(introduction_id: UUID, moment: dt.datetime) -> bool:
    held = _waiting(introduction_id)
    if held is None:
        return False
    held.closed_at = max(moment, held.created_at)
    held.save(update_fields=["closed_at"])
    silent = other_side(held.side)
    INTRODUCTION.fire("expire", instance=held, actor=Actor.system(), data=facts_of(held, side=silent))
    sides_tell(events.EXPIRY_TOLD, introduction=held)
    return True


@transaction.atomic
def _remind(introduction_id: UUID, moment: dt.datetime) -> bool:
    held = _waiting(introduction_id, warned_at=None)
    if held is None:
        return False
    held.warned_at = moment
    held.save(update_fields=["warned_at"])
    side_tell(events.DEADLINE_TOLD, introduction=held, side=other_side(held.side))
    return True
