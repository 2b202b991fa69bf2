"""Keys that variants of a name share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.compliance.names import Kind, blocking_keys, identifier_keys, normalise
from apps.compliance.names.blocking import MAX_KEYS
from tests.labels.bench import blocking

pytestmark = pytest.mark.long

KNOWN_KEY = -8963424935997077786
"""Changes with the algorithm: then VERSION changes too, and stored keys are made anew."""


def keys(name: str, kind: Kind = Kind.PERSON) -> frozenset[int]:
    return blocking_keys(normalise(name, kind))


class TestBlockingKeys:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Олександр Іванович Петренко", "Petrenko Alexander"),
            ("Петренко О. І.", "Oleksandr Petrenko"),
            ("Микола Шевченко", "Nikolai Schewtschenko"),
            ("Kovalchuk Dmytro", "Kovlachuk Dmytro"),
            ("Kovalchuk Dmytro", "Kovachuk Dmytro"),
            ("Zhang Xiao Ming", "Xiaoming Zhang"),
            ("Dmytro Kovalchuk", "Dmutro Kovalchuk"),
            ("Вікентій Бурзолович Залютвор", "Vikentiy Zalyutvor"),
        ],
    )
    def test_spellings_of_a_person_share_one(self, one: str, other: str) -> None:
        assert keys(one) & keys(other)

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("ТОВ «Кельмістра»", "Kelmistra LLC"),
            ("Ukr Oboron Prom", "Укроборонпром"),
            ("Завод №5", "Plant No. 5"),
            ("Westhaven Kestrel", "Kestrel Westhaven Ltd"),
            ("Rheinmetall", "Rheinmetal AG"),
            ("Brightwater", "Brihgtwater"),
        ],
    )
    def test_spellings_of_an_organisation_share_one(self, one: str, other: str) -> None:
        assert keys(one, Kind.ENTITY) & keys(other, Kind.ENTITY)

    def test_brothers_share_none(self) -> None:
        assert not keys("Віталій Залютвор") & keys("Олександр Кравченко")

    def test_are_the_same_in_every_process(self) -> None:
        assert min(keys("Олександр Петренко")) == KNOWN_KEY

    @given(st.text(st.characters(), max_size=120), st.sampled_from(Kind))
    def test_are_few_signed_numbers_of_64_bits(self, name: str, kind: Kind) -> None:
        found = keys(name, kind)

        assert len(found) <= MAX_KEYS
        assert all(-(2**63) <= key < 2**63 for key in found)

    @given(st.permutations(["Олександр", "Іванович", "Петренко"]))
    def test_do_not_depend_on_the_order_of_a_person_s_words(self, words: list[str]) -> None:
        assert keys(" ".join(words)) & keys("Петренко Олександр")


class TestIdentifierKeys:
    def test_signs_case_and_leading_zeros_do_not_matter(self) -> None:
        assert identifier_keys((("EDRPOU", "0012-345 67"),)) == identifier_keys((("edrpou", "1234567"),))

    def test_schemes_do_not_mix_and_empty_ones_give_none(self) -> None:
        assert not identifier_keys((("a", "1"),)) & identifier_keys((("b", "1"),))
        assert identifier_keys((("a", " - "),)) == frozenset()


class TestSelectivity:
    @pytest.mark.parametrize("kind", Kind)
    def test_other_spellings_are_found_among_few_candidates(self, kind: Kind) -> None:
        found = blocking(names=6_000, queries=1_000, kind=kind)

        assert found.recall >= 0.97
        assert found.p95 <= 12
