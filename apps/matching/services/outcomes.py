"""What became of pairs: recorded from the facts of introductions as they happen."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from apps.matching import events
from apps.matching.models import Introduction, Outcome
from apps.matching.states import DecisionStepKind, OutcomeKind, Side

_STEPS = {
    DecisionStepKind.TERM_SHEET: OutcomeKind.TERMS,
    DecisionStepKind.CASH: OutcomeKind.CASH,
    DecisionStepKind.PASS: OutcomeKind.PASS,
}
_FACTS = {
    events.INTRODUCTION_EXPRESSED: OutcomeKind.INTEREST,
    events.INTRODUCTION_BECAME_MUTUAL: OutcomeKind.INTEREST,
    events.INTRODUCTION_DECLINED: OutcomeKind.PASS,
    events.INTRODUCTION_EXPIRED: OutcomeKind.SILENCE,
}


def outcome_record(*, event: Any) -> Outcome | None:
    """Record what the fact about an introduction says of its pair; a fact that comes twice leaves one row.

    `side` is who did it (who was silent); terms and cash are the fund's. None for facts that say nothing of a choice: a
    first response, an interest taken back.
    """
    kind = _kind(event)
    if kind is None:
        return None
    data = event.data
    side = Side.INVESTOR if kind in {OutcomeKind.TERMS, OutcomeKind.CASH} else data["side"]
    reason = ""
    if kind == OutcomeKind.PASS:
        # The reason is the decliner's own: it stands in the introduction, not in the fact that both sides read.
        reason = Introduction.objects.filter(pk=event.object_id).values_list("reason", flat=True).first() or ""
    row, _is_new = Outcome.objects.get_or_create(
        event_id=event.pk,
        defaults={
            "kind": kind,
            "side": side,
            "reason": reason,
            "mandate_id": UUID(data["mandate"]),
            "raise_id": UUID(data["raise"]),
            "fund_id": UUID(data["fund"]),
            "firm_id": UUID(data["firm"]),
            "on": _day(event),
        },
    )
    return row


def _kind(event: Any) -> str | None:
    if event.name == events.INTRODUCTION_STEP_RECORDED:
        return _STEPS.get(event.data["step"])
    return _FACTS.get(event.name)


def _day(event: Any) -> dt.date:
    """The day that the fact names, else the one on which it was published."""
    stated = event.data.get("on")
    if stated:
        return dt.date.fromisoformat(stated)
    at: dt.datetime = event.created_at
    return at.astimezone(dt.UTC).date()
