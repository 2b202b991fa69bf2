"""Words of a text, their dictionary forms and their sounds."""

import pytest

from apps.startups.rules.words import (
    LONGEST,
    composed,
    english_words,
    is_stop_word,
    joined,
    key_of,
    sounds_of,
    words_of,
)


def texts(text: str) -> list[str]:
    return [word.text for word in words_of(text=text)]


class TestWordsOf:
    def test_gives_words_in_lower_case_with_lemmas(self) -> None:
        assert [(word.text, word.lemma) for word in words_of(text="Дронами, Drones")] == [
            ("дронами", "дрон"),
            ("drones", "drones"),
        ]

    def test_meets_every_form_of_a_word_in_its_lemma(self) -> None:
        forms = ["дрона", "дрони", "дронів", "дронам", "дроном", "дронами"]

        assert {words_of(text=form)[0].lemma for form in forms} == {"дрон"}

    def test_tells_where_each_word_stands(self) -> None:
        text = "EW: «глушники»"

        assert [text[word.start : word.end] for word in words_of(text=text)] == ["EW", "глушники"]

    def test_parts_at_a_hyphen_and_says_so(self) -> None:
        words = words_of(text="Р-330Ж, M2")

        assert [(word.text, word.is_hyphened) for word in words] == [("р", True), ("330ж", False), ("m2", False)]

    @pytest.mark.parametrize("mark", ["'", "’", "ʼ", "`"])
    def test_takes_all_apostrophes_for_one(self, mark: str) -> None:
        assert texts(f"п{mark}ять комп{mark}ютерів") == ["пять", "компютерів"]

    def test_repairs_letters_of_the_other_script(self) -> None:
        assert texts("бойовi дpони") == texts("бойові дрони")

    def test_takes_composed_and_decomposed_letters_for_the_same(self) -> None:
        assert texts("Киі\u0308в") == texts("Київ")
        assert composed("і\u0308") == "ї"

    def test_drops_what_is_too_long_for_a_word(self) -> None:
        assert texts(f"дрон {'a' * (LONGEST + 1)} {'b' * LONGEST}") == ["дрон", "b" * LONGEST]

    @pytest.mark.parametrize("text", ["", " — ", "\x00", "😀", "___", "\ud800"])
    def test_has_nothing_of_nothing(self, text: str) -> None:
        assert words_of(text=text) == []


class TestJoined:
    def test_writes_hyphenated_words_as_one(self) -> None:
        words = words_of(text="new Р-330Ж and micro-turbine")

        assert joined(words=words) == [(1, 2, "р330ж"), (4, 2, "microturbine")]

    def test_has_none_without_hyphens(self) -> None:
        assert joined(words=words_of(text="micro turbine")) == []


class TestKeyOf:
    def test_is_the_stem_of_a_latin_and_the_lemma_of_a_cyrillic_word(self) -> None:
        latin, cyrillic = words_of(text="munitions боєприпасами")

        assert key_of(word=latin, stems={"munitions": "munit"}) == "munit"
        assert key_of(word=cyrillic, stems={}) == "боєприпас"

    def test_is_the_word_itself_where_there_is_no_stem(self) -> None:
        (word,) = words_of(text="the")

        assert key_of(word=word, stems={"the": ""}) == "the"


class TestIsStopWord:
    def test_knows_those_of_both_languages(self) -> None:
        words = words_of(text="the для radar радар")

        assert [is_stop_word(word=word, stems={"the": "", "radar": "radar"}) for word in words] == [
            True,
            True,
            False,
            False,
        ]


class TestEnglishWords:
    def test_are_latin_without_figures(self) -> None:
        assert english_words(texts=[words_of(text="Radar M2 155 радар")]) == {"radar"}


class TestSoundsOf:
    @pytest.mark.parametrize(
        ("latin", "cyrillic"),
        [
            ("hexacopter", "гексакоптер"),
            ("Microturbine", "мікротурбіна"),
            ("platform", "платформа"),
            ("Khvastvel", "Хваствель"),
            ("Chwastwel", "Хваствель"),
            ("Yelmarys", "Єльмарис"),
            ("Jelmaris", "Єльмарис"),
            ("Shchedvart", "Щедварт"),
            ("Glezur", "Глезур"),
            ("rozminuvannya", "розмінування"),
            ("rozminuvannia", "розмінування"),
        ],
    )
    def test_meet_across_scripts_in_any_usual_romanisation(self, latin: str, cyrillic: str) -> None:
        assert set(sounds_of(latin.lower())) & set(sounds_of(cyrillic.lower()))

    @pytest.mark.parametrize("word", ["ew", "m2", "330ж", "с2"])
    def test_are_none_of_short_words_and_designations(self, word: str) -> None:
        assert sounds_of(word) == ()
