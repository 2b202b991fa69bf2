"""What organisations state of themselves."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from apps.reference import stated
from apps.reference.instruments import InstrumentClass
from kernel.access import Actor

TODAY = dt.date(2026, 1, 1)


class TestCountryProblems:
    def test_points_at_unknown_and_repeated_codes(self) -> None:
        problems = stated.country_problems(codes=["UA", "XX", "UA"], pointer="/countries")

        assert [(item.pointer, item.code) for item in problems] == [
            ("/countries/1", "invalid"),
            ("/countries/2", "repeated"),
        ]


class TestCurrencyProblems:
    def test_needs_a_rate(self) -> None:
        assert stated.currency_problems(currency="EUR", pointer="/c", on=TODAY) == []
        assert [item.code for item in stated.currency_problems(currency="XTS", pointer="/c", on=TODAY)] == [
            "unknown_currency"
        ]


class TestSharedCurrencyProblems:
    present = {"currency": "EUR", "amount": Decimal(1), "left": None, "min": Decimal(2)}

    @pytest.mark.parametrize(
        ("changes", "pointers"),
        [
            ({"currency": "EUR", "amount": Decimal(3)}, []),
            ({"amount": None}, []),
            ({"currency": "USD", "amount": Decimal(3)}, ["/min"]),
            ({"currency": "USD", "amount": Decimal(3), "min": None}, []),
        ],
    )
    def test_names_amounts_left_behind(self, changes: dict[str, Any], pointers: list[str]) -> None:
        problems = stated.shared_currency_problems(
            present=self.present, changes=changes, amounts=("amount", "left", "min")
        )

        assert [item.pointer for item in problems] == pointers


class TestTierProblems:
    def test_lets_nobody_attest_themselves(self) -> None:
        member = Actor()

        assert stated.tier_problems(tier="E1", pointer="/tier", actor=member) == []
        assert [item.pointer for item in stated.tier_problems(tier="E2", pointer="/tier", actor=member)] == ["/tier"]
        assert stated.tier_problems(tier="E3", pointer="/tier", actor=Actor.system()) == []


class TestInstruments:
    def test_are_of_one_class(self) -> None:
        assert stated.instrument_class(["loan", "bond"]) == InstrumentClass.DEBT
        assert stated.instrument_class(["loan", "equity"]) is None
        assert stated.instrument_class([]) is None

    @pytest.mark.parametrize(
        ("instruments", "codes"),
        [
            (["equity"], []),
            (["equity", "loan"], ["mixed_classes"]),
            ([], ["mixed_classes"]),
            (["loan"] * 2, ["repeated"]),
        ],
    )
    def test_says_what_is_wrong(self, instruments: list[str], codes: list[str]) -> None:
        problems = stated.instrument_problems(instruments=instruments, pointer="/instruments")

        assert [item.code for item in problems] == codes
