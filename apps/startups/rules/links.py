"""Which events of a log may refer to which: answers to their question, corrections to what they correct."""

from __future__ import annotations

import datetime as dt

from apps.startups.rules.speed import CLOSED_BY, RELEASE
from kernel.errors import FieldProblem

NO_SUCH_EVENT = "There is no such event of this capability."


def answers_of(*, kind: str) -> frozenset[str]:
    """The kinds of events that an event of this kind may answer.

    A release may answer any question. One made for an order ends no duration, a delivery does, but it counts in the
    cadence as a release that answers something.
    """
    return frozenset(question for question, answers in CLOSED_BY.items() if kind in answers or kind == RELEASE)


def answer_problems(
    *,
    kind: str,
    occurred_at: dt.datetime,
    question_kind: str | None,
    question_at: dt.datetime | None,
    pointer: str = "/answers",
) -> list[FieldProblem]:
    """What is wrong with an event that answers a question; the question's kind and moment are None if there is none."""
    if question_kind is None or question_at is None:
        return [FieldProblem(pointer, "unknown_event", NO_SUCH_EVENT)]
    possible = answers_of(kind=kind)
    if not possible:
        return [FieldProblem(pointer, "answers_nothing", "Events of this kind answer nothing.")]
    if question_kind not in possible:
        known = ", ".join(sorted(possible))
        text = "Events of this kind answer one of {known}."
        return [FieldProblem(pointer, "other_kind", text, {"known": known})]
    if question_at > occurred_at:
        return [FieldProblem(pointer, "not_before", "An answer does not come before its question.")]
    return []


def correction_problems(*, is_known: bool, is_superseded: bool, pointer: str = "/supersedes") -> list[FieldProblem]:
    """What is wrong with an event that corrects another of its capability."""
    if not is_known:
        return [FieldProblem(pointer, "unknown_event", NO_SUCH_EVENT)]
    if is_superseded:
        return [FieldProblem(pointer, "superseded", "Another event supersedes it already.")]
    return []
