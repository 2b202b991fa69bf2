"""The features of a pair, in float64, and what each of them rests on."""

import math
from fractions import Fraction
from typing import Any

from tests.oracle.areas import Taxonomy
from tests.oracle.entities import Capability, Mandate, Raise, Registry
from tests.oracle.events import TIERS, rank
from tests.oracle.gates import admits
from tests.oracle.speed import SPEED, Figure
from tests.oracle.terms import Terms

SIDES = ("investor", "startup")


def common_terms(registry: Registry, mandate: Mandate, raise_: Raise) -> Terms:
    """Return the common ticket and the rates of the pair."""
    left, floor, ceiling = raise_.amount_left, mandate.ticket_min, mandate.ticket_max
    low = high = None
    if left is not None and floor is not None and ceiling is not None:
        low, high = max(raise_.min_ticket if raise_.syndicate else left, floor), min(left, ceiling)
    admitted = admits(mandate.lever, raise_) if mandate.names_lever else False
    cover = premium = Fraction(0)
    if admitted is True and mandate.lever is not None:
        cover, premium = mandate.lever.cover, mandate.lever.premium
        if mandate.lever.cap is not None and high:
            cover *= min(Fraction(1), mandate.lever.cap / high)
    country, tier, rates = raise_.firm.country, raise_.firm.financials_tier, registry.rates
    k_build_up = rates.build_up(raise_.kind, country, tier)
    k_required = rates.required(raise_.kind, country, tier, cover, premium)
    steady_up = rates.build_up(raise_.kind, country, "E3")
    steady_required = rates.required(raise_.kind, country, "E3", cover, premium)
    gap = None if steady_up is None or steady_required is None else steady_up - steady_required
    return Terms(low, high, admitted, k_build_up, k_required, gap)


def capability_strength(capability: Capability, model: dict[str, Any]) -> float:
    """Return maturity · tier."""
    return float(model["maturity"][capability.maturity] * model["tier_weight"][capability.tier])


def area_overlap(mandate: Mandate, raise_: Raise, taxonomy: Taxonomy, model: dict[str, Any]) -> float:
    parameters = model["parameters"]
    held = [(1.0, raise_.lead.area)] + [
        (parameters["secondary_capability_strength"] * capability_strength(capability, model), capability.area)
        for capability in raise_.firm.capabilities
        if capability.key != raise_.lead.key
    ]
    total = math.fsum(mandate.areas.values())
    if total == 0:
        return 0.0
    decay = parameters["affinity_decay"]
    met = [w * max(q * taxonomy.affinity(area, code, decay) for q, code in held) for area, w in mandate.areas.items()]
    return math.fsum(met) / total


def stage_fit(mandate: Mandate, raise_: Raise) -> float:
    largest = max(mandate.stages.values(), default=0.0)
    if not mandate.stages:
        return 1.0
    return mandate.stages.get(raise_.stage or "", 0.0) / largest if largest > 0 else 0.0


def trl_fit(mandate: Mandate, raise_: Raise, model: dict[str, Any]) -> float:
    low, high, trl = mandate.trl_min, mandate.trl_max, raise_.lead.trl
    if low is None and high is None:
        return 1.0
    if trl is None:
        return 0.0
    away = max(0, (low or 0) - trl, trl - (high if high is not None else trl))
    return float(max(0.0, 1 - away / model["parameters"]["trl_slack_levels"]))


def ticket_fit(mandate: Mandate, raise_: Raise, model: dict[str, Any]) -> float:
    left, low, high = raise_.amount_left, mandate.ticket_min, mandate.ticket_max
    if left is None or low is None or high is None or left <= 0:
        return 0.0
    parameters = model["parameters"]
    if mandate.ticket_typical is not None:
        centre = float(mandate.ticket_typical)
    else:
        centre = math.sqrt(float(low) * float(high))
    ticket = min(float(left), max(float(raise_.min_ticket), centre)) if raise_.syndicate else float(left)
    if low == 0 or ticket == 0 or centre == 0:
        return 1.0 if low == 0 and ticket > 0 and centre > 0 else 0.0
    sigma = max(
        parameters["ticket_sigma_floor"], math.log(float(high) / float(low)) / parameters["ticket_range_sigmas"]
    )
    return math.exp(-0.5 * ((math.log(ticket) - math.log(centre)) / sigma) ** 2)


def geography_fit(mandate: Mandate, raise_: Raise, at_war: list[str]) -> float:
    if not mandate.places:
        return 1.0
    country = raise_.firm.country
    holders = [country] if country in at_war else [country, raise_.firm.region]
    largest = max(mandate.places.values())
    return max(mandate.places.get(place or "", 0.0) for place in holders) / largest if largest > 0 else 0.0


def instrument_rank(own: tuple[str, ...], other: tuple[str, ...], model: dict[str, Any]) -> float:
    common = [place for place, instrument in enumerate(own) if instrument in other]
    return 1 / (1 + model["parameters"]["instrument_rank_step"] * common[0]) if common else 0.0


def patience(mandate: Mandate, raise_: Raise) -> float:
    if raise_.kind == "grant":
        return 1.0
    if mandate.tenor_years is None or raise_.tenor_years is None:
        return 0.0
    return min(1.0, float(mandate.tenor_years) / float(raise_.tenor_years)) if raise_.tenor_years else 1.0


def capacity(mandate: Mandate, raise_: Raise, terms: Terms) -> float:
    left = mandate.capacity if mandate.capacity is not None else terms.ticket_low
    if left is None or raise_.amount_left is None:
        return 0.0
    return min(1.0, float(left) / float(raise_.amount_left)) if raise_.amount_left else 1.0


def risk_paid(mandate: Mandate, raise_: Raise, terms: Terms, model: dict[str, Any]) -> Figure:
    if raise_.kind == "grant" or mandate.k_offer is None or terms.k_required is None:
        return Figure(float(model["prior_mean"]["risk_paid"]), 1.0, is_prior=True)
    paid = (mandate.k_offer - terms.k_required) / 10_000 / model["parameters"]["risk_paid_full_scale"]
    u = float(model["tier_uncertainty"][mandate.offer_tier])
    return Figure(min(1.0, max(0.0, 0.5 + paid)), u, is_prior=False)


def cost_saving(mandate: Mandate, raise_: Raise, model: dict[str, Any]) -> Figure:
    if raise_.kind == "grant":
        return Figure(1.0, 0.0, is_prior=False)
    if mandate.k_offer is None:
        return Figure(0.0, 1.0, is_prior=False)
    if raise_.k_marginal is None:
        return Figure(float(model["prior_mean"]["cost_saving"]), 1.0, is_prior=True)
    parameters = model["parameters"]
    steps = (raise_.k_marginal - mandate.k_offer) // parameters["saving_step_bp"]
    x = min(parameters["saving_steps"], max(0, steps)) / parameters["saving_steps"]
    lower = TIERS[min(rank(raise_.cost_tier), rank(mandate.offer_tier))]
    return Figure(x, float(model["tier_uncertainty"][lower]), is_prior=False)


def mean_speed(speed: dict[str, Figure], weights: dict[str, int]) -> float:
    """Return the weighted mean of the four speed features, a prior counting 0."""
    total = math.fsum(weights[name] for name in SPEED)
    return math.fsum(weights[name] * speed[name].x for name in SPEED if not speed[name].is_prior) / total


def pair_figures(
    registry: Registry, mandate: Mandate, raise_: Raise, terms: Terms
) -> tuple[dict[str, dict[str, float]], dict[str, float], float]:
    """Return x per side, the uncertainty of what rests on evidence, and the firm's complementarity in public."""
    model = registry.model
    profile = registry.taxonomy.figure(raise_.lead.area, "profile") or "iterating"
    speed = mean_speed(raise_.speed, model["weights"]["investor"][profile])
    paid, saving, decision = (
        risk_paid(mandate, raise_, terms, model),
        cost_saving(mandate, raise_, model),
        mandate.fund.decision_speed,
    )
    patient = patience(mandate, raise_)
    gap = (terms.steady_gap or 0) / 10_000 / model["parameters"]["complementarity_full_scale"]
    shared = {
        "area_overlap": area_overlap(mandate, raise_, registry.taxonomy, model),
        "stage_fit": stage_fit(mandate, raise_),
        "trl_fit": trl_fit(mandate, raise_, model),
        "evidence": capability_strength(raise_.lead, model),
        "ticket_fit": ticket_fit(mandate, raise_, model),
        "geography_fit": geography_fit(mandate, raise_, registry.reference["country_groups"]["at_war"]),
        "risk_paid": paid.x,
        "cost_saving": saving.x,
        "patience": patient,
        "decision_speed": decision.x,
        "capacity": capacity(mandate, raise_, terms),
        **{name: raise_.speed[name].x for name in SPEED},
    }
    x = {
        "investor": shared
        | {
            "instrument_rank": instrument_rank(mandate.instruments, raise_.instruments, model),
            "complementarity": math.sqrt(min(1.0, max(0.0, gap)) * speed) * patient,
        },
        "startup": shared
        | {
            "instrument_rank": instrument_rank(raise_.instruments, mandate.instruments, model),
            "complementarity": math.sqrt(saving.x * speed) * patient,
        },
    }
    u = {
        "evidence": float(model["tier_uncertainty"][raise_.lead.tier]),
        "cost_saving": saving.u,
        "risk_paid": paid.u,
        "decision_speed": decision.u,
        **{name: raise_.speed[name].u for name in SPEED},
    }
    public_saving = 1.0 if raise_.kind == "grant" else float(model["prior_mean"]["cost_saving"])
    return x, u, math.sqrt(public_saving * speed) * patient
