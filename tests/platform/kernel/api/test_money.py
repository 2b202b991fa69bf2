"""Money in and out of the interface."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from rest_framework import serializers

from kernel.api.money import MoneyIn, MoneyOut, money_flat


class TestMoneyIn:
    @pytest.mark.parametrize(
        "data",
        [
            {"amount": 12.3, "currency": "EUR"},
            {"amount": 12, "currency": "EUR"},
            {"amount": "12.345", "currency": "EUR"},
            {"amount": "-1.00", "currency": "EUR"},
            {"amount": "NaN", "currency": "EUR"},
            {"amount": "1e400", "currency": "EUR"},
            {"amount": "12.30", "currency": "eur"},
            {"amount": "12.30"},
            {"currency": "EUR"},
            "12.30 EUR",
            None,
        ],
    )
    def test_refuses_what_is_no_exact_money(self, data: Any) -> None:
        assert not MoneyIn(data=data).is_valid()

    def test_reads_exactly(self) -> None:
        serializer = MoneyIn(data={"amount": "0.10", "currency": "EUR"})

        assert serializer.is_valid()
        assert dict(serializer.validated_data) == {"amount": Decimal("0.10"), "currency": "EUR"}


class TestMoneyOut:
    class Sample(serializers.Serializer[Any]):
        price = MoneyOut(column="price")

    @pytest.mark.parametrize(
        ("price", "shown"),
        [
            (Decimal("12.30"), {"amount": "12.30", "currency": "EUR"}),
            (None, None),
            (Decimal(0), {"amount": "0", "currency": "EUR"}),
        ],
    )
    def test_joins_two_columns(self, price: Decimal | None, shown: Any) -> None:
        assert self.Sample(SimpleNamespace(price=price, currency="EUR")).data == {"price": shown}


class TestMoneyFlat:
    def test_gives_the_amounts_and_their_currency(self) -> None:
        values = {"low": {"amount": Decimal(1), "currency": "EUR"}, "high": None, "name": "x"}

        flat = money_flat(values, ("low", "high", "absent"))

        assert flat == {"low": Decimal(1), "high": None, "name": "x", "currency": "EUR"}

    def test_leaves_the_currency_alone_when_no_amount_is_sent(self) -> None:
        assert money_flat({"low": None}, ("low",)) == {"low": None}

    def test_points_at_another_currency(self) -> None:
        values = {name: {"amount": Decimal(1), "currency": code} for name, code in (("low", "EUR"), ("high", "USD"))}

        with pytest.raises(serializers.ValidationError) as refusal:
            money_flat(values, ("low", "high"))

        assert set(refusal.value.detail) == {"high"}
