"""Which script a word is in, look-alikes repaired, marks folded."""

import pytest

from apps.compliance.names.scripts import MAX_LENGTH, cleaned, is_cyrillic, latin_folded, one_script


class TestCleaned:
    @pytest.mark.parametrize("name", ["Мар'яна", "Мар’яна", "Марʼяна", "Мар`яна", "МАР'ЯНА"])
    def test_drops_every_kind_of_apostrophe(self, name: str) -> None:
        assert cleaned(name) == "маряна"

    def test_drops_signs_that_nobody_sees(self) -> None:
        assert cleaned("Pet\u200bren\u00adko\ufeff") == "petrenko"

    def test_composes_letters_written_as_two_signs(self) -> None:
        assert cleaned("Сергіи\u0306") == "сергій"

    def test_reads_no_more_than_the_longest_name(self) -> None:
        assert len(cleaned("ﷺ" * 1_000_000)) <= MAX_LENGTH


class TestOneScript:
    @pytest.mark.parametrize(
        ("mixed", "repaired"),
        [
            ("пeтpeнкo", "петренко"),
            ("petrеnkо", "petrenko"),
            ("кoваль", "коваль"),
            ("rheіnmеtаll", "rheinmetall"),
            ("іван", "іван"),
            ("ivan", "ivan"),
        ],
    )
    def test_writes_look_alikes_in_the_script_of_the_word(self, mixed: str, repaired: str) -> None:
        assert one_script(mixed) == repaired

    def test_leaves_letters_without_a_look_alike(self) -> None:
        assert is_cyrillic(one_script("жzжж"))


class TestLatinFolded:
    @pytest.mark.parametrize(
        ("word", "folded"),
        [
            ("müller", "muller"),
            ("straße", "strasse"),
            ("ørsted", "orsted"),
            ("łódź", "lodz"),
            ("yıldız", "yildiz"),
            ("šuša", "shusha"),
            ("șerban", "sherban"),
            ("erdoğan", "erdogan"),
            ("çelik", "tchelik"),
        ],
    )
    def test_spells_out_letters_with_marks(self, word: str, folded: str) -> None:
        assert latin_folded(word) == folded
