"""What may follow what in an introduction."""

from __future__ import annotations

import datetime as dt

import pytest

from apps.matching.rules.introductions import (
    DECLINE_REASONS,
    REASONS,
    RECORDED,
    decline_stands,
    may_ask_again,
    other_side,
    reason_problems,
    step_problems,
)

DAY = dt.date(2026, 11, 20)
COOLDOWN = {"too_early": 90, "other": 365}


def after(days: int) -> dt.date:
    return DAY + dt.timedelta(days=days)


class TestOtherSide:
    def test_is_across(self) -> None:
        assert (other_side("investor"), other_side("startup")) == ("startup", "investor")


class TestReasonProblems:
    def test_names_those_that_are_known(self) -> None:
        (problem,) = reason_problems(reason="no_such", known=("terms", "other"))

        assert (problem.pointer, problem.values) == ("/reason", {"known": "terms, other"})
        assert reason_problems(reason="terms", known=("terms", "other")) == []

    def test_every_side_may_say_that_it_is_too_early_or_never(self) -> None:
        for reasons in DECLINE_REASONS.values():
            assert {"too_early", "never", "other"} <= set(reasons)
            assert set(reasons) <= set(REASONS)
        assert max(map(len, REASONS)) <= 20


class TestStepProblems:
    def problems(self, step: str = "term_sheet", side: str = "investor", days: int = 3, **given: object) -> list[str]:
        fixed = {"mutual_on": DAY, "today": after(10), "term_sheets": [], **given}
        return [item.code for item in step_problems(step=step, side=side, on=after(days), **fixed)]  # type: ignore[arg-type]

    @pytest.mark.parametrize("days", [0, 10])
    def test_are_none_from_the_mutual_day_to_today(self, days: int) -> None:
        assert self.problems(days=days) == []

    @pytest.mark.parametrize("days", [-1, 11])
    def test_refuse_other_days(self, days: int) -> None:
        assert self.problems(days=days) == ["out_of_range"]

    def test_leave_money_to_the_firm_and_the_first_response_to_the_answer(self) -> None:
        assert self.problems("cash", "investor") == ["not_yours"]
        assert self.problems("cash", "startup") == []
        assert [self.problems("first_response", side) for side in RECORDED] == [["not_yours"], ["not_yours"]]

    def test_let_no_money_come_before_the_terms(self) -> None:
        assert self.problems("cash", "startup", 3, term_sheets=[after(4)]) == ["before_terms"]
        assert self.problems("cash", "startup", 4, term_sheets=[after(4)]) == []


class TestDeclineStands:
    @pytest.mark.parametrize(("reason", "days"), [("too_early", 90), ("terms", 365)])
    def test_as_long_as_its_reason_says(self, reason: str, days: int) -> None:
        def stands(at: int) -> bool:
            return decline_stands(reason=reason, on=DAY, changed_on=None, as_of=after(at), cooldown=COOLDOWN)

        assert (stands(days), stands(days + 1)) == (True, False)

    def test_for_ever_where_it_said_never(self) -> None:
        assert decline_stands(reason="never", on=DAY, changed_on=after(1), as_of=after(9999), cooldown=COOLDOWN)

    def test_no_longer_after_a_change_where_it_was_too_early(self) -> None:
        def stands(reason: str) -> bool:
            return decline_stands(reason=reason, on=DAY, changed_on=after(1), as_of=after(2), cooldown=COOLDOWN)

        assert (stands("too_early"), stands("terms")) == (False, True)


class TestMayAskAgain:
    def test_after_thirty_days(self) -> None:
        assert not may_ask_again(ended_on=DAY, as_of=after(30))
        assert may_ask_again(ended_on=DAY, as_of=after(31))
