"""A made-up market for the bench of match runs: real rows of every table that a run reads, written by COPY."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from apps.matching.engine.facts import Answer, MandateFacts, RaiseFacts
from apps.matching.engine.synthetic import AS_OF, Synthetic
from tests.bench.deal_flow_data import copy_rows

STANDING = {Answer.PASS: "verified", Answer.UNKNOWN: "verified", Answer.FAIL: "suspended"}
SCREENED = {Answer.PASS: "clear", Answer.UNKNOWN: "review", Answer.FAIL: "hit"}
QUESTIONS = (
    ("feedback_reported", "fix_fielded"),
    ("countermeasure_observed", "release_fielded"),
    ("order_received", "delivery_made"),
)
ORIGINS = (None, "UA", "UA", "UA", "DE", "CN", "US")
LOGGED = 0.6
"""The share of firms that keep a log."""
LEVERS = 40


@dataclass(frozen=True, slots=True)
class Drawn:
    """What the rows are made of: facts with the ids of the rows that are to hold them."""

    funds: Sequence[tuple[UUID, UUID]]
    firms: Sequence[tuple[UUID, UUID]]
    mandates: Sequence[tuple[UUID, MandateFacts]]
    raises: Sequence[tuple[UUID, RaiseFacts]]


def market_make(*, mandates: int, raises: int, seed: int = 1) -> None:
    """Fill an empty, migrated database: a fund for every three mandates, a firm for each raise."""
    from apps.compliance.models import Screening
    from apps.investors.models import Fund, Lever, Mandate
    from apps.matching.engine.model import Areas
    from apps.matching.models import Deal
    from apps.organisations.models import Organisation
    from apps.reference.models import CapabilityArea
    from apps.reference.services import areas_load
    from apps.startups.models import Capability, Component, DevelopmentEvent, Financials, Firm, Raise
    from kernel.access import Actor
    from kernel.ids import uuid7

    areas_load(actor=Actor.system())
    areas = dict(CapabilityArea.objects.values_list("code", "pk"))
    source = Synthetic(areas=_areas(Areas), seed=seed)
    drawn = Drawn(
        funds=[(uuid7(), uuid7()) for _ in range(max(1, mandates // 3))],
        firms=[(uuid7(), uuid7()) for _ in range(raises)],
        mandates=[(uuid7(), facts) for facts in source.mandates(mandates)],
        raises=[(uuid7(), facts) for facts in source.raises(raises)],
    )
    levers = [uuid7() for _ in range(LEVERS)]
    capabilities = [[uuid7() for _ in facts.capabilities] for _, facts in drawn.raises]
    copy_rows(Organisation, _organisations(drawn))
    copy_rows(Screening, _screenings(drawn))
    copy_rows(Fund, _funds(drawn))
    copy_rows(Lever, _levers(levers, source))
    copy_rows(Mandate, _mandates(drawn, levers))
    copy_rows(Firm, _firms(drawn))
    copy_rows(Capability, _capabilities(drawn, capabilities, areas))
    copy_rows(Component, _components(capabilities))
    copy_rows(Financials, _financials(drawn))
    copy_rows(DevelopmentEvent, _events(capabilities))
    copy_rows(Raise, _raises(drawn, capabilities))
    copy_rows(Deal, _deals(drawn))


def _areas(kind: Any) -> Any:
    import json

    from apps.matching.engine.compile import AREAS

    return kind.from_json(json.loads(AREAS.read_bytes()))


def _organisations(drawn: Drawn) -> Iterator[dict[str, Any]]:
    for kind, pairs, facts in (("fund", drawn.funds, drawn.mandates), ("firm", drawn.firms, drawn.raises)):
        for place, (_, organisation) in enumerate(pairs):
            one: Any = facts[place][1]
            yield {
                "id": organisation,
                "kind": kind,
                "legal_name": f"{kind.capitalize()} {place}",
                "country": one.fund_country if kind == "fund" else one.country,
                "standing": STANDING[one.verified],
                "basis": "import",
            }


def _screenings(drawn: Drawn) -> Iterator[dict[str, Any]]:
    from kernel.ids import uuid7

    for pairs, facts in ((drawn.funds, drawn.mandates), (drawn.firms, drawn.raises)):
        for place, (_, organisation) in enumerate(pairs):
            one: Any = facts[place][1]
            yield {
                "id": uuid7(),
                "organisation_id": organisation,
                "result": SCREENED[one.screening],
                "basis": "import",
            }


def _funds(drawn: Drawn) -> Iterator[dict[str, Any]]:
    for place, (fund, organisation) in enumerate(drawn.funds):
        countries = drawn.mandates[place][1].investor_countries
        yield {
            "id": fund,
            "organisation_id": organisation,
            "investor_countries": None if countries is None else list(countries),
        }


def _levers(levers: Sequence[UUID], source: Synthetic) -> Iterator[dict[str, Any]]:
    for lever, facts in zip(levers, _lever_facts(source, len(levers)), strict=True):
        yield {
            "id": lever,
            "kind": "guarantee",
            "classes": _list(facts.classes),
            "countries": _list(facts.countries),
            "excluded_flags": _list(facts.excluded_flags),
            "risk_cover": facts.risk_cover,
            "cover_cap": facts.cover_cap,
            "currency": facts.currency,
            "premium": facts.premium,
            "valid_to": facts.valid_to,
        }


def _lever_facts(source: Synthetic, count: int) -> list[Any]:
    found: list[Any] = []
    while len(found) < count:
        found += [facts.lever for facts in source.mandates(count) if facts.lever is not None]
    return found[:count]


def _list(values: tuple[str, ...] | None) -> list[str] | None:
    return None if values is None else list(values)


def _terms(facts: Any) -> list[dict[str, Any]]:
    return [{"term": term.name, "value": term.value, "required": term.required} for term in facts.terms]


def _mandates(drawn: Drawn, levers: Sequence[UUID]) -> Iterator[dict[str, Any]]:
    for place, (mandate, facts) in enumerate(drawn.mandates):
        yield {
            "id": mandate,
            "fund_id": drawn.funds[place % len(drawn.funds)][0],
            "name": f"Mandate {place}",
            "areas": [list(pair) for pair in facts.areas],
            "ticket_min": round(facts.ticket_min, 2),
            "ticket_max": round(facts.ticket_max, 2),
            "ticket_typical": facts.ticket_typical and round(facts.ticket_typical, 2),
            "currency": facts.currency,
            "stages": [list(pair) for pair in facts.stages],
            "instruments": list(facts.instruments),
            "countries": list(facts.countries),
            "places": [list(pair) for pair in facts.places],
            "trl_min": facts.trl_min,
            "trl_max": facts.trl_max,
            "offered_cost_of_capital": facts.offered_cost,
            "offer_tier": facts.offer_tier or "",
            "lever_id": levers[place % len(levers)] if facts.lever else None,
            "tenor_years": facts.tenor_years,
            "capacity": facts.capacity and round(facts.capacity, 2),
            "max_foreign_share": facts.max_foreign_share,
            "perimeter": facts.perimeter or "",
            "exclusions": list(facts.exclusions),
            "terms": _terms(facts),
            "status": "active",
        }


def _firms(drawn: Drawn) -> Iterator[dict[str, Any]]:
    for (firm, organisation), (_, facts) in zip(drawn.firms, drawn.raises, strict=True):
        yield {"id": firm, "organisation_id": organisation, "region": facts.region or ""}


def _capabilities(drawn: Drawn, ids: Sequence[Sequence[UUID]], areas: dict[str, UUID]) -> Iterator[dict[str, Any]]:
    for (firm, _), (_, facts), own in zip(drawn.firms, drawn.raises, ids, strict=True):
        for capability, one in zip(own, facts.capabilities, strict=True):
            yield {
                "id": capability,
                "firm_id": firm,
                "area_id": areas[one.area],
                "title": "Made up",
                "trl": facts.trl,
                "maturity": one.maturity,
                "tier": one.tier or "",
                "flags": _list(facts.flags),
                "seeks": [],
                "status": "published",
            }


def _components(capabilities: Sequence[Sequence[UUID]]) -> Iterator[dict[str, Any]]:
    from kernel.ids import uuid7

    draw = random.Random(3)
    for own in capabilities:
        for place in range(2 if draw.random() < 0.7 else 0):
            yield {
                "id": uuid7(),
                "capability_id": own[0],
                "name": f"Part {place}",
                "origin": draw.choice(ORIGINS),
                "unit_cost": draw.randint(10, 900),
                "quantity": 1,
                "currency": "EUR",
            }


def _financials(drawn: Drawn) -> Iterator[dict[str, Any]]:
    from kernel.ids import uuid7

    for (firm, _), (_, facts) in zip(drawn.firms, drawn.raises, strict=True):
        if facts.financials_tier:
            yield {"id": uuid7(), "firm_id": firm, "year": AS_OF.year - 1, "tier": facts.financials_tier}


def _events(capabilities: Sequence[Sequence[UUID]]) -> Iterator[dict[str, Any]]:
    from kernel.ids import uuid7

    draw = random.Random(4)
    for own in capabilities:
        if draw.random() > LOGGED:
            continue
        for _ in range(draw.randint(1, 3)):
            asked, answer = draw.choice(QUESTIONS)
            began = dt.datetime.combine(AS_OF, dt.time(), dt.UTC) - dt.timedelta(days=draw.uniform(40, 360))
            question = uuid7()
            common = {"capability_id": own[0], "source": "import", "recorded_at": began + dt.timedelta(days=40)}
            yield {**common, "id": question, "kind": asked, "occurred_at": began, "answers_id": None, "tier": "E2"}
            if draw.random() < 0.8:
                yield {
                    **common,
                    "id": uuid7(),
                    "kind": answer,
                    "occurred_at": began + dt.timedelta(days=draw.uniform(1, 39)),
                    "answers_id": question,
                    "tier": draw.choice(("E1", "E2", "E3")),
                }


def _raises(drawn: Drawn, capabilities: Sequence[Sequence[UUID]]) -> Iterator[dict[str, Any]]:
    from kernel.ids import uuid7

    for (firm, _), (raise_, facts), own in zip(drawn.firms, drawn.raises, capabilities, strict=True):
        yield {
            "id": raise_,
            "firm_id": firm,
            "lead_capability_id": own[0],
            "round": uuid7(),
            "amount": round(facts.amount, 2),
            "amount_left": facts.amount_left and round(facts.amount_left, 2),
            "min_ticket": facts.min_ticket and round(facts.min_ticket, 2),
            "currency": facts.currency,
            "syndicate": facts.syndicate,
            "instruments": list(facts.instruments),
            "stage": facts.stage or "",
            "tenor_years": facts.tenor_years,
            "marginal_cost_of_capital": facts.marginal_cost,
            "cost_tier": facts.cost_tier or "",
            "opened_on": facts.opened_on,
            "need_by": facts.need_by,
            "blocked_countries": list(facts.blocked),
            "terms": _terms(facts),
            "status": "open",
        }


def _deals(drawn: Drawn) -> Iterator[dict[str, Any]]:
    from kernel.ids import uuid7

    draw = random.Random(5)
    for fund, _ in drawn.funds:
        for _ in range(draw.randint(0, 12)):
            ended = AS_OF - dt.timedelta(days=draw.randint(5, 600))
            outcome = draw.choice(("closed", "passed", "passed", "lapsed"))
            yield {
                "id": uuid7(),
                "fund_id": fund,
                "firm_id": draw.choice(drawn.firms)[0],
                "introduced_on": ended - dt.timedelta(days=draw.randint(10, 300)),
                "date": ended,
                "outcome": outcome,
                "reason": draw.choice(("too_early", "price")) if outcome == "passed" else "",
                "tier": "E2",
            }
