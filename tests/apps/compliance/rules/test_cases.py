"""Decisions about verification cases: dates, and what is missing."""

import datetime as dt
from dataclasses import dataclass

import pytest

from apps.compliance.rules.cases import (
    items_missing,
    items_unaccepted,
    reminders_due,
    suspension_shown,
    working_days_after,
    year_after,
)

FRIDAY = dt.date(2026, 11, 20)


@dataclass
class Item:
    code: str
    need: str
    state: str


class TestItemsMissing:
    @pytest.mark.parametrize(
        ("need", "state", "is_missing"),
        [
            ("document", "open", True),
            ("statement", "rejected", True),
            ("document", "provided", False),
            ("statement", "accepted", False),
            ("officer", "open", False),
        ],
    )
    def test_is_what_the_organisation_has_not_shown(self, need: str, state: str, is_missing: bool) -> None:
        assert bool(items_missing(items=[Item("x", need, state)])) == is_missing


class TestItemsUnaccepted:
    def test_includes_the_officers_own(self) -> None:
        items = [Item("a", "officer", "open"), Item("b", "document", "accepted"), Item("c", "document", "provided")]

        assert items_unaccepted(items=items) == ["a", "c"]


class TestWorkingDaysAfter:
    @pytest.mark.parametrize(
        ("day", "count", "expected"),
        [
            (FRIDAY, 1, dt.date(2026, 11, 23)),
            (FRIDAY, 5, dt.date(2026, 11, 27)),
            (dt.date(2026, 11, 21), 1, dt.date(2026, 11, 23)),
            (FRIDAY, 0, FRIDAY),
        ],
    )
    def test_leaves_out_weekends(self, day: dt.date, count: int, expected: dt.date) -> None:
        assert working_days_after(day=day, count=count) == expected


class TestYearAfter:
    def test_is_the_same_day(self) -> None:
        assert year_after(day=FRIDAY) == dt.date(2027, 11, 20)

    def test_ends_february_with_the_28th(self) -> None:
        assert year_after(day=dt.date(2028, 2, 29)) == dt.date(2029, 2, 28)


class TestRemindersDue:
    @pytest.mark.parametrize(("left", "due"), [(31, 0), (30, 1), (15, 1), (14, 2), (3, 3), (0, 3), (-5, 3)])
    def test_counts_those_that_should_be_out(self, left: int, due: int) -> None:
        assert reminders_due(due_on=FRIDAY + dt.timedelta(days=left), today=FRIDAY) == due


class TestSuspensionShown:
    def test_hides_that_a_list_is_the_cause(self) -> None:
        assert suspension_shown(cause="hit", reason="A. B. is listed") == ("decision", "")

    def test_shows_what_an_officer_decided(self) -> None:
        assert suspension_shown(cause="decision", reason="False papers") == ("decision", "False papers")
