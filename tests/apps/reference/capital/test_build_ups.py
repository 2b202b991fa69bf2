"""Build-ups and requirements by class, worked by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.reference.capital.build_ups import (
    BuildUp,
    CoverNotPossible,
    UnknownCapitalClass,
    UnknownTier,
    capital_build_up,
    effective_cover,
    required_rate,
)
from apps.reference.capital.rates import basis_points
from apps.reference.tables import editions

TABLE = editions().table("reference-2025-01")

shares = st.floats(min_value=0, max_value=1)


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
