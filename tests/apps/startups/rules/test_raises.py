"""What a raise says of its money."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.startups.rules.raises import (
    committed,
    is_partly_committed,
    loans_stored,
    proceeds_problems,
    proceeds_stored,
)

AMOUNT = Decimal(1_000_000)


def use(purpose: str = "Line", *, amount: str | None = None, share: str | None = None) -> dict[str, Any]:
    return {
        "purpose": purpose,
        "amount": None if amount is None else Decimal(amount),
        "share": None if share is None else Decimal(share),
    }


def problems(*proceeds: dict[str, Any]) -> list[tuple[str, str]]:
    found = proceeds_problems(proceeds=proceeds, amount=AMOUNT, pointer="/proceeds")
    return [(problem.pointer, problem.code) for problem in found]


class TestCommitted:
    def test_is_what_is_not_left(self) -> None:
        assert committed(amount=AMOUNT, amount_left=Decimal(400_000)) == Decimal(600_000)

    def test_is_unknown_where_nothing_is_stated(self) -> None:
        assert committed(amount=AMOUNT, amount_left=None) is None

    @pytest.mark.parametrize(("left", "is_partly"), [(None, False), (AMOUNT, False), (Decimal(1), True)])
    def test_in_part_means_less_is_left(self, left: Decimal | None, *, is_partly: bool) -> None:
        assert is_partly_committed(amount=AMOUNT, amount_left=left) is is_partly


class TestProceedsProblems:
    def test_amounts_and_shares_may_reach_the_amount(self) -> None:
        assert problems(use("Line", amount="250000.00"), use("People", share="0.75")) == []

    def test_are_above_it_together(self) -> None:
        assert problems(use("Line", amount="250000.01"), use("People", share="0.75")) == [("/proceeds", "above_amount")]

    @pytest.mark.parametrize("line", [use(), use(amount="1", share="0.1")])
    def test_each_is_either_an_amount_or_a_share(self, line: dict[str, Any]) -> None:
        assert problems(use("People", amount="1"), line) == [("/proceeds/1", "one_of_two")]

    def test_each_purpose_stands_once(self) -> None:
        assert problems(use("Line", amount="1"), use("LINE", amount="1")) == [("/proceeds/1/purpose", "repeated")]

    @given(amounts=st.lists(st.decimals(min_value=0, max_value=400_000, places=2), max_size=6))
    def test_as_stored_say_the_same(self, amounts: list[Decimal]) -> None:
        stated = [{**use(str(place)), "amount": amount} for place, amount in enumerate(amounts)]

        assert bool(problems(*stated)) == (sum(amounts) > AMOUNT) == bool(problems(*proceeds_stored(proceeds=stated)))


class TestStored:
    def test_proceeds_are_texts(self) -> None:
        assert proceeds_stored(proceeds=[use(amount="250000.00"), use("People", share="0.500000")]) == [
            {"purpose": "Line", "amount": "250000.00", "share": None},
            {"purpose": "People", "amount": None, "share": "0.500000"},
        ]

    def test_loans_are_texts(self) -> None:
        loan = {
            "programme": "5-7-9",
            "amount": Decimal("500000.00"),
            "currency": "UAH",
            "rate": Decimal("0.050000"),
            "until": dt.date(2027, 3, 1),
        }

        assert loans_stored(loans=[loan, {"programme": "Guarantee", "amount": Decimal(1), "currency": "EUR"}]) == [
            {"programme": "5-7-9", "amount": "500000.00", "currency": "UAH", "rate": "0.050000", "until": "2027-03-01"},
            {"programme": "Guarantee", "amount": "1", "currency": "EUR", "rate": None, "until": None},
        ]

    def test_loans_not_declared_are_not_none_declared(self) -> None:
        assert loans_stored(loans=None) is None
        assert loans_stored(loans=[]) == []
