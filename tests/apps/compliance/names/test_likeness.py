"""How alike words are."""

import pytest

from apps.compliance.names.likeness import OTHER_ENDING, OTHER_GIVEN, given_likeness, likeness, surname_likeness
from apps.compliance.names.parts import Part, part
from apps.compliance.names.scripts import cleaned, one_script


def read(word: str) -> Part:
    return part(one_script(cleaned(word)))


class TestLikeness:
    def test_one_word_in_two_scripts_is_one(self) -> None:
        assert likeness(read("Щербак"), read("Schtscherbak")) == 1

    def test_letters_of_two_words_run_together_are_no_other_sound(self) -> None:
        assert likeness(read("Флотсудосервис"), read("Flotsudoservis")) == 1

    def test_a_soft_s_is_no_other_hissing_sound(self) -> None:
        assert likeness(read("Андрущак"), read("Andrusiak")) < likeness(read("Андрусяк"), read("Andrusiak")) == 1

    def test_another_vowel_weighs_less_than_another_consonant(self) -> None:
        assert likeness(read("Zaheria"), read("Zahiria")) > likeness(read("Zahelia"), read("Zaheria"))

    def test_strangers_are_unlike(self) -> None:
        assert likeness(read("Rheinmetall"), read("Leonardo")) < 0.5


class TestGivenLikeness:
    def test_two_known_names_are_two_however_near(self) -> None:
        assert given_likeness(read("Олександр"), read("Олександра")) == OTHER_GIVEN

    def test_forms_of_one_name_are_one(self) -> None:
        assert given_likeness(read("Микола"), read("Николай")) == 1

    def test_a_typing_error_beside_a_known_name_is_forgiven(self) -> None:
        assert given_likeness(read("Olexandr"), read("Olexadnr")) > 0.85


class TestSurnameLikeness:
    @pytest.mark.parametrize(
        ("man", "woman"),
        [
            ("Заболотний", "Заболотна"),
            ("Zabolotnyi", "Zabolotnaya"),
            ("Іванов", "Ivanova"),
            ("Zelensky", "Зеленська"),
            ("Novák", "Nováková"),
            ("Vlček", "Vlčková"),
            ("Kazlauskas", "Kazlauskienė"),
        ],
    )
    def test_endings_of_gender_are_one_family(self, man: str, woman: str) -> None:
        assert surname_likeness(read(man), read(woman)) == (1.0, True)
        assert surname_likeness(read(woman), read(man)) == (1.0, True)

    @pytest.mark.parametrize(
        ("one", "other"),
        [("Kovalenko", "Kovalchenko"), ("Petrov", "Petrovsky"), ("Savchenko", "Savchuk"), ("Bondarenko", "Bondarchuk")],
    )
    def test_another_ending_is_another_family(self, one: str, other: str) -> None:
        alike, _ = surname_likeness(read(one), read(other))

        assert alike <= OTHER_ENDING

    def test_vowels_of_two_languages_are_forgiven(self) -> None:
        assert surname_likeness(read("Чернобривцев"), read("Чорнобривців"))[0] >= 0.85
