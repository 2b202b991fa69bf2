"""Structure terms."""

import pytest

from apps.matching.engine.gates import TERMS as GATES_TERMS
from apps.reference.terms import TERMS, term_problems


class TestTerms:
    def test_are_those_that_matching_compares(self) -> None:
        assert set(TERMS) == set(GATES_TERMS)


class TestTermProblems:
    @pytest.mark.parametrize(
        ("term", "value"),
        [("holding", "EE"), ("board_seat", "yes"), ("lead", "no"), ("max_stake", "0.25"), ("max_stake", "1")],
    )
    def test_passes_what_matching_can_read(self, term: str, value: str) -> None:
        assert term_problems(terms=[{"term": term, "value": value, "required": True}], pointer="/terms") == []

    @pytest.mark.parametrize(
        ("term", "value"),
        [
            ("holding", "Estonia"),
            ("board_seat", "perhaps"),
            ("max_stake", "0"),
            ("max_stake", "1.5"),
            ("max_stake", "NaN"),
            ("max_stake", "a quarter"),
        ],
    )
    def test_points_at_a_value_that_is_none(self, term: str, value: str) -> None:
        problems = term_problems(terms=[{"term": term, "value": value, "required": False}], pointer="/terms")

        assert [problem.pointer for problem in problems] == ["/terms/0/value"]

    def test_refuses_a_term_twice(self) -> None:
        terms = [{"term": "lead", "value": value, "required": False} for value in ("yes", "no")]

        assert [problem.code for problem in term_problems(terms=terms, pointer="/terms")] == ["repeated"]
