"""Durations, releases and the four figures of a speed profile."""

import dataclasses
import datetime as dt
import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.reference.areas import AreaFigures, LogNormal
from apps.startups.rules.evidence import EventFact, standing_events
from apps.startups.rules.speed import (
    Duration,
    SpeedFigure,
    SpeedParameters,
    SpeedProfile,
    answering_releases,
    attested_order_latest_on,
    cadence_figure,
    durations,
    speed_profile,
)

AS_OF = dt.date(2025, 6, 30)
NOW = dt.datetime(2025, 6, 30, tzinfo=dt.UTC)
AREA = AreaFigures(
    cycle=LogNormal(60, 0.5),
    half_life_days=90,
    delivery_half_life_days=30,
    european_iteration_days=365,
    iteration=LogNormal(91.2, 0.9),
    feedback_to_fix=LogNormal(60.8, 0.9),
    countermeasure_response=LogNormal(60, 0.9),
    order_to_delivery=LogNormal(30, 0.8),
    basis="assumption",
)
PARAMETERS = SpeedParameters(
    window_days=365,
    floor_days=0.25,
    k0=2,
    cadence_prior_weight=4,
    tier_uncertainty={"prior": 1.0, "E0": 0.75, "E1": 0.5, "E2": 0.2, "E3": 0.1},
    likelihood_weight={"E1": 0.5, "E2": 1.0, "E3": 1.0},
)


def event(
    id_: str,
    kind: str,
    days_ago: float,
    *,
    answers: str | None = None,
    tier: str | None = "E2",
    supersedes: str | None = None,
    capability: str = "c1",
) -> EventFact:
    return EventFact(
        id=id_,
        capability_id=capability,
        kind=kind,
        occurred_at=NOW - dt.timedelta(days=days_ago),
        answers=answers,
        supersedes=supersedes,
        tier=tier,
    )


def profile(*facts: EventFact, capability: str | None = None, area: AreaFigures = AREA) -> SpeedProfile:
    return speed_profile(facts=facts, area=area, parameters=PARAMETERS, as_of=AS_OF, capability_id=capability)


def formed(kind: str, *facts: EventFact) -> tuple[list[Duration], list[Duration]]:
    events = standing_events(facts=facts, as_of=AS_OF)
    return durations(events=events, kind=kind, window_days=365, as_of=AS_OF)


def releases(*facts: EventFact) -> list[str]:
    return sorted(answering_releases(events=standing_events(facts=facts, as_of=AS_OF), window_days=365, as_of=AS_OF))


def figure(found: SpeedFigure | None) -> SpeedFigure:
    assert found is not None
    return found


class TestSpeedParameters:
    def test_are_taken_from_a_scoring_model(self) -> None:
        model = {
            "parameters": {
                "window_days": 365,
                "duration_floor_days": 0.25,
                "shrinkage_k0": 2,
                "cadence_prior_weight": 4,
            },
            "tier_uncertainty": {"prior": 1.0, "E0": 0.75, "E1": 0.5, "E2": 0.2, "E3": 0.1},
            "likelihood_weight": {"E1": 0.5, "E2": 1.0, "E3": 1.0},
        }

        assert SpeedParameters.from_model(model) == PARAMETERS


class TestDurations:
    @pytest.mark.parametrize(
        ("question", "answer"),
        [
            ("feedback_reported", "fix_fielded"),
            ("feedback_reported", "release_fielded"),
            ("countermeasure_observed", "countermeasure_answered"),
            ("countermeasure_observed", "fix_fielded"),
            ("countermeasure_observed", "release_fielded"),
            ("order_received", "delivery_made"),
        ],
    )
    def test_close_with_the_answers_of_their_kind(self, question: str, answer: str) -> None:
        found = formed(question, event("q", question, 30), event("a", answer, 10, answers="q"))

        assert found == ([Duration(days=20, tier="E2")], [])

    @pytest.mark.parametrize(
        ("question", "answer"),
        [
            ("feedback_reported", "countermeasure_answered"),
            ("feedback_reported", "field_test"),
            ("order_received", "release_fielded"),
            ("countermeasure_observed", "delivery_made"),
        ],
    )
    def test_stay_open_for_other_kinds(self, question: str, answer: str) -> None:
        found = formed(question, event("q", question, 30), event("a", answer, 10, answers="q"))

        assert found == ([], [Duration(days=30, tier="E2")])

    def test_need_an_attested_question(self) -> None:
        found = formed(
            "order_received", event("q", "order_received", 30, tier="E1"), event("a", "delivery_made", 10, answers="q")
        )

        assert found == ([], [])

    def test_have_the_lower_tier_of_their_two_events(self) -> None:
        question = event("q", "order_received", 30, tier="E3")

        (weak,), _ = formed("order_received", question, event("a", "delivery_made", 10, answers="q", tier="E1"))
        (strong,), _ = formed("order_received", question, event("a", "delivery_made", 10, answers="q", tier="E2"))

        assert (weak.tier, strong.tier) == ("E1", "E2")

    def test_end_with_the_first_answer_of_the_highest_tier(self) -> None:
        found = formed(
            "feedback_reported",
            event("q", "feedback_reported", 60),
            event("early", "fix_fielded", 50, answers="q", tier="E1"),
            event("attested", "release_fielded", 30, answers="q"),
            event("again", "fix_fielded", 20, answers="q"),
        )

        assert found == ([Duration(days=30, tier="E2")], [])

    @pytest.mark.parametrize(("closed_ago", "counts"), [(0, True), (365, True), (365.001, False)])
    def test_count_when_closed_within_the_window(self, closed_ago: float, counts: bool) -> None:
        closed, open_ = formed(
            "order_received",
            event("q", "order_received", 400),
            event("a", "delivery_made", closed_ago, answers="q"),
        )

        assert (len(closed), open_) == (int(counts), [])

    def test_stay_open_at_any_age(self) -> None:
        _, open_ = formed("order_received", event("q", "order_received", 2_000))

        assert open_ == [Duration(days=2_000, tier="E2")]

    def test_are_not_closed_from_another_capability(self) -> None:
        _, open_ = formed(
            "order_received",
            event("q", "order_received", 30),
            event("a", "delivery_made", 10, answers="q", capability="c2"),
        )

        assert open_ == [Duration(days=30, tier="E2")]

    def test_are_not_closed_by_what_was_there_on_an_earlier_day(self) -> None:
        question = event("q", "feedback_reported", 29.5)

        earlier = formed("feedback_reported", question, event("a", "fix_fielded", 30.5, answers="q"))
        same_day = formed("feedback_reported", question, event("a", "fix_fielded", 30, answers="q"))

        assert earlier == ([], [Duration(days=29.5, tier="E2")])
        assert same_day == ([Duration(days=0, tier="E2")], [])

    def test_run_from_the_corrected_question(self) -> None:
        closed, _ = formed(
            "order_received",
            event("q", "order_received", 30),
            event("q2", "order_received", 25, supersedes="q"),
            event("a", "delivery_made", 10, answers="q"),
        )

        assert closed == [Duration(days=15, tier="E2")]


class TestAnsweringReleases:
    def test_counts_a_release_per_question(self) -> None:
        assert releases(
            event("q1", "feedback_reported", 90),
            event("q2", "order_received", 80),
            event("r1", "release_fielded", 60, answers="q1", tier="E1"),
            event("r2", "release_fielded", 50, answers="q2"),
        ) == ["E1", "E2"]

    def test_ignores_a_release_that_answers_nothing_attested(self) -> None:
        assert (
            releases(
                event("q", "feedback_reported", 90, tier="E1"),
                event("test", "field_test", 90),
                event("r1", "release_fielded", 60, answers="q"),
                event("r2", "release_fielded", 50, answers="test"),
                event("r3", "release_fielded", 40),
            )
            == []
        )

    def test_counts_only_the_first_release_that_answers(self) -> None:
        assert releases(
            event("q", "feedback_reported", 90),
            event("r1", "release_fielded", 60, answers="q", tier="E1"),
            event("r2", "release_fielded", 50, answers="q"),
        ) == ["E1"]

    def test_remembers_a_first_release_before_the_window(self) -> None:
        question = event("q", "feedback_reported", 500)

        assert releases(question, event("r2", "release_fielded", 365, answers="q")) == ["E2"]
        assert (
            releases(
                question,
                event("r1", "release_fielded", 366, answers="q"),
                event("r2", "release_fielded", 50, answers="q"),
            )
            == []
        )

    def test_counts_the_best_release_of_a_day_per_capability(self) -> None:
        assert releases(
            event("q1", "feedback_reported", 90),
            event("q2", "feedback_reported", 80),
            event("q3", "feedback_reported", 70, capability="c2"),
            event("r1", "release_fielded", 50, answers="q1", tier="E1"),
            event("r2", "release_fielded", 49.5, answers="q2", tier="E3"),
            event("r3", "release_fielded", 50, answers="q3", capability="c2"),
        ) == ["E2", "E3"]

    @given(split=st.integers(min_value=1, max_value=6), spread=st.floats(min_value=0, max_value=40))
    def test_does_not_change_when_a_release_is_split(self, split: int, spread: float) -> None:
        question = event("q", "feedback_reported", 90)
        parts = [event(f"r{part}", "release_fielded", 50 - spread * part / split, answers="q") for part in range(split)]

        assert profile(question, *parts) == profile(question, parts[0])


class TestCadenceFigure:
    def test_is_the_shrunk_interval_between_releases(self) -> None:
        found = figure(
            cadence_figure(
                tiers=["E1", "E2", "E2"],
                prior=LogNormal(91.2, 0.9),
                parameters=PARAMETERS,
                as_of=AS_OF,
                basis="assumption",
            )
        )

        assert found.days == pytest.approx((4 * 91.2 + 365) / 6.5, rel=1e-15)
        assert found.low == pytest.approx(found.days * math.exp(-1.645 / math.sqrt(6.5)), rel=1e-12)
        assert found.high == pytest.approx(found.days * math.exp(1.645 / math.sqrt(6.5)), rel=1e-12)
        assert found.weight == pytest.approx(0.5 * 0.5 + 0.8 + 0.8, rel=1e-15)
        assert (found.n_closed, found.n_open, found.tier, found.sigma) == (3, 0, "E2", 0.9)

    def test_does_not_exist_without_a_release(self) -> None:
        assert (
            cadence_figure(tiers=[], prior=LogNormal(91.2, 0.9), parameters=PARAMETERS, as_of=AS_OF, basis="") is None
        )


class TestSpeedProfile:
    def test_is_empty_without_events(self) -> None:
        assert profile() == SpeedProfile(adaptation=None, cadence=None, feedback=None, delivery=None)

    def test_works_out_by_hand(self) -> None:
        found = profile(
            event("q1", "order_received", 60),
            event("a1", "delivery_made", 50, answers="q1"),
            event("q2", "order_received", 60, tier="E3"),
            event("a2", "delivery_made", 20, answers="q2", tier="E1"),
        )

        delivery = figure(found.delivery)
        mu = (math.log(10) + 0.5 * math.log(40) + 2 * math.log(30)) / 3.5
        assert delivery.days == pytest.approx(math.exp(mu), rel=1e-12)
        assert delivery.high == pytest.approx(math.exp(mu + 1.645 * 0.8 / math.sqrt(3.5)), rel=1e-12)
        assert delivery.weight == pytest.approx(0.8 + 0.5 * 0.5, rel=1e-15)
        assert (delivery.n_closed, delivery.n_open, delivery.tier) == (2, 0, "E2")
        assert (delivery.sigma, delivery.as_of, delivery.basis) == (0.8, AS_OF, "assumption")
        assert found.feedback is None

    def test_lifts_a_duration_to_the_floor(self) -> None:
        found = profile(event("q", "order_received", 60), event("a", "delivery_made", 60, answers="q"))

        mu = (math.log(0.25) + 2 * math.log(30)) / 3
        assert figure(found.delivery).days == pytest.approx(math.exp(mu), rel=1e-12)

    def test_shows_open_durations_without_weight(self) -> None:
        found = figure(profile(event("q", "order_received", 300)).delivery)

        assert (found.n_closed, found.n_open, found.weight, found.tier) == (0, 1, 0.0, "E2")
        assert found.days > 30

    def test_pools_the_capabilities_of_a_firm(self) -> None:
        log = (
            event("q1", "order_received", 60),
            event("a1", "delivery_made", 50, answers="q1"),
            event("q2", "order_received", 60, capability="c2"),
            event("a2", "delivery_made", 20, answers="q2", capability="c2"),
        )

        assert figure(profile(*log).delivery).n_closed == 2
        assert (
            figure(profile(*log, capability="c1").delivery).days < figure(profile(*log, capability="c2").delivery).days
        )
        assert profile(*log, capability="c3").delivery is None

    def test_has_no_figure_where_the_area_has_no_prior(self) -> None:
        area = dataclasses.replace(AREA, countermeasure_response=None)
        log = (event("q", "countermeasure_observed", 60), event("a", "fix_fielded", 50, answers="q"))

        assert profile(*log, area=area).adaptation is None
        assert profile(*log).adaptation is not None


KINDS = ("fix_fielded", "release_fielded", "countermeasure_answered", "delivery_made", "field_test")
QUESTIONS = ("feedback_reported", "countermeasure_observed", "order_received")


@st.composite
def logs(draw: st.DrawFn) -> list[EventFact]:
    ages = st.integers(min_value=0, max_value=600)
    tiers = st.sampled_from(["E1", "E2", "E3"])
    asked = [
        event(
            f"q{n}",
            draw(st.sampled_from(QUESTIONS)),
            draw(ages),
            tier=draw(tiers),
            capability=draw(st.sampled_from("xy")),
        )
        for n in range(draw(st.integers(min_value=1, max_value=5)))
    ]
    answered = []
    for n in range(draw(st.integers(min_value=0, max_value=8))):
        question = draw(st.sampled_from(asked))
        answered.append(
            event(
                f"a{n}",
                draw(st.sampled_from(KINDS)),
                draw(ages),
                answers=question.id,
                tier=draw(tiers),
                capability=question.capability_id,
            )
        )
    return asked + answered


class TestProperties:
    @pytest.mark.long
    @given(log=logs(), data=st.data())
    def test_self_declared_events_move_nothing(self, log: list[EventFact], data: st.DataObject) -> None:
        known = st.sampled_from([fact.id for fact in log])
        noise = [
            event(
                f"z{n}",
                data.draw(st.sampled_from(KINDS + QUESTIONS)),
                data.draw(st.integers(min_value=0, max_value=600)),
                answers=data.draw(known | st.none()),
                supersedes=data.draw(known | st.none()),
                tier=data.draw(st.sampled_from(["E0", None])),
                capability=data.draw(st.sampled_from("xy")),
            )
            for n in range(data.draw(st.integers(min_value=1, max_value=4)))
        ]

        hangers_on = [
            event(
                f"h{n}",
                data.draw(st.sampled_from(KINDS)),
                data.draw(st.integers(min_value=0, max_value=600)),
                answers=data.draw(st.sampled_from([fact.id for fact in noise])),
                capability=data.draw(st.sampled_from("xy")),
            )
            for n in range(data.draw(st.integers(min_value=0, max_value=2)))
        ]

        assert profile(*log, *noise, *hangers_on) == profile(*log)

    @given(log=logs(), seed=st.randoms())
    def test_the_order_of_the_log_does_not_matter(self, log: list[EventFact], seed: random.Random) -> None:
        before = profile(*log)

        seed.shuffle(log)

        assert profile(*log) == before

    @given(log=logs(), age=st.integers(min_value=0, max_value=600))
    def test_an_unanswered_order_never_looks_faster(self, log: list[EventFact], age: int) -> None:
        before = profile(*log).delivery
        after = figure(profile(*log, event("new", "order_received", age, capability="x")).delivery)

        assert after.days >= (30 if before is None else before.days) * (1 - 1e-12)

    @given(log=logs(), age=st.integers(min_value=1, max_value=300), tier=st.sampled_from(["E1", "E2", "E3"]))
    def test_one_more_answering_release_never_slows_the_cadence(
        self, log: list[EventFact], age: int, tier: str
    ) -> None:
        more = (
            event("new", "feedback_reported", age + 5, capability="x"),
            event("newer", "release_fielded", age, answers="new", tier=tier, capability="x"),
        )
        before, after = profile(*log).cadence, figure(profile(*log, *more).cadence)

        assert before is None or after.days <= before.days * (1 + 1e-12)


class TestAttestedOrderLatestOn:
    def test_is_the_newest_attested_order(self) -> None:
        log = [
            event("o1", "order_received", 90),
            event("o2", "order_received", 60),
            event("o3", "order_received", 30, tier="E1"),
            event("o4", "order_received", -1),
        ]

        assert attested_order_latest_on(facts=log, as_of=AS_OF) == AS_OF - dt.timedelta(days=60)
        assert attested_order_latest_on(facts=[], as_of=AS_OF) is None


class TestPace:
    """Two firms that say the same of themselves; one fields a release every week, one every half year."""

    CLAIMS = 40

    def claimed(self) -> list[EventFact]:
        """What both say and nobody attests: a release every few days."""
        claims = []
        for n in range(self.CLAIMS):
            claims.append(event(f"c{n}", "feedback_reported", 9 * n + 5, tier="E0"))
            claims.append(event(f"d{n}", "release_fielded", 9 * n + 2, answers=f"c{n}", tier="E0"))
        return claims

    def releasing(self, *, every: float, parts: int = 1) -> list[EventFact]:
        """Attested feedback, answered by an attested release of so many parts on one day; of one year."""
        log = self.claimed()
        for n in range(int(365 / every)):
            ago = every * n + 1
            for part in range(parts):
                log.append(event(f"f{n}-{part}", "feedback_reported", ago + every / 2))
                log.append(event(f"r{n}-{part}", "release_fielded", ago - part / 100, answers=f"f{n}-{part}"))
        return log

    def test_intervals_of_weekly_and_half_yearly_releases_do_not_overlap(self) -> None:
        weekly, half_yearly = (profile(*self.releasing(every=days)) for days in (7, 182.5))

        assert figure(weekly.cadence).n_closed == 52
        assert figure(half_yearly.cadence).n_closed == 2
        assert figure(weekly.cadence).high < figure(half_yearly.cadence).low

    def test_claims_move_no_figure(self) -> None:
        with_claims = self.releasing(every=30)
        without = [fact for fact in with_claims if fact.tier != "E0"]

        assert len(with_claims) == len(without) + 2 * self.CLAIMS
        assert profile(*with_claims) == profile(*without)

    def test_a_release_split_in_two_counts_once(self) -> None:
        whole = profile(*self.releasing(every=30)).cadence

        assert profile(*self.releasing(every=30, parts=2)).cadence == whole

    def test_an_answer_split_in_two_closes_its_question_once(self) -> None:
        log = self.releasing(every=30)
        split = [
            event(f"s{fact.id}", fact.kind, (NOW - fact.occurred_at).total_seconds() / 86_400, answers=fact.answers)
            for fact in log
            if fact.kind == "release_fielded" and fact.tier == "E2"
        ]

        assert profile(*log, *split) == profile(*log)
