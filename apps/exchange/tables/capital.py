"""Tables of money: raises, levers, mandates, deals."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from apps.exchange.tables.cells import (
    boolean,
    choice,
    code,
    country,
    currency,
    date,
    decimal,
    fraction,
    integer,
    money,
    place,
    rate,
    text,
    years,
)
from apps.exchange.tables.columns import (
    LONGEST_KEY,
    Column,
    RowProblem,
    Table,
    Values,
    at_most,
    in_order,
    key_column,
    reference,
    with_currency,
)
from apps.exchange.tables.lists import instruments, several, terms, weighted
from apps.exchange.tables.parties import area_code
from apps.exchange.tables.registry import tier
from apps.investors.states import Confidence, LeverKind, Perimeter
from apps.matching.states import DealOutcome
from apps.reference.instruments import InstrumentClass
from apps.startups.states import Flag

BAND_EDGES = tuple(Decimal(edge) for edge in ("0", "0.1", "0.2", "0.35", "0.5", "0.75", "1"))
"""Shares between which a foreign share is published: a limit must be one of them to be decidable."""

stage = code(longest=40)
flags = several(choice(Flag.values))


def _raise_check(values: Values) -> Iterable[RowProblem]:
    yield from at_most(values, "amount_left", "amount")
    yield from at_most(values, "min_ticket", "amount")
    yield from in_order(values, "opened_on", "need_by")


def _lever_check(values: Values) -> Iterable[RowProblem]:
    yield from with_currency(values, "cover_cap")
    yield from in_order(values, "valid_from", "valid_to")


def _mandate_check(values: Values) -> Iterable[RowProblem]:
    yield from at_most(values, "ticket_min", "ticket_max")
    yield from at_most(values, "trl_min", "trl_max")
    if not values.get("areas", True):
        yield "areas", "missing", "a mandate names at least one area"
    limit = values.get("max_foreign_share")
    if limit is None:
        return
    if limit not in BAND_EDGES:
        yield "max_foreign_share", "out_of_range", f"{limit} is none of {', '.join(map(str, BAND_EDGES))}"
    if values.get("perimeter") is None:
        yield "perimeter", "missing", "max_foreign_share needs the perimeter that it counts from"


def _deal_check(values: Values) -> Iterable[RowProblem]:
    yield from in_order(values, "introduced_on", "date")
    yield from with_currency(values, "amount")


RAISES = Table(
    "raises",
    (
        key_column(),
        reference("startup_key", "startups", required=True),
        reference("issuer_key", "organisations"),
        reference("lead_capability_key", "capabilities", required=True),
        Column("round_key", text(longest=LONGEST_KEY)),
        Column("amount", money(above="0"), required=True),
        Column("currency", currency, required=True),
        Column("amount_left", money()),
        Column("min_ticket", money()),
        Column("syndicate", boolean),
        Column("instruments", instruments, required=True),
        Column("stage", stage, required=True),
        Column("tenor_years", years),
        Column("marginal_cost_of_capital", rate(least="-0.999999", most="10")),
        Column("cost_tier", tier),
        Column("opened_on", date),
        Column("need_by", date),
        Column("blocked_countries", several(country)),
        Column("blocked_organisations", several(text(longest=LONGEST_KEY)), references="organisations"),
        Column("terms", terms),
        Column("use_of_proceeds", text(longest=2_000)),
    ),
    check=_raise_check,
)

LEVERS = Table(
    "levers",
    (
        key_column(),
        Column("kind", choice(LeverKind.values), required=True),
        Column("issuer", text(longest=200)),
        Column("classes", several(choice(InstrumentClass.values))),
        Column("countries", several(country)),
        Column("excluded_flags", flags),
        Column("risk_cover", fraction()),
        Column("cover_cap", money()),
        Column("currency", currency),
        Column("premium", rate(least="0", most="1")),
        Column("valid_from", date),
        Column("valid_to", date),
        Column("source", text(longest=500)),
        Column("fee", fraction()),
        Column("tenor_max_years", years),
        Column("places", several(place)),
        Column("conditions", text(longest=500)),
        Column("conditions_uk", text(longest=500)),
        Column("as_of", date),
        Column("confidence", choice(Confidence.values)),
    ),
    check=_lever_check,
)

MANDATES = Table(
    "mandates",
    (
        key_column(),
        reference("fund_key", "funds", required=True),
        Column("name", text(longest=200), required=True),
        Column("areas", weighted(area_code), required=True, references="areas"),
        Column("ticket_min", money(above="0"), required=True),
        Column("ticket_max", money(above="0"), required=True),
        Column("ticket_typical", money(above="0")),
        Column("currency", currency, required=True),
        Column("stages", weighted(stage)),
        Column("instruments", instruments, required=True),
        Column("countries", several(country)),
        Column("places", weighted(place)),
        Column("trl_min", integer(least=1, most=9)),
        Column("trl_max", integer(least=1, most=9)),
        Column("offered_cost_of_capital", rate(least="-0.999999", most="10")),
        Column("offer_tier", tier),
        reference("lever_key", "levers"),
        Column("tenor_years", years),
        Column("capacity", money()),
        Column("max_foreign_share", decimal(digits=4, places=3, least="0", most="1")),
        Column("perimeter", choice(Perimeter.values)),
        Column("exclusions", flags),
        Column("terms", terms),
        Column("follow_on_reserve", decimal(digits=5, places=3, least="0")),
        Column("thesis", text(longest=2_000)),
        Column("thesis_uk", text(longest=2_000)),
    ),
    check=_mandate_check,
)

DEALS = Table(
    "deals",
    (
        reference("fund_key", "funds", required=True),
        reference("startup_key", "startups", required=True),
        Column("introduced_on", date),
        Column("date", date, required=True),
        Column("amount", money()),
        Column("currency", currency),
        Column("stage", stage),
        Column("outcome", choice(DealOutcome.values), required=True),
        Column("reason", code(longest=40)),
    ),
    identity=("fund_key", "startup_key", "introduced_on", "date"),
    repeats=True,
    check=_deal_check,
)
