"""The cost of capital term by term, by class, and what is left of it to require once a lever covers a part."""

from __future__ import annotations

import math
from dataclasses import dataclass

from apps.reference.instruments import InstrumentClass
from apps.reference.tables import ReferenceTable, SourcedFigure
from kernel.errors import Invalid

UNSTATED_TIER = "E0"


class UnknownCapitalClass(Invalid):
    """Capital is equity, debt or a grant."""


class UnknownTier(Invalid):
    """The reference table has no expected loss for this evidence tier."""


class CoverNotPossible(Invalid):
    """A cover is a share between 0 and 1, its cap and premium are not negative, and the amount is positive."""


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


def capital_build_up(
    *, table: ReferenceTable, capital_class: str, country: str | None, tier: str | None
) -> BuildUp | None:
    """The cost of capital without any lever; None for a grant, and for equity in a country without a risk premium.

    Equity: risk-free + β · mature-market premium + size premium + premium of the country of operation (capital asset
    pricing model with Damodaran's additive country premium). Debt: risk-free + margin + expected loss by the tier of
    the newest financials (None counts as E0). Raises UnknownCapitalClass, UnknownTier.
    """
    risk_free = _part("risk_free", table.risk_free)
    if capital_class == InstrumentClass.GRANT:
        return None
    if capital_class == InstrumentClass.DEBT:
        loss = table.expected_loss.get(tier or UNSTATED_TIER)
        if loss is None:
            raise UnknownTier(
                "The edition {edition} has no expected loss for the tier {tier}.", edition=table.id, tier=tier
            )
        return BuildUp((risk_free, _part("margin", table.debt_margin), _part("expected_loss", loss, coverable=True)))
    if capital_class != InstrumentClass.EQUITY:
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


def _part(name: str, figure: SourcedFigure, *, coverable: bool = False) -> Part:
    return Part(name=name, rate=figure.value, basis=figure.basis, source=figure.source, coverable=coverable)
