"""How one's own mandate scores raises in the generation that is current."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from uuid import UUID

from django.db.models import Q

from apps.investors.models import Mandate
from apps.matching.models import MatchList
from apps.matching.states import RunStatus, Section, Side
from apps.permissions import Permission
from kernel.access import Actor
from kernel.prepared import Prepared

ORGANISATION, MANDATE, RUN = (UUID(int=place) for place in (0x6F7267, 0x6D616E, 0x72756E))
"""Stand for the ids that prepared statements are asked for."""


@dataclass(frozen=True, slots=True)
class Score:
    """A raise's place in the mandate's list, from 0, with the fund's own score (0–10 000) and the section."""

    place: int
    score: int
    section: str


@dataclass(frozen=True, slots=True)
class Scores:
    """The raises paired with a mandate, best first: all gates passed, then those that lack data."""

    run_id: UUID | None = None
    by_raise: Mapping[UUID, Score] = field(default_factory=dict)


def is_own_mandate(*, actor: Actor, mandate_id: UUID) -> bool:
    """Whether the mandate is the actor's organisation's and the actor may read its matches; one query at most."""
    if actor.organisation_id is None or not actor.may(Permission.MATCH_READ):
        return False
    return bool(_own_mandates().ask(organisation=actor.organisation_id, mandate=mandate_id))


def scores_of(*, mandate_id: UUID, run_id: UUID | None = None) -> Scores:
    """The mandate's list in the current generation, or in the one named as long as it is kept; one query."""
    lists = _lists(is_current=run_id is None).ask(mandate=mandate_id, run=run_id)
    rows = {section: (run, ids, scores) for section, run, ids, scores in lists}
    found: dict[UUID, Score] = {}
    chosen = run_id
    for section in (Section.RANKED, Section.NEEDS_DATA):
        if section in rows:
            chosen, ids, scores = rows[section]
            for identifier, score in zip(ids, scores, strict=True):
                found[identifier] = Score(len(found), score, section.value)
    return Scores(chosen, found)


@lru_cache(maxsize=1)
def _own_mandates() -> Prepared:
    own = Mandate.objects.filter(Q(fund__organisation_id=ORGANISATION), pk=MANDATE)
    return Prepared(own.order_by().values_list("pk"), organisation=ORGANISATION, mandate=MANDATE)


@lru_cache(maxsize=2)
def _lists(*, is_current: bool) -> Prepared:
    run = Q(run__is_current=True) if is_current else Q(run_id=RUN, run__status=RunStatus.PUBLISHED)
    lists = MatchList.objects.filter(run, side=Side.INVESTOR, owner_id=MANDATE)
    columns = lists.values_list("section", "run_id", "counterpart_ids", "score_investor")
    return Prepared(columns, mandate=MANDATE, run=RUN)
