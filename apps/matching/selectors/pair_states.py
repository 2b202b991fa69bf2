"""Where one owner stands with some counterparts in a generation: score, points, and the gates that it may know of."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np

from apps.matching.engine.columns import mandates_columns, raises_columns
from apps.matching.engine.explain import OWNER, PRIVATE
from apps.matching.engine.facts import Answer, MandateFacts, RaiseFacts, from_json
from apps.matching.engine.gates import GATES
from apps.matching.engine.pairs import INVESTOR_FEATURES, STARTUP_FEATURES, score, world
from apps.matching.models import InputVersion, MatchRun
from apps.matching.scoring_models import engine_areas, engine_reference, scoring_model
from apps.matching.selectors.freshness import versions_of
from apps.matching.states import InputKind, Side


@dataclass(frozen=True, slots=True)
class PairState:
    """One pair as one side may know it. `gates` are the failed ones that it is told of; score and points are its own,
    meaningless to it where a gate fails.
    """

    is_failed: bool
    gates: tuple[str, ...]
    lacks_data: bool
    score: int
    points: Mapping[str, int]


def pair_states(*, run: MatchRun, side: str, owner_id: UUID, others: Collection[UUID]) -> dict[UUID, PairState]:
    """The state of each pair of the owner with one of `others` in a run, by the other's id; those that the run does not
    know are left out. A constant number of queries.
    """
    own_kind, other_kind = (
        (InputKind.MANDATE, InputKind.RAISE) if side == Side.INVESTOR else (InputKind.RAISE, InputKind.MANDATE)
    )
    own: list[Any] = list(_facts(run, own_kind, [owner_id]).values()) if others else []
    found = _facts(run, other_kind, list(others)) if own else {}
    if not found:
        return {}
    counterparts: list[Any] = list(found.values())
    model, reference = scoring_model(run.model_id).engine, engine_reference(run.reference_id)
    areas = engine_areas(run.areas_id, tuple((code, parent) for code, parent in run.extra_areas))
    mandates, raises = (own, counterparts) if side == Side.INVESTOR else (counterparts, own)
    made = world(
        mandates=mandates_columns(mandates=mandates, model=model, areas=areas, reference=reference, as_of=run.as_of),
        raises=raises_columns(raises=raises, model=model, areas=areas, reference=reference),
        model=model,
        reference=reference,
        as_of=run.as_of,
    )
    first, each = np.zeros(len(counterparts), np.int64), np.arange(len(counterparts))
    scored = score(
        world=made, mandate=first if side == Side.INVESTOR else each, raise_=each if side == Side.INVESTOR else first
    )
    investor = side == Side.INVESTOR
    totals = scored.score_investor if investor else scored.score_startup
    points = scored.contributions_investor if investor else scored.contributions_startup
    features = INVESTOR_FEATURES if investor else STARTUP_FEATURES
    return {
        identifier: PairState(
            is_failed=bool(scored.failed[place]),
            gates=gates_told(failed=int(scored.failed[place]), side=side, own=own[0]),
            lacks_data=bool(scored.unknown[place]),
            score=int(totals[place]),
            points=dict(zip(features, points[place].tolist(), strict=True)),
        )
        for place, identifier in enumerate(found)
    }


def gates_told(*, failed: int, side: str, own: Any) -> tuple[str, ...]:
    """Of the failed gates, a mask of bits, those that the side is told of, as in explanations: of standing and
    screening its own part only, and no limit that the other side keeps to itself. `own` are its own facts.
    """
    names = [code for bit, code in enumerate(GATES) if failed >> bit & 1]
    return tuple(
        code
        for code in names
        if (getattr(own, PRIVATE[code]) is Answer.FAIL if code in PRIVATE else OWNER.get(code, side) == side)
    )


def _facts(run: MatchRun, kind: str, ids: Sequence[UUID]) -> dict[UUID, MandateFacts | RaiseFacts]:
    """The facts that the run knows of these mandates or raises, in the order of their ids."""
    versions = versions_of(run=run, kind=kind, entity_ids=ids)
    rows = InputVersion.objects.filter(pk__in=versions.values()).order_by("entity_id").values_list("entity_id", "facts")
    read: Any = MandateFacts if kind == InputKind.MANDATE else RaiseFacts
    return {entity: from_json(read, facts) for entity, facts in rows}
