"""Tables of the import format: their columns, rows as text, and how a folder of them is written."""

import csv
import random
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

Row = dict[str, str]
Tables = dict[str, list[Row]]

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "organisations": (
        "key", "kind", "legal_name", "legal_name_uk", "country", "identifier_scheme", "identifier",
    ),
    "owners": (
        "owned_key", "owner_name", "owner_key", "owner_kind", "country", "share_min", "share_max", "interest", "from",
        "to",
    ),
    "startups": (
        "key", "legal_name", "legal_name_uk", "country", "region", "founded_on", "staff", "identifier_scheme",
        "identifier", "summary", "naming",
    ),
    "financials": (
        "startup_key", "year", "currency", "revenue", "order_book", "customers", "largest_customer_share",
        "gross_margin", "debt", "audited", "tier",
    ),
    "capabilities": (
        "key", "startup_key", "area", "title", "description", "trl", "maturity", "tier", "unit_cost", "currency",
        "output_per_month", "export_class", "flags",
    ),
    "components": (
        "capability_key", "name", "unit_cost", "currency", "quantity", "origin", "supplier", "single_source",
    ),
    "development_events": (
        "key", "capability_key", "kind", "occurred_at", "answers", "supersedes", "tier", "note",
    ),
    "attestations": ("event_key", "attestor_key", "verdict", "on"),
    "raises": (
        "key", "startup_key", "issuer_key", "lead_capability_key", "amount", "currency", "amount_left", "min_ticket",
        "syndicate", "instruments", "stage", "tenor_years", "marginal_cost_of_capital", "cost_tier", "opened_on",
        "need_by", "blocked_countries", "terms",
    ),
    "levers": (
        "key", "kind", "issuer", "classes", "countries", "excluded_flags", "risk_cover", "cover_cap", "currency",
        "premium", "valid_from", "valid_to", "source",
    ),
    "funds": ("key", "legal_name", "country", "fund_type", "investor_countries"),
    "mandates": (
        "key", "fund_key", "name", "areas", "ticket_min", "ticket_max", "ticket_typical", "currency", "stages",
        "instruments", "countries", "places", "trl_min", "trl_max", "offered_cost_of_capital", "offer_tier",
        "lever_key", "tenor_years", "capacity", "max_foreign_share", "perimeter", "exclusions", "terms",
    ),
    "deals": (
        "fund_key", "startup_key", "introduced_on", "date", "amount", "currency", "stage", "outcome", "reason",
    ),
}  # fmt: skip

EUR_PER_UNIT: Mapping[str, float] = {"EUR": 1.0, "USD": 0.97, "GBP": 1.2, "PLN": 0.234, "SEK": 0.0872, "UAH": 0.0229}
"""Rough rates, only to write amounts of a plausible size; scoring takes its rates from a reference table."""


def dice(*, seed: int, noun: str) -> random.Random:
    """Give the random source of one noun, so that tuning one table does not move the others."""
    return random.Random(f"{seed}:{noun}")  # noqa: S311 (sample data, no secret)


def pick(rng: random.Random, weights: Mapping[str, float]) -> str:
    """Draw one of the keys by its weight."""
    return rng.choices(list(weights), weights=list(weights.values()))[0]


def between(rng: random.Random, first: date, last: date) -> date:
    """Draw a date of the closed interval."""
    return date.fromordinal(rng.randint(first.toordinal(), last.toordinal()))


def rounded(amount: float) -> int:
    """Round an amount to two leading digits, as people state amounts."""
    step: int = 10 ** max(0, len(str(int(amount))) - 2)
    return int(amount / step + 0.5) * step


def in_currency(*, eur: float, currency: str) -> int:
    """Turn euros into a round amount of another currency."""
    return rounded(eur / EUR_PER_UNIT[currency])


def fraction(value: float) -> str:
    """Write a share or a rate with up to four decimals and no trailing zeros."""
    return f"{value:.4f}".rstrip("0").rstrip(".") or "0"


def weighted(weights: Mapping[str, float]) -> str:
    """Write `CODE:weight;…`."""
    return ";".join(f"{code}:{fraction(weight)}" for code, weight in weights.items())


def write(*, tables: Mapping[str, Iterable[Row]], folder: Path) -> None:
    """Write one CSV per table (UTF-8, header row, line feeds); a column that a row leaves out is empty.

    Raises ValueError for a column that the table does not have.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for table, columns in COLUMNS.items():
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=columns, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(tables[table])
