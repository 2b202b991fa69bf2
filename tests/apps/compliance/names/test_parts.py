"""Words with what the tables know of them."""

import pytest

from apps.compliance.names.parts import Part, part
from apps.compliance.names.scripts import cleaned, one_script


def read(word: str) -> Part:
    return part(one_script(cleaned(word)))


class TestPart:
    @pytest.mark.parametrize(
        ("word", "father", "gender"),
        [
            ("Миколайович", "Микола", "m"),
            ("Nikolaevich", "Микола", "m"),
            ("Mykolaivna", "Микола", "f"),
            ("Петровна", "Петро", "f"),
            ("Ильич", "Ілля", "m"),
            ("Illivna", "Ілля", "f"),
            ("Львович", "Лев", "m"),
            ("Grigorjewitsch", "Григорій", "m"),
            ("Yuriiovych", "Юрій", "m"),
            ("Fyodorovna", "Федір", "f"),
            ("Alexeyevitch", "Олексій", "m"),
            ("Iwanowicz", "Іван", "m"),
        ],
    )
    def test_tells_the_father_in_every_romanisation(self, word: str, father: str, gender: str) -> None:
        found = read(word).father

        assert found
        assert found.given
        assert (found.given.name, found.gender) == (father, gender)

    def test_a_rare_father_is_kept_as_a_stem(self) -> None:
        found = read("Бурзолович").father

        assert found
        assert found.given is None
        assert found.stem == "burzol"

    @pytest.mark.parametrize(
        ("woman", "man"),
        [("Заболотська", "Заболотський"), ("Иванова", "Иванов"), ("Kalinina", "Kalinin"), ("Zelenskaya", "Zelensky")],
    )
    def test_gives_feminine_surnames_the_stem_of_masculine_ones(self, woman: str, man: str) -> None:
        assert read(woman).stem == read(man).stem
        assert read(woman).feminine

    def test_a_word_of_soft_signs_alone_is_not_empty(self) -> None:
        assert read("ь").skeleton

    def test_initials_are_those_of_both_languages(self) -> None:
        assert {"m", "n"} <= read("Микола").initials
        assert "a" not in read("Олег").initials
