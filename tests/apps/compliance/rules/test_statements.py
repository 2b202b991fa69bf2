"""Statements of ownership that cannot be true."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from apps.compliance.rules.statements import Stated, statement_problems
from tests.apps.compliance.rules.graphs import party

TODAY = dt.date(2026, 6, 1)
PAST = dt.date(2020, 1, 1)


def stated(by: int, owned: int, share: str | None = None, row: int | None = None, **more: Any) -> Stated:
    value = None if share is None else Decimal(share)
    return Stated(**{
        "owned": party(owned), "owner": party(by), "interest": "shareholding", "share_min": value,
        "share_max": value, "row": row, **more,
    })  # fmt: skip


def problems(*proposed: Stated, present: tuple[Stated, ...] = ()) -> list[tuple[int, str, str]]:
    found = statement_problems(proposed=proposed, present=present, today=TODAY)
    return [(item.row, item.field, item.code) for item in found]


class TestStatementProblems:
    def test_finds_none_in_what_may_be(self) -> None:
        assert problems(stated(1, 3, "0.6", 0), stated(2, 3, "0.4", 1), stated(3, 4, None, 2)) == []

    @pytest.mark.parametrize(
        ("more", "place", "code"),
        [
            ({"from_date": dt.date(2026, 6, 2)}, "from_date", "in_the_future"),
            ({"to_date": dt.date(2999, 1, 1)}, "to_date", "in_the_future"),
            ({"retrieved_on": dt.date(2999, 1, 1)}, "retrieved_on", "in_the_future"),
            ({"from_date": TODAY, "to_date": PAST}, "to_date", "before_start"),
            ({"share_min": Decimal("0.6"), "share_max": Decimal("0.5")}, "share_max", "below_minimum"),
            ({"share_min_exclusive": True}, "share_max", "below_minimum"),
            ({"share_max": Decimal("1.1")}, "share_max", "out_of_range"),
            ({"owner": party(3)}, "owner", "owns_itself"),
        ],
    )
    def test_names_row_field_and_reason(self, more: dict[str, Any], place: str, code: str) -> None:
        assert problems(stated(2, 5, "0.5", 0), stated(1, 3, "0.5", 1, **more)) == [(1, place, code)]

    def test_more_than_the_whole_is_refused(self) -> None:
        assert problems(stated(1, 3, "0.6", 0), stated(2, 3, "0.400001", 1)) == [
            (0, "share_min", "more_than_the_whole"),
            (1, "share_min", "more_than_the_whole"),
        ]

    def test_so_it_is_beside_what_stands(self) -> None:
        assert problems(stated(1, 3, "0.6", 0), present=(stated(2, 3, "0.5"),)) == [
            (0, "share_min", "more_than_the_whole")
        ]

    def test_tells_how_much_it_is(self) -> None:
        found = statement_problems(proposed=[stated(1, 3, "0.6", 0)], present=[stated(2, 3, "0.5")], today=TODAY)

        assert found[0].values == {"percent": "110", "interest": "shareholding"}

    def test_one_after_another_is_not_together(self) -> None:
        sold = stated(1, 3, "0.6", 0, to_date=PAST)

        assert problems(sold, stated(2, 3, "0.6", 1, from_date=PAST)) == []

    @pytest.mark.parametrize(
        "more", [{"interest": "voting_rights"}, {"interest": "board_member"}, {"is_direct": False}, {"share_min": None}]
    )
    def test_only_what_is_of_one_kind_adds_up(self, more: dict[str, Any]) -> None:
        assert problems(stated(1, 3, "0.6", 0), stated(2, 3, "0.6", 1, **more)) == []

    def test_majorities_in_a_circle_are_refused(self) -> None:
        assert problems(stated(1, 2, "0.6", 0), stated(3, 1, "0.6", 1), stated(2, 3, "0.6", 2)) == [
            (0, "owner", "circle_of_majorities"),
            (1, "owner", "circle_of_majorities"),
            (2, "owner", "circle_of_majorities"),
        ]

    def test_so_is_one_that_closes_a_circle(self) -> None:
        assert problems(stated(2, 1, "0.6", 0), present=(stated(1, 2, "0.6"),)) == [
            (0, "owner", "circle_of_majorities")
        ]

    def test_smaller_holdings_may_run_in_circles(self) -> None:
        assert problems(stated(1, 2, "0.5", 0), stated(2, 1, "0.6", 1)) == []

    def test_majorities_of_different_times_make_no_circle(self) -> None:
        assert problems(stated(1, 2, "0.6", 0, to_date=PAST), stated(2, 1, "0.6", 1, from_date=PAST)) == []

    def test_more_than_half_is_a_majority(self) -> None:
        over_half = {"share_min": Decimal("0.5"), "share_max": Decimal(1), "share_min_exclusive": True}

        assert len(problems(stated(1, 2, row=0, **over_half), stated(2, 1, row=1, **over_half))) == 2
