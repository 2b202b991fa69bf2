"""The features that depend on few facts: plain float64 functions with `math`, evaluated once per distinct input.

Those that need both sides' amounts and rates stand in `pairs.py`. Every product is rounded once and every longer sum is
exactly rounded (`math.fsum`), so that an independent implementation agrees to the last integer.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from apps.matching.engine.facts import CapabilityFacts, Figure
from apps.matching.engine.model import TIERS, Area, Model, Reference


@dataclass(frozen=True, slots=True)
class Estimate:
    """A feature's value, its uncertainty `u`, and whether it is only the prior."""

    x: float
    u: float
    is_prior: bool


def ppm(x: float) -> int:
    """`⌊10⁶ x + ½⌋`."""
    return math.floor(1e6 * x + 0.5)


def phi(z: float) -> float:
    """The standard normal distribution function, `½ erfc(−z/√2)`."""
    return 0.5 * math.erfc(-z / math.sqrt(2.0))


def clamp(x: float) -> float:
    """`x` limited to [0, 1]."""
    return min(1.0, max(0.0, x))


def affinity(wanted: tuple[str, ...], held: tuple[str, ...], *, decay: float) -> float:
    """How well a capability serves a mandate's area, both as paths (the area first, then its ancestors).

    1 at or below the wanted area, else `decay^u` with `u` edges up to the lowest common ancestor, 0 across roots.
    """
    for edges, step in enumerate(wanted):
        if step in held:
            return decay**edges
    return 0.0


def strength(capability: CapabilityFacts, *, model: Model) -> float:
    """`q` of a capability: 1 for the lead one, else `0.8 · maturity · tier`."""
    if capability.is_lead:
        return 1.0
    secondary = float(model.parameters["secondary_capability_strength"])
    return secondary * model.maturity[capability.maturity] * float(model.tier_weight[capability.tier or "E0"])


def stage_fit(stages: tuple[tuple[str, float], ...], stage: str | None) -> float:
    """The weight of the raise's stage over the largest stage weight; 1 if the mandate gives none."""
    if not stages:
        return 1.0
    largest = max(weight for _, weight in stages)
    return dict(stages).get(stage or "", 0.0) / largest if largest > 0 else 0.0


def trl_fit(trl_min: int | None, trl_max: int | None, trl: int | None, *, slack: float) -> float:
    """1 inside the bounds, to 0 over `slack` levels outside; 1 if none is set, 0 if one is and TRL is not given."""
    if trl_min is None and trl_max is None:
        return 1.0
    if trl is None:
        return 0.0
    below = trl_min - trl if trl_min is not None else 0
    above = trl - trl_max if trl_max is not None else 0
    return max(0.0, 1.0 - max(0, below, above) / slack)


def geography_fit(
    places: tuple[tuple[str, float], ...], country: str, region: str | None, *, at_war: frozenset[str]
) -> float:
    """The largest weight of a place that holds the firm over the largest place weight; 1 if none is given."""
    if not places:
        return 1.0
    here = {country} if region is None or country in at_war else {country, region}
    largest = max(weight for _, weight in places)
    return max((weight for code, weight in places if code in here), default=0.0) / largest if largest > 0 else 0.0


def instrument_rank(own: tuple[str, ...], others: tuple[str, ...], *, step: float) -> float:
    """`1 / (1 + step · r)`, `r` the 0-based rank of the best common instrument in the own order; 0 without one."""
    rank = next((rank for rank, name in enumerate(own) if name in others), None)
    return 0.0 if rank is None else 1.0 / (1.0 + step * rank)


def evidence(capability: CapabilityFacts, *, model: Model) -> float:
    """`maturity · tier` of the lead capability; a tier not stated is E0."""
    return model.maturity[capability.maturity] * float(model.tier_weight[capability.tier or "E0"])


def speed(name: str, figure: Figure | None, *, area: Area, model: Model) -> Estimate:
    """One of the speed features from its figure (days), shrunk towards its prior mean and never below it."""
    prior = float(model.prior_mean[name])
    formula = None if figure is None else _speed_formula(name, figure, area, model)
    if figure is None or formula is None:
        return Estimate(x=prior, u=1.0, is_prior=True)
    return _shrunk(prior, formula, figure.weight, model)


def _speed_formula(name: str, figure: Figure, area: Area, model: Model) -> float | None:
    if name == "adaptation":
        if area.cycle is None:
            return None
        spread = math.sqrt(figure.sigma * figure.sigma + area.cycle.sigma * area.cycle.sigma)
        return phi((math.log(area.cycle.median) - math.log(figure.days)) / spread)
    if name == "cadence":
        if area.european_iteration_days is None:
            return None
        return clamp(
            math.log2(area.european_iteration_days / figure.days) / model.parameters["cadence_full_scale_log2"]
        )
    half_life = area.half_life_days if name == "feedback" else area.delivery_half_life_days
    return None if half_life is None else 2.0 ** (-figure.days / half_life)


def _shrunk(prior: float, formula: float, weight: float, model: Model) -> Estimate:
    k = float(model.parameters["confidence_k"])
    u = k / (k + weight)
    return Estimate(x=max(prior, u * prior + (1.0 - u) * formula), u=u, is_prior=False)


def speed_mean(estimates: Iterable[tuple[str, Estimate]], *, profile: str, model: Model) -> float:
    """The mean of the four speed features by the profile's weights, a prior counting 0."""
    weights = model.weights["investor"][profile]
    parts = [(weights[name], 0.0 if estimate.is_prior else estimate.x) for name, estimate in estimates]
    total = sum(weight for weight, _ in parts)
    return math.fsum(weight * x for weight, x in parts) / total if total else 0.0


def close_chance(closed: int, passed: int, lapsed: int, *, model: Model) -> float:
    """`p_close`: the share of a fund's deals that close, with the model's prior counts."""
    half, two = model.parameters["close_prior"]
    return float((closed + half) / (closed + passed + lapsed + two))


def decision_speed(cash: Figure | None, *, closed: int, passed: int, lapsed: int, model: Model) -> Estimate:
    """The chance that an introduction becomes money within the horizon, shrunk and never below its prior mean."""
    prior = float(model.prior_mean["decision_speed"])
    if cash is None:
        return Estimate(x=prior, u=1.0, is_prior=True)
    horizon = math.log(model.parameters["decision_horizon_days"])
    in_time = phi((horizon - math.log(cash.days)) / cash.sigma)
    chance = close_chance(closed, passed, lapsed, model=model)
    return _shrunk(prior, chance * in_time, cash.weight, model)


@dataclass(frozen=True, slots=True)
class BuildUp:
    """The parts of a build-up: three terms that no lever covers, and the risk that one may (None: no figure)."""

    terms: tuple[float, float, float]
    risk: float | None


def build_up(klass: str, *, country: str, tier: str | None, reference: Reference) -> BuildUp:
    """What capital of the class costs by the country of operation (equity) or the newest financials' tier (debt)."""
    if klass == "equity":
        premium = reference.beta * reference.mature_erp
        return BuildUp((reference.risk_free, premium, reference.size_premium), reference.country_risk.get(country))
    if klass == "debt":
        return BuildUp((reference.risk_free, reference.margin, 0.0), reference.expected_loss[tier or TIERS[0]])
    return BuildUp((0.0, 0.0, 0.0), None)


def ticket_sigma(low: float, high: float, *, model: Model) -> float:
    """The spread of ln(ticket): the range as 3.29 sigmas, not below the floor; infinite for a range from 0."""
    if low <= 0 or high <= 0:
        return math.inf
    floor, sigmas = float(model.parameters["ticket_sigma_floor"]), float(model.parameters["ticket_range_sigmas"])
    return max(floor, math.log(high / low) / sigmas)
