"""Vectors hold each kind of lexeme at its place with its weight."""

from apps.startups.rules.concepts import Meaning
from apps.startups.rules.lexemes import LAST_PLACE, Lexicon, Reader, Vector, label_lexemes, lexemes_of
from apps.startups.rules.words import words_of

LEXICON = Lexicon(
    stems={"quiet": "quiet", "drones": "drone", "the": ""},
    forms={("drone",): Meaning(("uav",), ("uav", "unmanned"))},
)


def lexemes(text: str, *, is_title: bool = False) -> set[tuple[int, str]]:
    return set(lexemes_of(words=words_of(text=text), lexicon=LEXICON, is_title=is_title))


class TestLexemesOf:
    def test_are_the_word_its_stem_its_sound_and_what_it_means(self) -> None:
        assert lexemes("drones") == {(0, "drones"), (0, "~drone"), (0, "%drones"), (0, "#uav"), (0, "#unmanned")}

    def test_mark_titles_by_stem_and_meaning(self) -> None:
        assert {(0, "!drone"), (0, "!#uav")} <= lexemes("drones", is_title=True)

    def test_leave_stop_words_out_and_their_places_empty(self) -> None:
        assert {place for place, _ in lexemes("the quiet")} == {1}

    def test_hold_a_designation_as_it_is_written_and_as_one(self) -> None:
        assert {(0, "р"), (1, "330ж"), (0, "р330ж")} <= lexemes("Р-330Ж")

    def test_sound_by_the_word_and_its_lemma(self) -> None:
        assert {(0, "^dronam"), (0, "^dron")} <= lexemes("дронами")


class TestReader:
    def test_drops_legal_forms_of_a_name_and_lets_it_sound(self) -> None:
        found = {lexeme for _, lexeme in Reader(LEXICON).name("ТОВ «Глезур Аеро»")[1]}

        assert {"глезур", "аеро", "@hlezur"} <= found
        assert "тов" not in found

    def test_reads_titles_and_other_texts_apart(self) -> None:
        reader = Reader(LEXICON)

        assert (0, "!drone") in reader.text("drones", is_title=True)[1]
        assert (0, "!drone") not in reader.text("drones")[1]

    def test_goes_by_words_that_are_known(self) -> None:
        reader = Reader(LEXICON, {"drones": words_of(text="quiet")})

        assert reader.text("drones") == Reader(LEXICON).text("quiet")


class TestVector:
    def test_keeps_texts_apart_by_a_gap(self) -> None:
        vector, reader = Vector(), Reader(LEXICON)
        vector.add_text(reader.text("quiet"), weight="A")
        vector.add_text(reader.text("drones"), weight="D")

        assert set(vector.places["quiet"]) == {1}
        assert set(vector.places["drones"]) == {12}

    def test_writes_what_postgresql_reads(self) -> None:
        vector = Vector()
        vector.add_code(lexeme=":O'X\\Y", weight="B")

        assert vector.literal() == "':O''X\\\\Y':1B"

    def test_keeps_the_better_weight_at_a_place(self) -> None:
        vector = Vector()
        vector.add("x", 1, "D")
        vector.add("x", 1, "A")
        vector.add("x", 1, "B")

        assert vector.places["x"] == {1: "A"}

    def test_drops_what_stands_beyond_the_last_place(self) -> None:
        vector = Vector()
        vector.add("x", LAST_PLACE + 1, "A")

        assert vector.literal() == ""

    def test_goes_on_with_a_copy(self) -> None:
        first = Vector()
        first.add("x", 1, "A")
        second = first.copied()
        second.add("x", 2, "B")

        assert (first.literal(), second.literal()) == ("'x':1A", "'x':1A,2B")


class TestLabelLexemes:
    def test_tell_in_which_areas_labels_a_lexeme_stands(self) -> None:
        found = label_lexemes(labels={"A": ["Quiet drones", "Дрони"], "B": ["Drones", ""]}, lexicon=LEXICON)

        assert found["quiet"] == {"A"}
        assert found["~drone"] == {"A", "B"}
        assert found["#uav"] == {"A", "B"}
        assert found["~дрон"] == {"A"}
