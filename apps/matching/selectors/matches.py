"""Reads of matches: one side's list, and why a pair scores as it does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from apps.investors.models import Mandate
from apps.matching.engine.explain import PRIVATE, WITHHELD, Explanation, explain
from apps.matching.engine.facts import Answer, MandateFacts, RaiseFacts, from_json
from apps.matching.engine.gates import GATES
from apps.matching.engine.pairs import INVESTOR_FEATURES, STARTUP_FEATURES
from apps.matching.models import InputVersion, MatchList, MatchRun
from apps.matching.scoring_models import engine_areas, engine_reference, scoring_model
from apps.matching.selectors.freshness import versions_of
from apps.matching.states import InputKind, Side
from apps.startups.models import Raise
from kernel.access import Actor
from kernel.errors import NotFound

FEATURES: Mapping[str, Sequence[str]] = {Side.INVESTOR: INVESTOR_FEATURES, Side.STARTUP: STARTUP_FEATURES}
SHOWN = 50
SEPARATOR = "~"


@dataclass(frozen=True, slots=True)
class Match:
    """A pair as one side sees it. `score` is that side's own, 0–10 000; `confidence` 0–1; `missing` names unknown
    gates.
    """

    mandate_id: UUID
    raise_id: UUID
    side: str
    section: str
    rank: int
    score: int
    score_mutual: int
    confidence: float
    contributions: Mapping[str, int]
    missing: Sequence[str]
    counterpart: Mandate | Raise

    @property
    def id(self) -> str:
        return f"{self.mandate_id}{SEPARATOR}{self.raise_id}"


def side_of(*, actor: Actor, mandate_id: UUID | None, raise_id: UUID | None) -> tuple[str, UUID]:
    """The side whose list is asked for and its owner. Raises NotFound unless the owner is the actor's own mandate or
    raise.
    """
    organisation = actor.organisation_id
    if organisation is None:
        raise NotFound
    mandates = Mandate.objects.filter(fund__organisation=organisation)
    raises = Raise.objects.filter(firm__organisation=organisation)
    if mandate_id is not None and mandates.filter(pk=mandate_id).exists():
        return Side.INVESTOR, mandate_id
    if mandate_id is None and raise_id is not None and raises.filter(pk=raise_id).exists():
        return Side.STARTUP, raise_id
    raise NotFound


def match_list(*, run: MatchRun, side: str, owner_id: UUID, section: str, actor: Actor) -> list[Match]:
    """The first 50 counterparts of a mandate or raise that the actor may still see, best first."""
    kept = MatchList.objects.filter(run=run, side=side, owner_id=owner_id, section=section).first()
    if kept is None:
        return []
    model: type[Mandate | Raise] = Raise if side == Side.INVESTOR else Mandate
    related = (
        ("firm__organisation", "lead_capability__area") if side == Side.INVESTOR else ("fund__organisation", "lever")
    )
    visible = {
        item.pk: item
        for item in model.objects.visible_to(actor).filter(pk__in=kept.counterpart_ids).select_related(*related)
    }
    places = [place for place, counterpart in enumerate(kept.counterpart_ids) if counterpart in visible]
    return [
        _match(kept, place, rank, visible[kept.counterpart_ids[place]]) for rank, place in enumerate(places[:SHOWN], 1)
    ]


def _match(kept: MatchList, place: int, rank: int, counterpart: Mandate | Raise) -> Match:
    features = FEATURES[kept.side]
    is_fund = kept.side == Side.INVESTOR
    contributions = kept.contributions_investor if is_fund else kept.contributions_startup
    confidence = kept.confidence_investor if is_fund else kept.confidence_startup
    mandate_id, raise_id = (kept.owner_id, counterpart.pk) if is_fund else (counterpart.pk, kept.owner_id)
    return Match(
        mandate_id=mandate_id,
        raise_id=raise_id,
        side=kept.side,
        section=kept.section,
        rank=rank,
        score=(kept.score_investor if is_fund else kept.score_startup)[place],
        score_mutual=kept.score_mutual[place],
        confidence=confidence[place] / 1_000_000,
        contributions=dict(
            zip(features, contributions[place * len(features) : (place + 1) * len(features)], strict=True)
        ),
        missing=missing_told(kept.missing[place]),
        counterpart=counterpart,
    )


def missing_told(unknown: int) -> list[str]:
    """The names of the gates, given as a mask of bits, that lack data."""
    return sorted({_told(code) for bit, code in enumerate(GATES) if unknown >> bit & 1})


def _told(code: str) -> str:
    """The name of a gate that lacks data, as either side may read it: a pending case is nobody else's business."""
    return WITHHELD if code in PRIVATE else code


def match_explanation(*, run: MatchRun, mandate_id: UUID, raise_id: UUID, actor: Actor) -> Explanation:
    """Why a pair scores as it does for the actor's side of it; the other side must be visible. Raises NotFound."""
    if actor.organisation_id is None:
        raise NotFound
    mandates, raises = Mandate.objects.visible_to(actor), Raise.objects.visible_to(actor)
    if mandates.filter(pk=mandate_id, fund__organisation_id=actor.organisation_id).exists():
        side, is_visible = Side.INVESTOR, raises.filter(pk=raise_id).exists()
    elif raises.filter(pk=raise_id, firm__organisation_id=actor.organisation_id).exists():
        side, is_visible = Side.STARTUP, mandates.filter(pk=mandate_id).exists()
    else:
        raise NotFound
    if not is_visible:
        raise NotFound
    explained = match_explain(run=run, mandate_id=mandate_id, raise_id=raise_id, side=side)
    # A pair that failed for the other side's reasons alone is not this side's to know of.
    if explained.is_failed and all(gate.answer != Answer.FAIL for gate in explained.gates):
        raise NotFound
    return explained


def match_explain(*, run: MatchRun, mandate_id: UUID, raise_id: UUID, side: str) -> Explanation:
    """Why the pair scores as it does for one side, recomputed from the versions of its lists. Raises NotFound."""
    mandate = _facts(run, InputKind.MANDATE, mandate_id)
    item = _facts(run, InputKind.RAISE, raise_id)
    return explain(
        mandate=from_json(MandateFacts, mandate),
        raise_=from_json(RaiseFacts, item),
        model=scoring_model(run.model_id).engine,
        areas=engine_areas(run.areas_id, tuple((code, parent) for code, parent in run.extra_areas)),
        reference=engine_reference(run.reference_id),
        as_of=run.as_of,
        side=side,
    )


def _facts(run: MatchRun, kind: str, entity_id: UUID) -> dict[str, object]:
    version = versions_of(run=run, kind=kind, entity_ids=[entity_id]).get(entity_id)
    if version is None:
        raise NotFound
    return dict(InputVersion.objects.values_list("facts", flat=True).get(pk=version))
