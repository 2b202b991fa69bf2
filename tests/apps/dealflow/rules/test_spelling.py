"""Mistyped words and the known ones that they may have been."""

import pytest

from apps.dealflow.rules.matching_words import Kind
from apps.dealflow.rules.spelling import Candidate, asks_of, closest, distance, is_mendable, meant_of, swapped
from apps.dealflow.rules.text import Part, parts_of
from apps.startups.rules.lexemes import Lexicon

LEXICON = Lexicon(stems={}, forms={})


def part(text: str) -> Part:
    return parts_of(text=text, lexicon=LEXICON)[0]


class TestIsMendable:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [("drnoe", True), ("дорн", True), ("ew", False), ("m2a4b", False), ('"drnoe"', False), ("Р-330Ж", False)],
    )
    def test_leaves_short_words_designations_and_quotes_alone(self, text: str, expected: bool) -> None:
        assert is_mendable(part(text)) is expected


class TestDistance:
    @pytest.mark.parametrize(
        ("typed", "known", "expected"),
        [
            ("drnoe", "drone", 1),
            ("radr", "radar", 1),
            ("radr", "rotor", None),
            ("hexacoptor", "hexacopter", 1),
            ("кельмітсра", "кельмістра", 1),
            ("penetrting", "penetrating", 1),
            ("camera", "jammer", None),
        ],
    )
    def test_forgives_more_in_longer_words(self, typed: str, known: str, expected: int | None) -> None:
        assert distance(typed, known) == expected


class TestSwapped:
    def test_swaps_every_two_neighbours(self) -> None:
        assert swapped("abc") == ["bac", "acb"]


class TestAsksOf:
    def test_compares_as_written_and_by_the_sound_of_the_other_script_and_of_names(self) -> None:
        asks = asks_of(part=part("krytsmol"))

        assert (asks[0].marks, asks[0].text) == ("", "krytsmol")
        assert {ask.marks for ask in asks[1:]} == {"@^"}
        assert {ask.marks for ask in asks_of(part=part("крицмоль"))[1:]} == {"@%"}


class TestClosest:
    def test_takes_those_with_the_fewest_slips(self) -> None:
        candidates = [Candidate("drone", 3), Candidate("drones", 9), Candidate("crane", 99)]

        assert [each.lexeme for each in closest(part=part("drnoe"), candidates=candidates)] == ["drone"]

    def test_takes_a_word_before_a_sound_and_the_commoner_first(self) -> None:
        candidates = [Candidate("^radar", 50), Candidate("radat", 1), Candidate("radar", 9)]

        assert [each.lexeme for each in closest(part=part("radaz"), candidates=candidates)] == [
            "radar",
            "radat",
            "^radar",
        ]

    def test_takes_none_that_is_too_far(self) -> None:
        assert closest(part=part("drnoe"), candidates=[Candidate("munition", 3)]) == []


class TestMeantOf:
    def test_meets_what_the_known_word_meets(self) -> None:
        assert Kind.EXACT in meant_of(candidate=Candidate("drone", 1), lexicon=LEXICON).terms

    def test_meets_a_sound_alone(self) -> None:
        found = meant_of(candidate=Candidate("@hlezur", 1), lexicon=LEXICON)

        assert found.query() == "(('@hlezur'))"
