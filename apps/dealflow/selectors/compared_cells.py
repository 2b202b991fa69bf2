"""How the cells of a comparison are read from a raise that was loaded with its lead, bill and firm."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from functools import reduce
from typing import Any

from apps.dealflow.rules.comparison import BILL, EVENTS, FINANCIALS, RATE, STATED, Cell, Value
from apps.organisations.disclosure import Tier
from apps.reference.stated import instrument_class
from apps.reference.tables import UnknownCurrency, editions
from apps.startups.disclosure import financial_bands, firm_name, staff_band
from apps.startups.rules.raises import committed
from apps.startups.rules.speed_subjects import shown_days
from kernel.clock import utc_today

PLACES = Decimal("0.000001")
CENTS = Decimal("0.01")

Read = Callable[[Any], Cell]


def stated(path: str, unit: str = "", *, graded_by: str = "") -> Read:
    """What the firm states at a dotted path; `graded_by` is the path of the evidence tier. An empty text is None."""

    def read(row: Any) -> Cell:
        evidence = at(row, graded_by) if graded_by else ""
        return Cell(plain(at(row, path)), unit, basis=STATED, evidence=evidence)

    return read


def stated_money(path: str, currency: str) -> Read:
    """An amount at a dotted path, in the currency at another."""
    return lambda row: money(at(row, path), at(row, currency), basis=STATED)


def at(row: Any, path: str) -> Any:
    """The value at a dotted path."""
    return reduce(getattr, path.split("."), row)


def plain(value: Any) -> Value:
    """A value as JSON has it; decimals as texts without trailing zeros, days in ISO 8601."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, list | tuple):
        return [str(item) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value) or None


def money(amount: Decimal | None, currency: str, **about: str) -> Cell:
    """An amount with its currency as the unit."""
    return Cell(None, **about) if amount is None else Cell(f"{amount:f}", currency, **about)


def name(row: Any) -> Cell:
    """What the firm is called where its viewer reads the raise."""
    return Cell(firm_name(firm=row.firm, viewer_tier=row.viewer_tier, is_revealed=row.is_revealed).name)


def size(row: Any) -> Cell:
    """The band of the firm's staff."""
    return Cell(staff_band(staff=row.firm.staff), "people", basis=STATED)


def amount_eur(row: Any) -> Cell:
    """The amount in EUR at the reference rate of today, None where the table has none for its currency."""
    table = editions().table_at(utc_today())
    try:
        value = f"{table.in_eur(row.amount, row.currency).quantize(CENTS, ROUND_HALF_EVEN):f}"
    except UnknownCurrency:
        return Cell(None, "EUR", basis=RATE)
    return Cell(value, "EUR", table.fx_as_of.isoformat(), RATE)


def amount_committed(row: Any) -> Cell:
    """What is committed of the amount."""
    return money(committed(amount=row.amount, amount_left=row.amount_left), row.currency, basis=STATED)


def capital_class(row: Any) -> Cell:
    """The class of all instruments."""
    return Cell(plain(instrument_class(row.instruments)), basis=STATED)


def terms(row: Any) -> Cell:
    """`term:value`, with a `!` after a required one."""
    found = [f"{term['term']}:{term['value']}{'!' * bool(term.get('required'))}" for term in row.terms]
    return Cell(sorted(found), basis=STATED)


def speed(figure: str, part: str) -> Read:
    """A figure of the lead's speed: `days`, or the `low` or `high` end of its 90 % interval."""

    def read(row: Any) -> Cell:
        profile = getattr(row.lead_capability, "speed", None)
        known = None if profile is None else profile.figures.get(figure)
        if profile is None or known is None:
            return Cell(None, "days", basis=EVENTS)
        days = shown_days(days=known[part], is_own=row.viewer_tier >= Tier.T4)
        return Cell(days, "days", profile.as_of.isoformat(), EVENTS, known["tier"])

    return read


def foreign_band(perimeter: str) -> Read:
    """The published band of the lead's foreign share under a perimeter, its upper edge included."""

    def read(row: Any) -> Cell:
        band = row.origin.bands.get(perimeter)
        shown = None if band is None else f"{plain(band.above)}-{plain(band.up_to)}"
        return Cell(shown, "share of cost", basis=BILL)

    return read


def foreign_share(perimeter: str, end: str) -> Read:
    """An end of the lead's foreign share: `low` counts what is unknown out, `high` in."""

    def read(row: Any) -> Cell:
        figures = row.origin.figures
        shown = None if figures is None else share(getattr(figures.foreign[perimeter], end))
        return Cell(shown, "share of cost", basis=BILL)

    return read


def share(exact: Fraction) -> str:
    """A share to six places, half to even."""
    return str((Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(PLACES, ROUND_HALF_EVEN))


def year_band(figure: str, unit: str) -> Read:
    """A band of the firm's latest year."""

    def read(row: Any) -> Cell:
        year = next(iter(row.firm.latest_financials), None)
        if year is None:
            return Cell(None, unit, basis=FINANCIALS)
        return Cell(getattr(financial_bands(financials=year), figure), unit, str(year.year), FINANCIALS)

    return read


def year_figure(figure: str, unit: str = "") -> Read:
    """A figure of the firm's latest year; without a unit it is money in that year's currency."""

    def read(row: Any) -> Cell:
        year = next(iter(row.firm.latest_financials), None)
        if year is None:
            return Cell(None, unit, basis=FINANCIALS)
        about = {"as_of": str(year.year), "basis": FINANCIALS, "evidence": year.tier}
        value = getattr(year, figure)
        return Cell(plain(value), unit, **about) if unit else money(value, year.currency, **about)

    return read
