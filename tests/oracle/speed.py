"""Speed figures: the censored, shrunk estimate, and the features that rest on it."""

import math
from dataclasses import dataclass
from typing import Any

from tests.oracle.areas import Taxonomy
from tests.oracle.events import TIERS, Evidence

SPEED = ("adaptation", "cadence", "feedback", "delivery")


@dataclass(frozen=True)
class Figure:
    """A feature's value, the uncertainty of its evidence, and whether it is a prior."""

    x: float
    u: float
    is_prior: bool


def normal_cdf(z: float) -> float:
    """Return Φ(z)."""
    return 0.5 * math.erfc(-z / math.sqrt(2))


def hazard(z: float) -> float:
    """Return φ(z) / (1 − Φ(z)), by the asymptotic series where the tail would underflow."""
    if z < 36:
        return math.exp(-z * z / 2) / math.sqrt(2 * math.pi) / (0.5 * math.erfc(z / math.sqrt(2)))
    return z + 1 / z - 2 / z**3 + 10 / z**5 - 74 / z**7 + 706 / z**9


def estimate(
    evidence: Evidence, *, median: float, sigma: float, weights: dict[str, float], k0: float
) -> tuple[float, float, float]:
    """Return τ in days and its 90 % interval, by bisection on the derivative of the penalised likelihood."""
    mu0 = math.log(median)
    closed = [(math.log(x), weights[TIERS[rank]]) for x, rank in evidence.closed]
    censored = [math.log(c) for c in evidence.open]

    def slope(mu: float) -> float:
        pulls = [v * (x - mu) / sigma for x, v in closed]
        pulls += [hazard((c - mu) / sigma) for c in censored]
        return math.fsum([*pulls, -k0 * (mu - mu0) / sigma])

    low = min([mu0, *(x for x, _ in closed)])
    step = 1.0
    while slope(low + step) > 0:
        step *= 2
    high = low + step
    while (middle := (low + high) / 2) not in (low, high):
        if slope(middle) > 0:
            low = middle
        else:
            high = middle
    mu = (low + high) / 2
    tails = [(hazard(z), z) for z in ((c - mu) / sigma for c in censored)]
    information = math.fsum([*(v for _, v in closed), *(h * (h - z) for h, z in tails), k0]) / sigma**2
    reach = 1.645 / math.sqrt(information)
    return math.exp(mu), math.exp(mu - reach), math.exp(mu + reach)


def uncertainty(ranks: list[int], model: dict[str, Any]) -> float:
    """Return 2 / (2 + e), e = Σ v (1 − u_tier) over the closed durations (or releases)."""
    tiers = [TIERS[rank] for rank in ranks]
    weight = math.fsum(model["likelihood_weight"][tier] * (1 - model["tier_uncertainty"][tier]) for tier in tiers)
    k = model["parameters"]["confidence_k"]
    return float(k / (k + weight))


def prior(feature: str, model: dict[str, Any]) -> Figure:
    """Return the feature at its prior mean."""
    return Figure(float(model["prior_mean"][feature]), 1.0, is_prior=True)


def shrunk(feature: str, formula: float, u: float, model: dict[str, Any]) -> Figure:
    """Return u · prior_mean + (1 − u) · formula, never below the prior mean."""
    mean = float(model["prior_mean"][feature])
    return Figure(max(mean, u * mean + (1 - u) * formula), u, is_prior=False)


def _median(evidence: Evidence, area_prior: dict[str, float], model: dict[str, Any]) -> float:
    return estimate(
        evidence,
        median=area_prior["median"],
        sigma=area_prior["sigma"],
        weights=model["likelihood_weight"],
        k0=model["parameters"]["shrinkage_k0"],
    )[0]


def _halving(
    feature: str,
    evidence: Evidence,
    area_prior: dict[str, float] | None,
    half_life: float | None,
    model: dict[str, Any],
) -> Figure:
    if area_prior is None or half_life is None or not (evidence.closed or evidence.open):
        return prior(feature, model)
    formula = 2 ** (-_median(evidence, area_prior, model) / half_life)
    return shrunk(feature, formula, uncertainty([rank for _, rank in evidence.closed], model), model)


def _adaptation(evidence: Evidence, area: str, taxonomy: Taxonomy, model: dict[str, Any]) -> Figure:
    cycle = taxonomy.figure(area, "countermeasure_cycle_days")
    area_prior = taxonomy.figure(area, "prior", "countermeasure_response_days")
    if cycle is None or area_prior is None or not (evidence.closed or evidence.open):
        return prior("adaptation", model)
    tau = _median(evidence, area_prior, model)
    spread = math.sqrt(area_prior["sigma"] ** 2 + cycle["sigma"] ** 2)
    formula = normal_cdf((math.log(cycle["median"]) - math.log(tau)) / spread)
    return shrunk("adaptation", formula, uncertainty([rank for _, rank in evidence.closed], model), model)


def _cadence(ranks: list[int], area: str, taxonomy: Taxonomy, model: dict[str, Any]) -> Figure:
    reference_days = taxonomy.figure(area, "european_iteration_days")
    area_prior = taxonomy.figure(area, "prior", "iteration_days")
    if reference_days is None or area_prior is None or not ranks:
        return prior("cadence", model)
    parameters = model["parameters"]
    strength, window = parameters["cadence_prior_weight"], parameters["window_days"]
    count = math.fsum(model["likelihood_weight"][TIERS[rank]] for rank in ranks)
    iteration = (strength * area_prior["median"] + window) / (strength + count)
    formula = math.log2(reference_days / iteration) / parameters["cadence_full_scale_log2"]
    return shrunk("cadence", min(1.0, max(0.0, formula)), uncertainty(ranks, model), model)


def firm_speed(
    evidence: dict[str, Evidence], releases: list[int], area: str, taxonomy: Taxonomy, model: dict[str, Any]
) -> dict[str, Figure]:
    """Return the four speed features of a firm whose lead capability lies in `area`."""
    feedback_prior = taxonomy.figure(area, "prior", "feedback_to_fix_days")
    delivery_prior = taxonomy.figure(area, "prior", "order_to_delivery_days")
    feedback_half = taxonomy.figure(area, "half_life_days")
    delivery_half = taxonomy.figure(area, "delivery_half_life_days")
    return {
        "adaptation": _adaptation(evidence["countermeasure"], area, taxonomy, model),
        "cadence": _cadence(releases, area, taxonomy, model),
        "feedback": _halving("feedback", evidence["feedback"], feedback_prior, feedback_half, model),
        "delivery": _halving("delivery", evidence["delivery"], delivery_prior, delivery_half, model),
    }


def decision_speed(
    evidence: Evidence, counts: dict[str, int], model: dict[str, Any], reference: dict[str, Any]
) -> Figure:
    """Return the chance that an introduction becomes money within the horizon, shrunk as the firm's features are."""
    if not (evidence.closed or evidence.open):
        return prior("decision_speed", model)
    cash = reference["fund_decision_prior_days"]["cash"]
    parameters = model["parameters"]
    closed_prior, all_prior = parameters["close_prior"]
    closed = counts.get("closed", 0)
    p_close = (closed + closed_prior) / (closed + counts.get("passed", 0) + counts.get("lapsed", 0) + all_prior)
    reach = math.log(parameters["decision_horizon_days"]) - math.log(_median(evidence, cash, model))
    formula = p_close * normal_cdf(reach / cash["sigma"])
    return shrunk("decision_speed", formula, uncertainty([rank for _, rank in evidence.closed], model), model)
