"""Checksums of registers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.organisations.rules import identifier_clean
from apps.organisations.states import Scheme


class TestIdentifierClean:
    @pytest.mark.parametrize(
        ("scheme", "value", "expected"),
        [
            ("UA-EDR", "32855961", "32855961"),
            ("UA-EDR", "32855968", None),
            ("UA-RNTRC", "1759013776", "1759013776"),
            ("UA-RNTRC", "1759013770", None),
            ("LEI", "213800KUD8LAJWSQ9D15", "213800KUD8LAJWSQ9D15"),
            ("LEI", "213800KUD8LXJWSQ9D15", None),
            ("LEI", "1", None),
            ("EU-VAT", "DE 136 695 976", "DE136695976"),
            ("EU-VAT", "DE136695978", None),
            ("EU-VAT", "US123", None),
            ("other", "  K-17 ", "K-17"),
            ("other", "   ", None),
            ("other", "x" * 41, None),
        ],
    )
    def test_holds_numbers_against_their_register(self, scheme: str, value: str, expected: str | None) -> None:
        assert identifier_clean(scheme=scheme, value=value) == expected

    @given(scheme=st.sampled_from(Scheme.values), value=st.text(max_size=45))
    def test_answers_any_text(self, scheme: str, value: str) -> None:
        cleaned = identifier_clean(scheme=scheme, value=value)

        assert cleaned is None or 0 < len(cleaned) <= 40
