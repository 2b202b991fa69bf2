"""The fifteen gates of a pair: pass, fail or unknown."""

from datetime import timedelta
from fractions import Fraction

from tests.oracle.entities import Lever, Mandate, Raise, Registry
from tests.oracle.terms import Terms

PASS, FAIL, UNKNOWN = "pass", "fail", "unknown"


def verdict(holds: bool | None) -> str:
    """Return the word for yes, no or not known."""
    if holds is None:
        return UNKNOWN
    return PASS if holds else FAIL


def both(*answers: bool | None) -> bool | None:
    """Return the conjunction in which one clear no decides."""
    if any(answer is False for answer in answers):
        return False
    return None if any(answer is None for answer in answers) else True


def admits(lever: Lever | None, raise_: Raise) -> bool | None:
    """Return whether the lever's terms admit this class, country of operation and these flags, within its dates."""
    if lever is None:
        return False
    if lever.excluded_flags is None:
        flags = None
    else:
        flags = no_excluded_flag(lever.excluded_flags, raise_)
    return both(
        lever.in_force,
        None if lever.classes is None else raise_.kind in lever.classes,
        None if lever.countries is None else raise_.firm.country in lever.countries,
        flags,
    )


def no_excluded_flag(excluded: tuple[str, ...], raise_: Raise) -> bool | None:
    """Return whether none of the excluded flags is one of the firm's; None if it could still be."""
    if not excluded:
        return True
    if raise_.firm.flags.intersection(excluded):
        return False
    return True if raise_.firm.flags_declared else None


def gates(registry: Registry, mandate: Mandate, raise_: Raise, terms: Terms, x: dict[str, float]) -> dict[str, str]:
    """Return the verdict of every gate by its code."""
    return {
        "verified": verdict(registry.verified),
        "screening": verdict(True if registry.verified else None),
        "area": verdict(x["area_overlap"] > 0),
        "country": verdict(not mandate.countries or raise_.issuer_country in mandate.countries),
        "instrument": verdict(bool(set(mandate.instruments) & set(raise_.instruments))),
        "stage": verdict(_stage(mandate, raise_)),
        "ticket": verdict(terms.ticket_is_common),
        "trl": verdict(_trl(mandate, raise_, x)),
        "exclusions": verdict(no_excluded_flag(mandate.exclusions, raise_)),
        "dependency": verdict(_dependency(mandate, raise_)),
        "capacity": verdict(_capacity(mandate, terms)),
        "lever": verdict(_lever(mandate, raise_, terms)),
        "structure": verdict(structure(mandate.terms, raise_.terms)),
        "firm_exclusions": verdict(_firm_exclusions(mandate, raise_)),
        "history": verdict(_history(registry, mandate, raise_)),
    }


def _stage(mandate: Mandate, raise_: Raise) -> bool | None:
    if not mandate.stages:
        return True
    return None if raise_.stage is None else mandate.stages.get(raise_.stage, 0.0) > 0


def _trl(mandate: Mandate, raise_: Raise, x: dict[str, float]) -> bool | None:
    if mandate.trl_min is None and mandate.trl_max is None:
        return True
    return None if raise_.lead.trl is None else x["trl_fit"] > 0


def _dependency(mandate: Mandate, raise_: Raise) -> bool | None:
    limit = mandate.max_foreign_share
    if limit is None:
        return True
    band = raise_.foreign_bands.get(mandate.perimeter or "")
    if band is None:
        return None
    lower, upper = band
    if upper <= limit:
        return True
    return False if lower >= limit else None


def _capacity(mandate: Mandate, terms: Terms) -> bool | None:
    if mandate.capacity is None:
        return True
    return None if terms.ticket_low is None else mandate.capacity >= terms.ticket_low


def _lever(mandate: Mandate, raise_: Raise, terms: Terms) -> bool | None:
    if raise_.kind == "grant" or mandate.k_offer is None:
        return True
    if terms.k_build_up is None:
        return None
    if mandate.k_offer >= terms.k_build_up:
        return True
    return terms.admitted


def structure(mandate: dict[str, tuple[str, bool]], raise_: dict[str, tuple[str, bool]]) -> bool | None:
    """Return whether every term that somebody requires agrees; None if one is not answered."""
    return both(*(_agrees(name, mandate.get(name), raise_.get(name)) for name in {*mandate, *raise_}))


def _agrees(name: str, mandate: tuple[str, bool] | None, raise_: tuple[str, bool] | None) -> bool | None:
    if not any(side is not None and side[1] for side in (mandate, raise_)):
        return True
    if mandate is None or raise_ is None:
        return None
    if name == "max_stake":
        return Fraction(mandate[0]) <= Fraction(raise_[0])
    return mandate[0] == raise_[0]


def _firm_exclusions(mandate: Mandate, raise_: Raise) -> bool | None:
    blocked = raise_.blocked_countries
    if not blocked:
        return True
    if mandate.fund.country in blocked:
        return False
    investors = mandate.fund.investor_countries
    return None if investors is None else not set(investors) & set(blocked)


def _history(registry: Registry, mandate: Mandate, raise_: Raise) -> bool:
    cooldown = registry.model["parameters"]["cooldown_days"]
    for declined, reason in mandate.fund.declines.get(raise_.firm.key, ()):
        if reason == "never":
            return False
        period = cooldown["too_early"] if reason == "too_early" else cooldown["other"]
        order = raise_.firm.last_order
        changed = reason == "too_early" and order is not None and order > declined
        if not changed and registry.now <= declined + timedelta(days=period):
            return False
    return True
