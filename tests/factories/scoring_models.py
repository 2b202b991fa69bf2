"""Scoring models and evaluations for tests."""

import copy
import datetime as dt
import json

import numpy as np

from apps.matching.backtest.measures import MEASURES
from apps.matching.backtest.paired import paired
from apps.matching.models import ModelEvaluation
from apps.matching.scoring_models import CURRENT, model_current, packaged_models, scoring_model
from apps.matching.services.scoring_models import evaluation_record, model_register
from apps.matching.states import EvaluationSource
from kernel.access import Actor


def model_content(name: str, **weights: int) -> dict:
    """The packaged model's content under another id; `weights` are those of the firms' side."""
    content = copy.deepcopy(json.loads(json.dumps(dict(packaged_models()[CURRENT].raw))))
    content["id"] = name
    content["weights"]["startup"]["common"].update(weights)
    return content


def model_made(name: str = "tandem-2.0.0", **weights: int) -> str:
    """A registered model; returns its id."""
    model_register(actor=Actor.system(), content=model_content(name, **weights))
    return name


def figures_of(investor: float, startup: float, owners: int = 100):
    """Figures of an evaluation with such gains on each side."""
    rows = np.random.default_rng(1).random((owners, len(MEASURES)))
    noise = np.random.default_rng(2).normal(0, 0.05, rows.shape)
    noise -= noise.mean(axis=0)
    return {
        side: paired(candidate=rows + gain + noise, baseline=rows, seed=1)
        for side, gain in (("investor", investor), ("startup", startup))
    }


def evaluation_made(candidate: str, *, is_better: bool = False, figures=None) -> ModelEvaluation:
    """An evaluation of a model against the current one."""
    gain = 0.1 if is_better else 0.0
    return evaluation_record(
        actor=Actor.system(),
        candidate=scoring_model(candidate),
        baseline=model_current(),
        source=EvaluationSource.FOLDER,
        subject="0" * 64,
        as_of=dt.date(2026, 1, 1),
        seed=1,
        figures=figures or figures_of(gain, gain),
    )
