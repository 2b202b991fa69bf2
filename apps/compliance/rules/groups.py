"""The structure of a firm's group: its top company, who owns its IP, who operates; declared against derived."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from apps.compliance.rules.control import Control, controlled, controllers, controls_of
from apps.compliance.rules.graph import Answer, Graph

TOP, IP_OWNER, OPERATING = "top_company", "ip_owner", "operating_company"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A declared role that the statements of ownership speak against."""

    role: str
    code: str
    party: UUID


@dataclass(frozen=True, slots=True)
class Group:
    """Roles as declared (None: not), the top company as derived (None: it cannot be told), and what does not fit."""

    top_company: UUID | None
    ip_owner: UUID | None
    operating_company: UUID | None
    derived_top_company: UUID | None
    contradictions: tuple[Contradiction, ...]


def group_structure(*, graph: Graph, firm: UUID, declared: Mapping[str, UUID]) -> Group:
    """The group of `firm`; `declared` are parties by role.

    The derived top company is the highest entity that certainly controls the firm, the firm itself where certainly no
    entity does. A declared one is contradicted by another derived one, the owner of the IP and the operating company by
    being outside of what the top company controls.
    """
    top = _top(graph, firm, controllers(graph=graph, entity=firm))
    contradictions = []
    stated_top = declared.get(TOP)
    if stated_top is not None and top is not None and stated_top != top:
        contradictions.append(Contradiction(TOP, "another_is_on_top", stated_top))
    head = top if top is not None else stated_top
    if head is not None:
        controls = controls_of(graph=graph)
        inside = {step.entity for step in controlled(controls=controls, holders=[head], is_certain=True)} | {head}
        maybe = {step.entity for step in controlled(controls=controls, holders=[head], is_certain=False)} | inside
        for role in (IP_OWNER, OPERATING):
            party = declared.get(role)
            if party is not None and party not in inside:
                code = "may_be_outside_the_group" if party in maybe else "outside_the_group"
                contradictions.append(Contradiction(role, code, party))
    return Group(stated_top, declared.get(IP_OWNER), declared.get(OPERATING), top, tuple(contradictions))


def _top(graph: Graph, firm: UUID, control: Control) -> UUID | None:
    entities = [
        item for item in control.controllers if item.party not in graph.nodes or not graph.nodes[item.party].is_end
    ]
    certain = [item.party for item in entities if item.answer is Answer.YES]
    if not certain:
        return None if entities or control.may_be_unnamed else firm
    controls = controls_of(graph=graph)
    below = {
        party: {step.entity for step in controlled(controls=controls, holders=[party], is_certain=True)}
        for party in certain
    }
    tops = [party for party in certain if not any(party in found for other, found in below.items() if other != party)]
    return tops[0] if len(tops) == 1 else None
