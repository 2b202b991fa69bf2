"""Single changes of one's own terms that are tried out, and which could bound what others keep to themselves."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from apps.reference.instruments import CLASS_OF

MOST_CHANGES = 5
"""How many changes of one's own choosing a preview tries."""
MOST_ALIKE = 3
"""How many countries, levers, or instruments are tried one by one."""
STEP = Decimal("0.005")
"""By how much a cost of capital is lowered: 50 basis points."""
EDGE_DIGITS = (1, 2, 5)

PROBING: Mapping[str, frozenset[str]] = {
    "investor": frozenset(
        {"ticket_min", "ticket_max", "ticket_typical", "currency", "countries", "capacity", "exclusions", "lever"}
        | {"max_foreign_share", "perimeter", "terms"}
    ),
    "startup": frozenset({"amount", "amount_left", "min_ticket", "currency", "syndicate", "lead_capability"}),
}
"""Own terms that meet a limit which the other side keeps to itself: a fund's tickets, countries, flags and terms meet
firms' least tickets, issuers, flags and terms; a firm's amounts and goods meet funds' capacity, exclusions and limits.
"""
MONEY = frozenset({"ticket", "capacity", "lever"})
GATES_OF: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("ticket_min", "ticket_max", "ticket_typical", "currency", "capacity"), MONEY),
    **dict.fromkeys(("amount", "amount_left", "min_ticket", "syndicate"), MONEY),
    **dict.fromkeys(("offered_cost_of_capital", "lever"), frozenset({"lever"})),
    **dict.fromkeys(("max_foreign_share", "perimeter"), frozenset({"dependency"})),
    **dict.fromkeys(("trl_min", "trl_max"), frozenset({"trl"})),
    **dict.fromkeys(("blocked_countries", "blocked_organisations"), frozenset({"firm_exclusions"})),
    **dict.fromkeys(("offer_tier", "tenor_years", "places", "marginal_cost_of_capital", "cost_tier"), frozenset()),
    "areas": frozenset({"area"}),
    "stages": frozenset({"stage"}),
    "stage": frozenset({"stage"}),
    "countries": frozenset({"country"}),
    "exclusions": frozenset({"exclusions"}),
    "terms": frozenset({"structure"}),
}
"""The gates whose answers a field decides; of a field that is not named here any gate's may change."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A single change of one's own terms: the gate that it is about ("" for none), the field and what it would be."""

    code: str
    gate: str
    field: str
    to: str
    values: Mapping[str, Any]


def probes_of(*, side: str, tried: Collection[Collection[str]]) -> int:
    """How many of the trials, each given by the fields that it changes, count as edits."""
    return sum(not PROBING[side].isdisjoint(fields) for fields in tried)


def gates_of(fields: Collection[str]) -> frozenset[str] | None:
    """The gates that a change of these fields can decide otherwise; None: any."""
    if not GATES_OF.keys() >= set(fields):
        return None
    return frozenset().union(*(GATES_OF[name] for name in fields))


def edge_above(amount: Decimal) -> Decimal:
    """The next amount above in the series 1, 2, 5, 10, 20, 50 …; `amount` is above 0."""
    return next(edge for edge in _edges(amount) if edge > amount)


def edge_below(amount: Decimal) -> Decimal:
    """The next amount below in that series; `amount` is above 0."""
    return max(edge for edge in _edges(amount) if edge < amount)


def _edges(amount: Decimal) -> list[Decimal]:
    magnitude = amount.adjusted()
    return [Decimal(digit).scaleb(power) for power in range(magnitude - 1, magnitude + 2) for digit in EDGE_DIGITS]


def mandate_trials(
    *,
    terms: Mapping[str, Any],
    countries: Sequence[str],
    levers: Sequence[Any],
    share_edges: Sequence[Decimal],
) -> list[Trial]:
    """The changes that are tried of a mandate's `terms`, its stored values by field.

    `countries` are candidates, the most wanted first, `levers` rows that the fund may name; `share_edges` the limits of
    foreign content that there are.
    """
    return [
        *_tickets(terms),
        *_countries(terms["countries"], countries),
        *_offer(terms),
        *(
            Trial("lever_named", "lever", "lever", str(lever.pk), {"lever": lever})
            for lever in levers[:MOST_ALIKE]
            if terms["lever"] is None
        ),
        *_trl(terms),
        *_exclusions(terms["exclusions"]),
        *_share(terms, share_edges),
        *_instruments(terms["instruments"]),
        *_terms(terms["terms"]),
    ]


def raise_trials(*, terms: Mapping[str, Any]) -> list[Trial]:
    """The changes that are tried of a raise's `terms`, its stored values by field."""
    found = []
    if not terms["syndicate"]:
        found.append(Trial("syndicate_opened", "ticket", "syndicate", "true", {"syndicate": True}))
    if terms["min_ticket"]:
        lower = edge_below(terms["min_ticket"])
        found.append(Trial("min_ticket_lowered", "ticket", "min_ticket", f"{lower:f}", {"min_ticket": lower}))
    return [
        *found,
        *_instruments(terms["instruments"]),
        *_terms(terms["terms"]),
        *(
            Trial(
                "country_admitted",
                "firm_exclusions",
                "blocked_countries",
                code,
                {"blocked_countries": [other for other in terms["blocked_countries"] if other != code]},
            )
            for code in terms["blocked_countries"][:MOST_ALIKE]
        ),
    ]


def _tickets(terms: Mapping[str, Any]) -> Iterator[Trial]:
    upper, lower = edge_above(terms["ticket_max"]), edge_below(terms["ticket_min"])
    yield Trial("ticket_max_raised", "ticket", "ticket_max", f"{upper:f}", {"ticket_max": upper})
    yield Trial("ticket_min_lowered", "ticket", "ticket_min", f"{lower:f}", {"ticket_min": lower})


def _countries(listed: Sequence[str], candidates: Sequence[str]) -> Iterator[Trial]:
    if listed:
        for code in [code for code in candidates if code not in listed][:MOST_ALIKE]:
            yield Trial("country_added", "country", "countries", code, {"countries": [*listed, code]})


def _offer(terms: Mapping[str, Any]) -> Iterator[Trial]:
    cost = terms["offered_cost_of_capital"]
    if cost is not None and cost > STEP:
        lower = cost - STEP
        yield Trial("offer_lowered", "", "offered_cost_of_capital", f"{lower:f}", {"offered_cost_of_capital": lower})


def _trl(terms: Mapping[str, Any]) -> Iterator[Trial]:
    lower, upper = terms["trl_min"], terms["trl_max"]
    if lower is not None and lower > 1:
        yield Trial("trl_min_lowered", "trl", "trl_min", str(lower - 1), {"trl_min": lower - 1})
    if upper is not None and upper < 9:
        yield Trial("trl_max_raised", "trl", "trl_max", str(upper + 1), {"trl_max": upper + 1})


def _exclusions(excluded: Sequence[str]) -> Iterator[Trial]:
    for flag in excluded:
        left = [other for other in excluded if other != flag]
        yield Trial("exclusion_dropped", "exclusions", "exclusions", flag, {"exclusions": left})


def _share(terms: Mapping[str, Any], edges: Sequence[Decimal]) -> Iterator[Trial]:
    limit = terms["max_foreign_share"]
    above = [] if limit is None else [edge for edge in edges if edge > limit]
    if above:
        upper = min(above)
        yield Trial(
            "foreign_share_raised", "dependency", "max_foreign_share", f"{upper:f}", {"max_foreign_share": upper}
        )


def _instruments(own: Sequence[str]) -> Iterator[Trial]:
    known = [str(name) for name, klass in CLASS_OF.items() if own and klass == CLASS_OF[own[0]] and name not in own]
    for name in known[:MOST_ALIKE]:
        yield Trial("instrument_added", "instrument", "instruments", name, {"instruments": [*own, name]})


def _terms(stated: Sequence[Mapping[str, Any]]) -> Iterator[Trial]:
    for place, item in enumerate(stated):
        if item["required"]:
            eased = [{**other, "required": False} if at == place else other for at, other in enumerate(stated)]
            yield Trial("term_eased", "structure", "terms", str(item["term"]), {"terms": eased})
