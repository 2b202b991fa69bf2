"""Passages show what was found, as it is written."""

from apps.dealflow.rules.passages import PASSAGE, Passages, Snippet, passages_of, snippet_of
from apps.startups.rules.concepts import Meaning
from apps.startups.rules.lexemes import Lexicon
from apps.startups.rules.words import words_of

LEXICON = Lexicon(
    stems={"drones": "drone"}, forms={("loitering", "munition"): Meaning(("loitering",), ("loitering", "uav"))}
)


def passages(text: str, *, is_name: bool = False) -> Passages:
    return passages_of(text=text, words=words_of(text=text), lexicon=LEXICON, is_name=is_name)


def snippet(text: str, *wanted: str, is_name: bool = False) -> Snippet | None:
    return snippet_of(field="title", passages=passages(text, is_name=is_name), wanted=wanted)


class TestPassagesOf:
    def test_knows_a_name_by_its_sound_and_pseudonym(self) -> None:
        found = passages("Firm 7KQ2M0D Глезур", is_name=True)

        assert found.places["$7kq2m0d"] == {1}
        assert found.places["@hlezur"] == {2}


class TestSnippetOf:
    def test_marks_the_words_in_any_form(self) -> None:
        assert snippet("Ten drones", "~drone") == Snippet("title", "Ten drones", ((4, 10),))

    def test_marks_a_form_of_a_concept_as_one(self) -> None:
        assert snippet("A loitering munition", "#uav") == Snippet("title", "A loitering munition", ((2, 20),))

    def test_is_none_where_nothing_is_found(self) -> None:
        assert snippet("Ten drones", "radar") is None

    def test_leaves_markup_as_it_is_written(self) -> None:
        found = snippet("<script>drones</script> & co", "drones")

        assert found is not None
        assert found.text == "<script>drones</script> & co"
        assert [found.text[start:end] for start, end in found.ranges] == ["drones"]

    def test_cuts_a_long_text_around_the_first_word_found(self) -> None:
        text = "lorem " * 100 + "drones " + "ipsum " * 100

        found = snippet(text, "drones")

        assert found is not None
        assert len(found.text) <= PASSAGE
        assert [found.text[start:end] for start, end in found.ranges] == ["drones"]
        assert found.text.startswith("lorem")
        assert found.text.endswith("ipsum")

    def test_counts_characters_of_the_composed_text(self) -> None:
        found = snippet("і\u0308жак drones", "drones")

        assert found is not None
        assert found.text[slice(*found.ranges[0])] == "drones"
