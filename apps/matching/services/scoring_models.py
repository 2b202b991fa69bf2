"""Scoring models as data: registered once, judged against the current one, promoted on proof."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction

from apps.matching import events
from apps.matching.backtest.paired import RESAMPLES, Figures, as_json, is_better
from apps.matching.engine.model import Model
from apps.matching.models import ModelEvaluation, ModelPromotion, RegisteredModel
from apps.matching.scoring_models import CURRENT, ScoringModel, model_current, packaged_models, scoring_model
from apps.matching.states import ModelKind
from kernel.access import Actor
from kernel.errors import Conflict, Invalid
from kernel.events import publish

PROMOTE_LOCK = 0x7A4D_0003
SCALE = 10_000
SHARED = ("tier_uncertainty", "likelihood_weight")
SHARED_PARAMETERS = (
    "window_days",
    "duration_floor_days",
    "shrinkage_k0",
    "cadence_prior_weight",
    "foreign_share_band_edges",
    "list_length",
    "list_kept",
)
"""Numbers by which the registry measures and shows as well: a model may not say otherwise."""
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{2,39}")


class ModelKnown(Conflict):
    """A scoring model of this id is known, and none is ever changed."""


class ModelUnfit(Invalid):
    """The scoring model cannot be scored with: {reason}"""


class ModelInForce(Conflict):
    """This scoring model is the current one already."""


class EvaluationOfOthers(Conflict):
    """The evaluation compares other models than this one with the current one."""


class NotShownBetter(Conflict):
    """The evaluation does not show this model to be better on each side."""


def model_register(
    *, actor: Actor, content: Mapping[str, Any], kind: str = ModelKind.SET, provenance: Mapping[str, Any] | None = None
) -> RegisteredModel:
    """Keep a scoring model for good, under the id in its content. Raises ModelUnfit (422), ModelKnown (409)."""
    name = content.get("id")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ModelUnfit(reason="id")
    _check_fit(content)
    text = canonical(content)
    with transaction.atomic():
        connection.cursor().execute("SELECT pg_advisory_xact_lock(%s)", [PROMOTE_LOCK])
        if name in packaged_models() or RegisteredModel.objects.filter(name=name).exists():
            raise ModelKnown
        row = RegisteredModel.objects.create(
            name=name,
            sha256=hashlib.sha256(text.encode()).hexdigest(),
            kind=kind,
            basis=str(content["basis"]),
            content=text,
            provenance=dict(provenance or {}),
            registered_by=actor.label(),
        )
        publish(
            events.MODEL_REGISTERED, actor=actor, subject=row, data={"model": name, "sha256": row.sha256, "kind": kind}
        )
    return row


def canonical(content: Mapping[str, Any]) -> str:
    """The one text of a model's content that its sha256 is taken of."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _check_fit(content: Mapping[str, Any]) -> None:
    """Raises ModelUnfit unless the engine can score with the content and it agrees with what others go by."""
    # Loaded where a model is checked: the compiled engine is a second and 100 MB.
    from apps.matching.engine.world import INVESTOR_FEATURES, STARTUP_FEATURES

    try:
        model = Model.from_json(content)
        canonical(content)
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise ModelUnfit(reason=f"{type(problem).__name__}: {problem}"[:200]) from None
    if model.scale != SCALE:
        raise ModelUnfit(reason="scale")
    known = {"investor": INVESTOR_FEATURES, "startup": STARTUP_FEATURES}
    for side, names in known.items():
        if model.features(side) != names:
            raise ModelUnfit(reason=f"features of {side}")
        for weights in model.weights[side].values():
            if not all(isinstance(weight, int) and weight >= 0 for weight in weights.values()):
                raise ModelUnfit(reason=f"weights of {side}")
    base = packaged_models()[CURRENT].raw
    for name in SHARED:
        if content.get(name) != base[name]:
            raise ModelUnfit(reason=name)
    for name in base["parameters"]:
        if name not in content["parameters"] or (
            name in SHARED_PARAMETERS and content["parameters"][name] != base["parameters"][name]
        ):
            raise ModelUnfit(reason=name)


def evaluation_record(
    *,
    actor: Actor,
    candidate: ScoringModel,
    baseline: ScoringModel,
    source: str,
    subject: str,
    as_of: dt.date,
    seed: int,
    figures: Figures,
    resamples: int = RESAMPLES,
) -> ModelEvaluation:
    """Keep for good how a candidate did against a baseline; what it proves is decided here, by its figures alone."""
    with transaction.atomic():
        row = ModelEvaluation.objects.create(
            candidate=candidate.id,
            candidate_sha256=candidate.sha256,
            baseline=baseline.id,
            baseline_sha256=baseline.sha256,
            source=source,
            subject=subject,
            as_of=as_of,
            seed=seed,
            resamples=resamples,
            figures=as_json(figures),
            is_better=set(figures) == {"investor", "startup"} and is_better(figures),
            evaluated_by=actor.label(),
        )
        publish(
            events.MODEL_EVALUATED,
            actor=actor,
            subject=row,
            data={"candidate": candidate.id, "baseline": baseline.id, "is_better": row.is_better},
        )
    return row


def model_promote(*, actor: Actor, model_id: str, evaluation: ModelEvaluation) -> ModelPromotion:
    """Make a model the one that runs score with, on an evaluation of it against the current one.

    Raises UnknownScoringModel (404), ModelInForce, EvaluationOfOthers, NotShownBetter (409).
    """
    model = scoring_model(model_id)
    with transaction.atomic():
        connection.cursor().execute("SELECT pg_advisory_xact_lock(%s)", [PROMOTE_LOCK])
        current = model_current()
        if current.id == model.id:
            raise ModelInForce
        compared = (evaluation.candidate, evaluation.candidate_sha256, evaluation.baseline, evaluation.baseline_sha256)
        if compared != (model.id, model.sha256, current.id, current.sha256):
            raise EvaluationOfOthers
        if not evaluation.is_better:
            raise NotShownBetter
        row = ModelPromotion.objects.create(
            name=model.id, sha256=model.sha256, evaluation=evaluation, promoted_by=actor.label()
        )
        publish(
            events.MODEL_PROMOTED,
            actor=actor,
            subject=row,
            data={"model": model.id, "sha256": model.sha256, "from": current.id, "evaluation": str(evaluation.pk)},
        )
    return row
