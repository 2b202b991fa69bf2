"""Pure rules of introductions: reasons a side may give, what may follow when, how long a "no" or a silence stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

from apps.matching.engine.facts import Decline
from apps.matching.engine.gates import PASSED, history
from kernel.errors import FieldProblem

ANSWER_DAYS = 30
"""How long an interest waits for an answer."""
REMINDED_DAYS = 5
"""How long before its end the asked side is reminded."""
AGAIN_DAYS = 30
"""How long after a silence, or one's own withdrawal, the same side may ask again."""
MOST_MESSAGE = 2000
MOST_NOTE = 2000

INVESTOR, STARTUP = "investor", "startup"
TOO_EARLY, NEVER, OTHER, MERGED = "too_early", "never", "other", "merged"
DECLINE_REASONS: Mapping[str, Sequence[str]] = {
    INVESTOR: (
        TOO_EARLY,
        "area",
        "stage",
        "ticket",
        "terms",
        "evidence",
        "team",
        "market",
        "risk",
        "compliance",
        "conflict",
        "no_capacity",
        NEVER,
        OTHER,
    ),
    STARTUP: (TOO_EARLY, "terms", "ticket", "timing", "investors", "compliance", "found_another", NEVER, OTHER),
}
"""Why a side says no: `too_early` and `never` have a cooldown of their own, all others share one."""
WITHDRAWAL_REASONS: Sequence[str] = ("mistake", "found_another", "changed_terms", OTHER)
"""Why a side takes its interest back."""
REASONS: Sequence[str] = tuple(
    dict.fromkeys((*DECLINE_REASONS[INVESTOR], *DECLINE_REASONS[STARTUP], *WITHDRAWAL_REASONS, MERGED))
)
"""Every reason that an introduction may end with; `merged` is the platform's own: a fund was entered twice."""

FIRST_RESPONSE, TERM_SHEET, CASH, PASS = "first_response", "term_sheet", "cash", "pass"
RECORDED: Mapping[str, Sequence[str]] = {INVESTOR: (TERM_SHEET, PASS), STARTUP: (TERM_SHEET, CASH, PASS)}
"""What a side may record of a mutual introduction. Money counts as arrived when the firm says so; a first response is
recorded by the answer itself.
"""


def other_side(side: str) -> str:
    """The side across."""
    return STARTUP if side == INVESTOR else INVESTOR


def reason_problems(*, reason: str, known: Collection[str], pointer: str = "/reason") -> list[FieldProblem]:
    """What is wrong with a reason code."""
    if reason in known:
        return []
    return [FieldProblem(pointer, "unknown", "One of: {known}.", {"known": ", ".join(known)})]


def step_problems(
    *, step: str, side: str, on: dt.date, mutual_on: dt.date, today: dt.date, term_sheets: Sequence[dt.date]
) -> list[FieldProblem]:
    """What is wrong with a step that `side` records for the day `on`; `term_sheets` are the days recorded for those."""
    if step not in RECORDED[side]:
        known = ", ".join(RECORDED[side])
        return [FieldProblem("/step", "not_yours", "This side records: {known}.", {"known": known})]
    if not mutual_on <= on <= today:
        return [FieldProblem("/on", "out_of_range", "From the day of the mutual interest to today.")]
    if step == CASH and any(on < earlier for earlier in term_sheets):
        return [FieldProblem("/on", "before_terms", "Not before the term sheet.")]
    return []


def decline_stands(
    *, reason: str, on: dt.date, changed_on: dt.date | None, as_of: dt.date, cooldown: Mapping[str, int]
) -> bool:
    """Whether a side's "no" still stands, by the rule of the gate `history` (days of cooldown by reason)."""
    return history([Decline("", reason, on)], changed_on, as_of, cooldown=cooldown) != PASSED


def may_ask_again(*, ended_on: dt.date, as_of: dt.date) -> bool:
    """Whether the side whose interest met silence, or who took it back, may ask the same again."""
    return as_of > ended_on + dt.timedelta(days=AGAIN_DAYS)
