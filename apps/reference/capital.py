"""What money costs: build-ups of the cost of capital, required and offered rates, and what a cheaper offer saves."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from apps.reference.tables import ReferenceTable, SourcedFigure
from kernel.errors import Invalid

EURO = "EUR"
UNSTATED_TIER = "E0"
CENT = Decimal("0.01")
BASIS_POINTS = Decimal(10_000)


class UnknownCapitalClass(Invalid):
    """Capital is equity, debt or a grant."""


class UnknownTier(Invalid):
    """The reference table has no expected loss for this evidence tier."""


class CoverNotPossible(Invalid):
    """A cover is a share between 0 and 1, its cap and premium are not negative, and the amount is positive."""


class RateNotPossible(Invalid):
    """A rate of −100 % or less leaves nothing to discount with."""


@dataclass(frozen=True, slots=True)
class Part:
    """One term of a build-up, a fraction per year, and where it comes from; a lever covers only `coverable` ones."""

    name: str
    rate: float
    basis: str | None
    source: str | None
    coverable: bool = False


@dataclass(frozen=True, slots=True)
class BuildUp:
    """A cost of capital term by term, nominal EUR per year."""

    parts: tuple[Part, ...]

    @property
    def rate(self) -> float:
        """The sum of the parts, exactly rounded."""
        return math.fsum(part.rate for part in self.parts)


@dataclass(frozen=True, slots=True)
class Quote:
    """What a fund would need and offers, in integer basis points per year, nominal EUR; None where it is not known.

    `paid_for_risk` is offer minus requirement: below zero the fund keeps risk that nobody pays it for.
    """

    build_up: BuildUp | None
    cover: float
    premium: float
    build_up_bp: int | None
    required_bp: int | None
    offered_bp: int | None
    paid_for_risk_bp: int | None


@dataclass(frozen=True, slots=True)
class Saving:
    """What an offer saves against the firm's next euro: in the first year, and in all, discounted to today."""

    per_year: Decimal
    worth_today: Decimal


def capital_build_up(
    *, table: ReferenceTable, capital_class: str, country: str | None, tier: str | None
) -> BuildUp | None:
    """The cost of capital without any lever; None for a grant, and for equity in a country without a risk premium.

    Equity: risk-free + β · mature-market premium + size premium + premium of the country of operation (capital asset
    pricing model with Damodaran's additive country premium). Debt: risk-free + margin + expected loss by the tier of
    the newest financials (None counts as E0). Raises UnknownCapitalClass, UnknownTier.
    """
    risk_free = _part("risk_free", table.risk_free)
    if capital_class == "grant":
        return None
    if capital_class == "debt":
        loss = table.expected_loss.get(tier or UNSTATED_TIER)
        if loss is None:
            raise UnknownTier(
                "The edition {edition} has no expected loss for the tier {tier}.", edition=table.id, tier=tier
            )
        return BuildUp((risk_free, _part("margin", table.debt_margin), _part("expected_loss", loss, coverable=True)))
    if capital_class != "equity":
        raise UnknownCapitalClass("{name} is neither equity, debt nor grant.", name=capital_class)
    premium = None if country is None else table.country_risk_premia.get(country)
    if premium is None:
        return None
    market = SourcedFigure(
        value=table.beta.value * table.mature_erp.value,
        basis=table.beta.basis or table.mature_erp.basis,
        source=table.mature_erp.source,
    )
    return BuildUp(
        (
            risk_free,
            _part("market_risk", market),
            _part("size_premium", table.size_premium),
            _part("country_risk_premium", premium, coverable=True),
        )
    )


def effective_cover(*, risk_cover: float | None, cover_cap_eur: float | None, amount_eur: float) -> float:
    """The share of risk that a lever takes off: `risk_cover · min(1, cap / amount)`; an empty cap is no cap.

    Raises CoverNotPossible.
    """
    if risk_cover is None:
        return 0.0
    if not 0 <= risk_cover <= 1 or amount_eur <= 0 or (cover_cap_eur is not None and cover_cap_eur < 0):
        raise CoverNotPossible(
            "Cover {cover}, cap {cap}, amount {amount}.", cover=risk_cover, cap=cover_cap_eur, amount=amount_eur
        )
    return risk_cover if cover_cap_eur is None else risk_cover * min(1.0, cover_cap_eur / amount_eur)


def required_rate(*, build_up: BuildUp, cover: float, premium: float) -> float:
    """The rate that pays for the risk left after a lever's cover, plus its premium; never above the build-up itself.

    Raises CoverNotPossible.
    """
    if not 0 <= cover <= 1 or premium < 0:
        raise CoverNotPossible("Cover {cover}, premium {premium}.", cover=cover, premium=premium)
    left = [part.rate * (1.0 - cover) if part.coverable else part.rate for part in build_up.parts]
    return min(math.fsum((*left, premium)), build_up.rate)


def rate_in_eur(*, table: ReferenceTable, rate: float, currency: str) -> float | None:
    """A nominal rate in `currency` as a nominal EUR rate by the difference of inflation; None if a figure is missing.

    `(1 + k)(1 + π_EUR) / (1 + π_cur) − 1`, the relative form of purchasing-power parity.
    """
    if currency == EURO:
        return rate
    home, abroad = table.inflation.get(EURO), table.inflation.get(currency)
    if home is None or abroad is None:
        return None
    return (1.0 + rate) * (1.0 + home.value) / (1.0 + abroad.value) - 1.0


def basis_points(rate: float) -> int:
    """A fraction per year as integer basis points, rounded half up: `⌊10⁴ k + ½⌋`."""
    return math.floor(10_000.0 * rate + 0.5)


def capital_quote(
    *,
    table: ReferenceTable,
    capital_class: str,
    country: str | None,
    tier: str | None,
    cover: float = 0.0,
    premium: float = 0.0,
    offered_rate: float | None = None,
    offered_currency: str = EURO,
) -> Quote:
    """Build-up, requirement and offer side by side; `cover` and `premium` are 0 if the lever does not admit the raise.

    `cover` is the effective one, after its cap. Raises UnknownCapitalClass, UnknownTier, CoverNotPossible.
    """
    build_up = capital_build_up(table=table, capital_class=capital_class, country=country, tier=tier)
    required = (
        None if build_up is None else basis_points(required_rate(build_up=build_up, cover=cover, premium=premium))
    )
    in_eur = None if offered_rate is None else rate_in_eur(table=table, rate=offered_rate, currency=offered_currency)
    offered = None if in_eur is None else basis_points(in_eur)
    return Quote(
        build_up=build_up,
        cover=cover,
        premium=premium,
        build_up_bp=None if build_up is None else basis_points(build_up.rate),
        required_bp=required,
        offered_bp=offered,
        paid_for_risk_bp=None if offered is None or required is None else offered - required,
    )


def capital_saving(*, amount: Decimal, years: Decimal, offered_bp: int, marginal_bp: int) -> Saving:
    """What `amount`, owed whole for `years`, saves at the offered instead of the marginal rate; negative if dearer.

    `amount · Δk` per year, worth `amount · Δk · (1 − (1 + k)^−T) / k` today at the marginal rate k. Raises
    RateNotPossible.
    """
    rate, difference = _rates(offered_bp=offered_bp, marginal_bp=marginal_bp)
    annuity = years if rate == 0 else (1 - (1 + rate) ** -years) / rate
    return Saving(per_year=_cents(amount * difference), worth_today=_cents(amount * difference * annuity))


def capital_saving_by_schedule(*, outstanding: Sequence[Decimal], offered_bp: int, marginal_bp: int) -> Saving:
    """The same by the real repayment schedule: what is owed during year 1, 2, …, interest paid at each year's end.

    Raises RateNotPossible.
    """
    rate, difference = _rates(offered_bp=offered_bp, marginal_bp=marginal_bp)
    today = sum((owed / (1 + rate) ** year for year, owed in enumerate(outstanding, start=1)), Decimal(0))
    first = outstanding[0] if outstanding else Decimal(0)
    return Saving(per_year=_cents(first * difference), worth_today=_cents(today * difference))


def _rates(*, offered_bp: int, marginal_bp: int) -> tuple[Decimal, Decimal]:
    rate = marginal_bp / BASIS_POINTS
    if rate <= -1:
        raise RateNotPossible("A marginal rate of {rate} basis points.", rate=marginal_bp)
    return rate, (marginal_bp - offered_bp) / BASIS_POINTS


def _part(name: str, figure: SourcedFigure, *, coverable: bool = False) -> Part:
    return Part(name=name, rate=figure.value, basis=figure.basis, source=figure.source, coverable=coverable)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)
