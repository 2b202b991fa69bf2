"""Names taken apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.compliance.names import Kind, normalise
from apps.compliance.names.normal import MAX_PARTS

ANY_TEXT = st.text(st.characters(), max_size=80)  # lone surrogates too


class TestPersons:
    @pytest.mark.parametrize(
        "name",
        [
            "Петренко Олександр Іванович",
            "Олександр Іванович Петренко",
            "Александр Иванович Петренко",
            "PETRENKO, Oleksandr Ivanovych",
            "Petrenko Alexander Ivanovitch",
        ],
    )
    def test_tells_given_name_and_patronymic_in_any_order(self, name: str) -> None:
        normal = normalise(name, Kind.PERSON)

        assert normal.given is not None
        assert normal.patronymic is not None
        assert normal.parts[normal.given].given
        assert normal.parts[normal.patronymic].skeleton == "ivanovic"

    def test_takes_the_patronymic_after_the_given_name_beside_a_surname_alike(self) -> None:
        normal = normalise("Абрамович Роман Аркадьевич", Kind.PERSON)

        assert normal.patronymic == 2

    def test_two_words_hold_a_surname_rather_than_a_patronymic(self) -> None:
        assert normalise("Nikola Jokić", Kind.PERSON).patronymic is None

    def test_a_feminine_patronymic_is_one_in_any_case(self) -> None:
        assert normalise("Олена Петрівна", Kind.PERSON).patronymic == 1

    @pytest.mark.parametrize("name", ["Петренко О. І.", "О.І. Петренко", "Petrenko O I", "Petrenko O.I."])
    def test_keeps_initials_apart(self, name: str) -> None:
        normal = normalise(name, Kind.PERSON)

        assert normal.tokens == ("petrenko",)
        assert [("o" in letters) for letters in normal.initials] == [True, False]

    def test_an_initial_of_two_letters_counts_with_its_dot(self) -> None:
        assert len(normalise("Yu. Petrenko", Kind.PERSON).initials) == 1
        assert not normalise("Yu Petrenko", Kind.PERSON).initials

    @pytest.mark.parametrize(
        "name", ["Abd al-Rahman al-Assad", "Abdulrahman Assad", "Abdel Rahman El Assad", "Абдул Рахман Асад"]
    )
    def test_arabic_particles_fall_and_servants_join(self, name: str) -> None:
        assert normalise(name, Kind.PERSON).tokens == ("abdrahman", "asad")

    def test_titles_fall(self) -> None:
        assert normalise("Dr. Ivan Petrenko Jr.", Kind.PERSON).tokens == ("ivan", "petrenko")

    def test_a_digit_inside_a_word_is_a_letter_misread(self) -> None:
        assert normalise("P0lischuk", Kind.PERSON).tokens == normalise("Polischuk", Kind.PERSON).tokens


class TestEntities:
    @pytest.mark.parametrize("name", ["Завод №5", "Завод № 5", "Завод No. 5", "Завод-5", "Завод 05"])
    def test_keeps_numbers_apart(self, name: str) -> None:
        normal = normalise(name, Kind.ENTITY)

        assert normal.numbers == ("5",)
        assert len(normal.parts) == 1

    @pytest.mark.parametrize(
        "name", ['ТОВ "Іскра"', "ТОВ «Іскра»", "«ІСКРА», ТОВ", "Iskra L.L.C.", "Iskra (LLC)", "Iskra S. A."]
    )
    def test_quotes_brackets_and_dots_do_not_matter(self, name: str) -> None:
        normal = normalise(name, Kind.ENTITY)

        assert normal.tokens == ("iskra",)
        assert normal.legal_form


class TestAnyText:
    @given(ANY_TEXT, st.sampled_from(Kind))
    def test_is_taken_apart(self, name: str, kind: Kind) -> None:
        normal = normalise(name, kind)

        assert all(normal.tokens)
        assert len(normal.tokens) <= MAX_PARTS

    @pytest.mark.parametrize(
        "name", ["", "\ud800", "…", "a" * 1_000_000, "а " * 500_000, "ﷺ" * 100_000, "1" * 1_000_000]
    )
    @pytest.mark.parametrize("kind", Kind)
    def test_is_bounded(self, name: str, kind: Kind) -> None:
        normal = normalise(name, kind)

        assert sum(map(len, normal.tokens)) < 3_000
        assert len(normal.initials) + len(normal.numbers) <= 2 * MAX_PARTS
