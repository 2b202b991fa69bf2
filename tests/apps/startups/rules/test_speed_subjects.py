"""What a firm's speed is measured over, and the figures as kept and shown."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Collection

import pytest

from apps.reference.areas import NO_FIGURES, AreaFigures
from apps.startups.rules.evidence import EventFact
from apps.startups.rules.speed import speed_profile
from apps.startups.rules.speed_subjects import (
    Figures,
    Made,
    Subject,
    figures_kept,
    figures_over,
    inputs_sha256,
    lead_choose,
    month_ends,
    shown_days,
    subjects_of,
)
from tests.apps.startups.rules.test_speed import AREA, AS_OF, PARAMETERS, event

DRONE, RADAR = Made("a", "UMS", is_published=True), Made("b", "SEN", is_published=True)
DRAFT = Made("c", "EW", is_published=False)


def lead(*capabilities: Made, raised_for: Collection[str] = (), log: Collection[EventFact] = ()) -> Made | None:
    return lead_choose(
        capabilities=capabilities, raised_for=list(raised_for), log=log, parameters=PARAMETERS, as_of=AS_OF
    )


def area_of(code: str) -> AreaFigures:
    return AREA if code == "UMS" else NO_FIGURES


def over(log: Collection[EventFact], subjects: list[Subject], *dates: dt.date) -> dict[dt.date, dict[Subject, Figures]]:
    return figures_over(log=log, subjects=subjects, area_of=area_of, parameters=PARAMETERS, dates=dates)


class TestLeadChoose:
    def test_is_what_the_newest_open_raise_is_for(self) -> None:
        log = [event("e", "field_test", 5, capability="a")]

        assert lead(DRONE, RADAR, raised_for=["b", "a"], log=log) == RADAR

    def test_is_what_has_most_evidence_without_a_raise(self) -> None:
        log = [
            event("e1", "field_test", 5, capability="a", tier="E1"),
            event("e2", "field_test", 6, capability="a", tier="E0"),
            event("e3", "field_test", 7, capability="b", tier="E3"),
        ]

        assert lead(DRONE, RADAR, log=log) == RADAR

    def test_is_what_was_entered_first_of_equals(self) -> None:
        assert lead(RADAR, DRONE) == DRONE

    def test_is_published(self) -> None:
        log = [event("e", "field_test", 5, capability="c", tier="E3")]

        assert lead(DRONE, DRAFT, raised_for=["c"], log=log) == DRONE
        assert lead(DRAFT, raised_for=["c"], log=log) is None
        assert lead() is None


class TestSubjectsOf:
    def test_are_all_capabilities_and_the_firm_once_it_has_a_lead(self) -> None:
        own = [Subject("a", "UMS"), Subject("c", "EW")]

        assert subjects_of(capabilities=[DRONE, DRAFT], lead=DRONE) == [*own, Subject(None, "UMS")]
        assert subjects_of(capabilities=[DRONE, DRAFT], lead=None) == own


class TestFiguresOver:
    def random_log(self, seed: int) -> list[EventFact]:
        draw = random.Random(seed)
        log: list[EventFact] = []
        for n in range(30):
            asked = draw.uniform(1, 900)
            capability = draw.choice("ab")
            confirmed = dt.date(2025, 6, 30) - dt.timedelta(days=draw.randrange(900))
            attestations = (("confirmed", confirmed),) if draw.random() < 0.5 else ()
            for identifier, kind, ago, answers in (
                (f"q{n}", "feedback_reported", asked, None),
                (f"r{n}", "release_fielded", asked * draw.random(), f"q{n}"),
            ):
                made = event(identifier, kind, ago, answers=answers, tier=draw.choice(["E0", "E1", "E2"]))
                log.append(
                    EventFact(made.id, capability, kind, made.occurred_at, answers, None, made.tier, attestations)
                )
        return log

    @pytest.mark.parametrize("seed", range(5))
    def test_are_those_of_each_date_taken_alone(self, seed: int) -> None:
        log, dates = self.random_log(seed), month_ends(as_of=AS_OF)
        subjects = [Subject("a", "UMS"), Subject("b", "UMS"), Subject(None, "UMS")]

        found = over(log, subjects, *dates)

        for as_of in dates:
            for subject in subjects:
                alone = speed_profile(
                    facts=log, area=AREA, parameters=PARAMETERS, as_of=as_of, capability_id=subject.capability_id
                )
                assert found[as_of][subject] == figures_kept(profile=alone)

    def test_take_each_subjects_own_area(self) -> None:
        log = [event("q", "order_received", 30, capability="a")]

        found = over(log, [Subject("a", "UMS"), Subject(None, "SEN")], AS_OF)[AS_OF]

        assert set(found[Subject("a", "UMS")]) == {"delivery"}
        assert found[Subject(None, "SEN")] == {}

    def test_say_what_they_rest_on(self) -> None:
        log = [
            event("q", "order_received", 30, capability="a"),
            event("d", "delivery_made", 10, answers="q", capability="a"),
        ]

        kept = over(log, [Subject("a", "UMS")], AS_OF)[AS_OF][Subject("a", "UMS")]["delivery"]

        assert set(kept) == {"days", "low", "high", "sigma", "n_closed", "n_open", "weight", "tier", "basis"}
        assert (kept["n_closed"], kept["n_open"], kept["tier"], kept["basis"]) == (1, 0, "E2", "assumption")


class TestMonthEnds:
    def test_are_the_ended_months_oldest_first(self) -> None:
        ends = month_ends(as_of=dt.date(2026, 3, 31), months=3)

        assert ends == [dt.date(2025, 12, 31), dt.date(2026, 1, 31), dt.date(2026, 2, 28)]
        assert len(month_ends(as_of=AS_OF)) == 24


class TestShownDays:
    @pytest.mark.parametrize(
        ("days", "own", "others"), [(9.8765, 9.88, 9.9), (10.4, 10.4, 10.0), (123.456, 123.46, 123.0)]
    )
    def test_are_coarser_for_others(self, days: float, own: float, others: float) -> None:
        assert shown_days(days=days, is_own=True) == own
        assert shown_days(days=days, is_own=False) == others


class TestInputsSha256:
    def digest(self, *log: EventFact, subject: Subject = Subject("a", "UMS"), file: str = "f") -> str:  # noqa: B008
        return inputs_sha256(log=log, subject=subject, files=[file])

    def test_goes_by_the_subjects_own_events_in_any_order(self) -> None:
        first, second = event("e1", "field_test", 5, capability="a"), event("e2", "field_test", 6, capability="a")
        others = event("e3", "field_test", 6, capability="b")

        assert self.digest(first, second) == self.digest(second, first) == self.digest(first, second, others)
        assert self.digest(first) != self.digest(first, second)
        firm = Subject(None, "UMS")
        assert self.digest(first, subject=firm) != self.digest(first, others, subject=firm)

    def test_changes_with_verdicts_tiers_area_and_files(self) -> None:
        plain = event("e", "field_test", 5, capability="a")
        attested = EventFact(
            plain.id, "a", plain.kind, plain.occurred_at, tier="E2", attestations=(("confirmed", AS_OF),)
        )
        better = event("e", "field_test", 5, capability="a", tier="E3")

        different = {
            self.digest(plain),
            self.digest(attested),
            self.digest(better),
            self.digest(plain, subject=Subject("a", "SEN")),
            self.digest(plain, file="g"),
        }

        assert len(different) == 5
