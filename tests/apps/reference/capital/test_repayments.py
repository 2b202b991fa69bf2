"""What is owed in each year of a loan, worked by hand."""

from decimal import Decimal

import pytest

from apps.reference.capital.repayments import RepaymentKind, ScheduleNotPossible, owed_by_year


class TestOwedByYear:
    def test_of_a_bullet_stays(self) -> None:
        assert owed_by_year(kind=RepaymentKind.BULLET, amount=Decimal(900), years=3) == (900, 900, 900)

    def test_of_equal_parts_falls_evenly(self) -> None:
        assert owed_by_year(kind=RepaymentKind.LINEAR, amount=Decimal(900), years=3) == (900, 600, 300)

    def test_of_an_annuity_falls_faster_later(self) -> None:
        found = owed_by_year(kind=RepaymentKind.ANNUITY, amount=Decimal(1_000), years=2, rate=Decimal("0.10"))

        # 1 000 · 0.1 / (1 − 1.1⁻²) = 576.190476; 1 000 · 1.1 − 576.190476 = 523.809524
        assert [round(owed, 6) for owed in found] == [Decimal(1_000), Decimal("523.809524")]

    def test_of_an_annuity_without_interest_is_linear(self) -> None:
        found = owed_by_year(kind=RepaymentKind.ANNUITY, amount=Decimal(900), years=3, rate=Decimal(0))

        assert found == (900, 600, 300)

    def test_of_a_list_follows_it_with_years_of_grace(self) -> None:
        found = owed_by_year(
            kind=RepaymentKind.GIVEN,
            amount=Decimal(1_000),
            years=0,
            repaid=[Decimal(0), Decimal(400), Decimal(600)],
        )

        assert found == (1_000, 1_000, 600)

    @pytest.mark.parametrize("repaid", [[], [Decimal(999)], [Decimal(1_001)], [Decimal(1_100), Decimal(-100)]], ids=str)
    def test_refuses_a_list_that_does_not_repay_the_amount(self, repaid: list[Decimal]) -> None:
        with pytest.raises(ScheduleNotPossible):
            owed_by_year(kind=RepaymentKind.GIVEN, amount=Decimal(1_000), years=0, repaid=repaid)

    @pytest.mark.parametrize("rate", [None, Decimal(-1)])
    def test_refuses_an_annuity_without_a_rate(self, rate: Decimal | None) -> None:
        with pytest.raises(ScheduleNotPossible):
            owed_by_year(kind=RepaymentKind.ANNUITY, amount=Decimal(1_000), years=3, rate=rate)

    def test_refuses_no_years(self) -> None:
        with pytest.raises(ScheduleNotPossible):
            owed_by_year(kind=RepaymentKind.BULLET, amount=Decimal(1_000), years=0)
