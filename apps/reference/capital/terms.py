"""What a quote of the cost of capital is asked for, and what of it cannot be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from apps.reference.capital.repayments import RepaymentKind
from apps.reference.codes import country_codes
from apps.reference.instruments import InstrumentClass
from apps.reference.tables import ReferenceTable
from kernel.errors import FieldProblem, Invalid

MOST_YEARS = 50


class QuoteNotPossible(Invalid):
    """The terms do not go together."""


@dataclass(frozen=True, slots=True)
class StatedRate:
    """A nominal rate per year, as a fraction, in its currency; the firm's own says of which class it is."""

    rate: Decimal
    currency: str
    capital_class: str | None = None


@dataclass(frozen=True, slots=True)
class Lever:
    """A cover of `risk_cover` of the risk, up to the cap (None: no cap), for a premium per year."""

    risk_cover: Decimal
    cap: Decimal | None
    cap_currency: str
    premium: Decimal


@dataclass(frozen=True, slots=True)
class StatedTranche:
    """A part of a mixed offer; the rate is nominal in the amount's currency."""

    capital_class: str
    amount: Decimal
    currency: str
    rate: Decimal | None


@dataclass(frozen=True, slots=True)
class Terms:
    """Money of one class for a firm; None is "not stated". `marginal` is the cost of the firm's next euro."""

    capital_class: str
    amount: Decimal
    currency: str
    country: str | None = None
    tier: str | None = None
    offer: StatedRate | None = None
    marginal: StatedRate | None = None
    lever: Lever | None = None
    years: Decimal | None = None
    repayment: RepaymentKind | None = None
    repaid: tuple[Decimal, ...] = ()
    tranches: tuple[StatedTranche, ...] = ()


def terms_check(*, terms: Terms, table: ReferenceTable) -> None:
    """Refuse terms that do not go together or that the table cannot compare. Raises QuoteNotPossible."""
    problems = [
        *_unknown_codes(terms, table),
        *_class_problems(terms),
        *_schedule_problems(terms),
    ]
    if problems:
        raise QuoteNotPossible(errors=problems)


def _unknown_codes(terms: Terms, table: ReferenceTable) -> Iterator[FieldProblem]:
    if terms.country is not None and terms.country not in country_codes():
        yield FieldProblem("/country", "invalid", "Not a country code (ISO 3166-1 alpha-2).")
    money = [("/amount/currency", terms.currency)]
    money += [(f"/tranches/{place}/amount/currency", item.currency) for place, item in enumerate(terms.tranches)]
    if terms.lever is not None and terms.lever.cap is not None:
        money.append(("/lever/cover_cap/currency", terms.lever.cap_currency))
    known = set(table.fx_to_eur)
    yield from _unknown_currencies(money, known)
    rates = [
        (f"/{name}/currency", rate.currency)
        for name, rate in (("offer", terms.offer), ("marginal", terms.marginal))
        if rate is not None
    ]
    yield from _unknown_currencies(rates, known | set(table.inflation))


def _unknown_currencies(named: Sequence[tuple[str, str]], known: set[str]) -> Iterator[FieldProblem]:
    for pointer, currency in named:
        if currency not in known:
            yield FieldProblem(
                pointer, "unknown_currency", "The table does not know this currency; one of {known}.",
                {"known": ", ".join(sorted(known))},
            )  # fmt: skip


def _class_problems(terms: Terms) -> Iterator[FieldProblem]:
    marginal = terms.marginal
    if marginal is not None and marginal.capital_class != terms.capital_class:
        yield FieldProblem(
            "/marginal/capital_class",
            "class_mismatch",
            "The cost of {own} says nothing of {other}: state the firm's cost in the class of the offer.",
            {"own": marginal.capital_class, "other": terms.capital_class},
        )
    if terms.capital_class == InstrumentClass.GRANT:
        stated = (("offer", terms.offer), ("marginal", terms.marginal), ("lever", terms.lever))
        for name, value in stated:
            if value is not None:
                yield FieldProblem(f"/{name}", "grant_costs_nothing", "A grant has no rate and nothing to cover.")
    if terms.repayment is not None and terms.capital_class != InstrumentClass.DEBT:
        yield FieldProblem("/repayment", "debt_only", "Only debt is repaid by a schedule.")
    for place, tranche in enumerate(terms.tranches):
        if tranche.capital_class == InstrumentClass.GRANT and tranche.rate is not None:
            yield FieldProblem(
                f"/tranches/{place}/rate", "grant_costs_nothing", "A grant has no rate and nothing to cover."
            )


def _schedule_problems(terms: Terms) -> Iterator[FieldProblem]:
    years, kind = terms.years, terms.repayment
    if kind == RepaymentKind.GIVEN:
        if not terms.repaid:
            yield FieldProblem("/repayment/repaid", "required", "What is repaid at the end of each year.")
        elif sum(terms.repaid) != terms.amount:
            yield FieldProblem("/repayment/repaid", "sum_differs", "The parts must add up to the amount.")
        if years is not None and terms.repaid and years != len(terms.repaid):
            yield FieldProblem("/years", "differs", "The list has another number of years.")
        return
    if terms.repaid:
        yield FieldProblem("/repayment/repaid", "given_only", "Only a schedule of the kind given has a list.")
    if kind in {RepaymentKind.LINEAR, RepaymentKind.ANNUITY}:
        if years is None:
            yield FieldProblem("/years", "required", "A schedule needs its years.")
        elif years != years.to_integral_value():
            yield FieldProblem("/years", "not_whole", "A schedule has whole years.")
