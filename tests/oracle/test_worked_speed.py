"""Worked examples of events, durations and the speed features: the arithmetic is in the comments."""

import math

import pytest

from tests.oracle.events import Evidence
from tests.oracle.samples import Sheets
from tests.oracle.speed import estimate, hazard, normal_cdf

WEIGHTS = {"E1": 0.5, "E2": 1.0, "E3": 1.0}
E1, E2 = 1, 2


def event(sheets: Sheets, key: str, kind: str, at: str, **cells: str) -> None:
    row = {"key": key, "capability_key": "cap", "kind": kind, "occurred_at": at, "tier": "E2"} | cells
    sheets.add("development_events", **row)


def feature(sheets: Sheets, name: str) -> float:
    return sheets.pair().x["investor"][name]


def shrunk(formula: float, e: float) -> float:
    """u · 0.05 + (1 − u) · formula with u = 2 / (2 + e)."""
    u = 2 / (2 + e)
    return u * 0.05 + (1 - u) * formula


class TestEstimate:
    def test_closed_durations_alone_are_a_weighted_mean_of_logs(self) -> None:
        # one full and one half duration and k0 = 2: (ln 10 + ½ ln 20 + 2 ln 40) / 3.5
        evidence = Evidence(closed=((10.0, E2), (20.0, E1)))

        tau, low, high = estimate(evidence, median=40, sigma=0.9, weights=WEIGHTS, k0=2)

        assert math.log(tau) == pytest.approx((math.log(10) + 0.5 * math.log(20) + 2 * math.log(40)) / 3.5, abs=1e-12)
        # I = 3.5 / 0.81: the reach is 1.645 · 0.9 / sqrt(3.5)
        assert math.log(high / tau) == pytest.approx(1.645 * 0.9 / math.sqrt(3.5), abs=1e-12)
        assert math.log(tau / low) == pytest.approx(1.645 * 0.9 / math.sqrt(3.5), abs=1e-12)

    def test_an_open_duration_at_the_answer_pulls_by_the_hazard(self) -> None:
        # c chosen so that μ̂ = ln 60 + σ · h(0) / k0 exactly: h(0) = sqrt(2 / π), z = 0 at the optimum
        sigma = 0.9
        mu = math.log(60) + sigma * math.sqrt(2 / math.pi) / 2

        tau, _, high = estimate(Evidence(open=(math.exp(mu),)), median=60, sigma=sigma, weights=WEIGHTS, k0=2)

        assert math.log(tau) == pytest.approx(mu, abs=1e-12)
        # I = (h(0)² + 2) / σ², since h(z)(h(z) − z) = h(0)² = 2 / π
        assert math.log(high / tau) == pytest.approx(1.645 * sigma / math.sqrt(2 / math.pi + 2), abs=1e-9)

    def test_hazard_is_continuous_where_the_series_takes_over(self) -> None:
        assert hazard(36.0) == pytest.approx(hazard(math.nextafter(36.0, 0)), rel=1e-11)
        assert hazard(0.0) == pytest.approx(math.sqrt(2 / math.pi))


class TestFeedback:
    def test_one_closed_duration(self, sheets: Sheets) -> None:
        event(sheets, "q", "feedback_reported", "2025-03-01")
        event(sheets, "a", "fix_fielded", "2025-03-11", answers="q")

        # 10 days: ln τ = (ln 10 + 2 ln 60) / 3, H = 90, e = 0.8
        tau = math.exp((math.log(10) + 2 * math.log(60)) / 3)
        assert feature(sheets, "feedback") == pytest.approx(shrunk(2 ** (-tau / 90), 0.8))

    def test_fractional_days_and_the_floor(self, sheets: Sheets) -> None:
        event(sheets, "q", "feedback_reported", "2025-03-01T12:00:00Z")
        event(sheets, "a", "fix_fielded", "2025-03-01T14:00:00+01:00", answers="q")

        # one hour: 0.25 days
        tau = math.exp((math.log(0.25) + 2 * math.log(60)) / 3)
        assert feature(sheets, "feedback") == pytest.approx(shrunk(2 ** (-tau / 90), 0.8))

    def test_times_are_compared_in_utc(self, sheets: Sheets) -> None:
        event(sheets, "q", "feedback_reported", "2025-03-01T00:00:00+02:00")
        event(sheets, "a", "fix_fielded", "2025-03-02", answers="q")

        # 22:00 UTC of the day before to 00:00 UTC: 26 hours
        tau = math.exp((math.log(26 / 24) + 2 * math.log(60)) / 3)
        assert feature(sheets, "feedback") == pytest.approx(shrunk(2 ** (-tau / 90), 0.8))

    @pytest.mark.parametrize(("asked", "answered", "e"), [("E2", "E3", 0.8), ("E3", "E2", 0.8), ("E3", "E3", 0.9)])
    def test_a_duration_has_the_lower_of_its_two_tiers(
        self, sheets: Sheets, asked: str, answered: str, e: float
    ) -> None:
        event(sheets, "q", "feedback_reported", "2025-03-01", tier=asked)
        event(sheets, "a", "fix_fielded", "2025-03-11", answers="q", tier=answered)

        assert sheets.pair().u["feedback"] == pytest.approx(2 / (2 + e))

    def test_the_first_answer_of_the_highest_tier_closes(self, sheets: Sheets) -> None:
        event(sheets, "q", "feedback_reported", "2025-03-01")
        event(sheets, "a1", "fix_fielded", "2025-03-02", answers="q", tier="E1")
        event(sheets, "a2", "release_fielded", "2025-03-31", answers="q")
        event(sheets, "a3", "fix_fielded", "2025-03-11", answers="q")

        tau = math.exp((math.log(10) + 2 * math.log(60)) / 3)
        assert feature(sheets, "feedback") == pytest.approx(shrunk(2 ** (-tau / 90), 0.8))

    def test_a_weak_answer_weighs_half(self, sheets: Sheets) -> None:
        event(sheets, "q", "feedback_reported", "2025-03-01")
        event(sheets, "a", "fix_fielded", "2025-03-11", answers="q", tier="E1")

        # v = ½: (½ ln 10 + 2 ln 60) / 2.5; e = ½ · ½
        tau = math.exp((0.5 * math.log(10) + 2 * math.log(60)) / 2.5)
        assert feature(sheets, "feedback") == pytest.approx(shrunk(2 ** (-tau / 90), 0.25))

    @pytest.mark.parametrize(
        ("question_tier", "answer"),
        [
            ("E1", {"tier": "E2"}),  # a question below E2 forms nothing
            ("E2", {"tier": "E0"}),  # E0 enters no figure: still open, u = 1
            ("E2", {"capability_key": "cap2"}),
            ("E2", {"occurred_at": "2025-07-01"}),  # after as_of
        ],
    )
    def test_what_forms_no_closed_duration(self, sheets: Sheets, question_tier: str, answer: dict[str, str]) -> None:
        sheets.add("capabilities", key="cap2", startup_key="firm", area="AIR", maturity="tested")
        event(sheets, "q", "feedback_reported", "2025-03-01", tier=question_tier)
        event(sheets, "a", "fix_fielded", **({"at": answer.pop("occurred_at", "2025-03-11"), "answers": "q"} | answer))

        assert feature(sheets, "feedback") == 0.05

    @pytest.mark.parametrize(("closed_on", "counts"), [("2024-06-30", True), ("2024-06-29", False)])
    def test_closed_within_365_days(self, sheets: Sheets, closed_on: str, counts: bool) -> None:
        event(sheets, "q", "feedback_reported", "2024-06-20")
        event(sheets, "a", "fix_fielded", closed_on, answers="q")

        assert (sheets.pair().u["feedback"] < 1) is counts

    def test_durations_of_every_capability_are_pooled(self, sheets: Sheets) -> None:
        sheets.add("capabilities", key="cap2", startup_key="firm", area="MFG", maturity="tested")
        event(sheets, "q", "feedback_reported", "2025-03-01", capability_key="cap2")
        event(sheets, "a", "fix_fielded", "2025-03-11", answers="q", capability_key="cap2")
        event(sheets, "open", "feedback_reported", "2025-05-31")

        # closed 10, open 30 days, under the lead's area
        tau, _, _ = estimate(Evidence(((10.0, E2),), (30.0,)), median=60, sigma=0.9, weights=WEIGHTS, k0=2)
        assert feature(sheets, "feedback") == pytest.approx(shrunk(2 ** (-tau / 90), 0.8))

    def test_an_open_duration_alone_is_no_prior_but_stands_at_its_mean(self, sheets: Sheets) -> None:
        event(sheets, "q", "feedback_reported", "2025-05-31")

        pair = sheets.pair()

        assert (pair.x["investor"]["feedback"], pair.u["feedback"]) == (0.05, 1.0)

    def test_never_falls_below_the_prior_mean(self, sheets: Sheets) -> None:
        for number in range(3):
            event(sheets, f"q{number}", "feedback_reported", "2015-01-01")
            event(sheets, f"a{number}", "fix_fielded", "2025-06-01", answers=f"q{number}")

        # three of 3804 days: τ = exp((3 ln 3804 + 2 ln 60) / 5) = 724, and 2^(−724/90) = 0.0038
        assert feature(sheets, "feedback") == 0.05


class TestAttestations:
    def _pair_of_events(self, sheets: Sheets, tier: str) -> None:
        event(sheets, "q", "feedback_reported", "2025-03-01", tier=tier)
        event(sheets, "a", "fix_fielded", "2025-03-11", answers="q")

    def test_a_confirmation_makes_it_e2(self, sheets: Sheets) -> None:
        self._pair_of_events(sheets, "E0")
        sheets.add("attestations", event_key="q", attestor_key="unit", verdict="confirmed", on="2025-06-30")

        assert sheets.pair().u["feedback"] == pytest.approx(2 / 2.8)

    @pytest.mark.parametrize(
        ("verdicts", "counts"),
        [(("refused",), False), (("refused", "confirmed"), True), (("confirmed", "refused"), True), ((), True)],
    )
    def test_refused_and_never_confirmed_enters_no_figure(
        self, sheets: Sheets, verdicts: tuple[str, ...], counts: bool
    ) -> None:
        self._pair_of_events(sheets, "E2")
        for verdict in verdicts:
            sheets.add("attestations", event_key="q", attestor_key="unit", verdict=verdict, on="2025-04-01")

        assert (sheets.pair().u["feedback"] < 1) is counts

    def test_a_refused_answer_closes_nothing(self, sheets: Sheets) -> None:
        self._pair_of_events(sheets, "E2")
        sheets.add("attestations", event_key="a", attestor_key="unit", verdict="refused", on="2025-04-01")

        assert sheets.pair().u["feedback"] == 1.0

    def test_one_after_the_date_is_not_known_yet(self, sheets: Sheets) -> None:
        self._pair_of_events(sheets, "E1")
        sheets.add("attestations", event_key="q", attestor_key="unit", verdict="confirmed", on="2025-07-01")

        assert sheets.pair().u["feedback"] == 1.0

    def test_in_an_unverified_import_only_a_confirmation_reaches_e2(self, sheets: Sheets) -> None:
        self._pair_of_events(sheets, "E3")

        assert sheets.pair(verified=False).u["feedback"] == 1.0


class TestCorrections:
    @pytest.mark.parametrize(
        ("tier", "days", "e"),
        [
            ("E1", 10, 0.8),  # below what it corrects: no effect
            ("E2", 5, 0.8),  # takes effect; the answer to the corrected event answers it
            ("E3", 5, 0.8),  # the answer is E2 still
        ],
    )
    def test_takes_effect_at_the_tier_of_what_it_corrects(self, sheets: Sheets, tier: str, days: int, e: float) -> None:
        event(sheets, "q", "feedback_reported", "2025-03-01")
        event(sheets, "q2", "feedback_reported", "2025-03-06", supersedes="q", tier=tier)
        event(sheets, "a", "fix_fielded", "2025-03-11", answers="q")

        tau = math.exp((math.log(days) + 2 * math.log(60)) / 3)
        assert feature(sheets, "feedback") == pytest.approx(shrunk(2 ** (-tau / 90), e))

    def test_an_attestation_does_not_pass_over(self, sheets: Sheets) -> None:
        event(sheets, "q", "feedback_reported", "2025-03-01", tier="E1")
        event(sheets, "q2", "feedback_reported", "2025-03-06", supersedes="q", tier="E1")
        event(sheets, "a", "fix_fielded", "2025-03-11", answers="q")
        sheets.add("attestations", event_key="q", attestor_key="unit", verdict="confirmed", on="2025-04-01")

        # the corrected event is E2 by attestation, so the E1 correction has no effect: 10 days
        tau = math.exp((math.log(10) + 2 * math.log(60)) / 3)
        assert feature(sheets, "feedback") == pytest.approx(shrunk(2 ** (-tau / 90), 0.8))

    def test_a_refused_correction_has_no_effect(self, sheets: Sheets) -> None:
        event(sheets, "q", "feedback_reported", "2025-03-01")
        event(sheets, "q2", "feedback_reported", "2025-03-06", supersedes="q")
        event(sheets, "a", "fix_fielded", "2025-03-11", answers="q")
        sheets.add("attestations", event_key="q2", attestor_key="unit", verdict="refused", on="2025-04-01")

        tau = math.exp((math.log(10) + 2 * math.log(60)) / 3)
        assert feature(sheets, "feedback") == pytest.approx(shrunk(2 ** (-tau / 90), 0.8))

    def test_a_correction_of_a_correction_stands_for_both(self, sheets: Sheets) -> None:
        event(sheets, "q", "feedback_reported", "2025-03-01")
        event(sheets, "q2", "feedback_reported", "2025-03-03", supersedes="q")
        event(sheets, "q3", "feedback_reported", "2025-03-06", supersedes="q2")
        event(sheets, "a", "fix_fielded", "2025-03-11", answers="q")

        tau = math.exp((math.log(5) + 2 * math.log(60)) / 3)
        assert feature(sheets, "feedback") == pytest.approx(shrunk(2 ** (-tau / 90), 0.8))


class TestAdaptation:
    def test_probability_to_answer_within_the_cycle(self, sheets: Sheets) -> None:
        event(sheets, "q", "countermeasure_observed", "2025-03-01")
        event(sheets, "a", "countermeasure_answered", "2025-03-21", answers="q")

        # ln τ = (ln 20 + 2 ln 60) / 3, so ln 60 − ln τ = ln 3 / 3; σ² + σ_c² = 0.81 + 0.25 = 1.06
        formula = normal_cdf(math.log(3) / 3 / math.sqrt(1.06))
        assert feature(sheets, "adaptation") == pytest.approx(shrunk(formula, 0.8))

    def test_an_area_without_a_cycle_keeps_the_prior(self, sheets: Sheets) -> None:
        sheets.capability["area"] = "MFG"
        event(sheets, "q", "countermeasure_observed", "2025-03-01")
        event(sheets, "a", "countermeasure_answered", "2025-03-21", answers="q")

        pair = sheets.pair()

        assert (pair.x["investor"]["adaptation"], pair.u["adaptation"]) == (0.05, 1.0)


class TestDelivery:
    def test_order_to_first_delivery(self, sheets: Sheets) -> None:
        event(sheets, "o", "order_received", "2025-03-01")
        event(sheets, "d1", "delivery_made", "2025-03-31", answers="o")
        event(sheets, "d2", "delivery_made", "2025-04-30", answers="o")

        # τ = 30 = the half-life: ½; 5/7 · 0.05 + 2/7 · 0.5
        assert feature(sheets, "delivery") == pytest.approx(1.25 / 7)

    def test_an_area_without_figures_keeps_the_prior(self, sheets: Sheets) -> None:
        sheets.capability["area"] = "NEW"
        event(sheets, "o", "order_received", "2025-03-01")
        event(sheets, "d1", "delivery_made", "2025-03-31", answers="o")

        assert feature(sheets, "delivery") == 0.05


class TestCadence:
    def _release(self, sheets: Sheets, number: int, at: str, **cells: str) -> None:
        event(sheets, f"q{number}", "feedback_reported", "2025-01-01")
        event(sheets, f"r{number}", "release_fielded", at, **({"answers": f"q{number}"} | cells))

    def _expected(self, n: float, e: float) -> float:
        # T = (4 · 91.25 + 365) / (4 + N) = 730 / (4 + N); log2(365 / T) / 4
        return shrunk(math.log2(365 * (4 + n) / 730) / 4, e)

    def test_four_releases(self, sheets: Sheets) -> None:
        for number in range(1, 5):
            self._release(sheets, number, f"2025-02-0{number}")

        # N = 4: T = 91.25, log2(4) / 4 = ½; e = 3.2
        assert feature(sheets, "cadence") == pytest.approx(shrunk(0.5, 3.2))

    @pytest.mark.parametrize(("first", "second"), [("E1", "E3"), ("E3", "E1")])
    def test_one_per_day_the_best_tier(self, sheets: Sheets, first: str, second: str) -> None:
        self._release(sheets, 1, "2025-02-01T08:00:00Z", tier=first)
        self._release(sheets, 2, "2025-02-01T20:00:00Z", tier=second)

        assert feature(sheets, "cadence") == pytest.approx(self._expected(1, 0.9))

    def test_a_weak_release_counts_half(self, sheets: Sheets) -> None:
        self._release(sheets, 1, "2025-02-01", tier="E1")

        assert feature(sheets, "cadence") == pytest.approx(self._expected(0.5, 0.25))

    def test_a_question_answered_by_a_release_before_counts_once(self, sheets: Sheets) -> None:
        self._release(sheets, 1, "2025-02-01")
        event(sheets, "again", "release_fielded", "2025-02-09", answers="q1")

        assert feature(sheets, "cadence") == pytest.approx(self._expected(1, 0.8))

    def test_a_fix_before_does_not_use_the_question_up(self, sheets: Sheets) -> None:
        self._release(sheets, 1, "2025-02-01")
        event(sheets, "fix", "fix_fielded", "2025-01-09", answers="q1")

        assert feature(sheets, "cadence") == pytest.approx(self._expected(1, 0.8))

    @pytest.mark.parametrize("cells", [{"answers": ""}, {"tier": "E0"}, {"answers": "test"}])
    def test_what_does_not_count(self, sheets: Sheets, cells: dict[str, str]) -> None:
        event(sheets, "test", "field_test", "2025-01-01")
        self._release(sheets, 1, "2025-02-01", **cells)

        assert feature(sheets, "cadence") == 0.05

    def test_releases_of_the_last_365_days(self, sheets: Sheets) -> None:
        self._release(sheets, 1, "2024-06-29")
        self._release(sheets, 2, "2024-06-30")

        assert feature(sheets, "cadence") == pytest.approx(self._expected(1, 0.8))


class TestDecisionSpeed:
    def _deal(self, sheets: Sheets, outcome: str, date: str, introduced_on: str = "") -> None:
        sheets.add(
            "deals", fund_key="fund", startup_key="other", date=date, introduced_on=introduced_on, outcome=outcome
        )

    def test_chance_of_money_within_180_days(self, sheets: Sheets) -> None:
        self._deal(sheets, "closed", "2025-05-01", "2025-01-21")  # 100 days
        self._deal(sheets, "closed", "2020-05-01")
        self._deal(sheets, "passed", "2021-05-01")
        self._deal(sheets, "lapsed", "2022-05-01")
        self._deal(sheets, "withdrawn", "2022-05-01")

        # p = 2.5 / (2 + 1 + 1 + 2) = 2.5/6; ln T = (ln 100 + 2 ln 210) / 3; e = 0.8
        reach = math.log(180) - (math.log(100) + 2 * math.log(210)) / 3
        expected = shrunk(2.5 / 6 * normal_cdf(reach / 0.6), 0.8)
        assert sheets.pair().x["startup"]["decision_speed"] == pytest.approx(expected)

    @pytest.mark.parametrize(
        ("date", "introduced_on"), [("2025-05-01", ""), ("2024-06-29", "2024-05-01"), ("2025-07-01", "2025-05-01")]
    )
    def test_is_a_prior_without_a_cash_duration_of_the_window(
        self, sheets: Sheets, date: str, introduced_on: str
    ) -> None:
        self._deal(sheets, "closed", date, introduced_on)

        pair = sheets.pair()

        assert (pair.x["startup"]["decision_speed"], pair.u["decision_speed"]) == (0.05, 1.0)

    def test_deals_of_an_unverified_import_form_no_durations(self, sheets: Sheets) -> None:
        self._deal(sheets, "closed", "2025-05-01", "2025-01-21")

        assert sheets.pair(verified=False).x["startup"]["decision_speed"] == 0.05
