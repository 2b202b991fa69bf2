"""Control: whose votes, with those of all whom it controls, decide in an entity; and from which countries."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from apps.compliance.rules.graph import (
    ALL,
    NOTHING,
    UNNAMED,
    Answer,
    Counted,
    Graph,
    Holdings,
    ancestors,
    holdings,
)

MAJORITY = Fraction(1, 2)
"""More than half of the votes decides."""
RIGHTS = frozenset({"control_via_company_rules_or_articles", "control_by_legal_framework"})
"""Interests that are control whatever the shares."""
APPOINTMENT = "appointment_of_board"
"""The right to appoint the board; with a share stated, so much of it."""
INFLUENCE = frozenset(
    {
        "other_influence_or_control",
        "rights_granted_by_contract",
        "conditional_rights_granted_by_contract",
        "trustee",
        "protector",
        "settlor",
        "beneficiary_of_legal_arrangement",
        "unknown_interest",
        "unpublished_interest",
    }
)
"""Interests that may be control: nobody can say without reading what they are made of."""


@dataclass(frozen=True, slots=True)
class Rights:
    """A right by which a party controls an entity apart from votes; `is_certain` unless it only may."""

    is_certain: bool
    statements: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Controls:
    """Everything that control is decided by."""

    votes: Holdings
    rights: Mapping[UUID, Mapping[UUID, Rights]]
    entities: tuple[UUID, ...]
    below: Mapping[UUID, tuple[UUID, ...]]


@dataclass(frozen=True, slots=True)
class Step:
    """Why an entity is controlled: by these parties' votes together, or by a right of one of them (`by_right`).

    `votes` are at least (certain) or at most (possible) so many.
    """

    entity: UUID
    through: tuple[UUID, ...]
    votes: Fraction
    by_right: bool
    statements: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Controller:
    """A party that controls the entity, or may: along which steps, from the party's own holdings downward.

    `is_ultimate`: it controls for certain and nobody above it does.
    """

    party: UUID
    answer: Answer
    steps: tuple[Step, ...]
    is_ultimate: bool


@dataclass(frozen=True, slots=True)
class Control:
    """Who controls an entity. `answer`: a person or state does; nobody does; or it cannot be told.

    `may_be_unnamed`: the open parts together may be control.
    """

    answer: Answer
    controllers: tuple[Controller, ...]
    may_be_unnamed: bool


@dataclass(frozen=True, slots=True)
class ThirdCountry:
    """Whether somebody from outside a perimeter controls: the answer, through whom, and why it is unknown."""

    answer: Answer
    through: tuple[Controller, ...]
    causes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Countries:
    """The countries of everybody above an entity, those whose country is not stated, and whether a branch is open."""

    parties: Mapping[str, tuple[UUID, ...]]
    without: tuple[UUID, ...]
    is_open: bool


def controls_of(*, graph: Graph) -> Controls:
    """Votes and rights by entity."""
    votes = holdings(graph=graph, counted=Counted.VOTES)
    rights: defaultdict[UUID, dict[UUID, Rights]] = defaultdict(dict)
    for stake in graph.stakes:
        if not stake.is_direct:
            continue
        is_certain = stake.interest in RIGHTS
        is_possible = is_certain or stake.interest in INFLUENCE
        if stake.interest == APPOINTMENT:
            is_certain = not stake.is_share_stated or stake.share.low > MAJORITY
            is_possible = is_certain or stake.share.high > MAJORITY
        if is_possible:
            before = rights[stake.owned].get(stake.owner, Rights(is_certain=False, statements=()))
            statements = (*before.statements, stake.statement)
            rights[stake.owned][stake.owner] = Rights(before.is_certain or is_certain, statements)
    below: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for entity in {*votes.of, *rights}:
        for owner in {*votes.into(entity), *rights.get(entity, {})}:
            below[owner].add(entity)
    owned = {*votes.of, *rights}
    owners = set(below)
    nodes = graph.nodes
    entities = tuple(
        sorted(
            party
            for party in {*nodes, *owned, *owners}
            if party not in nodes or not (nodes[party].is_end or nodes[party].is_unknown)
        )
    )
    return Controls(votes, dict(rights), entities, {owner: tuple(sorted(found)) for owner, found in below.items()})


def controlled(*, controls: Controls, holders: Collection[UUID], is_certain: bool) -> list[Step]:
    """Which entities `holders` control together, in the order in which each step needs those before it.

    An entity is controlled by more than half of its votes, counting those of `holders` and of all that they control
    already; or by a right of one of these. Certain: at the lower bounds. Possible: when all others have no more than
    their lower bounds, so that every open vote is theirs.
    """
    have = set(holders)
    steps: list[Step] = []
    waiting = deque(controls.entities)
    queued = set(waiting)
    while waiting:
        entity = waiting.popleft()
        queued.discard(entity)
        step = None if entity in have else _step(controls, entity, have, is_certain=is_certain)
        if step is None:
            continue
        have.add(entity)
        steps.append(step)
        again = [below for below in controls.below.get(entity, ()) if below not in have and below not in queued]
        waiting.extend(again)
        queued.update(again)
    return steps


def controllers(*, graph: Graph, entity: UUID) -> Control:
    """Everybody above `entity` who controls it or may."""
    controls = controls_of(graph=graph)
    above = _above(graph, controls, entity) - {entity}
    certain: dict[UUID, list[Step]] = {}
    found = []
    nameless = {party for party in above if party in graph.nodes and graph.nodes[party].is_unknown}
    for party in sorted(above - nameless):
        steps = controlled(controls=controls, holders=[party], is_certain=True)
        answer = Answer.YES
        if all(step.entity != entity for step in steps):
            steps = controlled(controls=controls, holders=[party], is_certain=False)
            answer = Answer.UNKNOWN
            if all(step.entity != entity for step in steps):
                continue
        if answer is Answer.YES:
            certain[party] = steps
        found.append((party, answer, _needed(steps, entity)))
    controlled_by = {party: {step.entity for step in steps} for party, steps in certain.items()}
    listed = [
        Controller(
            party,
            answer,
            steps,
            answer is Answer.YES
            and not any(party in below and other not in controlled_by[party] for other, below in controlled_by.items()),
        )
        for party, answer, steps in found
    ]
    listed.sort(key=lambda item: (item.answer is not Answer.YES, not item.is_ultimate, item.party))
    unnamed = controlled(controls=controls, holders=[UNNAMED, *nameless], is_certain=False)
    may_be_unnamed = any(step.entity == entity for step in unnamed)
    return Control(_whole(graph, listed, may_be_unnamed=may_be_unnamed), tuple(listed), may_be_unnamed)


def countries_on_the_way(*, graph: Graph, entity: UUID) -> Countries:
    """The countries of all parties through whom somebody has shares or votes in, or rights over, the entity."""
    controls = controls_of(graph=graph)
    above = _above(graph, controls, entity) - {entity}
    parties: defaultdict[str, list[UUID]] = defaultdict(list)
    without = []
    for party in sorted(above):
        node = graph.nodes.get(party)
        for country in node.countries if node is not None else ():
            parties[country].append(party)
        if node is None or not node.countries:
            without.append(party)
    shares = holdings(graph=graph, counted=Counted.SHARES)
    is_open = any(controls.votes.remainder(party).high or shares.remainder(party).high for party in {entity, *above})
    return Countries(
        {country: tuple(found) for country, found in sorted(parties.items())}, tuple(without), is_open or graph.is_cut
    )


def third_country_control(*, graph: Graph, entity: UUID, perimeter: Collection[str]) -> ThirdCountry:
    """Whether a party none of whose countries lies in `perimeter` controls the entity, at any height above it.

    Unknown where such a party may control it, where a controller's country is not stated, and where nobody can say who
    controls it.
    """
    control = controllers(graph=graph, entity=entity)
    outside, doubtful, causes = [], [], set()
    for item in control.controllers:
        countries = graph.nodes[item.party].countries if item.party in graph.nodes else ()
        if any(country in perimeter for country in countries):
            continue
        if countries and item.answer is Answer.YES:
            outside.append(item)
        else:
            doubtful.append(item)
            causes.add("may_control" if countries else "country_not_stated")
    if outside:
        return ThirdCountry(Answer.YES, tuple(outside), ())
    if control.may_be_unnamed or graph.is_cut:
        causes.add("open_branch")
    answer = Answer.UNKNOWN if causes else Answer.NO
    return ThirdCountry(answer, tuple(doubtful), tuple(sorted(causes)))


def _step(controls: Controls, entity: UUID, have: Collection[UUID], *, is_certain: bool) -> Step | None:
    rights = controls.rights.get(entity, {})
    for party, right in sorted(rights.items()):
        if party in have and (right.is_certain or not is_certain):
            return Step(entity, (party,), NOTHING, by_right=True, statements=right.statements)
    owners = controls.votes.into(entity)
    through = tuple(sorted(party for party in owners if party in have))
    if is_certain:
        votes = sum((owners[party].share.low for party in through), NOTHING)
    else:
        others = sum((holding.share.low for party, holding in owners.items() if party not in have), NOTHING)
        votes = max(NOTHING, ALL - others)
    if votes <= MAJORITY:
        return None
    statements = tuple(statement for party in through for statement in owners[party].statements)
    return Step(entity, through, votes, by_right=False, statements=statements)


def _needed(steps: list[Step], entity: UUID) -> tuple[Step, ...]:
    """The steps that the control of `entity` rests on."""
    by_entity = {step.entity: step for step in steps}
    needed: set[UUID] = set()
    waiting = [entity]
    while waiting:
        here = waiting.pop()
        if here in by_entity and here not in needed:
            needed.add(here)
            waiting += by_entity[here].through
    return tuple(step for step in steps if step.entity in needed)


def _above(graph: Graph, controls: Controls, entity: UUID) -> frozenset[UUID]:
    shares = holdings(graph=graph, counted=Counted.SHARES)
    seen: set[UUID] = set()
    waiting = [entity]
    while waiting:
        here = waiting.pop()
        found = ancestors(holdings=(controls.votes, shares), entity=here) | set(controls.rights.get(here, {}))
        waiting += found - seen
        seen |= found
    return frozenset(seen)


def _whole(graph: Graph, listed: list[Controller], *, may_be_unnamed: bool) -> Answer:
    for item in listed:
        if item.answer is Answer.YES and item.party in graph.nodes and graph.nodes[item.party].is_end:
            return Answer.YES
    return Answer.UNKNOWN if listed or may_be_unnamed or graph.is_cut else Answer.NO
