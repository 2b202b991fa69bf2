"""Pure figures about a fund's decisions: how many introductions closed, how long until cash, and whom it declined."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from apps.reference.areas import LogNormal
from apps.startups.rules.evidence import ATTESTED, DOCUMENTED, SELF_DECLARED
from apps.startups.rules.speed import Duration, SpeedFigure, SpeedParameters, duration_figure

CLOSED = "closed"
PASSED = "passed"
LAPSED = "lapsed"
REASON_UNSTATED = "other"


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """One introduction in a fund's log; dates are UTC.

    `outcome` and `outcome_on` are None while nothing is decided. `tier` None counts as E0. `days_elsewhere` are the
    days on which the fund was waiting for others.
    """

    firm_id: str
    introduced_on: dt.date | None
    outcome_on: dt.date | None
    outcome: str | None
    reason: str | None = None
    tier: str | None = None
    days_elsewhere: float = 0.0


@dataclass(frozen=True, slots=True)
class Declined:
    """An earlier "no" of the fund to a firm: reason code ("other" if none was given) and date."""

    firm_id: str
    reason: str
    on: dt.date


@dataclass(frozen=True, slots=True)
class DecisionSummary:
    """A fund's decisions up to `as_of`: counts over the whole log, days from introduction to cash, its declines."""

    closed: int
    passed: int
    lapsed: int
    cash: SpeedFigure | None
    declines: tuple[Declined, ...]


def decision_summary(
    *, rows: Iterable[DecisionRow], prior: LogNormal, parameters: SpeedParameters, as_of: dt.date, basis: str
) -> DecisionSummary:
    """Sum up a fund's log as it stood at `as_of`; `prior` is the one of introduction to cash, in days.

    Counts take rows of E1 or better: a self-declared deal is shown and enters no figure. Durations need E2, as a
    question does; they are closed by cash within the window, and open (of any age) while nothing is decided. A pass, a
    lapse or a withdrawal ends a wait without ending it in cash: the counts carry that. Every pass is a decline, at any
    tier.
    """
    known = [row for row in rows if _begun(row, as_of)]
    decided = [row for row in known if row.outcome_on is not None and row.outcome_on <= as_of]
    counted = [row.outcome for row in decided if (row.tier or SELF_DECLARED) >= DOCUMENTED]
    closed, open_ = cash_durations(rows=known, window_days=parameters.window_days, as_of=as_of)
    declines = {
        Declined(firm_id=row.firm_id, reason=row.reason or REASON_UNSTATED, on=row.outcome_on)
        for row in decided
        if row.outcome == PASSED and row.outcome_on is not None
    }
    return DecisionSummary(
        closed=counted.count(CLOSED),
        passed=counted.count(PASSED),
        lapsed=counted.count(LAPSED),
        cash=duration_figure(closed=closed, open_=open_, prior=prior, parameters=parameters, as_of=as_of, basis=basis),
        declines=tuple(sorted(declines, key=lambda decline: (decline.on, decline.firm_id, decline.reason))),
    )


def cash_durations(
    *, rows: Iterable[DecisionRow], window_days: int, as_of: dt.date
) -> tuple[list[Duration], list[Duration]]:
    """The closed and the still open durations from introduction to cash, less the days elsewhere."""
    opens = as_of - dt.timedelta(days=window_days)
    closed, open_ = [], []
    for row in rows:
        tier = row.tier or SELF_DECLARED
        if row.introduced_on is None or row.introduced_on > as_of or tier < ATTESTED:
            continue
        if row.outcome_on is None or row.outcome_on > as_of:
            open_.append(Duration(days=_days(row, row.introduced_on, as_of), tier=tier))
        elif row.outcome == CLOSED and row.introduced_on <= row.outcome_on and row.outcome_on >= opens:
            closed.append(Duration(days=_days(row, row.introduced_on, row.outcome_on), tier=tier))
    return closed, open_


def _begun(row: DecisionRow, as_of: dt.date) -> bool:
    """Whether the log at `as_of` already held this introduction."""
    begun = row.introduced_on or row.outcome_on
    return begun is not None and begun <= as_of


def _days(row: DecisionRow, since: dt.date, until: dt.date) -> float:
    return max(0.0, (until - since).days - row.days_elsewhere)
