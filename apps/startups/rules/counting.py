"""Which events of a log enter a figure at a date, and why the others do not."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from apps.startups.rules.evidence import (
    ATTESTED,
    SELF_DECLARED,
    EventFact,
    StandingEvent,
    effective_tier,
    fact_chains,
    moment,
    standing_events,
)
from apps.startups.rules.speed import CLOSED_BY, RELEASE

ANSWERS = frozenset().union(*CLOSED_BY.values())


class Counting(StrEnum):
    """Whether an event enters a figure; every word but the first says why not."""

    COUNTS = "counts"
    REFUSED = "refused"
    SUPERSEDED = "superseded"
    CORRECTION_PENDING = "correction_pending"
    SELF_DECLARED = "self_declared"
    NOT_YET = "not_yet"
    IN_NO_FIGURE = "in_no_figure"
    NOT_ATTESTED = "not_attested"
    ANSWERS_NOTHING = "answers_nothing"
    QUESTION_NOT_STANDING = "question_not_standing"
    QUESTION_NOT_ATTESTED = "question_not_attested"
    QUESTION_OF_OTHER_KIND = "question_of_other_kind"
    BEFORE_QUESTION = "before_question"
    ANOTHER_ANSWERED = "another_answered"
    OUTSIDE_WINDOW = "outside_window"


@dataclass(frozen=True, slots=True)
class EventState:
    """What a record is worth: its effective tier (None when refused), what superseded it, and whether it counts."""

    tier: str | None
    superseded_by: str | None
    counting: Counting


def event_states(*, facts: Sequence[EventFact], as_of: dt.date, window_days: int) -> dict[str, EventState]:
    """Every record of a whole log by its id. Raises EventTwice.

    A question counts from E2 on and as long as its duration is in the window; of its answers the first of the highest
    tier, and the first release besides, which shows cadence. Of several releases of one day one is counted.
    """
    following: dict[str, str] = {}
    standing_in: set[str] = set()
    for chain in fact_chains(facts=facts, as_of=as_of).values():
        standing_in.add(chain[-1].id)
        following |= {record.id: later.id for record, later in pairwise(chain)}
    standing = {event.id: event for event in standing_events(facts=facts, as_of=as_of)}
    figures = _in_figures(standing.values(), as_of=as_of, window_days=window_days)
    states = {}
    for fact in facts:
        tier = effective_tier(fact=fact, as_of=as_of)
        if tier is None:
            counting = Counting.REFUSED
        elif fact.id in following:
            counting = Counting.SUPERSEDED
        elif fact.id not in standing_in:
            counting = Counting.CORRECTION_PENDING
        elif tier == SELF_DECLARED:
            counting = Counting.SELF_DECLARED
        else:
            counting = figures.get(fact.id, Counting.NOT_YET)
        states[fact.id] = EventState(tier, following.get(fact.id), counting)
    return states


def _in_figures(standing: Iterable[StandingEvent], *, as_of: dt.date, window_days: int) -> dict[str, Counting]:
    by_fact = {event.fact_id: event for event in standing}
    answers: defaultdict[str, list[StandingEvent]] = defaultdict(list)
    found: dict[str, Counting] = {}
    for event in by_fact.values():
        if event.kind in ANSWERS:
            problem = _answer_problem(event, by_fact)
            if problem is None:
                answers[str(event.answers)].append(event)
            else:
                found[event.id] = problem
        elif event.kind not in CLOSED_BY:
            found[event.id] = Counting.IN_NO_FIGURE
    opens = moment(as_of) - dt.timedelta(days=window_days)
    for event in by_fact.values():
        if event.kind in CLOSED_BY and event.tier < ATTESTED:
            found[event.id] = Counting.NOT_ATTESTED
        elif event.kind in CLOSED_BY:
            found |= _question(event, answers[event.fact_id], opens)
    return found


def _answer_problem(event: StandingEvent, by_fact: Mapping[str, StandingEvent]) -> Counting | None:
    if event.answers is None:
        return Counting.ANSWERS_NOTHING
    question = by_fact.get(event.answers)
    if question is None or question.capability_id != event.capability_id:
        return Counting.QUESTION_NOT_STANDING
    if event.kind not in CLOSED_BY.get(question.kind, frozenset()) and event.kind != RELEASE:
        return Counting.QUESTION_OF_OTHER_KIND
    if question.kind not in CLOSED_BY:
        return Counting.QUESTION_OF_OTHER_KIND
    if question.tier < ATTESTED:
        return Counting.QUESTION_NOT_ATTESTED
    return Counting.BEFORE_QUESTION if _day(event) < _day(question) else None


def _question(question: StandingEvent, answers: Sequence[StandingEvent], opens: dt.datetime) -> dict[str, Counting]:
    """The question and its answers: those that end its duration, and its first releases."""
    found = {answer.id: Counting.ANOTHER_ANSWERED for answer in answers}
    closing = [answer for answer in answers if answer.kind in CLOSED_BY[question.kind]]
    releases = [answer for answer in answers if answer.kind == RELEASE]
    counted = Counting.COUNTS
    if closing:
        best = max(answer.tier for answer in closing)
        first = min((answer for answer in closing if answer.tier == best), key=lambda answer: answer.occurred_at)
        counted = Counting.COUNTS if first.occurred_at >= opens else Counting.OUTSIDE_WINDOW
        found[first.id] = counted
    if releases:
        early = min(release.occurred_at for release in releases)
        release = max((item for item in releases if item.occurred_at == early), key=lambda item: item.tier)
        if found[release.id] != Counting.COUNTS:
            found[release.id] = Counting.COUNTS if early >= opens else Counting.OUTSIDE_WINDOW
            if found[release.id] == Counting.COUNTS:
                counted = Counting.COUNTS
    return {**found, question.id: counted}


def _day(event: StandingEvent) -> dt.date:
    return event.occurred_at.astimezone(dt.UTC).date()
