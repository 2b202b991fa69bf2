"""Country, date and identifiers as evidence."""

import pytest

from apps.compliance.names.evidence import countries_compared, dates_compared, identifiers_compared


class TestCountries:
    def test_say_nothing_when_missing(self) -> None:
        found = countries_compared(query=frozenset(), entry=frozenset({"UA"}), other=-1.0)

        assert (found.value, found.weight) == (None, 0.0)

    def test_speak_for_a_match_when_one_is_shared(self) -> None:
        found = countries_compared(query=frozenset({"ua", "PL"}), entry=frozenset({"UA"}), other=-1.0)

        assert found.value == 1.0
        assert found.weight > 0

    def test_move_by_the_given_points_when_none_is_shared(self) -> None:
        assert countries_compared(query=frozenset({"UA"}), entry=frozenset({"RU"}), other=-1.5).weight == -1.5


class TestDates:
    @pytest.mark.parametrize(
        ("query", "entry"),
        [
            ("1980-03-04", "1980-03-04"),
            ("1980-03-04", "1980"),
            ("1980-03", "1980-03-04"),
            ("1980", "1980"),
            ("1980-03-04", "1980-04-03"),
            ("1980-03-04", "1980-03-05"),
            ("1980-03-04", "1990-03-04"),
            ("1980-03-04", "1980-01-01"),
        ],
    )
    def test_compatible_ones_speak_for_a_match(self, query: str, entry: str) -> None:
        assert dates_compared(query=(query,), entry=(entry,), share=1.0).weight > 0

    @pytest.mark.parametrize(
        ("query", "entry"),
        [
            ("1980-03-04", "1981-05-06"),
            ("1980", "1995-01-01"),
            ("1980-03-04", "1980-11-27"),
            ("1980-03", "1981-12"),
            ("1980-03-14", "1980-05-27"),
        ],
    )
    def test_others_speak_strongly_against(self, query: str, entry: str) -> None:
        assert dates_compared(query=(query,), entry=(entry,), share=1.0).weight <= -2

    def test_one_digit_beside_a_date_known_in_part_says_little(self) -> None:
        assert -1 <= dates_compared(query=("1980",), entry=("1981-05-06",), share=1.0).weight < 0

    def test_the_best_of_several_counts(self) -> None:
        assert dates_compared(query=("1980",), entry=("1950", "1980"), share=1.0).weight > 0

    @pytest.mark.parametrize("text", ["", "unknown", "80", "1980-13-01", "1980-02-30", "²⁰²⁰", "0000", "1980-1-1-1"])
    def test_what_is_no_date_says_nothing(self, text: str) -> None:
        assert dates_compared(query=(text,), entry=("1980-01-01",), share=1.0).value is None


class TestIdentifiers:
    def test_the_same_one_decides(self) -> None:
        found = identifiers_compared(query=(("EDRPOU", "12345678"),), entry=(("edrpou", "1234 5678"),))

        assert found.value == 1.0
        assert found.weight >= 10

    def test_another_of_one_scheme_speaks_strongly_against(self) -> None:
        assert identifiers_compared(query=(("edrpou", "12345678"),), entry=(("edrpou", "87654321"),)).weight <= -5

    def test_one_wrong_digit_is_not_fatal(self) -> None:
        found = identifiers_compared(query=(("edrpou", "12345678"),), entry=(("edrpou", "12345679"),))

        assert -3 <= found.weight < 0

    def test_schemes_are_not_compared_with_one_another(self) -> None:
        assert identifiers_compared(query=(("edrpou", "1"),), entry=(("krs", "1"),)).value is None
