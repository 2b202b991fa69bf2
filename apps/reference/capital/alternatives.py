"""Subsidised loans that a firm could take instead: debt, and compared with debt only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from apps.reference.capital import figures
from apps.reference.capital.figures import Figure, FigureBasis, Input, input_of
from apps.reference.capital.rates import EURO, basis_points, rate_in_eur
from apps.reference.instruments import InstrumentClass
from apps.reference.tables import ReferenceTable, SubsidisedLoan

LOAN_CURRENCY = "UAH"
"""The tables' limits are in hryvnia, and so is what is lent."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """A subsidised loan for one purpose; `difference` is offer minus loan, None where the offer is no debt."""

    purpose: str
    capital_class: str
    rate: Figure
    limit: Figure
    share: Figure
    years: Figure
    difference: Figure | None


def loan_alternatives(
    *, table: ReferenceTable, country: str | None, capital_class: str, amount: Figure, offer: Figure
) -> tuple[Alternative, ...]:
    """The subsidised loans to makers of a country; none where none is known.

    `amount` is in EUR, `offer` in basis points, nominal EUR.
    """
    loan = None if country is None else table.subsidised_loans.get(country)
    return () if loan is None else tuple(_alternatives(table, loan, capital_class, amount, offer))


def _alternatives(
    table: ReferenceTable, loan: SubsidisedLoan, capital_class: str, amount: Figure, offer: Figure
) -> Iterator[Alternative]:
    rate = _rate(table, loan)
    for purpose, limit, years in (
        ("working_capital", loan.working_capital_uah, loan.working_capital_years),
        ("investment", loan.investment_uah, loan.investment_years),
    ):
        most = _limit(table, loan, limit)
        yield Alternative(
            purpose=purpose,
            capital_class=InstrumentClass.DEBT.value,
            rate=rate,
            limit=most,
            share=_share(table, most, amount),
            years=Figure(
                "years", Decimal(years), figures.YEARS, FigureBasis.REFERENCE, table.as_of, source=loan.source
            ),
            difference=_difference(offer, rate) if capital_class == InstrumentClass.DEBT else None,
        )


def _rate(table: ReferenceTable, loan: SubsidisedLoan) -> Figure:
    in_eur = rate_in_eur(table=table, rate=loan.rate, currency=LOAN_CURRENCY)
    rates = [(code, table.inflation.get(code)) for code in (EURO, LOAN_CURRENCY)]
    return Figure(
        name="loan_rate",
        value=None if in_eur is None else Decimal(basis_points(in_eur)),
        unit=figures.BP,
        basis=FigureBasis.COMPUTED,
        as_of=table.as_of,
        source=loan.source,
        formula="(1 + rate) * (1 + inflation_EUR) / (1 + inflation_UAH) - 1",
        inputs=(
            Input("rate", figures.decimal_of(loan.rate), figures.FRACTION, FigureBasis.REFERENCE),
            *(
                input_of(name=f"inflation_{code}", figure=figure, unit=figures.FRACTION)
                for code, figure in rates
                if figure is not None
            ),
        ),
        missing=tuple(f"inflation_{code}" for code, figure in rates if figure is None),
    )


def _limit(table: ReferenceTable, loan: SubsidisedLoan, limit: Decimal) -> Figure:
    rate = table.fx_to_eur.get(LOAN_CURRENCY)
    inputs = [Input("limit", limit, LOAN_CURRENCY, FigureBasis.REFERENCE)]
    if rate is not None:
        inputs.append(Input("exchange_rate", rate, "EUR_per_UAH", figures.basis_of(table.fx_basis)))
    return Figure(
        name="limit",
        value=None if rate is None else (limit * rate).quantize(Decimal("0.01")),
        unit=figures.EUR,
        basis=FigureBasis.COMPUTED,
        as_of=table.fx_as_of,
        source=loan.source,
        formula="limit * exchange_rate",
        inputs=tuple(inputs),
        missing=() if rate is not None else ("exchange_rate",),
    )


def _share(table: ReferenceTable, limit: Figure, amount: Figure) -> Figure:
    """How much of the amount the loan could be at most."""
    value = None
    if limit.value is not None and amount.value:
        value = min(Decimal(1), limit.value / amount.value).quantize(Decimal("0.0001"))
    return Figure(
        name="share_of_amount",
        value=value,
        unit=figures.SHARE,
        basis=FigureBasis.COMPUTED,
        as_of=table.fx_as_of,
        formula="min(1, limit / amount)",
        inputs=(limit.as_input(), amount.as_input()),
        missing=limit.missing,
    )


def _difference(offer: Figure, rate: Figure) -> Figure:
    value = None if offer.value is None or rate.value is None else offer.value - rate.value
    return Figure(
        name="offer_above_loan",
        value=value,
        unit=figures.BP,
        basis=FigureBasis.COMPUTED,
        as_of=rate.as_of,
        formula="offer - loan_rate",
        inputs=(offer.as_input(), rate.as_input()),
        missing=(*offer.missing, *rate.missing),
    )
