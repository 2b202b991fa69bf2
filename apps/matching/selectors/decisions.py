"""The funds' decision logs: introductions on the platform and deals that were imported, as one log for each fund."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from django.db.models import Prefetch

from apps.investors.models import Fund
from apps.matching.models import Deal, DecisionStep, Introduction
from apps.matching.rules.decisions import CLOSED, LAPSED, PASSED, WITHDRAWN, DecisionFigures, DecisionRow
from apps.matching.rules.decisions import decision_figures as figures_of
from apps.matching.scoring_models import CURRENT, scoring_model
from apps.matching.states import DecisionStepKind, IntroductionStatus, Side
from apps.reference.evidence import EvidenceTier
from apps.reference.tables import editions
from apps.startups.rules.speed import SpeedParameters
from kernel.clock import utc_today


def decision_rows(*, fund_ids: Collection[UUID]) -> dict[UUID, list[DecisionRow]]:
    """The log of each of the funds, an empty one where there is none; three queries for any number of funds.

    What both parties had a part in is E2: an answered introduction, terms that both recorded, cash that the firm
    recorded of a mutual one. A silence, and terms that one side alone recorded, are E1; an interest that waits is E1
    and enters no duration but the one until the first response.
    """
    rows: dict[UUID, list[DecisionRow]] = {fund: [] for fund in fund_ids}
    for deal in Deal.objects.filter(fund__in=rows).order_by("id"):
        rows[deal.fund_id].append(
            DecisionRow(
                firm_id=str(deal.firm_id),
                introduced_on=deal.introduced_on,
                outcome_on=deal.date,
                outcome=deal.outcome,
                reason=deal.reason or None,
                tier=deal.tier,
            )
        )
    introductions = Introduction.objects.filter(fund__in=rows).defer("message", "note").order_by("id")
    for item in introductions.prefetch_related(Prefetch("steps", to_attr="recorded")):
        rows[item.fund_id].append(_row(item, item.recorded))  # type: ignore[attr-defined]
    return rows


def decision_figures(*, fund: Fund, as_of: dt.date | None = None) -> DecisionFigures:
    """How fast the fund decides, as its log stands on a day (UTC), today if none is given."""
    on = as_of or utc_today()
    reference = editions().table_at(on)
    return figures_of(
        rows=decision_rows(fund_ids=[fund.pk])[fund.pk],
        priors=reference.decision_priors,
        parameters=SpeedParameters.from_model(scoring_model(CURRENT).raw),
        as_of=on,
        basis=reference.decision_basis,
    )


def step_tier(*, step: str, sides: Collection[str]) -> EvidenceTier:
    """What a step recorded by these sides is worth: E2 where both had a part in it, else E1.

    Cash and a first response need one record only: the one side asks or pays, the other says so.
    """
    witnessed = step in {DecisionStepKind.CASH, DecisionStepKind.FIRST_RESPONSE}
    return EvidenceTier.E2 if witnessed or len(set(sides)) > 1 else EvidenceTier.E1


def _row(item: Introduction, recorded: Sequence[DecisionStep]) -> DecisionRow:
    days: dict[str, dict[str, dt.date]] = {}
    for step in recorded:
        days.setdefault(step.step, {})[step.side] = step.on
    outcome, outcome_on = _outcome(item, days)
    terms = days.get(DecisionStepKind.TERM_SHEET, {})
    is_asked = item.side == Side.STARTUP
    begun_on = _day(item.created_at)
    answered = {IntroductionStatus.MUTUAL, IntroductionStatus.DECLINED}
    return DecisionRow(
        firm_id=str(item.firm_id),
        introduced_on=begun_on,
        outcome_on=outcome_on,
        outcome=outcome,
        reason=(item.reason or None) if outcome == PASSED else None,
        tier=EvidenceTier.E2 if item.status in answered else EvidenceTier.E1,
        days_elsewhere=0.0 if is_asked or item.mutual_at is None else float((_day(item.mutual_at) - begun_on).days),
        is_tracked=True,
        is_asked=is_asked,
        responded_on=None if item.responded_at is None else _day(item.responded_at),
        unanswered_on=None if item.closed_at is None or item.responded_at is not None else _day(item.closed_at),
        # Neither side alone makes the fund look faster than the other says.
        terms_on=max(terms.values()) if terms else None,
        terms_tier=step_tier(step=DecisionStepKind.TERM_SHEET, sides=terms) if terms else None,
    )


def _outcome(item: Introduction, days: Mapping[str, Mapping[str, dt.date]]) -> tuple[str | None, dt.date | None]:
    """How the introduction ended for the fund's log, and when. What the firm did not want, or either took back, is no
    pass of the fund; a silence is the fund's where it was asked.
    """
    if item.closed_at is None:
        return None, None
    ended_on = _day(item.closed_at)
    if cash := days.get(DecisionStepKind.CASH):
        return CLOSED, cash[Side.STARTUP]
    if item.status == IntroductionStatus.EXPIRED:
        return (LAPSED if item.side == Side.STARTUP else WITHDRAWN), ended_on
    if item.closed_by == Side.INVESTOR and item.status != IntroductionStatus.WITHDRAWN:
        passed = days.get(DecisionStepKind.PASS, {})
        return PASSED, passed.get(Side.INVESTOR, ended_on)
    return WITHDRAWN, ended_on


def _day(moment: dt.datetime) -> dt.date:
    return moment.astimezone(dt.UTC).date()
