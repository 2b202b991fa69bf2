"""Pure figures about a fund's decisions: how many introductions closed, how long until an answer, terms and cash, and
whom it declined.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from apps.reference.areas import LogNormal
from apps.startups.rules.evidence import ATTESTED, DOCUMENTED, SELF_DECLARED
from apps.startups.rules.speed import Duration, SpeedFigure, SpeedParameters, duration_figure

CLOSED = "closed"
PASSED = "passed"
LAPSED = "lapsed"
WITHDRAWN = "withdrawn"
REASON_UNSTATED = "other"
RESPONSE_EDGES = (3, 7, 14, 30)
TERMS_EDGES = (30, 60, 90, 180)
CASH_EDGES = (90, 180, 365, 730)
"""Upper edges, in days, of the bands in which others see how fast a fund is."""
COUNT_EDGES = (10, 20, 50)
"""Upper edges, not included, of the bands in which others see what a figure rests on."""
FEWEST = 5
"""A figure that rests on fewer closed durations is not shown to others."""


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """One introduction in a fund's log; dates are UTC.

    `outcome` and `outcome_on` are None while nothing is decided. `tier` None counts as E0. `days_elsewhere` are the
    days on which the fund was waiting for others. `is_tracked`: the platform saw it step by step; `is_asked`: the firm
    asked, and the fund answered (`responded_on`) or no longer could (`unanswered_on`). `terms_on` is the day of the
    term sheet at `terms_tier`.
    """

    firm_id: str
    introduced_on: dt.date | None
    outcome_on: dt.date | None
    outcome: str | None
    reason: str | None = None
    tier: str | None = None
    days_elsewhere: float = 0.0
    is_tracked: bool = False
    is_asked: bool = False
    responded_on: dt.date | None = None
    unanswered_on: dt.date | None = None
    terms_on: dt.date | None = None
    terms_tier: str | None = None


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


@dataclass(frozen=True, slots=True)
class DecisionFigures:
    """How fast a fund is, in days from the introduction, less those on which it waited for others; None: rests on
    nothing.
    """

    first_response: SpeedFigure | None
    term_sheet: SpeedFigure | None
    cash: SpeedFigure | None
    closed: int
    passed: int
    lapsed: int


def decision_figures(
    *,
    rows: Iterable[DecisionRow],
    priors: Mapping[str, LogNormal],
    parameters: SpeedParameters,
    as_of: dt.date,
    basis: str,
) -> DecisionFigures:
    """A fund's figures as its log stood at `as_of`; `priors` are those of `first_response`, `term_sheet` and `cash`."""
    log = list(rows)
    summary = decision_summary(rows=log, prior=priors["cash"], parameters=parameters, as_of=as_of, basis=basis)

    def figure(name: str, found: tuple[list[Duration], list[Duration]]) -> SpeedFigure | None:
        closed, open_ = found
        return duration_figure(
            closed=closed, open_=open_, prior=priors[name], parameters=parameters, as_of=as_of, basis=basis
        )

    known = [row for row in log if _begun(row, as_of)]
    return DecisionFigures(
        first_response=figure(
            "first_response", response_durations(rows=known, window_days=parameters.window_days, as_of=as_of)
        ),
        term_sheet=figure("term_sheet", terms_durations(rows=known, window_days=parameters.window_days, as_of=as_of)),
        cash=summary.cash,
        closed=summary.closed,
        passed=summary.passed,
        lapsed=summary.lapsed,
    )


def response_durations(
    *, rows: Iterable[DecisionRow], window_days: int, as_of: dt.date
) -> tuple[list[Duration], list[Duration]]:
    """The closed and the open durations until a fund that was asked answered, of the tier of what two parties saw.

    A silence stays open for ever, as long as it lasted.
    """
    opens = as_of - dt.timedelta(days=window_days)
    closed, open_ = [], []
    for row in rows:
        if not row.is_asked or row.introduced_on is None or row.introduced_on > as_of:
            continue
        if row.responded_on is not None and row.responded_on <= as_of:
            if row.responded_on >= opens:
                closed.append(Duration(days=float((row.responded_on - row.introduced_on).days), tier=ATTESTED))
        else:
            until = min(row.unanswered_on or as_of, as_of)
            open_.append(Duration(days=float((until - row.introduced_on).days), tier=ATTESTED))
    return closed, open_


def terms_durations(
    *, rows: Iterable[DecisionRow], window_days: int, as_of: dt.date
) -> tuple[list[Duration], list[Duration]]:
    """The closed and the still open durations from introduction to term sheet, less the days elsewhere, of mutual
    introductions; one that ended without terms is neither.
    """
    opens = as_of - dt.timedelta(days=window_days)
    closed, open_ = [], []
    for row in rows:
        if row.introduced_on is None or row.introduced_on > as_of or (row.tier or SELF_DECLARED) < ATTESTED:
            continue
        if row.terms_on is not None and row.terms_on <= as_of:
            if row.introduced_on <= row.terms_on and row.terms_on >= opens:
                tier = min(row.terms_tier or SELF_DECLARED, row.tier or SELF_DECLARED)
                closed.append(Duration(days=_days(row, row.introduced_on, row.terms_on), tier=tier))
        elif row.is_tracked and (row.outcome_on is None or row.outcome_on > as_of):
            open_.append(Duration(days=_days(row, row.introduced_on, as_of), tier=row.tier or SELF_DECLARED))
    return closed, open_


def days_band(*, days: float, edges: Sequence[int]) -> str:
    """The band of a number of days, its upper edge included: `0-30`, `30-60`, …, `180+`."""
    lower = 0
    for edge in edges:
        if days <= edge:
            return f"{lower}-{edge}"
        lower = edge
    return f"{lower}+"


def days_bands(*, edges: Sequence[int]) -> tuple[str, ...]:
    """Every band between the edges."""
    return tuple(days_band(days=edge, edges=edges) for edge in (*edges, edges[-1] + 1))


def count_band(*, count: int) -> str | None:
    """The band of how many durations a figure rests on; None under five."""
    if count < FEWEST:
        return None
    lower = FEWEST
    for edge in COUNT_EDGES:
        if count < edge:
            return f"{lower}-{edge - 1}"
        lower = edge
    return f"{lower}+"


def _begun(row: DecisionRow, as_of: dt.date) -> bool:
    """Whether the log at `as_of` already held this introduction."""
    begun = row.introduced_on or row.outcome_on
    return begun is not None and begun <= as_of


def _days(row: DecisionRow, since: dt.date, until: dt.date) -> float:
    return max(0.0, (until - since).days - row.days_elsewhere)
