"""Patterns in a log that a person is to look at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pytest

from apps.startups.rules.evidence import EventFact
from apps.startups.rules.speed_flags import FlagFound, Recording, flags_find
from tests.apps.startups.rules.test_speed import AS_OF, NOW, event


def entered(fact: EventFact, *, after: dt.timedelta = dt.timedelta(hours=2), source: str = "api") -> Recording:
    return Recording(at=fact.occurred_at + after, source=source)


def found(*facts: EventFact, recordings: dict[str, Recording] | None = None) -> list[FlagFound]:
    known = {fact.id: entered(fact) for fact in facts} | (recordings or {})
    return flags_find(facts=facts, recordings=known, as_of=AS_OF)


def kinds(flags: Sequence[FlagFound]) -> list[str]:
    return [flag.kind for flag in flags]


def feedback(count: int, *, ago: float, apart: float, start: int = 0) -> list[EventFact]:
    """So many questions of a month before, answered one after the other, `apart` days between."""
    log = []
    for n in range(start, start + count):
        at = ago - apart * (n - start)
        log += [event(f"q{n}", "feedback_reported", at + 30), event(f"a{n}", "fix_fielded", at, answers=f"q{n}")]
    return log


class TestBurst:
    def test_is_many_answers_within_hours(self) -> None:
        flags = found(*feedback(6, ago=50, apart=0.05))

        assert kinds(flags) == ["burst"]
        assert flags[0].events == tuple(f"a{n}" for n in range(6))
        assert flags[0].capability_id == "c1"
        assert flags[0].details == {"count": 6, "hours": 12.0, "usual_per_day": 0.0}

    def test_is_no_steady_work_however_fast(self) -> None:
        assert found(*feedback(60, ago=60, apart=0.1)) == []

    def test_is_no_handful(self) -> None:
        assert found(*feedback(4, ago=50, apart=0.05)) == []

    def test_stands_out_of_steady_work(self) -> None:
        steady = feedback(20, ago=360, apart=10)

        flags = found(*steady, *feedback(8, ago=40, apart=0.01, start=100))

        assert [flag.details["count"] for flag in flags] == [8]


class TestSelfAnswered:
    def pair(self, *, hours: float = 3, tier: str = "E0") -> list[EventFact]:
        return [
            event("o", "countermeasure_observed", 40, tier=tier),
            event("a", "countermeasure_answered", 40 - hours / 24, answers="o", tier=tier),
        ]

    def test_is_observed_and_answered_within_hours_by_the_firm_alone(self) -> None:
        flags = found(*self.pair())

        assert kinds(flags) == ["self_answered"]
        assert flags[0].events == ("a", "o")
        assert flags[0].details == {"hours": 3.0}

    def test_takes_longer_than_a_day_in_honest_work(self) -> None:
        assert found(*self.pair(hours=25)) == []

    @pytest.mark.parametrize("attested", ["o", "a"])
    def test_is_not_what_somebody_else_attests(self, attested: str) -> None:
        facts = [
            EventFact(
                fact.id,
                fact.capability_id,
                fact.kind,
                fact.occurred_at,
                fact.answers,
                tier=fact.tier,
                attestations=(("confirmed", AS_OF),) if fact.id == attested else (),
            )
            for fact in self.pair()
        ]

        assert found(*facts) == []

    def test_is_not_what_an_attestor_entered_or_a_registry_shows(self) -> None:
        observed, answer = self.pair()

        assert found(observed, answer, recordings={"o": entered(observed, source="attestor")}) == []
        assert found(*self.pair(tier="E2")) == []

    def test_refused_events_make_none(self) -> None:
        observed, answer = self.pair()
        refused = EventFact(
            "o", "c1", observed.kind, observed.occurred_at, tier="E0", attestations=(("refused", AS_OF),)
        )

        assert found(refused, answer) == []


class TestBackDated:
    def series(self, count: int = 3, *, tier: str = "E1") -> list[EventFact]:
        log = []
        for n in range(count):
            log.append(event(f"q{n}", "order_received", 300 - 20 * n, tier=tier))
            log.append(event(f"a{n}", "delivery_made", 290 - 20 * n, answers=f"q{n}", tier=tier))
        return log

    def sitting(
        self, facts: Sequence[EventFact], *, apart: dt.timedelta = dt.timedelta(minutes=5), source: str = "api"
    ) -> dict[str, Recording]:
        start = NOW - dt.timedelta(days=2)
        return {fact.id: Recording(at=start + apart * n, source=source) for n, fact in enumerate(facts)}

    def test_is_a_series_recorded_late_in_one_sitting(self) -> None:
        facts = self.series()

        flags = found(*facts, recordings=self.sitting(facts))

        assert kinds(flags) == ["back_dated"]
        assert flags[0].events == tuple(sorted(fact.id for fact in facts))
        assert flags[0].details == {"events": 6, "durations": 3, "days_late": 298}

    def test_is_not_what_was_recorded_in_time_or_over_days(self) -> None:
        facts = self.series()

        assert found(*facts) == []
        assert found(*facts, recordings=self.sitting(facts, apart=dt.timedelta(hours=2))) == []

    def test_is_more_than_two_durations(self) -> None:
        facts = self.series(2)

        assert found(*facts, recordings=self.sitting(facts)) == []

    def test_is_not_what_a_registry_shows_or_an_attestor_entered(self) -> None:
        facts = self.series(tier="E3")
        assert found(*facts, recordings=self.sitting(facts)) == []

        facts = self.series()
        assert found(*facts, recordings=self.sitting(facts, source="attestor")) == []


class TestFlagFound:
    def test_is_the_same_by_kind_and_events(self) -> None:
        first, again, other = (
            FlagFound("burst", "c1", ("a", "b"), {"count": 2}),
            FlagFound("burst", None, ("a", "b"), {"count": 3}),
            FlagFound("back_dated", "c1", ("a", "b"), {"count": 2}),
        )

        assert first.sha256 == again.sha256 != other.sha256
