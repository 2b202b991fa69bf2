"""Quotes of the cost of capital, worked by hand."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from apps.reference.capital.figures import FigureBasis, Input
from apps.reference.capital.quotes import LeftOut, Quote, Reason, capital_quote
from apps.reference.capital.repayments import RepaymentKind
from apps.reference.capital.terms import Lever, QuoteNotPossible, StatedRate, StatedTranche, Terms
from apps.reference.tables import editions

TABLE = editions().table("reference-2025-01")
TODAY = dt.date(2026, 3, 2)
LOAN = Terms(
    capital_class="debt",
    amount=Decimal(3_000_000),
    currency="EUR",
    country="UA",
    offer=StatedRate(Decimal("0.09"), "EUR"),
    marginal=StatedRate(Decimal("0.2107"), "EUR", "debt"),
    years=Decimal(5),
)
EQUITY = Terms(
    capital_class="equity",
    amount=Decimal(1_000_000),
    currency="EUR",
    country="UA",
    offer=StatedRate(Decimal("0.25"), "UAH"),
    lever=Lever(Decimal("0.8"), None, "", Decimal("0.01")),
)


def quote(terms: Terms) -> Quote:
    return capital_quote(table=TABLE, terms=terms, on=TODAY)


class TestSaving:
    def test_of_the_worked_example(self) -> None:
        """A firm whose next loan costs 21.07 % is offered 3 M€ at 9 % for five years.

        2 107 − 900 = 1 207 bp. 3 000 000 · 0.1207 = 362 100 € a year. 1.2107⁵ = 2.601254, so that a euro a year for
        five years is worth (1 − 1 / 2.601254) / 0.2107 = 2.921547 today; 362 100 · 2.921547 = 1 057 892 €.
        """
        saving = quote(LOAN).saving

        assert saving.difference.value == 1_207
        assert saving.per_year.value == Decimal("362100.00")
        assert saving.worth_today.value is not None
        assert abs(saving.worth_today.value - Decimal(1_057_892)) < 1
        assert [year.saving for year in saving.years] == [Decimal("362100.00")] * 5
        assert saving.years[0].worth_today == Decimal("299083.18")  # 362 100 / 1.2107

    def test_is_told_with_what_went_in(self) -> None:
        worth = quote(LOAN).saving.worth_today

        assert worth.basis == FigureBasis.COMPUTED
        assert worth.as_of == TODAY
        assert worth.unit == "EUR"
        assert {item.name: item.value for item in worth.inputs} == {
            "amount": 3_000_000,
            "marginal": 2_107,
            "offer": 900,
            "years": 5,
        }

    def test_follows_equal_repayments(self) -> None:
        saving = quote(
            replace(LOAN, amount=Decimal(2_000), years=Decimal(2), repayment=RepaymentKind.LINEAR,
                    marginal=StatedRate(Decimal("0.25"), "EUR", "debt"), offer=StatedRate(Decimal("0.15"), "EUR"))
        ).saving  # fmt: skip

        # 200 / 1.25 + 100 / 1.25² = 160 + 64
        assert (saving.per_year.value, saving.worth_today.value) == (Decimal("200.00"), Decimal("224.00"))
        assert [year.owed for year in saving.years] == [Decimal("2000.00"), Decimal("1000.00")]

    def test_follows_an_annuity_at_the_offered_rate(self) -> None:
        saving = quote(
            replace(LOAN, amount=Decimal(1_000), years=Decimal(2), repayment=RepaymentKind.ANNUITY,
                    marginal=StatedRate(Decimal("0.25"), "EUR", "debt"), offer=StatedRate(Decimal("0.10"), "EUR"))
        ).saving  # fmt: skip

        # Owed 1 000 and 523.81; 150 / 1.25 + 78.5714 / 1.25² = 120 + 50.2857
        assert [year.owed for year in saving.years] == [Decimal("1000.00"), Decimal("523.81")]
        assert saving.worth_today.value == Decimal("170.29")

    def test_follows_a_list_in_its_own_currency(self) -> None:
        saving = quote(
            replace(LOAN, amount=Decimal(1_000), currency="USD", years=None, repayment=RepaymentKind.GIVEN,
                    repaid=(Decimal(0), Decimal(1_000)))
        ).saving  # fmt: skip

        assert [year.owed for year in saving.years] == [Decimal("970.00"), Decimal("970.00")]
        assert saving.per_year.value == Decimal("117.08")  # 970 · 0.1207
        assert {item.name: item.value for item in saving.worth_today.inputs}["years"] == 2

    def test_takes_part_of_a_year(self) -> None:
        saving = quote(replace(LOAN, years=Decimal("0.5"))).saving

        # 362 100 · (1 − 1.2107^−0.5) / 0.2107 = 362 100 · 0.432710
        assert saving.worth_today.value is not None
        assert abs(saving.worth_today.value - Decimal(156_684)) < 1
        assert saving.years == ()

    def test_is_negative_for_a_dearer_offer(self) -> None:
        saving = quote(replace(LOAN, offer=StatedRate(Decimal("0.25"), "EUR"))).saving

        assert saving.difference.value == -393
        assert saving.per_year.value == Decimal("-117900.00")

    def test_is_unknown_without_the_firms_cost(self) -> None:
        found = quote(replace(LOAN, marginal=None))

        assert found.saving.difference.value is None
        assert found.saving.worth_today.missing == ("marginal",)
        assert LeftOut("saving", Reason.MARGINAL_NOT_STATED) in found.left_out

    def test_has_no_worth_today_without_years(self) -> None:
        saving = quote(replace(LOAN, years=None)).saving

        assert saving.per_year.value == Decimal("362100.00")
        assert (saving.worth_today.value, saving.worth_today.missing) == (None, ("years",))

    def test_is_unknown_in_a_currency_without_inflation(self) -> None:
        found = quote(replace(LOAN, marginal=StatedRate(Decimal("0.2"), "GBP", "debt")))

        assert (found.marginal.value, found.marginal.missing) == (None, ("inflation_GBP",))
        assert found.saving.per_year.value is None
        assert found.saving.per_year.missing == ("inflation_GBP",)

    def test_discounts_at_a_negative_rate(self) -> None:
        saving = quote(replace(LOAN, marginal=StatedRate(Decimal("-0.1"), "UAH", "debt"))).saving

        # 0.9 · 1.02 / 1.1 − 1 = −16.55 %
        assert saving.difference.value == -1_655 - 900
        assert saving.worth_today.value is not None
        assert saving.per_year.value is not None
        assert saving.worth_today.value < 5 * saving.per_year.value < 0


class TestClasses:
    def test_a_loan_is_never_compared_with_an_equity_build_up(self) -> None:
        with pytest.raises(QuoteNotPossible) as refused:
            quote(replace(LOAN, marginal=StatedRate(Decimal("0.2872"), "EUR", "equity")))

        assert [problem.pointer for problem in refused.value.errors] == ["/marginal/capital_class"]
        assert [part.name for part in quote(LOAN).parts] == ["risk_free", "margin", "expected_loss"]

    def test_a_loan_is_no_alternative_to_hold_against_equity(self) -> None:
        found = quote(EQUITY)

        assert [item.difference for item in found.alternatives] == [None, None]
        assert LeftOut("alternatives", Reason.CLASS_MISMATCH) in found.left_out
        assert LeftOut("alternatives", Reason.CLASS_MISMATCH) not in quote(LOAN).left_out

    def test_a_grant_has_no_rate(self) -> None:
        found = quote(Terms(capital_class="grant", amount=Decimal(60_000), currency="EUR", country="UA"))

        assert (found.build_up.value, found.required.value, found.offer.value) == (None, None, None)
        assert found.left_out[0] == LeftOut("build_up", Reason.GRANT_COSTS_NOTHING)


class TestRequirement:
    def test_stands_beside_the_offer(self) -> None:
        found = quote(EQUITY)

        # 2 872 bp; with 80 % of 16.02 % covered for 1 % a year 1 690; 1.25 · 1.02 / 1.10 − 1 = 15.91 %
        assert (found.build_up.value, found.required.value, found.offer.value) == (2_872, 1_690, 1_591)
        assert found.paid_for_risk.value == -99

    def test_is_the_build_up_without_a_lever(self) -> None:
        found = quote(replace(LOAN, tier="E2"))

        assert (found.build_up.value, found.required.value, found.paid_for_risk.value) == (850, 850, 50)
        assert (found.cover.value, found.premium.value) == (0, 0)

    def test_is_covered_up_to_the_cap(self) -> None:
        lever = Lever(Decimal("0.8"), Decimal(10_917_031), "UAH", Decimal(0))

        cover = quote(replace(EQUITY, lever=lever)).cover

        # 10 917 031 UAH · 0.0229 = 250 000.01 €, a quarter of the amount
        assert cover.value is not None
        assert round(cover.value, 6) == Decimal("0.2")
        assert [item.name for item in cover.inputs] == ["risk_cover", "cover_cap", "amount"]

    def test_is_unknown_in_a_country_without_a_premium(self) -> None:
        found = quote(replace(EQUITY, country="US"))

        assert (found.build_up.value, found.build_up.missing) == (None, ("country_risk_premium",))
        assert (found.required.value, found.paid_for_risk.value) == (None, None)
        assert found.paid_for_risk.missing == ("country_risk_premium",)

    def test_names_parts_with_basis_source_and_date(self) -> None:
        parts = {part.name: part for part in quote(EQUITY).parts}

        assert parts["risk_free"].basis == FigureBasis.ASSUMPTION
        assert parts["country_risk_premium"].basis == FigureBasis.REFERENCE
        assert "Damodaran" in (parts["country_risk_premium"].source or "")
        assert {part.as_of for part in parts.values()} == {dt.date(2025, 1, 5)}
        assert parts["market_risk"].value == Decimal("0.05196")
        assert parts["market_risk"].inputs == (
            Input("beta", Decimal("1.2"), "factor", FigureBasis.ASSUMPTION),
            Input("mature_erp", Decimal("0.0433"), "fraction_per_year", FigureBasis.REFERENCE),
        )


class TestBlend:
    def test_is_a_figure_of_its_own(self) -> None:
        tranches = (
            StatedTranche("equity", Decimal(1_000_000), "EUR", Decimal("0.25")),
            StatedTranche("debt", Decimal(3_000_000), "EUR", Decimal("0.09")),
        )

        found = quote(replace(LOAN, tranches=tranches))

        assert found.blend is not None
        assert found.blend.rate.value == 1_300
        assert [(share.capital_class, share.share) for share in found.blend.blend.mixes] == [
            ("equity", Decimal("0.25")),
            ("debt", Decimal("0.75")),
        ]
        assert LeftOut("blend", Reason.CLASSES_MIXED) in found.left_out
        assert found.offer.value == 900

    def test_converts_amounts_and_rates(self) -> None:
        tranches = (
            StatedTranche("debt", Decimal(100), "USD", Decimal("0.10")),
            StatedTranche("grant", Decimal(97), "EUR", None),
        )

        found = quote(replace(LOAN, tranches=tranches))

        # 1.10 · 1.02 / 1.025 − 1 = 9.46 % on 97 €, and 97 € for nothing
        assert found.blend is not None
        assert [share.rate_bp for share in found.blend.blend.mixes] == [946, 0]
        assert found.blend.rate.value == 473

    def test_is_unknown_with_a_tranche_of_unknown_cost(self) -> None:
        found = quote(replace(LOAN, tranches=(StatedTranche("debt", Decimal(100), "GBP", Decimal("0.1")),)))

        assert found.blend is not None
        assert (found.blend.rate.value, found.blend.rate.missing) == (None, ("inflation_GBP",))

    def test_is_absent_where_nothing_is_mixed(self) -> None:
        assert quote(LOAN).blend is None


class TestQuote:
    def test_names_the_edition(self) -> None:
        found = quote(LOAN)

        assert (found.table.id, found.table.sha256, found.on) == ("reference-2025-01", TABLE.sha256, TODAY)

    def test_converts_the_amount_at_the_reference_rate(self) -> None:
        amount = quote(replace(LOAN, currency="UAH")).amount

        assert amount.value == Decimal("68700.00")
        assert [item.name for item in amount.inputs] == ["amount_stated", "exchange_rate"]
