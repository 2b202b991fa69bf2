"""Bands of amounts, shares and months."""

from decimal import Decimal

import pytest

from apps.startups.rules.bands import (
    AMOUNT_BANDS,
    MONTHS_BANDS,
    SHARE_BANDS,
    amount_band,
    months_band,
    share_band,
)


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


class TestShareBand:
    @pytest.mark.parametrize(
        ("share", "band"),
        [
            (None, None),
            ("0", "0-25%"),
            ("0.25", "25%-50%"),
            ("0.5", "50%-75%"),
            ("0.75", "75%-100%"),
            ("1", "75%-100%"),
        ],
    )
    def test_takes_in_its_lower_edge(self, share: str | None, band: str | None) -> None:
        assert share_band(share=None if share is None else Decimal(share)) == band
        assert band is None or band in SHARE_BANDS


class TestMonthsBand:
    @pytest.mark.parametrize(
        ("months", "band"),
        [(None, None), ("0", "0-3"), ("2.9", "0-3"), ("3", "3-6"), ("6", "6-12"), ("12", "12-24"), ("24", "24+")],
    )
    def test_takes_in_its_lower_edge(self, months: str | None, band: str | None) -> None:
        assert months_band(months=None if months is None else Decimal(months)) == band
        assert band is None or band in MONTHS_BANDS
