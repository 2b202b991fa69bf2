"""Build-ups, required and offered rates, and savings, worked by hand."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.reference.capital import (
    BuildUp,
    CoverNotPossible,
    RateNotPossible,
    Saving,
    UnknownCapitalClass,
    UnknownTier,
    basis_points,
    capital_build_up,
    capital_quote,
    capital_saving,
    capital_saving_by_schedule,
    effective_cover,
    rate_in_eur,
    required_rate,
)
from apps.reference.tables import editions

TABLE = editions().table("reference-2025-01")

shares = st.floats(min_value=0, max_value=1)
rates = st.integers(min_value=1, max_value=5_000)


def build_up(capital_class: str, *, country: str | None = "UA", tier: str | None = None) -> BuildUp:
    found = capital_build_up(table=TABLE, capital_class=capital_class, country=country, tier=tier)
    assert found is not None
    return found


class TestCapitalBuildUp:
    def test_of_equity_adds_the_country_of_operation(self) -> None:
        found = build_up("equity")

        assert found.rate == pytest.approx(0.025 + 1.2 * 0.0433 + 0.05 + 0.1602, abs=1e-15)
        assert basis_points(found.rate) == 2872
        assert basis_points(build_up("equity", country="DE").rate) == 1270

    def test_of_debt_adds_the_expected_loss_of_the_tier(self) -> None:
        assert [basis_points(build_up("debt", tier=tier).rate) for tier in (None, "E0", "E1", "E2", "E3")] == [
            1250,
            1250,
            1050,
            850,
            750,
        ]

    def test_names_its_parts_and_their_sources(self) -> None:
        parts = {part.name: part for part in build_up("equity").parts}

        assert list(parts) == ["risk_free", "market_risk", "size_premium", "country_risk_premium"]
        assert parts["market_risk"].basis == "assumption"
        assert "Damodaran" in (parts["country_risk_premium"].source or "")
        assert [name for name, part in parts.items() if part.coverable] == ["country_risk_premium"]

    def test_is_unknown_for_equity_in_a_country_without_a_premium(self) -> None:
        assert capital_build_up(table=TABLE, capital_class="equity", country="US", tier=None) is None
        assert capital_build_up(table=TABLE, capital_class="equity", country=None, tier=None) is None

    def test_does_not_exist_for_a_grant(self) -> None:
        assert capital_build_up(table=TABLE, capital_class="grant", country="UA", tier="E3") is None

    def test_refuses_what_it_does_not_know(self) -> None:
        with pytest.raises(UnknownCapitalClass, match="loan"):
            capital_build_up(table=TABLE, capital_class="loan", country="UA", tier=None)
        with pytest.raises(UnknownTier, match="E9"):
            capital_build_up(table=TABLE, capital_class="debt", country="UA", tier="E9")


class TestEffectiveCover:
    @pytest.mark.parametrize(
        ("risk_cover", "cap", "amount", "cover"),
        [
            (None, None, 1e6, 0.0),
            (0.8, None, 1e6, 0.8),
            (0.8, 2e6, 1e6, 0.8),
            (0.8, 250_000, 1e6, 0.2),
            (0.8, 0, 1e6, 0.0),
        ],
    )
    def test_stops_at_the_cap(self, risk_cover: float | None, cap: float | None, amount: float, cover: float) -> None:
        assert effective_cover(risk_cover=risk_cover, cover_cap_eur=cap, amount_eur=amount) == pytest.approx(cover)

    @pytest.mark.parametrize(
        ("risk_cover", "cap", "amount"), [(1.1, None, 1), (-0.1, None, 1), (0.5, -1, 1), (0.5, 1, 0)]
    )
    def test_refuses_what_cannot_be(self, risk_cover: float, cap: float | None, amount: float) -> None:
        with pytest.raises(CoverNotPossible):
            effective_cover(risk_cover=risk_cover, cover_cap_eur=cap, amount_eur=amount)


class TestRequiredRate:
    def test_keeps_the_risk_left_and_adds_the_premium(self) -> None:
        found = required_rate(build_up=build_up("equity"), cover=0.8, premium=0.01)

        assert basis_points(found) == 1690  # 0.025 + 0.05196 + 0.05 + 0.03204 + 0.01 = 0.169

    def test_covers_the_expected_loss_of_debt(self) -> None:
        assert basis_points(required_rate(build_up=build_up("debt", tier="E1"), cover=0.5, premium=0.005)) == 800

    def test_is_never_above_the_build_up(self) -> None:
        assert required_rate(build_up=build_up("equity"), cover=0.1, premium=0.5) == build_up("equity").rate

    @given(less=shares, more=shares, premium=shares)
    def test_never_rises_with_the_cover(self, less: float, more: float, premium: float) -> None:
        less, more = sorted((less, more))
        covered, better = (required_rate(build_up=build_up("debt"), cover=c, premium=premium) for c in (less, more))

        assert better <= covered <= build_up("debt").rate

    @pytest.mark.parametrize(("cover", "premium"), [(-0.1, 0), (1.1, 0), (0.5, -0.01)])
    def test_refuses_what_cannot_be(self, cover: float, premium: float) -> None:
        with pytest.raises(CoverNotPossible):
            required_rate(build_up=build_up("equity"), cover=cover, premium=premium)


class TestRateInEur:
    def test_takes_off_the_difference_of_inflation(self) -> None:
        found = rate_in_eur(table=TABLE, rate=0.25, currency="UAH")

        assert found == pytest.approx(1.25 * 1.02 / 1.10 - 1, abs=1e-15)
        assert basis_points(found or 0) == 1591

    def test_leaves_euro_alone(self) -> None:
        assert rate_in_eur(table=TABLE, rate=0.07, currency="EUR") == 0.07

    def test_is_unknown_without_an_inflation_figure(self) -> None:
        assert rate_in_eur(table=TABLE, rate=0.07, currency="GBP") is None


class TestBasisPoints:
    @pytest.mark.parametrize(
        ("rate", "whole"), [(0.0, 0), (0.00005, 1), (0.000049, 0), (0.12345, 1235), (-0.00005, 0), (-0.01, -100)]
    )
    def test_round_half_up(self, rate: float, whole: int) -> None:
        assert basis_points(rate) == whole


class TestCapitalQuote:
    def test_puts_offer_and_requirement_side_by_side(self) -> None:
        found = capital_quote(
            table=TABLE,
            capital_class="equity",
            country="UA",
            tier=None,
            cover=0.8,
            premium=0.01,
            offered_rate=0.25,
            offered_currency="UAH",
        )

        assert (found.build_up_bp, found.required_bp, found.offered_bp) == (2872, 1690, 1591)
        assert found.paid_for_risk_bp == -99

    def test_without_a_lever_requires_the_build_up(self) -> None:
        found = capital_quote(table=TABLE, capital_class="debt", country="UA", tier="E2", offered_rate=0.09)

        assert (found.build_up_bp, found.required_bp, found.paid_for_risk_bp) == (850, 850, 50)

    def test_shows_the_unknown_as_unknown(self) -> None:
        nowhere = capital_quote(table=TABLE, capital_class="equity", country="US", tier=None, offered_rate=0.1)
        silent = capital_quote(table=TABLE, capital_class="debt", country="UA", tier=None)
        foreign = capital_quote(
            table=TABLE, capital_class="debt", country="UA", tier=None, offered_rate=0.1, offered_currency="GBP"
        )

        assert (nowhere.build_up_bp, nowhere.required_bp, nowhere.offered_bp) == (None, None, 1000)
        assert nowhere.paid_for_risk_bp is None
        assert (silent.offered_bp, silent.paid_for_risk_bp) == (None, None)
        assert (foreign.offered_bp, foreign.paid_for_risk_bp) == (None, None)


class TestCapitalSaving:
    def test_is_worked_out_per_year_and_today(self) -> None:
        found = capital_saving(amount=Decimal(1_000_000), years=Decimal(2), offered_bp=1_000, marginal_bp=2_500)

        # 150 000 a year; 150 000 / 1.25 + 150 000 / 1.25² = 120 000 + 96 000
        assert found == Saving(per_year=Decimal("150000.00"), worth_today=Decimal("216000.00"))

    def test_is_plain_addition_at_a_marginal_rate_of_zero(self) -> None:
        found = capital_saving(amount=Decimal(1_000), years=Decimal("2.5"), offered_bp=-100, marginal_bp=0)

        assert found == Saving(per_year=Decimal("10.00"), worth_today=Decimal("25.00"))

    def test_is_negative_for_a_dearer_offer(self) -> None:
        found = capital_saving(amount=Decimal(1_000), years=Decimal(1), offered_bp=2_000, marginal_bp=1_000)

        assert found == Saving(per_year=Decimal("-100.00"), worth_today=Decimal("-90.91"))

    def test_refuses_to_discount_with_nothing(self) -> None:
        with pytest.raises(RateNotPossible):
            capital_saving(amount=Decimal(1), years=Decimal(1), offered_bp=0, marginal_bp=-10_000)

    @given(offered=rates, marginal=rates, years=st.integers(min_value=1, max_value=15))
    def test_equals_a_schedule_without_repayment(self, offered: int, marginal: int, years: int) -> None:
        flat = capital_saving(amount=Decimal(50_000), years=Decimal(years), offered_bp=offered, marginal_bp=marginal)
        schedule = capital_saving_by_schedule(
            outstanding=[Decimal(50_000)] * years, offered_bp=offered, marginal_bp=marginal
        )

        assert schedule == flat


class TestCapitalSavingBySchedule:
    def test_follows_what_is_still_owed(self) -> None:
        found = capital_saving_by_schedule(
            outstanding=[Decimal(1_000), Decimal(500)], offered_bp=1_500, marginal_bp=2_500
        )

        # 100 / 1.25 + 50 / 1.25² = 80 + 32
        assert found == Saving(per_year=Decimal("100.00"), worth_today=Decimal("112.00"))

    def test_saves_nothing_on_nothing(self) -> None:
        found = capital_saving_by_schedule(outstanding=[], offered_bp=1_500, marginal_bp=2_500)

        assert found == Saving(per_year=Decimal("0.00"), worth_today=Decimal("0.00"))
