"""How values are read as cells."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace

import pytest

from apps.dealflow.rules.comparison import Cell
from apps.dealflow.selectors.compared_cells import money, plain, share, stated, stated_money, terms


class TestPlain:
    @pytest.mark.parametrize(
        ("value", "shown"),
        [
            (Decimal("1.500"), "1.5"),
            (Decimal(100), "100"),
            (dt.date(2026, 1, 4), "2026-01-04"),
            (["a", "b"], ["a", "b"]),
            ("", None),
            (None, None),
            (0, 0),
            (False, False),
        ],
    )
    def test_is_what_json_has(self, value: object, shown: object) -> None:
        assert plain(value) == shown


class TestStated:
    def test_reads_along_a_path_with_the_grade_of_another(self) -> None:
        row = SimpleNamespace(lead=SimpleNamespace(trl=7, tier="E2"))

        assert stated("lead.trl", "TRL", graded_by="lead.tier")(row) == Cell(7, "TRL", basis="stated", evidence="E2")

    def test_money_has_its_currency_as_unit(self) -> None:
        row = SimpleNamespace(amount=Decimal("5.10"), currency="UAH")

        assert stated_money("amount", "currency")(row) == Cell("5.10", "UAH", basis="stated")
        assert money(None, "UAH", basis="stated") == Cell(None, basis="stated")


class TestShare:
    def test_is_rounded_half_to_even(self) -> None:
        assert share(Fraction(1, 3)) == "0.333333"
        assert share(Fraction(5, 10_000_000)) == "0.000000"


class TestTerms:
    def test_mark_what_is_required(self) -> None:
        row = SimpleNamespace(
            terms=[{"term": "role", "value": "lead"}, {"term": "holding", "value": "EE", "required": True}]
        )

        assert terms(row).value == ["holding:EE!", "role:lead"]
