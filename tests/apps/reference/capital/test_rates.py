"""Rates as basis points, and in EUR."""

import pytest

from apps.reference.capital.rates import basis_points, rate_in_eur
from apps.reference.tables import editions

TABLE = editions().table("reference-2025-01")


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
