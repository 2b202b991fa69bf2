"""How the terms of a mandate are checked before they are written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apps.investors.models import Lever, Mandate
from apps.investors.rules import (
    TICKETS,
    flag_problems,
    follow_on_problems,
    foreign_share_problems,
    ticket_problems,
    trl_problems,
    weight_problems,
)
from apps.investors.services.fields import fields_require
from apps.investors.services.places import place_problems
from apps.reference.selectors import area_codes_unknown
from apps.reference.stated import (
    country_problems,
    currency_problems,
    instrument_problems,
    shared_currency_problems,
    tier_problems,
)
from apps.reference.terms import term_problems
from kernel.access import Actor
from kernel.clock import utc_today
from kernel.errors import FieldProblem, Invalid

AMOUNTS = (*TICKETS, "capacity")
WEIGHTED = {"areas": "area", "stages": "stage", "places": "place"}
TOLD_FIELDS = frozenset({"name", "follow_on_reserve", "thesis", "thesis_uk"})
"""What is told and not scored."""
SCORED_MANDATE_FIELDS = frozenset(
    {*WEIGHTED, *AMOUNTS, "currency", "instruments", "countries", "trl_min", "trl_max", "offered_cost_of_capital"}
    | {"offer_tier", "lever", "tenor_years", "max_foreign_share", "perimeter", "exclusions", "terms"}
)
MANDATE_FIELDS = SCORED_MANDATE_FIELDS | TOLD_FIELDS


class MandateNotAcceptable(Invalid):
    """The mandate's data are not acceptable."""


def terms_checked(*, actor: Actor, values: dict[str, Any], present: Mandate | None = None) -> dict[str, Any]:
    """The values to store: weights as lists, the lever's id as its row. Raises MandateNotAcceptable."""
    fields_require(values=values, names=MANDATE_FIELDS)
    state = {name: getattr(present, name, None) for name in (*AMOUNTS, "currency", "trl_min", "trl_max")}
    state |= {
        "max_foreign_share": getattr(present, "max_foreign_share", None),
        "perimeter": getattr(present, "perimeter", ""),
        "follow_on_reserve": getattr(present, "follow_on_reserve", None),
        "terms": getattr(present, "terms", ()),
    }
    whole = {**state, **values}
    problems = _weights_problems(values) + _codes_problems(actor, values)
    problems += ticket_problems(tickets=whole)
    problems += trl_problems(trl_min=whole["trl_min"], trl_max=whole["trl_max"])
    problems += foreign_share_problems(limit=whole["max_foreign_share"], perimeter=whole["perimeter"])
    problems += follow_on_problems(reserve=whole["follow_on_reserve"], terms=whole["terms"])
    if "currency" in values:
        problems += currency_problems(currency=values["currency"], pointer="/ticket_min/currency", on=utc_today())
    if present is not None:
        problems += shared_currency_problems(present=state, changes=values, amounts=AMOUNTS)
    checked = dict(values)
    for name in WEIGHTED.keys() & values.keys():
        checked[name] = [list(pair) for pair in values[name]]
    if values.get("lever") is not None:
        checked["lever"] = Lever.objects.visible_to(actor).filter(pk=values["lever"]).first()
        if checked["lever"] is None:
            problems.append(FieldProblem("/lever", "unknown_lever", "There is no such lever."))
    if problems:
        raise MandateNotAcceptable(errors=problems)
    return checked


def _weights_problems(values: Mapping[str, Any]) -> list[FieldProblem]:
    problems = [
        problem
        for field, name in WEIGHTED.items()
        if field in values
        for problem in weight_problems(pairs=values[field], pointer=f"/{field}", name=name)
    ]
    if "areas" in values:
        codes = [code for code, _ in values["areas"]]
        unknown = area_codes_unknown(codes=codes)
        problems += [
            FieldProblem(f"/areas/{index}/area", "unknown_area", "There is no capability area with this code.")
            for index, code in enumerate(codes)
            if code in unknown
        ]
        if not codes:
            problems.append(FieldProblem("/areas", "empty", "At least one area."))
    problems += place_problems(codes=[code for code, _ in values.get("places", ())], pointer="/places", name="place")
    return problems


def _codes_problems(actor: Actor, values: Mapping[str, Any]) -> list[FieldProblem]:
    problems = country_problems(codes=values.get("countries", ()), pointer="/countries")
    problems += flag_problems(flags=values.get("exclusions"), pointer="/exclusions")
    problems += tier_problems(tier=values.get("offer_tier", ""), pointer="/offer_tier", actor=actor)
    problems += term_problems(terms=values.get("terms", ()), pointer="/terms")
    if "instruments" in values:
        problems += instrument_problems(instruments=values["instruments"], pointer="/instruments")
    return problems
