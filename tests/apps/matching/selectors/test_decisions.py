"""A fund's log, of introductions and imported deals together."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.matching.models import Deal
from apps.matching.rules.decisions import DecisionRow
from apps.matching.selectors.decisions import decision_figures, decision_rows, step_tier
from apps.matching.services.decision_steps import step_record
from apps.matching.services.introductions import introductions_expire
from apps.matching.states import Side
from kernel.clock import utc_now, utc_today
from tests.factories.introductions import DAY, Couple
from tests.factories.investors import FundFactory

pytestmark = pytest.mark.django_db
BEGUN = utc_now() - 60 * DAY


def day(days: int) -> dt.date:
    return utc_today(BEGUN) + dt.timedelta(days=days)


def row_of(couple: Couple) -> DecisionRow:
    (row,) = decision_rows(fund_ids=[couple.mandate.fund_id])[couple.mandate.fund_id]
    return row


def met(side: str, *, answered: int = 10) -> tuple[Couple, Any]:
    couple = Couple()
    made = couple.express(side, now=BEGUN)
    return couple, couple.accept(made, now=BEGUN + answered * DAY)


class TestDecisionRows:
    def test_waits_as_e1(self) -> None:
        couple = Couple()
        couple.express(Side.STARTUP, now=BEGUN)

        row = row_of(couple)

        assert (row.introduced_on, row.outcome, row.tier, row.is_asked) == (day(0), None, "E1", True)
        assert (row.responded_on, row.unanswered_on) == (None, None)

    def test_counts_the_firm_s_days_before_a_yes_as_elsewhere(self) -> None:
        couple, _ = met(Side.INVESTOR)

        row = row_of(couple)

        assert (row.tier, row.days_elsewhere, row.is_asked, row.outcome) == ("E2", 10.0, False, None)

    def test_counts_the_fund_s_own_days(self) -> None:
        couple, _ = met(Side.STARTUP)

        row = row_of(couple)

        assert (row.days_elsewhere, row.is_asked, row.responded_on) == (0.0, True, day(10))

    def test_is_a_pass_when_the_fund_declines_and_none_when_the_firm_does(self) -> None:
        couple, other = Couple(), Couple()
        couple.decline(couple.express(Side.STARTUP, now=BEGUN), "never", now=BEGUN + DAY)
        other.decline(other.express(Side.INVESTOR, now=BEGUN), "never", now=BEGUN + DAY)

        passed, kept_off = row_of(couple), row_of(other)

        assert (passed.outcome, passed.reason, passed.outcome_on, passed.tier) == ("passed", "never", day(1), "E2")
        assert (kept_off.outcome, kept_off.reason) == ("withdrawn", None)

    @pytest.mark.parametrize(("asking", "outcome"), [(Side.STARTUP, "lapsed"), (Side.INVESTOR, "withdrawn")])
    def test_is_a_lapse_where_the_fund_was_silent(self, asking: str, outcome: str) -> None:
        couple = Couple()
        couple.express(asking, now=BEGUN)
        introductions_expire(now=BEGUN + 30 * DAY)

        row = row_of(couple)

        assert (row.outcome, row.outcome_on, row.unanswered_on, row.tier) == (outcome, day(30), day(30), "E1")

    def test_is_withdrawn_when_the_asking_side_thinks_again(self) -> None:
        couple = Couple()
        couple.withdraw(couple.express(Side.INVESTOR, now=BEGUN), now=BEGUN + DAY)

        assert row_of(couple).outcome == "withdrawn"

    def test_is_closed_on_the_day_of_the_cash(self) -> None:
        couple, made = met(Side.INVESTOR)

        step_record(actor=couple.firm, introduction=made, step="cash", on=day(40))

        row = row_of(couple)
        assert (row.outcome, row.outcome_on, row.tier) == ("closed", day(40), "E2")

    @pytest.mark.parametrize(("side", "outcome"), [(Side.INVESTOR, "passed"), (Side.STARTUP, "withdrawn")])
    def test_is_passed_by_the_fund_alone(self, side: str, outcome: str) -> None:
        couple, made = met(Side.INVESTOR)

        step_record(actor=couple.actor(side), introduction=made, step="pass", on=day(20), reason="terms")

        assert row_of(couple).outcome == outcome

    def test_dates_terms_by_the_later_word_and_trusts_both_more_than_one(self) -> None:
        couple, made = met(Side.INVESTOR)
        step_record(actor=couple.fund, introduction=made, step="term_sheet", on=day(20))
        alone = row_of(couple)

        step_record(actor=couple.firm, introduction=made, step="term_sheet", on=day(25))

        both = row_of(couple)
        assert (alone.terms_on, alone.terms_tier) == (day(20), "E1")
        assert (both.terms_on, both.terms_tier) == (day(25), "E2")

    def test_keeps_imported_deals_and_asks_three_times_for_any_number(self) -> None:
        couples = [Couple() for _ in range(2)]
        for couple in couples:
            couple.mutual()
            Deal.objects.create(fund=couple.mandate.fund, firm=couple.raise_item.firm, date=day(1), outcome="closed")
        funds = [couple.mandate.fund_id for couple in couples]

        with CaptureQueriesContext(
            connection,
        ) as queries:
            rows = decision_rows(fund_ids=funds)

        assert len(queries) == 3
        assert [len(rows[fund]) for fund in funds] == [2, 2]

    def test_is_empty_for_a_fund_without_a_log(self) -> None:
        fund = FundFactory()

        assert decision_rows(fund_ids=[fund.pk]) == {fund.pk: []}


class TestDecisionFigures:
    def test_are_estimates_over_the_log(self) -> None:
        couple, made = met(Side.STARTUP)
        step_record(actor=couple.fund, introduction=made, step="term_sheet", on=day(20))
        step_record(actor=couple.firm, introduction=made, step="cash", on=day(30))

        found = decision_figures(fund=couple.mandate.fund)

        assert found.first_response is not None
        assert found.term_sheet is not None
        assert found.cash is not None
        assert (found.first_response.n_closed, found.term_sheet.n_closed, found.cash.n_closed) == (1, 1, 1)
        assert 30 < found.cash.days < 210
        assert found.closed == 1


class TestStepTier:
    def test_is_e2_where_both_had_a_part(self) -> None:
        assert step_tier(step="term_sheet", sides=["investor", "startup"]) == "E2"
        assert step_tier(step="cash", sides=["startup"]) == "E2"
        assert step_tier(step="first_response", sides=["investor"]) == "E2"
        assert step_tier(step="term_sheet", sides=["investor"]) == "E1"
        assert step_tier(step="pass", sides=["investor"]) == "E1"
