"""What a firm's speed is measured over: its capabilities, its lead, and the ends of months; the figures as kept."""

from __future__ import annotations

import datetime as dt
import hashlib
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.reference.areas import AreaFigures
from apps.startups.rules.evidence import EventFact, StandingEvent, moment, standing_events
from apps.startups.rules.speed import SpeedFigure, SpeedParameters, SpeedProfile, standing_profile

FIGURES = ("adaptation", "cadence", "feedback", "delivery")
MONTHS = 24
"""How far back the history of a profile goes."""
KEPT_DECIMALS = 6
WHOLE_DAYS_FROM = 10

Figures = Mapping[str, Mapping[str, Any]]
AreaOf = Callable[[str], AreaFigures]


@dataclass(frozen=True, slots=True)
class Made:
    """A capability as far as its firm's speed goes."""

    id: str
    area: str
    is_published: bool


@dataclass(frozen=True, slots=True)
class Subject:
    """A capability, or with `capability_id` None the firm, and the area whose priors it is measured with."""

    capability_id: str | None
    area: str


def lead_choose(
    *,
    capabilities: Sequence[Made],
    raised_for: Sequence[str],
    log: Iterable[EventFact],
    parameters: SpeedParameters,
    as_of: dt.date,
) -> Made | None:
    """The capability whose area a firm is measured in; None where nothing is published.

    The lead of its newest open raise (`raised_for`, newest first); without one the published capability with most
    evidence, Σ (1 − u_tier) over its standing events; of equals the one entered first (the least id).
    """
    published = {item.id: item for item in capabilities if item.is_published}
    for identifier in raised_for:
        if identifier in published:
            return published[identifier]
    if len(published) < 2:
        return next(iter(published.values()), None)
    evidence: defaultdict[str, float] = defaultdict(float)
    for event in standing_events(facts=log, as_of=as_of):
        evidence[event.capability_id] += 1.0 - parameters.tier_uncertainty[event.tier]
    return min(published.values(), key=lambda item: (-evidence[item.id], item.id), default=None)


def subjects_of(*, capabilities: Sequence[Made], lead: Made | None) -> list[Subject]:
    """Whose figures are kept: every capability's and, once it has a lead, the firm's."""
    subjects = [Subject(item.id, item.area) for item in capabilities]
    return subjects if lead is None else [*subjects, Subject(None, lead.area)]


def figures_over(
    *,
    log: Collection[EventFact],
    subjects: Sequence[Subject],
    area_of: AreaOf,
    parameters: SpeedParameters,
    dates: Collection[dt.date],
) -> dict[dt.date, dict[Subject, Figures]]:
    """The figures of each subject at each date, by name; those that rest on nothing are left out.

    A firm pools the durations of all its capabilities, each formed within one of them.
    """
    return {
        as_of: _figures_of(standing, subjects=subjects, area_of=area_of, parameters=parameters, as_of=as_of)
        for as_of, standing in _standing_over(log, dates)
    }


def _standing_over(
    log: Collection[EventFact], dates: Iterable[dt.date]
) -> Iterator[tuple[dt.date, list[StandingEvent]]]:
    """What stands at each date. Between two attestations only what had happened by then makes a difference."""
    attested = sorted({on for fact in log for _, on in fact.attestations})
    found: dict[int, list[StandingEvent]] = {}
    for as_of in sorted(dates, reverse=True):
        known = bisect_right(attested, as_of)
        if known not in found:
            found[known] = standing_events(facts=log, as_of=as_of)
        until = moment(as_of)
        yield as_of, [event for event in found[known] if event.occurred_at <= until]


def _figures_of(
    standing: list[StandingEvent],
    *,
    subjects: Sequence[Subject],
    area_of: AreaOf,
    parameters: SpeedParameters,
    as_of: dt.date,
) -> dict[Subject, Figures]:
    by_capability: defaultdict[str | None, list[StandingEvent]] = defaultdict(list)
    for event in standing:
        by_capability[event.capability_id].append(event)
    by_capability[None] = standing
    found: dict[tuple[str, str | None], Figures] = {}
    figures: dict[Subject, Figures] = {}
    for subject in subjects:
        events = by_capability.get(subject.capability_id, [])
        # A firm with one capability in use has the figures of that one.
        key = (subject.area, None if len(events) == len(standing) else subject.capability_id)
        if key not in found:
            profile = standing_profile(events=events, area=area_of(subject.area), parameters=parameters, as_of=as_of)
            found[key] = figures_kept(profile=profile)
        figures[subject] = found[key]
    return figures


def figures_kept(*, profile: SpeedProfile) -> Figures:
    """The figures as they are kept, days to a millionth."""
    figures = {name: getattr(profile, name) for name in FIGURES}
    return {name: _kept(figure) for name, figure in figures.items() if figure is not None}


def _kept(figure: SpeedFigure) -> dict[str, Any]:
    return {
        "days": round(figure.days, KEPT_DECIMALS),
        "low": round(figure.low, KEPT_DECIMALS),
        "high": round(figure.high, KEPT_DECIMALS),
        "sigma": figure.sigma,
        "n_closed": figure.n_closed,
        "n_open": figure.n_open,
        "weight": round(figure.weight, KEPT_DECIMALS),
        "tier": figure.tier,
        "basis": figure.basis,
    }


def shown_days(*, days: float, is_own: bool) -> float:
    """Days as they are shown: one's own to a hundredth, others' in whole days from ten on, else to a tenth.

    From finer figures before and after an event its duration could be told to the hour.
    """
    if is_own:
        return round(days, 2)
    return float(round(days)) if days >= WHOLE_DAYS_FROM else round(days, 1)


def month_ends(*, as_of: dt.date, months: int = MONTHS) -> list[dt.date]:
    """The last days of the months that have ended before `as_of`, oldest first."""
    ends = []
    day = as_of
    for _ in range(months):
        day = day.replace(day=1) - dt.timedelta(days=1)
        ends.append(day)
    return ends[::-1]


def inputs_sha256(*, log: Iterable[EventFact], subject: Subject, files: Sequence[str]) -> str:
    """Tells apart what a subject's figures are made of, whatever the day: its events, its area, the files' hashes."""
    lines = [subject.capability_id or "", subject.area, *files]
    lines += [
        "\t".join(
            (
                fact.id,
                fact.capability_id,
                fact.kind,
                fact.occurred_at.isoformat(),
                fact.answers or "",
                fact.supersedes or "",
                fact.tier or "",
                *(f"{verdict} {on.isoformat()}" for verdict, on in sorted(fact.attestations)),
            )
        )
        for fact in sorted(log, key=lambda fact: fact.id)
        if subject.capability_id in (None, fact.capability_id)
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
