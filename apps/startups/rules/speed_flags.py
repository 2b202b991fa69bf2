"""Patterns in a development log that honest work seldom leaves: a person is to look at them, no figure goes by them."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from apps.startups.rules.evidence import ATTESTED, CONFIRMED, EventFact, effective_tier, fact_chains
from apps.startups.rules.speed import CLOSED_BY, COUNTERMEASURE

BURST, SELF_ANSWERED, BACK_DATED = "burst", "self_answered", "back_dated"

BURST_WITHIN = dt.timedelta(hours=12)
BURST_FROM = 5
BURST_FACTOR = 10
"""How many times as many answers as the firm gives otherwise in that time."""
RATE_OVER_DAYS = 30
"""A log that is shorter is taken to span so many days: its rate would rest on nothing."""

ANSWERED_WITHIN = dt.timedelta(hours=24)

LATE = dt.timedelta(days=90)
SITTING_PAUSE = dt.timedelta(hours=1)
"""A longer pause between two entries ends a sitting."""
BACK_DATED_FROM = 3

ATTESTORS = "attestor"
SECONDS_PER_DAY = 86_400.0
SECONDS_PER_HOUR = 3_600.0


@dataclass(frozen=True, slots=True)
class Recording:
    """When an event was entered, and through which door."""

    at: dt.datetime
    source: str


@dataclass(frozen=True, slots=True)
class FlagFound:
    """A pattern: `events` are the ids that make it, sorted, `details` the numbers of why; of None: several."""

    kind: str
    capability_id: str | None
    events: tuple[str, ...]
    details: Mapping[str, float]

    @property
    def sha256(self) -> str:
        """The same as long as the pattern consists of the same events."""
        return hashlib.sha256("\n".join((self.kind, *self.events)).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _Pair:
    question: EventFact
    answer: EventFact

    @property
    def took(self) -> dt.timedelta:
        return self.answer.occurred_at - self.question.occurred_at


def flags_find(*, facts: Iterable[EventFact], recordings: Mapping[str, Recording], as_of: dt.date) -> list[FlagFound]:
    """All patterns in a firm's log, by what stands of it at `as_of`; `recordings` has every event's, by id.

    Events of any tier are looked at, for evidence may still come; those that were refused are not.
    """
    pairs = list(_pairs(facts, as_of))
    return [*_bursts(pairs), *_self_answered(pairs, recordings), *_back_dated(pairs, recordings)]


def _pairs(facts: Iterable[EventFact], as_of: dt.date) -> Iterator[_Pair]:
    """Questions with each of their answers, both as they stand after corrections."""
    chains = fact_chains(facts=facts, as_of=as_of)
    fact_of = {record.id: fact_id for fact_id, chain in chains.items() for record in chain}
    standing = {
        fact_id: chain[-1]
        for fact_id, chain in chains.items()
        if effective_tier(fact=chain[-1], as_of=as_of) is not None
    }
    for answer in standing.values():
        question = standing.get(fact_of.get(answer.answers or "", ""))
        if (
            question is not None
            and answer.kind in CLOSED_BY.get(question.kind, ())
            and answer.capability_id == question.capability_id
        ):
            yield _Pair(question, answer)


def _bursts(pairs: Sequence[_Pair]) -> Iterator[FlagFound]:
    answers = sorted({pair.answer.id: pair.answer for pair in pairs}.values(), key=lambda a: (a.occurred_at, a.id))
    if len(answers) < BURST_FROM:
        return
    span = max((answers[-1].occurred_at - answers[0].occurred_at).total_seconds() / SECONDS_PER_DAY, RATE_OVER_DAYS)
    at = 0
    while at < len(answers):
        until = answers[at].occurred_at + BURST_WITHIN
        held = [answer for answer in answers[at:] if answer.occurred_at <= until]
        per_day = (len(answers) - len(held)) / span
        usual = per_day * BURST_WITHIN.total_seconds() / SECONDS_PER_DAY
        if len(held) >= BURST_FROM and len(held) >= BURST_FACTOR * usual:
            details = {
                "count": len(held),
                "hours": BURST_WITHIN.total_seconds() / SECONDS_PER_HOUR,
                "usual_per_day": round(per_day, 3),
            }
            yield _found(BURST, held, details)
            at += len(held)
        else:
            at += 1


def _self_answered(pairs: Sequence[_Pair], recordings: Mapping[str, Recording]) -> Iterator[FlagFound]:
    for pair in pairs:
        if (
            pair.question.kind == COUNTERMEASURE
            and dt.timedelta(0) <= pair.took <= ANSWERED_WITHIN
            and not any(_is_independent(fact, recordings) for fact in (pair.question, pair.answer))
        ):
            hours = round(pair.took.total_seconds() / SECONDS_PER_HOUR, 1)
            yield _found(SELF_ANSWERED, [pair.question, pair.answer], {"hours": hours})


def _back_dated(pairs: Sequence[_Pair], recordings: Mapping[str, Recording]) -> Iterator[FlagFound]:
    entered = {fact.id: fact for pair in pairs for fact in (pair.question, pair.answer)}
    late = sorted(
        (
            fact
            for fact in entered.values()
            if recordings[fact.id].source != ATTESTORS
            and (fact.tier or "") < ATTESTED
            and recordings[fact.id].at - fact.occurred_at > LATE
        ),
        key=lambda fact: (recordings[fact.id].at, fact.id),
    )
    sitting_of: dict[str, int] = {}
    for number, fact in enumerate(late):
        goes_on = number > 0 and recordings[fact.id].at - recordings[late[number - 1].id].at <= SITTING_PAUSE
        sitting_of[fact.id] = sitting_of[late[number - 1].id] if goes_on else number
    formed: defaultdict[int, list[_Pair]] = defaultdict(list)
    for pair in pairs:
        sitting = sitting_of.get(pair.question.id)
        if sitting is not None and sitting == sitting_of.get(pair.answer.id):
            formed[sitting].append(pair)
    for _, made in sorted(formed.items()):
        if len(made) >= BACK_DATED_FROM:
            held = {fact.id: fact for pair in made for fact in (pair.question, pair.answer)}
            oldest = max(recordings[fact.id].at - fact.occurred_at for fact in held.values())
            details = {"events": len(held), "durations": len(made), "days_late": oldest.days}
            yield _found(BACK_DATED, list(held.values()), details)


def _is_independent(fact: EventFact, recordings: Mapping[str, Recording]) -> bool:
    """Whether somebody other than the firm says so: an attestor, a registry, or an operator that looked there."""
    is_confirmed = any(verdict == CONFIRMED for verdict, _ in fact.attestations)
    return is_confirmed or recordings[fact.id].source == ATTESTORS or (fact.tier or "") >= ATTESTED


def _found(kind: str, facts: Sequence[EventFact], details: Mapping[str, float]) -> FlagFound:
    capabilities = {fact.capability_id for fact in facts}
    return FlagFound(
        kind=kind,
        capability_id=capabilities.pop() if len(capabilities) == 1 else None,
        events=tuple(sorted(fact.id for fact in facts)),
        details=dict(details),
    )
