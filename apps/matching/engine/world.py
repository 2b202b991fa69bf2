"""A block of mandates against a pool of raises, laid out for the compiled code."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from apps.matching.engine import relations
from apps.matching.engine.columns import Mandates, Raises, declined
from apps.matching.engine.gates import GATES
from apps.matching.engine.model import PROFILES, Model, Reference
from apps.matching.engine.relations import Tables
from apps.matching.engine.steps import Steps, steps_of

INVESTOR_FEATURES = (
    "adaptation",
    "area_overlap",
    "cadence",
    "complementarity",
    "delivery",
    "evidence",
    "feedback",
    "geography_fit",
    "instrument_rank",
    "patience",
    "risk_paid",
    "stage_fit",
    "ticket_fit",
    "trl_fit",
)
STARTUP_FEATURES = (
    "area_overlap",
    "capacity",
    "complementarity",
    "cost_saving",
    "decision_speed",
    "geography_fit",
    "instrument_rank",
    "patience",
    "stage_fit",
    "ticket_fit",
    "trl_fit",
)


class FeaturesDiffer(ValueError):
    """A model weighs other features than the ones that the engine computes."""


class MandateArrays(NamedTuple):
    """A block of mandates as the compiled code takes it."""

    rows: NDArray[Any]
    features: NDArray[np.int32]
    area_start: NDArray[np.int64]
    area_index: NDArray[np.int64]
    area_weight: NDArray[np.float64]
    declined_start: NDArray[np.int64]
    declined: NDArray[np.int64]


class RaiseArrays(NamedTuple):
    """A pool of raises as the compiled code takes it."""

    rows: NDArray[Any]
    gates: NDArray[np.int32]
    features: NDArray[np.int32]
    strengths: NDArray[np.float64]


class Weights(NamedTuple):
    """The model's numbers as the compiled code takes them; weights are [profile, feature]."""

    investor: NDArray[np.int64]
    startup: NDArray[np.int64]
    gate_bits: NDArray[np.int64]
    gate_number: NDArray[np.int64]
    """both by gate relation"""
    risk_full_bp: float
    saving_step_bp: int
    saving_steps: int
    complementarity_full_bp: float
    risk_prior: float
    saving_prior: float
    capacity_full_scale: float
    """so many times the amount left is the capacity at which `capacity` is 1"""
    steps: Steps


@dataclass(frozen=True, eq=False)
class World:
    """A block of mandates against a pool of raises: columns, tables and weights of one model at one `as_of`."""

    mandates: Mandates
    raises: Raises
    model: Model
    as_of: dt.date
    m: MandateArrays
    r: RaiseArrays
    tables: Tables
    weights: Weights

    def mandates_part(self, first: int, last: int) -> World:
        """The mandates `first` up to, not including, `last`, against all raises."""
        m, t = self.m, self.tables
        return dataclasses.replace(
            self,
            mandates=self.mandates.part(first, last),
            m=m._replace(
                rows=m.rows[first:last],
                features=m.features[first:last],
                area_start=m.area_start[first : last + 1],
                declined_start=m.declined_start[first : last + 1],
            ),
            tables=t._replace(gates=t.gates[first:last], hit_start=t.hit_start[first:last]),
        )

    def raises_part(self, first: int, last: int) -> World:
        """All mandates against the raises `first` up to, not including, `last`."""
        m, r = self.m, self.r
        is_here = (m.declined >= first) & (m.declined < last)
        before = np.concatenate([np.zeros(1, np.int64), np.cumsum(is_here)])
        return dataclasses.replace(
            self,
            raises=self.raises.part(first, last),
            m=m._replace(declined_start=before[m.declined_start], declined=m.declined[is_here] - first),
            r=RaiseArrays(r.rows[first:last], r.gates[first:last], r.features[first:last], r.strengths[first:last]),
        )


def world(*, mandates: Mandates, raises: Raises, model: Model, reference: Reference, as_of: dt.date) -> World:
    """Both sides brought together. Raises FeaturesDiffer when the model weighs what the engine does not compute."""
    gate_parts = relations.gate_relations(model=model)
    feature_parts = relations.feature_relations(model=model, reference=reference)
    starts, indices = declined(mandates=mandates, raises=raises, model=model, as_of=as_of)
    return World(
        mandates=mandates,
        raises=raises,
        model=model,
        as_of=as_of,
        m=MandateArrays(
            mandates.rows,
            mandates.features.codes,
            mandates.area_start,
            mandates.area_index,
            mandates.area_weight,
            starts,
            indices,
        ),
        r=RaiseArrays(raises.rows, raises.gates.codes, raises.features.codes, raises.strengths),
        tables=relations.tables(
            gate_parts, feature_parts, (mandates.gates, mandates.features), (raises.gates, raises.features)
        ),
        weights=_weights(model, [part.gate for part in gate_parts]),
    )


def _weights(model: Model, gate_names: list[str]) -> Weights:
    known = {"investor": INVESTOR_FEATURES, "startup": STARTUP_FEATURES}
    for side, names in known.items():
        if model.features(side) != names:
            raise FeaturesDiffer(side)
    by_side = {
        side: np.array([[model.weights[side][profile][name] for name in names] for profile in PROFILES], np.int64)
        for side, names in known.items()
    }
    parameters = model.parameters
    return Weights(
        investor=by_side["investor"],
        startup=by_side["startup"],
        gate_bits=np.array([1 << GATES.index(name) for name in gate_names], np.int64),
        gate_number=np.array([GATES.index(name) for name in gate_names], np.int64),
        risk_full_bp=1e4 * parameters["risk_paid_full_scale"],
        saving_step_bp=parameters["saving_step_bp"],
        saving_steps=parameters["saving_steps"],
        complementarity_full_bp=1e4 * parameters["complementarity_full_scale"],
        risk_prior=float(model.prior_mean["risk_paid"]),
        saving_prior=float(model.prior_mean["cost_saving"]),
        capacity_full_scale=float(parameters.get("capacity_full_scale", 1)),
        steps=steps_of(model=model, features=known),
    )
