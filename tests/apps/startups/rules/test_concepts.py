"""The edition of concepts is whole, and forms are found in texts."""

import hashlib
import json

import pytest

from apps.startups.rules.concepts import (
    FILE,
    LONGEST_FORM,
    ConceptsMalformed,
    Meaning,
    concepts,
    concepts_parse,
    forms_of,
    spans_of,
)
from apps.startups.rules.words import words_of


def edition(*rows: dict[str, object]) -> bytes:
    return json.dumps({"id": "x", "source": "ours", "concepts": rows}).encode()


UAV = {"code": "uav", "en": ["UAV", "drone"], "uk": ["БпЛА", "безпілотний літальний апарат"]}
COPTER = {"code": "copter", "en": ["copter"], "uk": ["коптер"], "broader": ["uav"]}


class TestConcepts:
    def test_are_hashed_over_the_bytes_of_their_file(self) -> None:
        assert concepts().sha256 == hashlib.sha256(FILE.read_bytes()).hexdigest()

    def test_have_a_source_and_forms_in_both_languages_of_at_most_five_words(self) -> None:
        for concept in concepts().concepts:
            assert concept.source
            assert concept.forms
            assert max(len(form) for form in concept.forms) <= LONGEST_FORM, concept.codes
            assert any(word.is_cyrillic for form in concept.forms for word in form), concept.codes

    @pytest.mark.parametrize(
        "forms",
        [
            ("UAV", "UAS", "drone", "БпЛА", "безпілотник"),
            ("EW", "electronic warfare", "РЕБ"),
            ("UGV", "НРК", "ground robot"),
            ("ISR", "reconnaissance", "розвідка"),
            ("C2", "command and control", "управління військами"),
            ("FPV", "ФПВ"),
            ("loitering munition", "баражуючий боєприпас", "дрон-камікадзе"),
        ],
    )
    def test_hold_the_words_of_the_trade_for_one_another(self, forms: tuple[str, ...]) -> None:
        known = forms_of(concepts=concepts(), stems={})
        meant = [set(known[tuple(word.lemma for word in words_of(text=form))].own) for form in forms]

        assert set.intersection(*meant)


class TestConceptsParse:
    def test_gives_each_concept_its_code_and_the_broader_ones(self) -> None:
        parsed = concepts_parse(content=edition(UAV, COPTER))

        assert [concept.codes for concept in parsed.concepts] == [("uav",), ("copter", "uav")]
        assert parsed.english_words == {"uav", "drone", "copter"}

    def test_refuses_a_code_that_stands_twice(self) -> None:
        with pytest.raises(ConceptsMalformed):
            concepts_parse(content=edition(UAV, UAV))

    def test_refuses_a_broader_concept_that_is_not_there(self) -> None:
        with pytest.raises(ConceptsMalformed):
            concepts_parse(content=edition(COPTER))


class TestFormsOf:
    def test_joins_the_meanings_of_a_form_of_several_concepts(self) -> None:
        flying = {"code": "flying", "en": ["drone"]}
        known = forms_of(concepts=concepts_parse(content=edition(UAV, COPTER, flying)), stems={})

        assert known[("drone",)] == Meaning(("uav", "flying"), ("uav", "flying"))
        assert known[("коптер",)] == Meaning(("copter",), ("copter", "uav"))


class TestSpansOf:
    def test_finds_forms_in_any_inflection_the_longest_first(self) -> None:
        forms = forms_of(concepts=concepts_parse(content=edition(UAV, COPTER)), stems={})
        words = words_of(text="рій безпілотних літальних апаратів і коптерів")

        spans = spans_of(words=words, stems={}, forms=forms)

        assert [(span.start, span.end, span.meaning.own) for span in spans] == [(1, 4, ("uav",)), (5, 6, ("copter",))]

    def test_goes_by_english_stems(self) -> None:
        stems = {"drone": "drone", "drones": "drone"}
        forms = forms_of(concepts=concepts_parse(content=edition(UAV)), stems=stems)

        assert [span.start for span in spans_of(words=words_of(text="ten drones"), stems=stems, forms=forms)] == [1]
