"""Tables of what firms have and do: financials, capabilities, components, development events, attestations."""

from __future__ import annotations

from collections.abc import Iterable

from apps.exchange.tables.cells import (
    boolean,
    choice,
    country,
    currency,
    date,
    decimal,
    fraction,
    integer,
    moment,
    money,
    text,
)
from apps.exchange.tables.columns import Column, RowProblem, Table, Values, key_column, reference, with_currency
from apps.exchange.tables.lists import numbers, several, shares, standards
from apps.exchange.tables.parties import area_code
from apps.reference.evidence import EvidenceTier
from apps.startups.states import EventKind, Flag, Maturity, Partnering, Verdict

tier = choice(EvidenceTier.values)


def _financials_check(values: Values) -> Iterable[RowProblem]:
    yield from with_currency(values, "revenue", "order_book", "debt")


def _capability_check(values: Values) -> Iterable[RowProblem]:
    yield from with_currency(values, "unit_cost")


def _event_check(values: Values) -> Iterable[RowProblem]:
    own = values.get("key")
    for column in ("answers", "supersedes"):
        if own is not None and values.get(column) == own:
            yield column, "refers_to_itself", f"an event's {column} is another event"


FINANCIALS = Table(
    "financials",
    (
        reference("startup_key", "startups", required=True),
        Column("year", integer(least=1900, most=2200), required=True),
        Column("currency", currency),
        Column("revenue", money()),
        Column("order_book", money()),
        Column("order_book_customers", shares),
        Column("customers", shares),
        Column("largest_customer_share", fraction()),
        Column("gross_margin", fraction(least="-9.99")),
        Column("debt", money()),
        Column("cash_months", decimal(digits=5, places=1, least="0")),
        Column("headcount", integer(least=0, most=10_000_000)),
        Column("audited", boolean),
        Column("tier", tier),
    ),
    identity=("startup_key", "year"),
    check=_financials_check,
)

CAPABILITIES = Table(
    "capabilities",
    (
        key_column(),
        reference("startup_key", "startups", required=True),
        Column("area", area_code, required=True, references="areas"),
        Column("title", text(longest=200), required=True),
        Column("title_uk", text(longest=200)),
        Column("description", text(longest=5_000)),
        Column("description_uk", text(longest=5_000)),
        Column("trl", integer(least=1, most=9)),
        Column("maturity", choice(Maturity.values), required=True),
        Column("tier", tier),
        Column("unit_cost", decimal(digits=16, places=2, least="0")),
        Column("currency", currency),
        Column("output_per_month", integer(least=0, most=2_000_000_000)),
        Column("lead_time_days", integer(least=0, most=100_000)),
        Column("export_class", text(longest=20)),
        Column("flags", several(choice(Flag.values))),
        Column("seeks", several(choice(Partnering.values))),
        Column("standards", standards),
        Column("codifications", numbers),
    ),
    check=_capability_check,
)

COMPONENTS = Table(
    "components",
    (
        reference("capability_key", "capabilities", required=True),
        Column("name", text(longest=200), required=True),
        Column("unit_cost", decimal(digits=16, places=4, least="0"), required=True),
        Column("currency", currency, required=True),
        Column("quantity", decimal(digits=12, places=4, above="0"), required=True),
        Column("origin", country),
        Column("supplier", text(longest=200)),
        Column("single_source", boolean),
    ),
    identity=("capability_key", "name"),
    repeats=True,
)

DEVELOPMENT_EVENTS = Table(
    "development_events",
    (
        key_column(required=False),
        reference("capability_key", "capabilities", required=True),
        Column("kind", choice(EventKind.values), required=True),
        Column("occurred_at", moment, required=True),
        reference("answers", "development_events"),
        reference("supersedes", "development_events"),
        Column("tier", tier),
        Column("note", text(longest=500)),
    ),
    identity=("capability_key", "kind", "occurred_at"),
    repeats=True,
    immutable=True,
    check=_event_check,
)

ATTESTATIONS = Table(
    "attestations",
    (
        reference("event_key", "development_events", required=True),
        reference("attestor_key", "organisations", required=True),
        Column("verdict", choice((Verdict.CONFIRMED, Verdict.REFUSED)), required=True),
        Column("on", date, required=True),
    ),
    identity=("event_key", "attestor_key"),
    immutable=True,
)
