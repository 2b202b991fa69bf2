"""Transliteration and invented words."""

import pytest

from apps.exchange.sample.names import invented_words, slug, transliterate


class TestTransliterate:
    @pytest.mark.parametrize(
        ("ukrainian", "latin"),
        [
            ("Алушта", "Alushta"),
            ("Згорани", "Zghorany"),
            ("Розгон", "Rozghon"),
            ("Єнакієве", "Yenakiieve"),
            ("Їжакевич", "Yizhakevych"),
            ("Йосипівка", "Yosypivka"),
            ("Знам'янка", "Znamianka"),
            ("Щербухи", "Shcherbukhy"),
            ("Юрій Яготин", "Yurii Yahotyn"),
            ("Русь", "Rus"),
            ("Ґалаґан", "Galagan"),
        ],
    )
    def test_follows_the_official_table(self, ukrainian: str, latin: str) -> None:
        assert transliterate(ukrainian) == latin


class TestInventedWords:
    def test_gives_each_word_and_key_once(self) -> None:
        words = list(invented_words())

        assert len(set(words)) == len({slug(word) for word in words}) == len(words) >= 120
