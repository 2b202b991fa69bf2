"""What a mandate and a lever must hold."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from apps.investors import rules
from apps.matching.scoring_models import CURRENT, scoring_model
from apps.startups.rules.origin import band_edges
from apps.startups.states import Flag


class TestConstants:
    def test_edges_are_those_that_matching_publishes(self) -> None:
        inner = band_edges(model=scoring_model(CURRENT).raw)

        assert (Decimal(0), *inner, Decimal(1)) == rules.FOREIGN_SHARE_EDGES

    def test_flags_are_those_of_capabilities(self) -> None:
        assert set(rules.EXCLUDABLE) == set(Flag.values)


class TestWeightProblems:
    @pytest.mark.parametrize(
        ("pairs", "pointers"),
        [
            ([("A", 1.0), ("B", 0.2)], []),
            ([("A", 0.0)], ["/areas/0/weight"]),
            ([("A", float("nan")), ("B", float("inf"))], ["/areas/0/weight", "/areas/1/weight"]),
            ([("A", 1.0), ("A", 2.0)], ["/areas/1/area"]),
        ],
    )
    def test_points_at_what_is_wrong(self, pairs: list[tuple[str, float]], pointers: list[str]) -> None:
        problems = rules.weight_problems(pairs=pairs, pointer="/areas", name="area")

        assert [item.pointer for item in problems] == pointers


class TestTicketProblems:
    @pytest.mark.parametrize(
        ("low", "typical", "high", "pointers"),
        [
            (1, None, 1, []),
            (1, 2, 3, []),
            (3, None, 1, ["/ticket_max"]),
            (1, 4, 3, ["/ticket_max"]),
            (2, 1, 3, ["/ticket_typical"]),
            (0, None, 1, ["/ticket_min"]),
        ],
    )
    def test_rise(self, low: int, typical: int | None, high: int, pointers: list[str]) -> None:
        tickets = {
            "ticket_min": Decimal(low),
            "ticket_typical": typical and Decimal(typical),
            "ticket_max": Decimal(high),
        }

        assert [item.pointer for item in rules.ticket_problems(tickets=tickets)] == pointers


class TestForeignShareProblems:
    @pytest.mark.parametrize(
        ("limit", "perimeter", "codes"),
        [
            (None, "", []),
            (Decimal("0.350"), "EU", []),
            (Decimal("0.30"), "EU", ["no_band_edge"]),
            (Decimal("0.35"), "", ["required"]),
            (Decimal("0.3"), "", ["no_band_edge", "required"]),
        ],
    )
    def test_needs_an_edge_and_a_perimeter(self, limit: Decimal | None, perimeter: str, codes: list[str]) -> None:
        assert [item.code for item in rules.foreign_share_problems(limit=limit, perimeter=perimeter)] == codes


class TestBounds:
    @pytest.mark.parametrize(("low", "high", "wrong"), [(None, 3, 0), (3, 3, 0), (4, 3, 1)])
    def test_of_trl_are_in_order(self, low: int | None, high: int | None, wrong: int) -> None:
        assert len(rules.trl_problems(trl_min=low, trl_max=high)) == wrong

    @pytest.mark.parametrize(("day", "wrong"), [(1, 0), (2, 0), (3, 1)])
    def test_of_dates_are_in_order(self, day: int, wrong: int) -> None:
        values: dict[str, Any] = {"valid_from": dt.date(2026, 1, day), "valid_to": dt.date(2026, 1, 2)}

        assert len(rules.dates_problems(values=values)) == wrong

    def test_of_flags_are_the_known_ones(self) -> None:
        assert rules.flag_problems(flags=None, pointer="/f") == []
        assert [item.pointer for item in rules.flag_problems(flags=["lethal", "loud"], pointer="/f")] == ["/f/1"]
