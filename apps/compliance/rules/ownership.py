"""Beneficial ownership: what each person has of an entity through all paths, against the thresholds of the regimes."""

from __future__ import annotations

import datetime as dt
import heapq
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import count, pairwise
from uuid import UUID

from apps.compliance.rules.graph import (
    ALL,
    NOTHING,
    SHAREHOLDING,
    UNNAMED,
    VOTING_RIGHTS,
    Answer,
    Counted,
    Graph,
    Holdings,
    Interval,
    against,
    ancestors,
    holdings,
)
from apps.compliance.rules.integration import Integration

BOUNDS = ("low", "high")
MOST_PATHS = 20
MOST_STEPS = 1_000
"""How many partial paths are looked at before the search for an owner's heaviest ones ends."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """From which share on a regime counts somebody as an owner: at it (`is_inclusive`) or above it.

    `counted`: it is enough to reach it in one of these.
    """

    regime: str
    share: Fraction
    is_inclusive: bool
    counted: tuple[Counted, ...]
    valid_from: dt.date
    valid_to: dt.date | None
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Path:
    """One way from an owner down to the entity: the parties in that order, the share of each step and their product."""

    parties: tuple[UUID, ...]
    shares: tuple[Interval, ...]
    product: Interval
    statements: tuple[tuple[UUID, ...], ...]


@dataclass(frozen=True, slots=True)
class Owned:
    """What somebody has: by the statements, and at most if the open parts were theirs, too."""

    stated: Interval
    possible: Fraction


@dataclass(frozen=True, slots=True)
class BeneficialOwner:
    """A person or state with what it has of the entity, the answer for each regime, and its heaviest paths."""

    party: UUID
    shares: Owned
    votes: Owned
    answers: Mapping[str, Answer]
    paths: tuple[Path, ...]
    are_paths_cut: bool


@dataclass(frozen=True, slots=True)
class OpenBranch:
    """An entity above, or the entity itself, of which a part belongs to nobody who is named."""

    party: UUID
    cause: str
    open: Interval
    reach: Interval


@dataclass(frozen=True, slots=True)
class BeneficialOwnership:
    """`open` is the part of the entity that ends at nobody who is known; `answers` whether a regime finds an owner."""

    owners: tuple[BeneficialOwner, ...]
    open_shares: Interval
    open_votes: Interval
    open_branches: tuple[OpenBranch, ...]
    has_cycle: bool
    is_cut: bool


def beneficial_owners(
    *, graph: Graph, entity: UUID, thresholds: Sequence[Threshold], most_paths: int = MOST_PATHS
) -> BeneficialOwnership:
    """What every person and state above `entity` has of it, the largest first.

    An answer is unknown where the stated interval or an open part leaves it so: the open part might be anybody's.
    """
    counted = {kind: holdings(graph=graph, counted=kind) for kind in Counted}
    above = ancestors(holdings=tuple(counted.values()), entity=entity)
    indirect = {stake.owner for stake in graph.stakes if stake.owned == entity and not stake.is_direct}
    ends = sorted(party for party in above | indirect if party in graph.nodes and graph.nodes[party].is_end)
    nobody = [UNNAMED, *(party for party in above if party in graph.nodes and graph.nodes[party].is_unknown)]
    reach = {kind: _Reach(counted[kind], entity) for kind in Counted}
    ways = {kind: Ways(counted[kind]) for kind in Counted}
    owned = {kind: _owned(graph, reach[kind], entity, ends, kind) for kind in Counted}
    unnamed = {kind: reach[kind].of(*nobody) for kind in Counted}
    owners = []
    for party in ends:
        have = {kind: owned[kind][party] for kind in Counted}
        # Along votes for an owner that has no shares on any path.
        paths, are_cut = ways[Counted.SHARES].heaviest(party, entity, most_paths)
        if not paths:
            paths, are_cut = ways[Counted.VOTES].heaviest(party, entity, most_paths)
        answers = {item.regime: _answer(item, have) for item in thresholds}
        owners.append(BeneficialOwner(party, have[Counted.SHARES], have[Counted.VOTES], answers, tuple(paths), are_cut))
    owners.sort(
        key=lambda item: (-item.shares.stated.low, -item.shares.stated.high, -item.votes.stated.low, item.party)
    )
    return BeneficialOwnership(
        tuple(owners),
        unnamed[Counted.SHARES],
        unnamed[Counted.VOTES],
        _branches(graph, counted[Counted.SHARES], reach[Counted.SHARES], entity, above),
        _has_cycle(counted[Counted.SHARES], {entity, *above}),
        graph.is_cut,
    )


class Ways:
    """Who stands above whom in holdings, as numbers: a search compares and looks up millions of times."""

    def __init__(self, found: Holdings) -> None:
        self._found = found
        parties = sorted({*found.of, *(owner for owners in found.of.values() for owner in owners)})
        self._parties = parties
        self._place = {party: index for index, party in enumerate(parties)}
        self._owners: list[list[tuple[int, float]]] = [
            [
                (self._place[owner], float(holding.share.high))
                for owner, holding in found.into(party).items()
                if holding.share.high
            ]
            for party in parties
        ]
        self._owned: defaultdict[int, list[int]] = defaultdict(list)
        for index, owners in enumerate(self._owners):
            for owner, _share in owners:
                self._owned[owner].append(index)

    def heaviest(self, owner: UUID, entity: UUID, most: int = MOST_PATHS) -> tuple[list[Path], bool]:
        """The heaviest paths from an owner down to an entity, and whether there may be more."""
        if owner not in self._place or entity not in self._place:
            return [], False
        top, below = self._place[owner], self._below(self._place[owner])
        order = count()
        waiting: list[tuple[float, int, tuple[int, ...]]] = [(-1.0, next(order), (self._place[entity],))]
        paths: list[Path] = []
        steps = 0
        while waiting and len(paths) < most and steps < MOST_STEPS:
            weight, _, way = heapq.heappop(waiting)
            steps += 1
            if way[0] == top and len(way) > 1:
                paths.append(_path(self._found, tuple(self._parties[index] for index in way)))
                continue
            for above, share in self._owners[way[0]]:
                if above in below and above not in way:
                    heapq.heappush(waiting, (weight * share, next(order), (above, *way)))
        return paths, bool(waiting)

    def _below(self, owner: int) -> set[int]:
        """The owner and everybody in whom it has something, however far below."""
        seen, waiting = {owner}, [owner]
        while waiting:
            more = [entity for entity in self._owned.get(waiting.pop(), ()) if entity not in seen]
            seen.update(more)
            waiting += more
        return seen


def _path(found: Holdings, parties: tuple[UUID, ...]) -> Path:
    steps = [found.into(below)[above] for above, below in pairwise(parties)]
    low, high = ALL, ALL
    for step in steps:
        low, high = low * step.share.low, high * step.share.high
    return Path(
        parties, tuple(step.share for step in steps), Interval(low, high), tuple(step.statements for step in steps)
    )


def _owned(graph: Graph, reach: _Reach, entity: UUID, ends: Sequence[UUID], kind: Counted) -> dict[UUID, Owned]:
    stated = {party: reach.of(party) for party in ends}
    interests = {SHAREHOLDING} if kind is Counted.SHARES else {SHAREHOLDING, VOTING_RIGHTS}
    for stake in graph.stakes:
        # What is stated of the whole way at once holds at least, however little of the way itself is known.
        if stake.owned == entity and not stake.is_direct and stake.interest in interests and stake.owner in stated:
            before = stated[stake.owner]
            stated[stake.owner] = Interval(max(before.low, stake.share.low), max(before.high, stake.share.high))
    lowest = sum((share.low for share in stated.values()), NOTHING)
    owned = {}
    for party, share in stated.items():
        possible = max(share.low, ALL - (lowest - share.low))
        owned[party] = Owned(Interval(share.low, min(share.high, possible)), possible)
    return owned


class _Reach:
    """How much of an entity holders have through all paths, at the lower and the upper bounds of all shares.

    UNNAMED holds in it whatever no statement gives to anybody.
    """

    def __init__(self, found: Holdings, entity: UUID) -> None:
        self._low, self._high = (Integration(into=_into(found, entity, bound), entity=entity) for bound in BOUNDS)

    def of(self, *holders: UUID) -> Interval:
        """What the holders have together."""
        return Interval(self._low.of(holders=holders), self._high.of(holders=holders))


def _into(found: Holdings, entity: UUID, bound: str) -> dict[UUID, dict[UUID, Fraction]]:
    everybody = {entity, *found.of, *(owner for owners in found.of.values() for owner in owners)}
    into = {}
    for each in everybody:
        named = {owner: getattr(holding.share, bound) for owner, holding in found.into(each).items()}
        into[each] = {**named, UNNAMED: getattr(found.remainder(each), bound)}
    return into


def _answer(threshold: Threshold, have: Mapping[Counted, Owned]) -> Answer:
    answers = {
        against(
            low=have[kind].stated.low,
            high=have[kind].possible,
            threshold=threshold.share,
            is_inclusive=threshold.is_inclusive,
        )
        for kind in threshold.counted
    }
    if Answer.YES in answers:
        return Answer.YES
    return Answer.UNKNOWN if Answer.UNKNOWN in answers else Answer.NO


def _branches(
    graph: Graph, found: Holdings, reaches: _Reach, entity: UUID, above: frozenset[UUID]
) -> tuple[OpenBranch, ...]:
    branches = []
    for party in sorted({entity, *above}):
        node = graph.nodes.get(party)
        left = found.remainder(party)
        if node is not None and node.is_unknown:
            cause, left = "declared_unknown", Interval(ALL, ALL)
        elif not left.high:
            continue
        else:
            cause = "remainder" if found.into(party) else "no_owners_stated"
        reach = Interval(ALL, ALL) if party == entity else reaches.of(party)
        weight = Interval(reach.low * left.low, reach.high * left.high)
        branches.append(OpenBranch(party, cause, left, weight))
    return tuple(sorted(branches, key=lambda item: (-item.reach.high, item.party)))


def _has_cycle(found: Holdings, parties: set[UUID]) -> bool:
    waiting = {party: {owner for owner in found.into(party) if owner in parties} for party in parties}
    free = [party for party, owners in waiting.items() if not owners]
    while free:
        gone = free.pop()
        del waiting[gone]
        for party, owners in waiting.items():
            if gone in owners:
                owners.discard(gone)
                if not owners:
                    free.append(party)
    return bool(waiting)
