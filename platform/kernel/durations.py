"""The censored, shrunk log-normal estimate of how long something takes, from closed and still open durations."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

NINETY_PERCENT = 1.645
"""Half-width of a two-sided 90 % normal interval, in standard errors."""

TAIL_FROM = 8.0
"""From here on the hazard comes from a continued fraction: erfc loses digits in `hazard − z`, then underflows."""

TAIL_TERMS = 60
MAX_STEPS = 200
CONVERGED = 1e-13


class DurationsNotUsable(ValueError):
    """A duration is negative or not finite, or a parameter is not positive."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """`mu` is the mean of ln(days), `days` its exponential with the 90 % interval `low`–`high`.

    `information` is the curvature of the log posterior at `mu`, per ln(days)²; `sigma` the spread taken as known.
    """

    mu: float
    days: float
    low: float
    high: float
    information: float
    sigma: float
    n_closed: int
    n_open: int


def estimate(
    closed: Sequence[tuple[float, float]],
    open_: Sequence[float],
    *,
    prior_median: float,
    prior_sigma: float,
    k0: float,
    floor_days: float,
) -> Estimate:
    """Estimate the typical duration in days; without any duration it is the prior itself.

    `closed` holds (days, weight), `open_` the days that unfinished ones have run so far: right-censored, weight 1.
    Durations below `floor_days` are lifted to it. `prior_median` is in days, `prior_sigma` the known spread of
    ln(days), `k0` the prior's weight in durations. The result maximises, over mu,

        Σ v log φ((ln x − mu)/σ) + Σ log(1 − Φ((ln c − mu)/σ)) − k0 (mu − mu0)² / (2σ²),

    the posterior of a log-normal with known σ under a normal prior (Tobin 1958 for the censored term). The interval
    comes from the curvature at the maximum. The order of the durations does not matter. Raises DurationsNotUsable.
    """
    parameters = {"prior_median": prior_median, "prior_sigma": prior_sigma, "k0": k0, "floor_days": floor_days}
    for name, value in parameters.items():
        if not (math.isfinite(value) and value > 0):
            raise DurationsNotUsable(f"{name} must be positive and finite, not {value}")
    weights = [_usable(weight) for _, weight in closed]
    mu0 = math.log(prior_median)
    # About mu0, in units of sigma: the search starts at 0 and the closed terms shrink to two sums.
    closed_at = [(math.log(max(floor_days, _usable(days))) - mu0) / prior_sigma for days, _ in closed]
    open_at = [(math.log(max(floor_days, _usable(days))) - mu0) / prior_sigma for days in open_]
    pull = math.fsum(weight * at for weight, at in zip(weights, closed_at, strict=True))
    stiffness = math.fsum((k0, *weights))

    shift, curvature = _maximum(pull=pull, stiffness=stiffness, open_at=open_at)
    mu = mu0 + prior_sigma * shift
    half_width = NINETY_PERCENT * prior_sigma / math.sqrt(curvature)
    return Estimate(
        mu=mu,
        days=math.exp(mu),
        low=math.exp(mu - half_width),
        high=math.exp(mu + half_width),
        information=curvature / prior_sigma**2,
        sigma=prior_sigma,
        n_closed=len(closed),
        n_open=len(open_at),
    )


def _maximum(*, pull: float, stiffness: float, open_at: Sequence[float]) -> tuple[float, float]:
    """Where `pull − stiffness·t + Σ hazard(c − t)` is zero, and minus its slope there.

    The function falls and is convex, so a Newton step from anywhere lands at or left of the root and the next ones
    climb towards it without overshooting: no line search is needed.
    """
    at = 0.0
    curvature = stiffness
    for _ in range(MAX_STEPS):
        hazards = [_hazard(c - at) for c in open_at]
        curvature = math.fsum((stiffness, *(hazard * excess for hazard, excess in hazards)))
        step = math.fsum((pull, -stiffness * at, *(hazard for hazard, _ in hazards))) / curvature
        at += step
        if abs(step) <= CONVERGED * max(1.0, abs(at)):
            break
    return at, curvature


def _hazard(z: float) -> tuple[float, float]:
    """The standard normal hazard h = φ(z) / (1 − Φ(z)), minus the slope of log(1 − Φ), and h − z, both above zero.

    h · (h − z) is the slope of h. In the upper tail h − z is the continued fraction 1/(z + 2/(z + 3/(z + …))) of
    Laplace's expansion of the Mills ratio.
    """
    if z < TAIL_FROM:
        hazard = math.exp(-0.5 * z * z) / (math.sqrt(0.5 * math.pi) * math.erfc(z / math.sqrt(2.0)))
        return hazard, hazard - z
    excess = 0.0
    for term in range(TAIL_TERMS, 0, -1):
        excess = term / (z + excess)
    return z + excess, excess


def _usable(value: float) -> float:
    if not (math.isfinite(value) and value >= 0):
        raise DurationsNotUsable(f"durations and weights must be finite and not negative, not {value}")
    return value
