"""Bands of amounts."""

from decimal import Decimal

import pytest

from apps.startups.rules.bands import AMOUNT_BANDS, amount_band


class TestAmountBand:
    @pytest.mark.parametrize(
        ("amount", "band"),
        [
            (None, None),
            ("0", "0-100k"),
            ("99999.99", "0-100k"),
            ("100000", "100k-500k"),
            ("500000", "500k-2M"),
            ("2000000", "2M-10M"),
            ("10000000", "10M-50M"),
            ("49999999.99", "10M-50M"),
            ("50000000", "50M+"),
            ("9000000000", "50M+"),
        ],
    )
    def test_takes_in_its_lower_edge(self, amount: str | None, band: str | None) -> None:
        assert amount_band(amount=None if amount is None else Decimal(amount)) == band

    def test_all_have_a_label(self) -> None:
        assert AMOUNT_BANDS == ("0-100k", "100k-500k", "500k-2M", "2M-10M", "10M-50M", "50M+")
