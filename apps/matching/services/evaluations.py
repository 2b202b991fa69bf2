"""A candidate judged by what followed a generation that was shown: interest, terms and cash."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar
from uuid import UUID

from apps.matching.backtest.owners import measured
from apps.matching.backtest.paired import Difference, paired
from apps.matching.engine.columns import mandates_columns, raises_columns
from apps.matching.engine.facts import MandateFacts, RaiseFacts, from_json
from apps.matching.engine.world import World, world
from apps.matching.models import InputVersion, MatchRun, ModelEvaluation, Outcome
from apps.matching.scoring_models import ScoringModel, engine_areas, engine_reference, model_current, scoring_model
from apps.matching.services.scoring_models import evaluation_record
from apps.matching.states import EvaluationSource, OutcomeKind, Side
from kernel.access import Actor
from kernel.errors import Conflict

F = TypeVar("F", MandateFacts, RaiseFacts)

CHOSEN = (OutcomeKind.INTEREST, OutcomeKind.TERMS, OutcomeKind.CASH)
"""What shows that a side wanted a pair."""
SEED = 2026


class InputsGone(Conflict):
    """The run's inputs are not kept any more."""


def outcomes_evaluate(
    *,
    actor: Actor,
    candidate_id: str,
    run: MatchRun,
    seed: int = SEED,
    check: Callable[[], None] = lambda: None,
) -> ModelEvaluation:
    """Score a published run's inputs with a candidate and with the current model, and compare how high either ranked
    what each side chose since; kept for good.

    For the funds' lists what counts is what funds did, for the firms' what firms did. Pairs with an outcome before the
    run's date are not ranked. Raises UnknownScoringModel (404), InputsGone (409).
    """
    candidate, baseline = scoring_model(candidate_id), model_current()
    worlds = [_world(run, model) for model in (candidate, baseline)]
    figures: dict[str, Mapping[str, Difference]] = {}
    for side in (Side.INVESTOR, Side.STARTUP):
        relevant, left_out = _outcomes(run, side, worlds[0])
        tables = [
            measured(world=made, side=side, relevant=relevant, left_out=left_out, seed=seed, check=check)
            for made in worlds
        ]
        figures[side.value] = paired(candidate=tables[0], baseline=tables[1], seed=seed)
    return evaluation_record(
        actor=actor,
        candidate=candidate,
        baseline=baseline,
        source=EvaluationSource.RECORDED,
        subject=str(run.pk),
        as_of=run.as_of,
        seed=seed,
        figures=figures,
    )


def _world(run: MatchRun, model: ScoringModel) -> World:
    if not run.mandate_versions or not run.raise_versions:
        raise InputsGone
    engine, reference = model.engine, engine_reference(run.reference_id)
    areas = engine_areas(run.areas_id, tuple((code, parent) for code, parent in run.extra_areas))
    return world(
        mandates=mandates_columns(
            mandates=_facts(MandateFacts, run.mandate_versions),
            model=engine,
            areas=areas,
            reference=reference,
            as_of=run.as_of,
        ),
        raises=raises_columns(
            raises=_facts(RaiseFacts, run.raise_versions), model=engine, areas=areas, reference=reference
        ),
        model=engine,
        reference=reference,
        as_of=run.as_of,
    )


def _facts(kind: type[F], versions: Sequence[UUID]) -> list[F]:
    rows = InputVersion.objects.filter(id__in=versions).order_by("entity_id").values_list("facts", flat=True)
    found = [from_json(kind, facts) for facts in rows.iterator(chunk_size=5_000)]
    if len(found) < len(versions):
        raise InputsGone
    return found


def _outcomes(run: MatchRun, side: Side, made: World) -> tuple[dict[int, set[int]], dict[int, set[int]]]:
    """Owner → what it chose from the run's date on, and → what had an outcome before; as indices into the world."""
    mandates = {identifier: place for place, identifier in enumerate(made.mandates.ids)}
    raises = {identifier: place for place, identifier in enumerate(made.raises.ids)}
    relevant: defaultdict[int, set[int]] = defaultdict(set)
    left_out: defaultdict[int, set[int]] = defaultdict(set)
    rows = Outcome.objects.filter(mandate_id__in=list(mandates)).values_list(
        "mandate_id", "raise_id", "side", "kind", "on"
    )
    for mandate_id, raise_id, by, kind, on in rows.iterator():
        mandate, raise_ = mandates[str(mandate_id)], raises.get(str(raise_id))
        if raise_ is None:
            continue
        owner, other = (mandate, raise_) if side == Side.INVESTOR else (raise_, mandate)
        if on < run.as_of:
            left_out[owner].add(other)
        elif by == side and kind in CHOSEN:
            relevant[owner].add(other)
    return relevant, left_out
