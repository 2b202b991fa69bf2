"""What stands of a development log at a date: effective tiers, corrections, and which event answers which."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

SELF_DECLARED = "E0"
DOCUMENTED = "E1"
ATTESTED = "E2"
"""The lowest tiers, best last; a higher tier sorts behind a lower one as text."""

CONFIRMED = "confirmed"
REFUSED = "refused"
AMENDED = "amended"
"""Refused as it stands; the attestor's own account is a correction."""


class EventTwice(ValueError):
    """Two events of one log carry the same id."""


@dataclass(frozen=True, slots=True)
class EventFact:
    """A recorded event. `tier` is its own (None counts as E0), `occurred_at` aware, `attestations` (verdict, on)."""

    id: str
    capability_id: str
    kind: str
    occurred_at: dt.datetime
    answers: str | None = None
    supersedes: str | None = None
    tier: str | None = None
    attestations: tuple[tuple[str, dt.date], ...] = ()


@dataclass(frozen=True, slots=True)
class StandingEvent:
    """An event that stands for a fact of the log and may enter a figure.

    `fact_id` is the id of the fact's first record, the same before and after corrections; `answers` is such an id too.
    """

    id: str
    fact_id: str
    capability_id: str
    kind: str
    occurred_at: dt.datetime
    answers: str | None
    tier: str


def moment(as_of: dt.date) -> dt.datetime:
    """The instant that a bare date means: 00:00 UTC."""
    return dt.datetime.combine(as_of, dt.time(), tzinfo=dt.UTC)


def effective_tier(*, fact: EventFact, as_of: dt.date) -> str | None:
    """The tier by the event's own evidence and its attestations up to `as_of`; None if refused and never confirmed."""
    verdicts = {verdict for verdict, on in fact.attestations if on <= as_of}
    own = fact.tier or SELF_DECLARED
    if CONFIRMED in verdicts:
        return max(own, ATTESTED)
    return own if verdicts.isdisjoint({REFUSED, AMENDED}) else None


def standing_events(*, facts: Iterable[EventFact], as_of: dt.date) -> list[StandingEvent]:
    """The events that may enter figures at `as_of`: the latest valid record of every fact, documented or better.

    A correction is valid in the capability of what it corrects and at its tier or above, by its own attestations; of
    several valid ones the best tier stands, then the greatest id (ids grow with time). Any other correction is as if it
    were not there. What answers a record answers what stands in its place. Raises EventTwice.
    """
    chains = fact_chains(facts=facts, as_of=as_of)
    fact_of = {record.id: fact_id for fact_id, chain in chains.items() for record in chain}

    standing = []
    for fact_id, chain in chains.items():
        fact = chain[-1]
        tier = effective_tier(fact=fact, as_of=as_of)
        if tier is not None and tier >= DOCUMENTED and fact.occurred_at <= moment(as_of):
            standing.append(
                StandingEvent(
                    id=fact.id,
                    fact_id=fact_id,
                    capability_id=fact.capability_id,
                    kind=fact.kind,
                    occurred_at=fact.occurred_at,
                    answers=fact_of.get(fact.answers or ""),
                    tier=tier,
                )
            )
    return standing


def fact_chains(*, facts: Iterable[EventFact], as_of: dt.date) -> dict[str, tuple[EventFact, ...]]:
    """By the id of a fact's first record: its records that took effect, in order; the last one stands.

    A correction without effect is in no chain. Raises EventTwice.
    """
    by_id: dict[str, EventFact] = {}
    for fact in facts:
        if fact.id in by_id:
            raise EventTwice(f"event {fact.id!r} stands twice")
        by_id[fact.id] = fact
    corrections: defaultdict[str, list[EventFact]] = defaultdict(list)
    for fact in by_id.values():
        corrected = by_id.get(fact.supersedes or "")
        if corrected is not None and corrected.capability_id == fact.capability_id:
            corrections[corrected.id].append(fact)

    return {fact.id: _chain(fact, corrections, as_of=as_of) for fact in by_id.values() if fact.supersedes is None}


def _chain(
    first: EventFact, corrections: Mapping[str, Sequence[EventFact]], *, as_of: dt.date
) -> tuple[EventFact, ...]:
    """The records of one fact that took effect, in order: the last one stands.

    A correction is judged by what stands of it in turn: corrected once more and then confirmed, it reaches higher.
    """
    records = [first]
    for record in records:
        records.extend(corrections.get(record.id, ()))
    chains: dict[str, tuple[EventFact, ...]] = {}
    for record in reversed(records):
        needed = effective_tier(fact=record, as_of=as_of) or record.tier or SELF_DECLARED
        valid = [
            (tier, correction.id, chains[correction.id])
            for correction in corrections.get(record.id, ())
            if (tier := effective_tier(fact=chains[correction.id][-1], as_of=as_of)) is not None and tier >= needed
        ]
        chains[record.id] = (record, *max(valid, key=lambda found: found[:2])[2]) if valid else (record,)
    return chains[first.id]
