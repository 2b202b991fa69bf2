"""How one's own mandate scores raises in the generation that is current."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Q

from apps.investors.models import Mandate
from apps.matching.models import MatchList
from apps.matching.states import RunStatus, Section, Side
from apps.permissions import Permission
from kernel.access import Actor


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
    """Whether the mandate is the actor's organisation's and the actor may read its matches."""
    if actor.organisation_id is None or not actor.may(Permission.MATCH_READ):
        return False
    return Mandate.objects.filter(Q(fund__organisation_id=actor.organisation_id), pk=mandate_id).exists()


def scores_of(*, mandate_id: UUID, run_id: UUID | None = None) -> Scores:
    """The mandate's list in the current generation, or in the one named as long as it is kept; one query."""
    run = Q(run__is_current=True) if run_id is None else Q(run_id=run_id, run__status=RunStatus.PUBLISHED)
    lists = MatchList.objects.filter(run, side=Side.INVESTOR, owner_id=mandate_id)
    rows = {
        section: (run, ids, scores)
        for section, run, ids, scores in lists.values_list("section", "run_id", "counterpart_ids", "score_investor")
    }
    found: dict[UUID, Score] = {}
    chosen = run_id
    for section in (Section.RANKED, Section.NEEDS_DATA):
        if section in rows:
            chosen, ids, scores = rows[section]
            for identifier, score in zip(ids, scores, strict=True):
                found[identifier] = Score(len(found), score, section.value)
    return Scores(chosen, found)
