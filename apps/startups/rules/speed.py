"""How fast a firm is, from dated events: durations, releases, and the four figures of a speed profile."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.reference.areas import AreaFigures, LogNormal
from apps.startups.rules.evidence import ATTESTED, EventFact, StandingEvent, moment, standing_events
from kernel.durations import NINETY_PERCENT, estimate

FEEDBACK = "feedback_reported"
COUNTERMEASURE = "countermeasure_observed"
ORDER = "order_received"
RELEASE = "release_fielded"

CLOSED_BY: Mapping[str, frozenset[str]] = {
    FEEDBACK: frozenset({"fix_fielded", RELEASE}),
    COUNTERMEASURE: frozenset({"countermeasure_answered", "fix_fielded", RELEASE}),
    ORDER: frozenset({"delivery_made"}),
}
"""Kind of the question → kinds of the answers that end its duration."""

SECONDS_PER_DAY = 86_400.0

Answered = tuple[StandingEvent, list[StandingEvent]]
"""A question with its answers."""


@dataclass(frozen=True, slots=True)
class SpeedParameters:
    """The scoring model's numbers that speed and decision figures need; days are days, the rest has no unit."""

    window_days: int
    floor_days: float
    k0: float
    cadence_prior_weight: float
    tier_uncertainty: Mapping[str, float]
    likelihood_weight: Mapping[str, float]

    @classmethod
    def from_model(cls, model: Mapping[str, Any]) -> SpeedParameters:
        """Take them out of a scoring model's parsed JSON. Raises KeyError for a missing name."""
        parameters = model["parameters"]
        return cls(
            window_days=int(parameters["window_days"]),
            floor_days=float(parameters["duration_floor_days"]),
            k0=float(parameters["shrinkage_k0"]),
            cadence_prior_weight=float(parameters["cadence_prior_weight"]),
            tier_uncertainty={tier: float(u) for tier, u in model["tier_uncertainty"].items()},
            likelihood_weight={tier: float(v) for tier, v in model["likelihood_weight"].items()},
        )


@dataclass(frozen=True, slots=True)
class Duration:
    """From a question to its answer, or to `as_of` while it is open, in days; `tier` is that of the duration."""

    days: float
    tier: str


@dataclass(frozen=True, slots=True)
class SpeedFigure:
    """A figure in days with its 90 % interval, what it rests on and when.

    `sigma` is the spread of ln(days) taken as known, `weight` Σ v (1 − u_tier) over the closed durations (or releases),
    `tier` the best one among them (among the open ones if none is closed), `basis` where the prior comes from.
    """

    days: float
    low: float
    high: float
    sigma: float
    n_closed: int
    n_open: int
    weight: float
    tier: str
    as_of: dt.date
    basis: str


@dataclass(frozen=True, slots=True)
class SpeedProfile:
    """The four figures; None for one that rests on nothing.

    `adaptation` is countermeasure to response, `cadence` days per release that answers something, `feedback`
    feedback to fix, `delivery` order to delivery.
    """

    adaptation: SpeedFigure | None
    cadence: SpeedFigure | None
    feedback: SpeedFigure | None
    delivery: SpeedFigure | None


def speed_profile(
    *,
    facts: Iterable[EventFact],
    area: AreaFigures,
    parameters: SpeedParameters,
    as_of: dt.date,
    capability_id: str | None = None,
) -> SpeedProfile:
    """The speed of one capability, or of the firm over all its capabilities under the lead one's area.

    `facts` is the whole log of the capability or firm, superseded records included. Raises EventTwice.
    """
    events = [
        event
        for event in standing_events(facts=facts, as_of=as_of)
        if capability_id is None or event.capability_id == capability_id
    ]
    return standing_profile(events=events, area=area, parameters=parameters, as_of=as_of)


def standing_profile(
    *, events: Collection[StandingEvent], area: AreaFigures, parameters: SpeedParameters, as_of: dt.date
) -> SpeedProfile:
    """The speed that the events standing at `as_of` show, of one capability or of several together."""

    answered = _answered(events)

    def figure(kind: str, prior: LogNormal | None) -> SpeedFigure | None:
        closed, open_ = _durations(answered, kind=kind, window_days=parameters.window_days, as_of=as_of)
        return duration_figure(
            closed=closed, open_=open_, prior=prior, parameters=parameters, as_of=as_of, basis=area.basis
        )

    releases = _answering_releases(answered, window_days=parameters.window_days, as_of=as_of)
    return SpeedProfile(
        adaptation=figure(COUNTERMEASURE, area.countermeasure_response),
        cadence=cadence_figure(
            tiers=releases, prior=area.iteration, parameters=parameters, as_of=as_of, basis=area.basis
        ),
        feedback=figure(FEEDBACK, area.feedback_to_fix),
        delivery=figure(ORDER, area.order_to_delivery),
    )


def durations(
    *, events: Iterable[StandingEvent], kind: str, window_days: int, as_of: dt.date
) -> tuple[list[Duration], list[Duration]]:
    """The closed and the open durations of one kind of question, each within one capability.

    A question counts from E2 on. The first answer of the highest tier closes it; a duration closed more than
    `window_days` before `as_of` is left out, an open one is of any age.
    """
    return _durations(_answered(events), kind=kind, window_days=window_days, as_of=as_of)


def _durations(
    answered: Iterable[Answered], *, kind: str, window_days: int, as_of: dt.date
) -> tuple[list[Duration], list[Duration]]:
    now = moment(as_of)
    opens = now - dt.timedelta(days=window_days)
    closed, open_ = [], []
    for question, answers in answered:
        if question.kind != kind:
            continue
        closing = [answer for answer in answers if answer.kind in CLOSED_BY[kind]]
        if not closing:
            open_.append(Duration(days=_days(question.occurred_at, now), tier=question.tier))
            continue
        best = max(answer.tier for answer in closing)
        first = min(answer.occurred_at for answer in closing if answer.tier == best)
        if first >= opens:
            closed.append(Duration(days=_days(question.occurred_at, first), tier=min(question.tier, best)))
    return closed, open_


def answering_releases(*, events: Iterable[StandingEvent], window_days: int, as_of: dt.date) -> list[str]:
    """The tiers of the releases that count for cadence: one per capability and day (UTC), the best tier of that day.

    A release counts when it answers a question of E2 or better that no earlier release answered, within `window_days`.
    """
    return _answering_releases(_answered(events), window_days=window_days, as_of=as_of)


def _answering_releases(answered: Iterable[Answered], *, window_days: int, as_of: dt.date) -> list[str]:
    opens = moment(as_of) - dt.timedelta(days=window_days)
    per_day: defaultdict[tuple[str, dt.date], list[str]] = defaultdict(list)
    for question, answers in answered:
        releases = [answer for answer in answers if answer.kind == RELEASE]
        if not releases:
            continue
        at = min(release.occurred_at for release in releases)
        if at >= opens:
            tier = max(release.tier for release in releases if release.occurred_at == at)
            per_day[question.capability_id, _day(at)].append(tier)
    return [max(tiers) for tiers in per_day.values()]


def duration_figure(
    *,
    closed: Sequence[Duration],
    open_: Sequence[Duration],
    prior: LogNormal | None,
    parameters: SpeedParameters,
    as_of: dt.date,
    basis: str,
) -> SpeedFigure | None:
    """The censored, shrunk estimate over durations; None without any, or where there is no prior to shrink to."""
    if prior is None or not (closed or open_):
        return None
    found = estimate(
        [(duration.days, parameters.likelihood_weight[duration.tier]) for duration in closed],
        [duration.days for duration in open_],
        prior_median=prior.median,
        prior_sigma=prior.sigma,
        k0=parameters.k0,
        floor_days=parameters.floor_days,
    )
    tiers = [duration.tier for duration in closed]
    return SpeedFigure(
        days=found.days,
        low=found.low,
        high=found.high,
        sigma=found.sigma,
        n_closed=found.n_closed,
        n_open=found.n_open,
        weight=_evidence_weight(tiers, parameters),
        tier=max(tiers or [duration.tier for duration in open_]),
        as_of=as_of,
        basis=basis,
    )


def cadence_figure(
    *, tiers: Sequence[str], prior: LogNormal | None, parameters: SpeedParameters, as_of: dt.date, basis: str
) -> SpeedFigure | None:
    """Days per release, `(w T0 + window) / (w + N)` with N = Σ v over the releases' tiers; None without a release.

    It is the posterior rate of a Poisson count under a gamma prior of w releases in w · T0 days; the interval is
    the one of ln(days) at the maximum, where the curvature is w + N.
    """
    if prior is None or not tiers:
        return None
    weight = parameters.cadence_prior_weight
    count = math.fsum((weight, *(parameters.likelihood_weight[tier] for tier in tiers)))
    days = (weight * prior.median + parameters.window_days) / count
    spread = math.exp(NINETY_PERCENT / math.sqrt(count))
    return SpeedFigure(
        days=days,
        low=days / spread,
        high=days * spread,
        sigma=prior.sigma,
        n_closed=len(tiers),
        n_open=0,
        weight=_evidence_weight(tiers, parameters),
        tier=max(tiers),
        as_of=as_of,
        basis=basis,
    )


def attested_order_latest_on(*, facts: Iterable[EventFact], as_of: dt.date) -> dt.date | None:
    """The day (UTC) of the newest order of E2 or better, a material change of the firm; None without one."""
    orders = [
        _day(event.occurred_at)
        for event in standing_events(facts=facts, as_of=as_of)
        if event.kind == ORDER and event.tier >= ATTESTED
    ]
    return max(orders, default=None)


def _answered(events: Iterable[StandingEvent]) -> list[Answered]:
    """Every question of E2 or better with the events of its capability that answer it and do not precede its day.

    Within a day the order is not known: a bare date stands at midnight.
    """
    answers: defaultdict[str, list[StandingEvent]] = defaultdict(list)
    questions = []
    for event in events:
        if event.answers is not None:
            answers[event.answers].append(event)
        if event.kind in CLOSED_BY and event.tier >= ATTESTED:
            questions.append(event)
    return [
        (
            question,
            [
                answer
                for answer in answers[question.fact_id]
                if answer.capability_id == question.capability_id
                and _day(answer.occurred_at) >= _day(question.occurred_at)
            ],
        )
        for question in questions
    ]


def _evidence_weight(tiers: Sequence[str], parameters: SpeedParameters) -> float:
    return math.fsum(parameters.likelihood_weight[tier] * (1.0 - parameters.tier_uncertainty[tier]) for tier in tiers)


def _day(at: dt.datetime) -> dt.date:
    return at.astimezone(dt.UTC).date()


def _days(since: dt.datetime, until: dt.datetime) -> float:
    return max(0.0, (until - since).total_seconds() / SECONDS_PER_DAY)
