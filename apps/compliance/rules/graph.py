"""The ownership graph as of a day: who is there, who holds what in whom, between which bounds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

NOTHING, ALL = Fraction(0), Fraction(1)
INSIDE = Fraction(1, 10**12)
"""How far inside its value an exclusive bound lies: far less than the sixth decimal of a stated share."""
UNNAMED = UUID(int=0)
"""Stands for whoever holds what no statement gives to anybody."""


class Answer(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


ANSWERS = tuple(item.value for item in Answer)


class Counted(StrEnum):
    """What is followed through the graph: property in an entity, or votes in it."""

    SHARES = "shares"
    VOTES = "votes"


SHAREHOLDING, VOTING_RIGHTS = "shareholding", "voting_rights"
UNTOLD = frozenset({"unknown_interest", "unpublished_interest"})
"""Interests that may be anything: shares and votes alike, as much as their interval allows."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A fraction between two bounds, both included."""

    low: Fraction
    high: Fraction


UNCERTAIN = Interval(NOTHING, ALL)


@dataclass(frozen=True, slots=True)
class Node:
    """A party. `is_end`: nobody stands behind it (a person, a state); `is_unknown`: declared to be unknown.

    `countries` are a person's nationalities or else its country, an entity's country; empty where not stated.
    """

    id: UUID
    kind: str
    is_end: bool = False
    is_unknown: bool = False
    countries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stake:
    """One statement: an interest of an owner in an entity. An indirect one is the sum of others, not an edge."""

    statement: UUID
    owned: UUID
    owner: UUID
    interest: str
    share: Interval = UNCERTAIN
    is_share_stated: bool = False
    is_direct: bool = True


@dataclass(frozen=True, slots=True)
class Graph:
    """Parties and stakes as of a day. `is_cut`: there is more above than was read."""

    nodes: Mapping[UUID, Node]
    stakes: Sequence[Stake]
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Holding:
    """All that an owner has in an entity of one counted kind, with the statements that say so."""

    share: Interval
    statements: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Holdings:
    """Who holds what, by entity and owner, and the `open` part of each entity that nobody is named for."""

    of: Mapping[UUID, Mapping[UUID, Holding]]
    open: Mapping[UUID, Interval] = field(default_factory=dict)

    def into(self, entity: UUID) -> Mapping[UUID, Holding]:
        """The named owners of an entity."""
        return self.of.get(entity, {})

    def remainder(self, entity: UUID) -> Interval:
        """The part of an entity that no statement gives to anybody: all of it where nothing is stated."""
        return self.open.get(entity, Interval(ALL, ALL))


def interval(
    *, low: Decimal | None, high: Decimal | None, is_low_exclusive: bool = False, is_high_exclusive: bool = False
) -> Interval:
    """The interval of a stated share, both as fractions; a bound that is not stated is nothing or all."""
    bottom = NOTHING if low is None else Fraction(low) + (INSIDE if is_low_exclusive else 0)
    top = ALL if high is None else Fraction(high) - (INSIDE if is_high_exclusive else 0)
    return Interval(bottom, top)


def holdings(*, graph: Graph, counted: Counted) -> Holdings:
    """The direct holdings of a kind.

    Shares are shareholdings. Votes are voting rights; where an owner's are not stated its shares stand in for them,
    unless an entity's would then be more than all. An upper bound is lowered to what the others leave over.
    """
    shares = _stated(graph.stakes, {SHAREHOLDING} | UNTOLD)
    found = shares if counted is Counted.SHARES else _votes(shares, _stated(graph.stakes, {VOTING_RIGHTS} | UNTOLD))
    of, left = {}, {}
    for entity, owners in found.items():
        lowest = sum((holding.share.low for holding in owners.values()), NOTHING)
        of[entity] = {owner: _bounded(holding, lowest) for owner, holding in owners.items()}
        highest = sum((holding.share.high for holding in of[entity].values()), NOTHING)
        left[entity] = Interval(max(NOTHING, ALL - highest), max(NOTHING, ALL - lowest))
    ends = {node.id: Interval(NOTHING, NOTHING) for node in graph.nodes.values() if node.is_end or node.is_unknown}
    return Holdings(of, {**left, **ends})


def ancestors(*, holdings: Sequence[Holdings], entity: UUID) -> frozenset[UUID]:
    """Everybody who holds something in an entity, however far above it; itself only where it is above itself."""
    seen: set[UUID] = set()
    waiting = [entity]
    while waiting:
        here = waiting.pop()
        above = {owner for each in holdings for owner in each.into(here)} - seen
        seen |= above
        waiting += above
    return frozenset(seen)


def against(*, low: Fraction, high: Fraction, threshold: Fraction, is_inclusive: bool) -> Answer:
    """Whether a share between two bounds reaches a threshold (`is_inclusive`) or exceeds it."""
    if low > threshold or (is_inclusive and low == threshold):
        return Answer.YES
    if high > threshold or (is_inclusive and high == threshold):
        return Answer.UNKNOWN
    return Answer.NO


def _stated(stakes: Iterable[Stake], interests: frozenset[str] | set[str]) -> dict[UUID, dict[UUID, Holding]]:
    found: defaultdict[UUID, dict[UUID, Holding]] = defaultdict(dict)
    for stake in stakes:
        if not stake.is_direct or stake.interest not in interests:
            continue
        before = found[stake.owned].get(stake.owner)
        share = stake.share
        statements: tuple[UUID, ...] = (stake.statement,)
        if before is not None:
            share = Interval(min(ALL, before.share.low + share.low), min(ALL, before.share.high + share.high))
            statements = (*before.statements, stake.statement)
        found[stake.owned][stake.owner] = Holding(share, statements)
    return dict(found)


def _votes(
    shares: Mapping[UUID, Mapping[UUID, Holding]], votes: Mapping[UUID, Mapping[UUID, Holding]]
) -> dict[UUID, dict[UUID, Holding]]:
    found = {}
    for entity in {*shares, *votes}:
        stated = dict(votes.get(entity, {}))
        both = {**shares.get(entity, {}), **stated}
        together = sum((holding.share.low for holding in both.values()), NOTHING)
        found[entity] = both if together <= ALL or not stated else stated
    return found


def _bounded(holding: Holding, lowest: Fraction) -> Holding:
    share = holding.share
    left = max(share.low, ALL - (lowest - share.low))
    return Holding(Interval(share.low, min(share.high, left)), holding.statements)
