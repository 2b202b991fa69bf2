"""What a lever covers."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from apps.investors.rules import Answer, LeverTerms, lever_admits

TODAY = dt.date(2026, 11, 1)
WHOLE: dict[str, Any] = {
    "classes": ["equity", "debt"],
    "countries": ["UA", "PL"],
    "places": [],
    "excluded_flags": ["lethal"],
    "tenor_max_years": Decimal(10),
    "valid_from": dt.date(2026, 1, 1),
    "valid_to": dt.date(2026, 12, 31),
    "confidence": "A",
}
ASKED: dict[str, Any] = {
    "capital_class": "equity",
    "countries": ["UA"],
    "places": ["UA-46"],
    "flags": ["dual_use"],
    "tenor_years": Decimal(5),
    "on": TODAY,
}


def asked(terms: dict[str, Any] | None = None, **asking: Any) -> tuple[Answer, list[str]]:
    """The answer and the codes of its reasons."""
    admission = lever_admits(lever=LeverTerms(**{**WHOLE, **(terms or {})}), **{**ASKED, **asking})
    return admission.answer, [reason.problem.code for reason in admission.reasons]


class TestLeverAdmits:
    def test_what_lies_within_all_its_terms(self) -> None:
        assert asked() == (Answer.PASS, [])

    @pytest.mark.parametrize(
        ("terms", "asking", "code"),
        [
            ({}, {"capital_class": "grant"}, "class_not_covered"),
            ({"classes": []}, {}, "class_not_covered"),
            ({}, {"countries": ["UA", "DE"]}, "country_not_covered"),
            ({"places": ["UA-63"]}, {}, "place_not_covered"),
            ({}, {"flags": ["lethal", "dual_use"]}, "flag_excluded"),
            ({}, {"tenor_years": Decimal("10.001")}, "tenor_too_long"),
            ({}, {"on": dt.date(2025, 12, 31)}, "not_yet_valid"),
            ({}, {"on": dt.date(2027, 1, 1)}, "no_longer_valid"),
        ],
    )
    def test_nothing_outside_one_of_them(self, terms: dict[str, Any], asking: dict[str, Any], code: str) -> None:
        assert asked(terms, **asking) == (Answer.FAIL, [code])

    @pytest.mark.parametrize(
        ("terms", "asking", "code"),
        [
            ({"classes": None}, {}, "not_declared"),
            ({"countries": None}, {}, "not_declared"),
            ({"places": None}, {}, "not_declared"),
            ({"excluded_flags": None}, {}, "not_declared"),
            ({}, {"countries": []}, "country_not_given"),
            ({}, {"countries": None}, "country_not_given"),
            ({"places": ["UA-63"]}, {"places": []}, "place_not_given"),
            ({"places": ["UA-63"]}, {"places": ["UA"]}, "place_not_given"),
            ({}, {"flags": None}, "flags_not_given"),
            ({}, {"tenor_years": None}, "tenor_not_given"),
        ],
    )
    def test_what_nobody_said_is_unknown(self, terms: dict[str, Any], asking: dict[str, Any], code: str) -> None:
        assert asked(terms, **asking) == (Answer.UNKNOWN, [code])

    @pytest.mark.parametrize(
        ("terms", "asking"),
        [
            ({}, {"tenor_years": Decimal(10)}),
            ({}, {"on": dt.date(2026, 1, 1)}),
            ({}, {"on": dt.date(2026, 12, 31)}),
            ({"valid_from": None, "valid_to": None}, {"on": dt.date(1999, 1, 1)}),
            ({"tenor_max_years": None}, {"tenor_years": None}),
            ({"excluded_flags": []}, {"flags": None}),
            ({"places": ["UA-46"]}, {}),
            ({"places": ["UA"]}, {}),
            ({}, {"flags": []}),
        ],
    )
    def test_what_lies_on_the_edge_or_has_no_limit(self, terms: dict[str, Any], asking: dict[str, Any]) -> None:
        assert asked(terms, **asking) == (Answer.PASS, [])

    def test_the_gravest_reason_decides(self) -> None:
        answer, codes = asked({"countries": None}, capital_class="grant")

        assert (answer, codes) == (Answer.FAIL, ["class_not_covered", "not_declared"])

    def test_recalled_terms_fail_nothing(self) -> None:
        answer, codes = asked({"confidence": "C"}, capital_class="grant")

        assert (answer, codes) == (Answer.UNKNOWN, ["class_not_covered"])

    def test_reasons_name_the_terms_in_the_way(self) -> None:
        admission = lever_admits(lever=LeverTerms(**WHOLE), **{**ASKED, "countries": ["UA", "FR", "DE"]})

        (reason,) = admission.reasons
        assert reason.problem.pointer == "/lever/countries"
        assert reason.problem.detail.format_map(reason.problem.values) == "The lever does not cover DE, FR."
