"""Words of a text and their lemmas."""

import pytest

from apps.startups.rules.words import LONGEST, search_terms


class TestSearchTerms:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("Дронами", ["дронами", "дрон"]),
            ("безпілотників", ["безпілотників", "безпілотник"]),
            ("радіоелектронної", ["радіоелектронної", "радіоелектронний"]),
            ("дрон", ["дрон"]),
        ],
    )
    def test_puts_the_lemma_beside_the_word(self, text: str, expected: list[str]) -> None:
        assert search_terms(text=text) == expected

    def test_meets_every_form_of_a_word_in_its_lemma(self) -> None:
        forms = ["дрона", "дрони", "дронів", "дронам", "дроном", "дронами"]

        assert all("дрон" in search_terms(text=form) for form in forms)

    def test_leaves_latin_words_and_designations_as_they_are(self) -> None:
        assert search_terms(text="STANAG 4671, M2") == ["stanag", "4671", "m2"]

    def test_parts_at_a_hyphen(self) -> None:
        assert search_terms(text="Р-330Ж")[:1] == ["р"]
        assert "330ж" in search_terms(text="Р-330Ж")

    @pytest.mark.parametrize("mark", ["'", "’", "ʼ", "`"])
    def test_takes_all_apostrophes_for_one(self, mark: str) -> None:
        terms = search_terms(text=f"п{mark}ять комп{mark}ютерів")

        assert {"пять", "компютер"} <= set(terms)

    def test_takes_composed_and_decomposed_letters_for_the_same(self) -> None:
        assert (
            search_terms(text="Київ")
            == search_terms(text="Киі\u0308в".replace("і", "і"))
            == search_terms(text="Ки\u0457в")
        )

    def test_drops_what_is_too_long_for_a_word(self) -> None:
        assert search_terms(text=f"дрон {'a' * (LONGEST + 1)} {'b' * LONGEST}") == ["дрон", "b" * LONGEST]

    def test_has_nothing_of_nothing(self) -> None:
        assert search_terms(text=" — ") == []
