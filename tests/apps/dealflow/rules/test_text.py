"""What a search accepts, and the parts of its text."""

import pytest

from apps.dealflow.rules.text import LONGEST, MOST_PARTS, parts_of, text_problem
from apps.startups.rules.concepts import Meaning
from apps.startups.rules.lexemes import Lexicon

LEXICON = Lexicon(
    stems={"the": "", "and": "", "loitering": "loiter", "munition": "munit"},
    forms={
        ("loiter", "munit"): Meaning(("loitering",), ("loitering", "uav")),
        ("munit",): Meaning(("munition",), ("munition",)),
        ("c", "uas"): Meaning(("cuas",), ("cuas",)),
    },
)


def parts(text: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(part.text, part.concepts) for part in parts_of(text=text, lexicon=LEXICON)]


class TestTextProblem:
    @pytest.mark.parametrize("text", ["radar", "РЕБ", "4671", "the", "' OR 1=1 --", "a & | ! <-> :*"])
    def test_accepts_words_and_figures(self, text: str) -> None:
        assert text_problem(text) is None

    @pytest.mark.parametrize("text", ["", " ", "😀", "& | !", '""', "\x00", "\ud800"])
    def test_refuses_what_has_no_word(self, text: str) -> None:
        assert text_problem(text) == "no_words"

    def test_refuses_what_is_too_long(self) -> None:
        assert text_problem("a " * (LONGEST // 2)) is None
        assert text_problem("a" * (LONGEST + 1)) == "too_long"


class TestPartsOf:
    def test_are_the_words_without_stop_words(self) -> None:
        assert parts("the radar and для мосту") == [("radar", ()), ("мосту", ())]

    def test_take_the_longest_form_of_a_concept_as_one(self) -> None:
        assert parts("small loitering munition") == [("small", ()), ("loitering munition", ("loitering",))]

    def test_take_a_designation_as_one(self) -> None:
        (part,) = parts_of(text="Р-330Ж", lexicon=LEXICON)

        assert (part.text, part.whole) == ("р 330ж", "р330ж")

    def test_take_a_hyphenated_form_of_a_concept_as_one(self) -> None:
        (part,) = parts_of(text="C-UAS", lexicon=LEXICON)

        assert (part.concepts, part.whole) == (("cuas",), "cuas")

    def test_part_other_hyphenated_words(self) -> None:
        assert parts("day-night") == [("day", ()), ("night", ())]

    @pytest.mark.parametrize(
        "quoted", ['"the loitering munition"', "«the loitering munition»", "“the loitering munition”"]
    )
    def test_take_quotes_as_phrases(self, quoted: str) -> None:
        first, second = parts_of(text=f"{quoted} radar", lexicon=LEXICON)

        assert (first.text, first.is_quoted, first.concepts) == ("the loitering munition", True, ())
        assert (second.text, second.is_quoted) == ("radar", False)

    def test_take_an_open_quote_for_none(self) -> None:
        assert parts('"radar') == [("radar", ())]

    def test_are_none_of_stop_words_alone(self) -> None:
        assert parts('the "and the" для') == []

    def test_are_each_once_and_not_too_many(self) -> None:
        assert parts("radar radar") == [("radar", ())]
        assert len(parts(" ".join(f"w{number}" for number in range(50)))) == MOST_PARTS
