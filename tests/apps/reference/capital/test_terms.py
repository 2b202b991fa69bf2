"""Terms that do not go together."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from apps.reference.capital.repayments import RepaymentKind
from apps.reference.capital.terms import Lever, QuoteNotPossible, StatedRate, StatedTranche, Terms, terms_check
from apps.reference.tables import editions

TABLE = editions().table("reference-2025-01")
LOAN = Terms(
    capital_class="debt",
    amount=Decimal(1_000),
    currency="EUR",
    country="UA",
    offer=StatedRate(Decimal("0.09"), "EUR"),
    marginal=StatedRate(Decimal("0.2107"), "EUR", "debt"),
    years=Decimal(2),
)
GIVEN = {"repayment": RepaymentKind.GIVEN, "repaid": (Decimal(400), Decimal(600))}


def refusals(terms: Terms) -> list[tuple[str, str]]:
    with pytest.raises(QuoteNotPossible) as refused:
        terms_check(terms=terms, table=TABLE)
    return [(problem.pointer, problem.code) for problem in refused.value.errors]


class TestTermsCheck:
    @pytest.mark.parametrize(
        "changes",
        [
            {},
            {"offer": None, "marginal": None, "years": None, "country": None},
            {"repayment": RepaymentKind.ANNUITY},
            GIVEN,
            GIVEN | {"years": None},
            {"lever": Lever(Decimal("0.8"), None, "", Decimal("0.01"))},
            {"capital_class": "grant", "offer": None, "marginal": None},
        ],
        ids=str,
    )
    def test_lets_sound_terms_through(self, changes: dict[str, Any]) -> None:
        terms_check(terms=replace(LOAN, **changes), table=TABLE)

    @pytest.mark.parametrize(
        ("changes", "refused"),
        [
            ({"country": "ZZ"}, [("/country", "invalid")]),
            ({"currency": "XXX"}, [("/amount/currency", "unknown_currency")]),
            ({"offer": StatedRate(Decimal(0), "XAU")}, [("/offer/currency", "unknown_currency")]),
            (
                {"lever": Lever(Decimal(1), Decimal(5), "XXX", Decimal(0))},
                [("/lever/cover_cap/currency", "unknown_currency")],
            ),
            (
                {"tranches": (StatedTranche("debt", Decimal(1), "XXX", None),)},
                [("/tranches/0/amount/currency", "unknown_currency")],
            ),
            (
                {"tranches": (StatedTranche("grant", Decimal(1), "EUR", Decimal(0)),)},
                [("/tranches/0/rate", "grant_costs_nothing")],
            ),
            (
                {"marginal": StatedRate(Decimal("0.2872"), "EUR", "equity")},
                [("/marginal/capital_class", "class_mismatch")],
            ),
            (
                {"capital_class": "equity"},
                [("/marginal/capital_class", "class_mismatch")],
            ),
            (
                {"capital_class": "equity", "marginal": None, "repayment": RepaymentKind.LINEAR},
                [("/repayment", "debt_only")],
            ),
            ({"capital_class": "grant", "marginal": None}, [("/offer", "grant_costs_nothing")]),
            ({"repayment": RepaymentKind.LINEAR, "years": None}, [("/years", "required")]),
            ({"repayment": RepaymentKind.ANNUITY, "years": Decimal("2.5")}, [("/years", "not_whole")]),
            ({"repayment": RepaymentKind.GIVEN}, [("/repayment/repaid", "required")]),
            (GIVEN | {"repaid": (Decimal(400), Decimal(601))}, [("/repayment/repaid", "sum_differs")]),
            (GIVEN | {"years": Decimal(3)}, [("/years", "differs")]),
            (GIVEN | {"repayment": RepaymentKind.LINEAR}, [("/repayment/repaid", "given_only")]),
        ],
        ids=str,
    )
    def test_points_at_what_is_wrong(self, changes: dict[str, Any], refused: list[tuple[str, str]]) -> None:
        assert refusals(replace(LOAN, **changes)) == refused
