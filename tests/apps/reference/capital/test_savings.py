"""What an offer saves, worked by hand."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.reference.capital.repayments import RepaymentKind, owed_by_year
from apps.reference.capital.savings import (
    RateNotPossible,
    Saving,
    SavingYear,
    capital_saving,
    capital_saving_by_schedule,
    saving_years,
)

rates = st.integers(min_value=1, max_value=5_000)


class TestCapitalSaving:
    def test_is_worked_out_per_year_and_today(self) -> None:
        found = capital_saving(amount=Decimal(1_000_000), years=Decimal(2), offered_bp=1_000, marginal_bp=2_500)

        # 150 000 a year; 150 000 / 1.25 + 150 000 / 1.25² = 120 000 + 96 000
        assert found == Saving(per_year=Decimal("150000.00"), worth_today=Decimal("216000.00"))

    def test_is_plain_addition_at_a_marginal_rate_of_zero(self) -> None:
        found = capital_saving(amount=Decimal(1_000), years=Decimal("2.5"), offered_bp=-100, marginal_bp=0)

        assert found == Saving(per_year=Decimal("10.00"), worth_today=Decimal("25.00"))

    def test_is_negative_for_a_dearer_offer(self) -> None:
        found = capital_saving(amount=Decimal(1_000), years=Decimal(1), offered_bp=2_000, marginal_bp=1_000)

        assert found == Saving(per_year=Decimal("-100.00"), worth_today=Decimal("-90.91"))

    def test_refuses_to_discount_with_nothing(self) -> None:
        with pytest.raises(RateNotPossible):
            capital_saving(amount=Decimal(1), years=Decimal(1), offered_bp=0, marginal_bp=-10_000)

    @given(offered=rates, marginal=rates, years=st.integers(min_value=1, max_value=15))
    def test_equals_a_schedule_without_repayment(self, offered: int, marginal: int, years: int) -> None:
        flat = capital_saving(amount=Decimal(50_000), years=Decimal(years), offered_bp=offered, marginal_bp=marginal)
        schedule = capital_saving_by_schedule(
            outstanding=[Decimal(50_000)] * years, offered_bp=offered, marginal_bp=marginal
        )

        assert schedule == flat


class TestCapitalSavingBySchedule:
    def test_follows_what_is_still_owed(self) -> None:
        found = capital_saving_by_schedule(
            outstanding=[Decimal(1_000), Decimal(500)], offered_bp=1_500, marginal_bp=2_500
        )

        # 100 / 1.25 + 50 / 1.25² = 80 + 32
        assert found == Saving(per_year=Decimal("100.00"), worth_today=Decimal("112.00"))

    def test_saves_nothing_on_nothing(self) -> None:
        found = capital_saving_by_schedule(outstanding=[], offered_bp=1_500, marginal_bp=2_500)

        assert found == Saving(per_year=Decimal("0.00"), worth_today=Decimal("0.00"))

    @given(
        kind=st.sampled_from([RepaymentKind.BULLET, RepaymentKind.LINEAR, RepaymentKind.ANNUITY]),
        offered=rates,
        marginal=rates,
        years=st.integers(min_value=1, max_value=15),
    )
    def test_is_the_amount_less_all_payments_discounted(
        self, kind: RepaymentKind, offered: int, marginal: int, years: int
    ) -> None:
        amount, i, k = Decimal(100_000), Decimal(offered) / 10_000, Decimal(marginal) / 10_000
        owed = [*owed_by_year(kind=kind, amount=amount, years=years, rate=i), Decimal(0)]
        paid = [before - after + before * i for before, after in pairwise(owed)]
        discounted = sum(payment / (1 + k) ** year for year, payment in enumerate(paid, start=1))

        found = capital_saving_by_schedule(outstanding=owed[:-1], offered_bp=offered, marginal_bp=marginal)

        assert abs(found.worth_today - (amount - discounted)) <= Decimal("0.01")


class TestSavingYears:
    def test_tell_each_year(self) -> None:
        found = saving_years(outstanding=[Decimal(1_000), Decimal(500)], offered_bp=1_500, marginal_bp=2_500)

        assert found == (
            SavingYear(1, Decimal("1000.00"), Decimal("100.00"), Decimal("80.00")),
            SavingYear(2, Decimal("500.00"), Decimal("50.00"), Decimal("32.00")),
        )

    def test_hold_for_the_largest_sums(self) -> None:
        found = saving_years(outstanding=[Decimal("9999999999999999.99")] * 50, offered_bp=0, marginal_bp=-1_800)

        assert found[-1].worth_today < found[0].worth_today < 0
