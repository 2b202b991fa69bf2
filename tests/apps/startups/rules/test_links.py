"""Which events may answer and correct which."""

import datetime as dt

import pytest

from apps.startups.rules.links import answer_problems, answers_of, correction_problems
from apps.startups.states import EventKind

ASKED = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)
POSSIBLE = {
    ("fix_fielded", "feedback_reported"),
    ("release_fielded", "feedback_reported"),
    ("countermeasure_answered", "countermeasure_observed"),
    ("fix_fielded", "countermeasure_observed"),
    ("release_fielded", "countermeasure_observed"),
    ("delivery_made", "order_received"),
    ("release_fielded", "order_received"),
}


class TestAnswersOf:
    def test_are_the_pairs_written_down_here(self) -> None:
        assert {(kind, question) for kind in EventKind.values for question in answers_of(kind=kind)} == POSSIBLE


class TestAnswerProblems:
    @pytest.mark.parametrize(
        ("kind", "question", "days", "code"),
        [
            ("fix_fielded", "feedback_reported", 1, None),
            ("fix_fielded", "feedback_reported", 0, None),
            ("fix_fielded", "feedback_reported", -1, "not_before"),
            ("fix_fielded", None, 1, "unknown_event"),
            ("delivery_made", "feedback_reported", 1, "other_kind"),
            ("fix_fielded", "order_received", 1, "other_kind"),
            ("fix_fielded", "fix_fielded", 1, "other_kind"),
            ("order_received", "order_received", 1, "answers_nothing"),
            ("field_test", "feedback_reported", 1, "answers_nothing"),
        ],
    )
    def test_names_the_link(self, kind: str, question: str | None, days: int, code: str | None) -> None:
        found = answer_problems(
            kind=kind,
            occurred_at=ASKED + dt.timedelta(days=days),
            question_kind=question,
            question_at=None if question is None else ASKED,
            pointer="/events/3/answers",
        )

        wanted = [] if code is None else [("/events/3/answers", code)]
        assert [(problem.pointer, problem.code) for problem in found] == wanted


class TestCorrectionProblems:
    @pytest.mark.parametrize(
        ("is_known", "is_superseded", "codes"),
        [(True, False, []), (True, True, ["superseded"]), (False, False, ["unknown_event"])],
    )
    def test_wants_an_event_that_nothing_supersedes(
        self, *, is_known: bool, is_superseded: bool, codes: list[str]
    ) -> None:
        found = correction_problems(is_known=is_known, is_superseded=is_superseded)

        assert [problem.code for problem in found] == codes
