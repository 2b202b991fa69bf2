"""Common words, places and names that many bear."""

import pytest

from apps.compliance.names.common_words import Concept, concept_of
from apps.compliance.names.scripts import cleaned, one_script
from apps.compliance.names.skeletons import skeleton


def concept(text: str) -> Concept | None:
    word = one_script(cleaned(text))
    return concept_of(word=word, reading=skeleton(word))


class TestConceptOf:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("завод", "plant"),
            ("Group", "Grp"),
            ("Intl", "міжнародний"),
            ("торговий", "trading"),
            ("київський", "Kiev"),
            ("Харьков", "Kharkiv"),
            ("сокіл", "falcon"),
            ("авіація", "aviation"),
            ("system", "системи"),
        ],
    )
    def test_translations_are_one_concept(self, one: str, other: str) -> None:
        first, second = concept(one), concept(other)

        assert first
        assert second
        assert first.name == second.name

    def test_places_and_proper_names_tell_common_words_do_not(self) -> None:
        place, often, trade = concept("Одеса"), concept("Промінь"), concept("Інвест")

        assert place
        assert often
        assert trade
        assert place.is_telling
        assert often.is_telling
        assert not trade.is_telling

    def test_forgives_one_typing_error_in_a_long_word(self) -> None:
        assert concept("Sistmei") == concept("Systemy")
        assert concept("Technolgies") == concept("Technologies")

    @pytest.mark.parametrize("word", ["Rheinmetall", "Кельмістра", "Antonov"])
    def test_a_distinguishing_word_is_none(self, word: str) -> None:
        assert concept(word) is None
