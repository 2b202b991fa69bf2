"""Which events enter a figure: every reason once, and nothing that does not count moves one."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pytest

from apps.reference.scoring_models import CURRENT, model_files
from apps.reference.tables import editions
from apps.startups.rules.counting import Counting, event_states
from apps.startups.rules.evidence import EventFact
from apps.startups.rules.speed import SpeedParameters, speed_profile
from apps.startups.states import EventKind

AS_OF = dt.date(2026, 6, 1)
WINDOW = 365


def fact(name: str, kind: str, days_ago: int, tier: str = "E2", **values: Any) -> EventFact:
    at = dt.datetime(2026, 6, 1, tzinfo=dt.UTC) - dt.timedelta(days=days_ago)
    return EventFact(**{"id": name, "capability_id": "c", "kind": kind, "occurred_at": at, "tier": tier} | values)


def counting(*facts: EventFact) -> dict[str, str]:
    found = event_states(facts=facts, as_of=AS_OF, window_days=WINDOW)
    return {name: state.counting.value for name, state in found.items()}


class TestEventStates:
    def test_counts_a_question_and_the_first_answer_of_the_highest_tier(self) -> None:
        found = counting(
            fact("q", "feedback_reported", 60),
            fact("early", "fix_fielded", 50, "E1", answers="q"),
            fact("best", "fix_fielded", 40, answers="q"),
            fact("late", "fix_fielded", 30, answers="q"),
        )

        assert found == {"q": "counts", "early": "another_answered", "best": "counts", "late": "another_answered"}

    def test_counts_the_first_release_besides(self) -> None:
        found = counting(
            fact("q", "feedback_reported", 60),
            fact("fix", "fix_fielded", 50, answers="q"),
            fact("release", "release_fielded", 40, answers="q"),
            fact("again", "release_fielded", 30, answers="q"),
        )

        assert found == {"q": "counts", "fix": "counts", "release": "counts", "again": "another_answered"}

    @pytest.mark.parametrize(
        ("facts", "wanted"),
        [
            ([fact("x", "field_test", 10)], "in_no_figure"),
            ([fact("x", "order_received", 10, "E1")], "not_attested"),
            ([fact("x", "order_received", 10, "E0")], "self_declared"),
            ([fact("x", "order_received", -1)], "not_yet"),
            ([fact("x", "order_received", 10, attestations=(("refused", AS_OF),))], "refused"),
            ([fact("x", "fix_fielded", 10)], "answers_nothing"),
            ([fact("x", "fix_fielded", 10, answers="q"), fact("q", "feedback_reported", 20, "E1")],
             "question_not_attested"),
            ([fact("x", "fix_fielded", 10, answers="q"), fact("q", "feedback_reported", 20, "E0")],
             "question_not_standing"),
            ([fact("x", "fix_fielded", 10, answers="q"), fact("q", "order_received", 20)], "question_of_other_kind"),
            ([fact("x", "release_fielded", 10, answers="q"), fact("q", "field_test", 20)], "question_of_other_kind"),
            ([fact("x", "fix_fielded", 21, answers="q"), fact("q", "feedback_reported", 20)], "before_question"),
            ([fact("x", "fix_fielded", 366, answers="q"), fact("q", "feedback_reported", 400)], "outside_window"),
            ([fact("x", "feedback_reported", 400), fact("a", "fix_fielded", 366, answers="x")], "outside_window"),
            ([fact("x", "feedback_reported", 400)], "counts"),
        ],
    )  # fmt: skip
    def test_says_why_not(self, facts: list[EventFact], wanted: str) -> None:
        assert counting(*facts)["x"] == wanted

    def test_tells_a_correction_that_took_effect_from_one_that_waits(self) -> None:
        effective = event_states(
            facts=[fact("x", "order_received", 10), fact("y", "order_received", 12, supersedes="x")],
            as_of=AS_OF,
            window_days=WINDOW,
        )
        waiting = event_states(
            facts=[fact("x", "order_received", 10), fact("y", "order_received", 12, "E1", supersedes="x")],
            as_of=AS_OF,
            window_days=WINDOW,
        )

        assert (effective["x"].counting, effective["x"].superseded_by) == (Counting.SUPERSEDED, "y")
        assert effective["y"].counting == Counting.COUNTS
        assert (waiting["x"].counting, waiting["x"].superseded_by) == (Counting.COUNTS, None)
        assert waiting["y"].counting == Counting.CORRECTION_PENDING

    def test_shows_the_effective_tier(self) -> None:
        found = event_states(
            facts=[
                fact("confirmed", "order_received", 10, "E0", attestations=(("confirmed", AS_OF),)),
                fact("refused", "order_received", 10, "E1", attestations=(("refused", AS_OF),)),
                fact("signed", "order_received", 10, "E3"),
            ],
            as_of=AS_OF,
            window_days=WINDOW,
        )

        assert {name: state.tier for name, state in found.items()} == {
            "confirmed": "E2",
            "refused": None,
            "signed": "E3",
        }

    @pytest.mark.parametrize("seed", range(40))
    def test_what_does_not_count_moves_no_figure(self, seed: int) -> None:
        facts = log(random.Random(seed))
        states = event_states(facts=facts, as_of=AS_OF, window_days=WINDOW)
        whole = profile(facts)

        for left_out in facts:
            if states[left_out.id].counting != Counting.COUNTS and not refers(facts, left_out.id):
                assert profile([item for item in facts if item is not left_out]) == whole, left_out

    @pytest.mark.parametrize("seed", range(40))
    def test_an_answer_that_counts_moves_one(self, seed: int) -> None:
        facts = log(random.Random(seed))
        states = event_states(facts=facts, as_of=AS_OF, window_days=WINDOW)
        whole = profile(facts)

        for left_out in facts:
            is_alone = left_out.kind != "release_fielded" and not refers(facts, left_out.id)
            if states[left_out.id].counting == Counting.COUNTS and is_alone:
                assert profile([item for item in facts if item is not left_out]) != whole, left_out


def log(chance: random.Random) -> list[EventFact]:
    """Twelve events without corrections, linked at random among those that came before."""
    facts: list[EventFact] = []
    for index in range(12):
        answers = chance.choice([None, *[item.id for item in facts]])
        facts.append(
            fact(
                str(index),
                chance.choice(EventKind.values),
                chance.randrange(-2, 500),
                chance.choice(["E0", "E1", "E2", "E2", "E3"]),
                answers=answers,
            )
        )
    return facts


def refers(facts: list[EventFact], name: str) -> bool:
    return any(item.answers == name for item in facts)


def profile(facts: list[EventFact]) -> Any:
    taxonomy = editions().taxonomy_at(AS_OF)
    area = taxonomy.figures(min(taxonomy.areas))
    parameters = SpeedParameters.from_model(model_files()[CURRENT].raw)
    return speed_profile(facts=facts, area=area, parameters=parameters, as_of=AS_OF)
