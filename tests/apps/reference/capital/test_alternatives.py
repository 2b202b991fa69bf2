"""Subsidised loans beside an offer, worked by hand."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType

from apps.reference.capital import figures
from apps.reference.capital.alternatives import Alternative, loan_alternatives
from apps.reference.capital.figures import Figure, FigureBasis
from apps.reference.tables import ReferenceTable, editions

TABLE = editions().table("reference-2025-01")
TODAY = dt.date(2026, 3, 2)
AMOUNT = Figure("amount", Decimal(3_000_000), figures.EUR, FigureBasis.STATED, TODAY)
OFFER = Figure("offer", Decimal(900), figures.BP, FigureBasis.STATED, TODAY)


def found(
    *,
    table: ReferenceTable = TABLE,
    country: str | None = "UA",
    capital_class: str = "debt",
    offer: Figure = OFFER,
) -> tuple[Alternative, ...]:
    return loan_alternatives(table=table, country=country, capital_class=capital_class, amount=AMOUNT, offer=offer)


class TestLoanAlternatives:
    def test_are_told_with_rate_limit_and_years(self) -> None:
        working, investment = found()

        # 1.05 · 1.02 / 1.10 − 1 = −2.6364 %; 100 M UAH · 0.0229 = 2.29 M€, of 3 M€; 500 M UAH = 11.45 M€
        assert (working.purpose, investment.purpose) == ("working_capital", "investment")
        assert [item.rate.value for item in (working, investment)] == [-264, -264]
        assert [item.limit.value for item in (working, investment)] == [Decimal("2290000.00"), Decimal("11450000.00")]
        assert [item.share.value for item in (working, investment)] == [Decimal("0.7633"), Decimal(1)]
        assert [item.years.value for item in (working, investment)] == [3, 5]
        assert working.capital_class == "debt"

    def test_are_compared_with_a_loan(self) -> None:
        difference = found()[0].difference

        # 900 − (−264)
        assert difference is not None
        assert difference.value == 1_164

    def test_are_not_compared_with_equity(self) -> None:
        assert [item.difference for item in found(capital_class="equity")] == [None, None]

    def test_say_where_they_come_from(self) -> None:
        rate = found()[0].rate

        assert "Ukrainian government programme" in (rate.source or "")
        assert [(item.name, item.value) for item in rate.inputs] == [
            ("rate", Decimal("0.05")),
            ("inflation_EUR", Decimal("0.02")),
            ("inflation_UAH", Decimal("0.1")),
        ]
        assert rate.as_of == TABLE.as_of

    def test_stay_unknown_without_an_inflation_figure(self) -> None:
        rates = MappingProxyType({code: figure for code, figure in TABLE.inflation.items() if code != "UAH"})
        working = found(table=replace(TABLE, inflation=rates))[0]

        assert (working.rate.value, working.rate.missing) == (None, ("inflation_UAH",))
        assert working.difference is not None
        assert (working.difference.value, working.difference.missing) == (None, ("inflation_UAH",))

    def test_have_no_limit_in_euro_without_an_exchange_rate(self) -> None:
        rates = MappingProxyType({code: rate for code, rate in TABLE.fx_to_eur.items() if code != "UAH"})
        working = found(table=replace(TABLE, fx_to_eur=rates))[0]

        assert (working.limit.value, working.share.value) == (None, None)
        assert working.share.missing == ("exchange_rate",)

    def test_are_none_where_none_is_known(self) -> None:
        assert (found(country="DE"), found(country=None)) == ((), ())
