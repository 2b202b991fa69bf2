"""What meets a part of a text, and the worth of each way."""

import itertools

import pytest

from apps.dealflow.rules.matching_words import (
    PLACES,
    TYPO,
    Kind,
    Matcher,
    Term,
    conjunctions,
    counted,
    lexemes_of,
    matcher_of,
    query_of,
    title_query_of,
    with_areas,
    with_typos,
)
from apps.dealflow.rules.text import parts_of
from apps.startups.rules.concepts import Meaning
from apps.startups.rules.lexemes import Lexicon

LEXICON = Lexicon(
    stems={"drones": "drone", "thermal": "thermal", "cameras": "camera", "of": ""},
    forms={
        ("drone",): Meaning(("uav",), ("uav", "unmanned")),
        ("thermal", "camera"): Meaning(("thermal",), ("thermal",)),
    },
)


def matcher(text: str) -> Matcher:
    return matcher_of(part=parts_of(text=text, lexicon=LEXICON)[0], lexicon=LEXICON)


class TestMatcherOf:
    def test_meets_a_word_by_itself_its_form_its_sound_and_its_meaning(self) -> None:
        found = matcher("drones")

        assert found.terms[Kind.EXACT] == (Term(("drones", "$drones")),)
        assert found.terms[Kind.FORM] == (Term(("~drone", "drone")),)
        assert found.terms[Kind.SYNONYM] == (Term(("#uav",)),)
        assert {"^drones", "@drones"} <= set(found.terms[Kind.SOUND][0].lexemes)
        assert found.titles == {"!drone", "!#uav"}

    def test_meets_a_form_of_several_words_as_a_phrase_all_words_or_by_meaning(self) -> None:
        found = matcher("thermal cameras")

        assert [term.is_phrase for term in found.terms[Kind.EXACT]] == [True]
        assert found.terms[Kind.FORM][0].query() == "(('thermal' | '~thermal') & ('cameras' | '~camera' | 'camera'))"
        assert found.terms[Kind.SYNONYM] == (Term(("#thermal",)),)

    def test_takes_quotes_as_they_are_written_with_the_places_of_stop_words(self) -> None:
        found = matcher('"cameras of drones"')

        assert set(found.terms) == {Kind.EXACT}
        assert found.query() == "((('cameras') <2> ('drones')))"

    def test_takes_a_designation_as_one_or_in_its_parts(self) -> None:
        assert matcher("Р-330Ж").query() == "((('р') <1> ('330ж')) | ('р330ж'))"

    @pytest.mark.parametrize("text", ["x'y", "a\\b", "o'brien"])
    def test_quotes_what_postgresql_would_read(self, text: str) -> None:
        assert Term((text,)).query("A").count("'") % 2 == 0


class TestWithAreas:
    def test_finds_areas_by_the_closest_kind_alone(self) -> None:
        labels = {"drones": frozenset({"A"}), "#uav": frozenset({"A", "B"})}

        found = with_areas(matcher=matcher("drones"), labels=labels)

        assert (found.areas[Kind.EXACT], found.areas[Kind.SYNONYM]) == ({"A"}, {"B"})
        assert "':A' | ':B'" in found.query()

    def test_wants_all_words_of_a_form_in_one_label(self) -> None:
        labels = {"thermal": frozenset({"A", "B"}), "~camera": frozenset({"B"})}

        assert with_areas(matcher=matcher("thermal cameras"), labels=labels).areas[Kind.FORM] == {"B"}

    def test_leaves_quotes_to_texts(self) -> None:
        found = with_areas(matcher=matcher('"drones"'), labels={"drones": frozenset({"A"})})

        assert not any(found.areas.values())


class TestRungs:
    def test_go_by_place_and_closeness_the_best_first(self) -> None:
        worths = [worth for worth, _ in matcher("drones").rungs()]

        assert worths == sorted(worths, reverse=True)
        assert worths[0] == 1.0
        assert len(worths) == 4 * len(PLACES)

    def test_put_the_closer_before_the_less_close_at_every_place(self) -> None:
        assert [kind.value for kind in (Kind.EXACT, Kind.FORM, Kind.SOUND, Kind.SYNONYM)] == sorted(
            (kind.value for kind in Kind), reverse=True
        )
        assert PLACES["A"] > PLACES["C"] > PLACES["B"] > PLACES["D"]

    def test_put_what_a_typo_is_taken_for_below_what_was_typed(self) -> None:
        found = with_typos(matcher=matcher("dornes"), meant=[matcher("drones")])
        mended = {query: worth for worth, query in matcher("drones").rungs()}

        own = [(worth, query) for worth, query in found.rungs() if query in mended]

        assert own
        assert all(worth == pytest.approx(TYPO * mended[query]) for worth, query in own)
        assert found.corrected == ("drones",)


class TestWeight:
    def test_is_the_higher_the_fewer_listings_have_the_word(self) -> None:
        rare, common = (counted(matcher=matcher("drones"), documents={"drones": count}) for count in (3, 4000))

        assert rare.weight(10_000) > common.weight(10_000) > 0
        assert common.weight(4000) == 1.0

    def test_does_not_move_with_a_few_listings_more(self) -> None:
        one = counted(matcher=matcher("drones"), documents={"drones": 40})

        assert one.weight(10_000) == one.weight(10_010)


class TestCounted:
    def test_takes_the_commonest_way_and_of_several_words_the_rarest(self) -> None:
        one = counted(matcher=matcher("drones"), documents={"drones": 1, "~drone": 7, "#uav": 9})
        several = counted(matcher=matcher("thermal cameras"), documents={"thermal": 2, "camera": 5})

        assert (one.documents, several.documents) == (9, 2)


class TestConjunctions:
    def test_go_from_all_words_to_any(self) -> None:
        matchers = [matcher(text) for text in ("a1", "b1", "c1", "d1")]

        steps = [[len(chosen) for chosen in step] for step in conjunctions(matchers)]

        assert steps == [[4], [3] * 4, [2] * 6, [1] * 4]

    def test_are_one_for_one_word_and_none_for_none(self) -> None:
        assert [len(step) for step in conjunctions([matcher("a1")])] == [1]
        assert list(conjunctions([])) == []


class TestQueryOf:
    def test_wants_all_parts_of_some_alternative(self) -> None:
        one, two = matcher('"a1"'), matcher('"b1"')

        assert query_of([[one, two], [one]]) == "((('a1')) & (('b1'))) | ((('a1')))"


class TestTitleQueryOf:
    def test_wants_all_parts_in_the_title(self) -> None:
        one, two = matcher("a1"), matcher("drones")

        assert title_query_of([[one, two]]) == "(('!a1') & ('!#uav' | '!drone'))"

    def test_is_empty_where_the_index_cannot_tell(self) -> None:
        assert title_query_of([[matcher('"a1 b1"')]]) == ""


class TestLexemesOf:
    def test_holds_those_of_all_parts_and_of_what_they_are_taken_for(self) -> None:
        found = with_typos(matcher=matcher("dornes"), meant=[matcher("drones")])

        assert {"dornes", "drones", "#uav"} <= lexemes_of([found])
        assert lexemes_of(itertools.repeat(found, 0)) == frozenset()
