"""A quote of the cost of capital: each of its figures with what it rests on, unknown where something is not known."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from apps.reference.capital import figures
from apps.reference.capital.alternatives import Alternative, loan_alternatives
from apps.reference.capital.blends import Blend, Tranche, capital_blend
from apps.reference.capital.build_ups import BuildUp, capital_build_up, effective_cover, required_rate
from apps.reference.capital.figures import Figure, FigureBasis, Input, basis_of, decimal_of, input_of
from apps.reference.capital.rates import EURO, basis_points, rate_in_eur
from apps.reference.capital.repayments import RepaymentKind, owed_by_year
from apps.reference.capital.savings import (
    Saving,
    SavingYear,
    capital_saving,
    capital_saving_by_schedule,
    saving_years,
)
from apps.reference.capital.terms import StatedRate, StatedTranche, Terms, terms_check
from apps.reference.instruments import InstrumentClass
from apps.reference.tables import ReferenceTable

OFFER, MARGINAL = "offer", "marginal"


class Reason(StrEnum):
    """A grant has no rate; the firm's cost is not stated, and a build-up does not stand for it; classes differ."""

    GRANT_COSTS_NOTHING = "grant_costs_nothing"
    MARGINAL_NOT_STATED = "marginal_not_stated"
    CLASS_MISMATCH = "class_mismatch"
    CLASSES_MIXED = "classes_mixed"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A comparison that is not made, and why: `what` names the part of the quote."""

    what: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class QuotedSaving:
    """What the offer saves against the firm's next euro; `years` where the schedule is by whole years."""

    difference: Figure
    per_year: Figure
    worth_today: Figure
    years: tuple[SavingYear, ...]


@dataclass(frozen=True, slots=True)
class QuotedBlend:
    """The blended cost as a figure, and what it mixes."""

    rate: Figure
    blend: Blend


@dataclass(frozen=True, slots=True)
class Quote:
    """Everything that can be said of the terms by one edition of the tables, on one day."""

    table: ReferenceTable
    on: dt.date
    capital_class: str
    amount: Figure
    parts: tuple[Figure, ...]
    build_up: Figure
    cover: Figure
    premium: Figure
    required: Figure
    offer: Figure
    marginal: Figure
    paid_for_risk: Figure
    saving: QuotedSaving
    blend: QuotedBlend | None
    alternatives: tuple[Alternative, ...]
    left_out: tuple[LeftOut, ...]


def capital_quote(*, table: ReferenceTable, terms: Terms, on: dt.date) -> Quote:
    """The cost of capital on these terms, stated `on` this day. Nothing is looked up but the table.

    Raises QuoteNotPossible, UnknownTier.
    """
    terms_check(terms=terms, table=table)
    return _Quoting(table, terms, on).quote()


@dataclass(frozen=True, slots=True)
class _Quoting:
    table: ReferenceTable
    terms: Terms
    on: dt.date

    def quote(self) -> Quote:
        terms, table = self.terms, self.table
        found = capital_build_up(table=table, capital_class=terms.capital_class, country=terms.country, tier=terms.tier)
        amount = self.in_eur("amount", terms.amount, terms.currency)
        parts = self.parts(found)
        build_up = self.build_up(found, parts)
        cover, premium = self.cover(amount), self.premium()
        required = self.required(found, build_up, cover, premium)
        offer, marginal = self.rate(OFFER, terms.offer), self.rate(MARGINAL, terms.marginal)
        alternatives = loan_alternatives(
            table=table, country=terms.country, capital_class=terms.capital_class, amount=amount, offer=offer
        )
        blend = self.blend()
        return Quote(
            table=table,
            on=self.on,
            capital_class=terms.capital_class,
            amount=amount,
            parts=parts,
            build_up=build_up,
            cover=cover,
            premium=premium,
            required=required,
            offer=offer,
            marginal=marginal,
            paid_for_risk=self.difference("paid_for_risk", offer, required),
            saving=self.saving(amount, offer, marginal),
            blend=blend,
            alternatives=alternatives,
            left_out=tuple(self.left_out(blend, alternatives)),
        )

    def computed(
        self, name: str, value: Decimal | None, unit: str, formula: str, inputs: tuple[Input, ...], *missing: str
    ) -> Figure:
        return Figure(
            name=name,
            value=value,
            unit=unit,
            basis=FigureBasis.COMPUTED,
            as_of=self.on,
            formula=formula,
            inputs=inputs,
            missing=tuple(dict.fromkeys(missing)) if value is None else (),
        )

    def stated(self, name: str, value: Decimal | None, unit: str) -> Figure:
        return Figure(name, value, unit, FigureBasis.STATED, self.on, missing=() if value is not None else (name,))

    def in_eur(self, name: str, amount: Decimal, currency: str) -> Figure:
        if currency == EURO:
            return self.stated(name, amount, figures.EUR)
        rate = self.table.fx_to_eur[currency]
        exchange = Input("exchange_rate", rate, f"EUR_per_{currency}", basis_of(self.table.fx_basis))
        return self.computed(
            name,
            amount * rate,
            figures.EUR,
            f"{name}_stated * exchange_rate",
            (Input(f"{name}_stated", amount, currency, FigureBasis.STATED), exchange),
        )

    def parts(self, found: BuildUp | None) -> tuple[Figure, ...]:
        if found is None:
            return ()
        market = (
            input_of(name="beta", figure=self.table.beta, unit="factor"),
            input_of(name="mature_erp", figure=self.table.mature_erp, unit=figures.FRACTION),
        )
        return tuple(
            Figure(
                name=part.name,
                value=decimal_of(part.rate),
                unit=figures.FRACTION,
                basis=basis_of(part.basis),
                as_of=self.table.as_of,
                source=part.source,
                formula="beta * mature_erp" if part.name == "market_risk" else None,
                inputs=market if part.name == "market_risk" else (),
            )
            for part in found.parts
        )

    def build_up(self, found: BuildUp | None, parts: tuple[Figure, ...]) -> Figure:
        missing = [] if self.terms.capital_class == InstrumentClass.GRANT else ["country_risk_premium"]
        return self.computed(
            "build_up",
            None if found is None else Decimal(basis_points(found.rate)),
            figures.BP,
            " + ".join(part.name for part in parts),
            tuple(part.as_input() for part in parts),
            *missing,
        )

    def cover(self, amount: Figure) -> Figure:
        lever = self.terms.lever
        if lever is None:
            return self.computed("cover", Decimal(0), figures.SHARE, "no lever", ())
        share = Input("risk_cover", lever.risk_cover, figures.SHARE, FigureBasis.STATED)
        cap = None if lever.cap is None else self.in_eur("cover_cap", lever.cap, lever.cap_currency)
        value = effective_cover(
            risk_cover=float(lever.risk_cover),
            cover_cap_eur=None if cap is None or cap.value is None else float(cap.value),
            amount_eur=float(amount.value or 0),
        )
        if cap is None:
            return self.computed("cover", decimal_of(value), figures.SHARE, "risk_cover", (share,))
        formula = "risk_cover * min(1, cover_cap / amount)"
        return self.computed(
            "cover", decimal_of(value), figures.SHARE, formula, (share, cap.as_input(), amount.as_input())
        )

    def premium(self) -> Figure:
        lever = self.terms.lever
        if lever is None:
            return self.computed("premium", Decimal(0), figures.FRACTION, "no lever", ())
        return self.stated("premium", lever.premium, figures.FRACTION)

    def required(self, found: BuildUp | None, build_up: Figure, cover: Figure, premium: Figure) -> Figure:
        value = None
        if found is not None and cover.value is not None and premium.value is not None:
            rate = required_rate(build_up=found, cover=float(cover.value), premium=float(premium.value))
            value = Decimal(basis_points(rate))
        covered = " + ".join(part.name for part in found.parts if part.coverable) if found is not None else ""
        return self.computed(
            "required",
            value,
            figures.BP,
            f"min(build_up, build_up - cover * {covered} + premium)" if covered else "",
            (build_up.as_input(), cover.as_input(), premium.as_input()),
            *build_up.missing,
        )

    def rate(self, name: str, stated: StatedRate | None) -> Figure:
        """A stated rate in basis points, nominal EUR."""
        if stated is None:
            return self.stated(name, None, figures.BP)
        if stated.currency == EURO:
            return self.stated(name, Decimal(basis_points(float(stated.rate))), figures.BP)
        value = rate_in_eur(table=self.table, rate=float(stated.rate), currency=stated.currency)
        known = [(code, self.table.inflation.get(code)) for code in (EURO, stated.currency)]
        return self.computed(
            name,
            None if value is None else Decimal(basis_points(value)),
            figures.BP,
            f"(1 + {name}_stated) * (1 + inflation_EUR) / (1 + inflation_{stated.currency}) - 1",
            (
                Input(f"{name}_stated", stated.rate, figures.FRACTION, FigureBasis.STATED),
                *(
                    input_of(name=f"inflation_{code}", figure=figure, unit=figures.FRACTION)
                    for code, figure in known
                    if figure is not None
                ),
            ),
            *(f"inflation_{code}" for code, figure in known if figure is None),
        )

    def difference(self, name: str, above: Figure, below: Figure) -> Figure:
        value = None if above.value is None or below.value is None else above.value - below.value
        inputs = (above.as_input(), below.as_input())
        return self.computed(
            name, value, figures.BP, f"{above.name} - {below.name}", inputs, *above.missing, *below.missing
        )

    def saving(self, amount: Figure, offer: Figure, marginal: Figure) -> QuotedSaving:
        difference = self.difference("saving", marginal, offer)
        inputs = (amount.as_input(), marginal.as_input(), offer.as_input())
        if amount.value is None or marginal.value is None or offer.value is None:
            missing = (*marginal.missing, *offer.missing)
            per_year = self.computed("saving_per_year", None, figures.EUR_A_YEAR, "", inputs, *missing)
            return QuotedSaving(
                difference, per_year, self.computed("worth_today", None, figures.EUR, "", inputs, *missing), ()
            )
        owed = self.owed(amount.value, offer.value)
        bp = {"offered_bp": int(offer.value), "marginal_bp": int(marginal.value)}
        years = self.years()
        if owed:
            found = capital_saving_by_schedule(outstanding=owed, **bp)
        else:
            found = capital_saving(amount=amount.value, years=years or Decimal(0), **bp)
        return QuotedSaving(
            difference=difference,
            per_year=self.computed(
                "saving_per_year", found.per_year, figures.EUR_A_YEAR, "amount * (marginal - offer)", inputs
            ),
            worth_today=self.worth_today(found, years, inputs),
            years=saving_years(outstanding=owed, **bp),
        )

    def worth_today(self, found: Saving, years: Decimal | None, inputs: tuple[Input, ...]) -> Figure:
        term = Input("years", years, figures.YEARS, FigureBasis.STATED)
        formula = "amount * (marginal - offer) * (1 - (1 + marginal)^-years) / marginal"
        if self.terms.repayment not in {None, RepaymentKind.BULLET}:
            formula = "sum over t of owed_t * (marginal - offer) / (1 + marginal)^t"
        value = None if years is None else found.worth_today
        return self.computed("worth_today", value, figures.EUR, formula, (*inputs, term), "years")

    def years(self) -> Decimal | None:
        if self.terms.repayment == RepaymentKind.GIVEN:
            return Decimal(len(self.terms.repaid))
        return self.terms.years

    def owed(self, amount: Decimal, offered_bp: Decimal) -> tuple[Decimal, ...]:
        """What is owed in EUR during each year; empty without a whole number of years."""
        years = self.years()
        if years is None or years != years.to_integral_value():
            return ()
        kind = self.terms.repayment or RepaymentKind.BULLET
        repaid = self.terms.repaid
        if kind == RepaymentKind.GIVEN and self.terms.currency != EURO:
            factor = self.table.fx_to_eur[self.terms.currency]
            amount, repaid = self.terms.amount * factor, tuple(part * factor for part in repaid)
        return owed_by_year(kind=kind, amount=amount, years=int(years), rate=offered_bp / 10_000, repaid=repaid)

    def blend(self) -> QuotedBlend | None:
        tranches: list[Tranche] = []
        figures_mixed: list[Figure] = []
        for place, item in enumerate(self.terms.tranches, start=1):
            amount, rate = self.in_eur(f"amount_{place}", item.amount, item.currency), self.tranche_rate(place, item)
            bp = None if rate.value is None else int(rate.value)
            tranches.append(Tranche(item.capital_class, amount.value or Decimal(0), bp))
            figures_mixed += [amount, rate]
        found = capital_blend(tranches=tranches)
        if found is None:
            return None
        figure = self.computed(
            "blend",
            None if found.rate_bp is None else Decimal(found.rate_bp),
            figures.BP,
            "sum of amount_i * rate_i / sum of amount_i",
            tuple(item.as_input() for item in figures_mixed),
            *(name for item in figures_mixed for name in item.missing),
        )
        return QuotedBlend(figure, found)

    def tranche_rate(self, place: int, item: StatedTranche) -> Figure:
        name = f"rate_{place}"
        if item.capital_class == InstrumentClass.GRANT:
            return self.computed(name, Decimal(0), figures.BP, "a grant costs nothing", ())
        return self.rate(name, None if item.rate is None else StatedRate(item.rate, item.currency))

    def left_out(self, blend: QuotedBlend | None, alternatives: tuple[Alternative, ...]) -> list[LeftOut]:
        terms, found = self.terms, []
        if terms.capital_class == InstrumentClass.GRANT:
            found.append(LeftOut("build_up", Reason.GRANT_COSTS_NOTHING))
        elif terms.marginal is None:
            found.append(LeftOut("saving", Reason.MARGINAL_NOT_STATED))
        if alternatives and terms.capital_class != InstrumentClass.DEBT:
            found.append(LeftOut("alternatives", Reason.CLASS_MISMATCH))
        if blend is not None and blend.blend.comparable_with is None:
            found.append(LeftOut("blend", Reason.CLASSES_MIXED))
        return found
