"""A fund's decision log: counts, days to cash, declines."""

import dataclasses
import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.matching.engine.facts import Figure
from apps.matching.rules.decisions import (
    RESPONSE_EDGES,
    DecisionRow,
    DecisionSummary,
    Declined,
    cash_durations,
    count_band,
    days_band,
    days_bands,
    decision_figures,
    decision_summary,
    response_durations,
    terms_durations,
)
from apps.reference.areas import LogNormal
from apps.startups.rules.speed import Duration, SpeedFigure, SpeedParameters

AS_OF = dt.date(2025, 6, 30)
PRIOR = LogNormal(210, 0.6)
PRIORS = {"first_response": LogNormal(21, 0.8), "term_sheet": LogNormal(90, 0.7), "cash": PRIOR}
PARAMETERS = SpeedParameters(
    window_days=365,
    floor_days=0.25,
    k0=2,
    cadence_prior_weight=4,
    tier_uncertainty={"prior": 1.0, "E0": 0.75, "E1": 0.5, "E2": 0.2, "E3": 0.1},
    likelihood_weight={"E1": 0.5, "E2": 1.0, "E3": 1.0},
)


def ago(days: int | None) -> dt.date | None:
    return None if days is None else AS_OF - dt.timedelta(days=days)


def row(
    outcome: str | None,
    *,
    introduced: int | None = None,
    ended: int | None = None,
    tier: str | None = "E2",
    reason: str | None = None,
    elsewhere: float = 0.0,
    firm: str = "firm",
) -> DecisionRow:
    return DecisionRow(
        firm_id=firm,
        introduced_on=ago(introduced),
        outcome_on=ago(ended),
        outcome=outcome,
        reason=reason,
        tier=tier,
        days_elsewhere=elsewhere,
    )


def summary(*rows: DecisionRow) -> DecisionSummary:
    return decision_summary(rows=rows, prior=PRIOR, parameters=PARAMETERS, as_of=AS_OF, basis="assumption")


def cash(*rows: DecisionRow) -> SpeedFigure:
    found = summary(*rows).cash
    assert found is not None
    return found


def counts(*rows: DecisionRow) -> tuple[int, int, int]:
    found = summary(*rows)
    return found.closed, found.passed, found.lapsed


class TestDecisionSummary:
    def test_is_empty_without_a_log(self) -> None:
        assert summary() == DecisionSummary(closed=0, passed=0, lapsed=0, cash=None, declines=())

    def test_counts_outcomes_over_the_whole_log(self) -> None:
        assert counts(
            row("closed", ended=5_000),
            row("closed", introduced=100, ended=10),
            row("passed", ended=4_000),
            row("lapsed", ended=1, tier="E1"),
            row("withdrawn", ended=1),
            row(None, introduced=5),
        ) == (2, 1, 1)

    def test_does_not_count_what_is_only_claimed_or_not_yet_so(self) -> None:
        assert counts(
            row("closed", ended=1, tier="E0"), row("passed", ended=1, tier=None), row("closed", introduced=9, ended=-1)
        ) == (0, 0, 0)

    def test_estimates_days_to_cash_by_hand(self) -> None:
        found = cash(row("closed", introduced=150, ended=50), row("closed", introduced=90, ended=10))

        mu = (math.log(100) + math.log(80) + 2 * math.log(210)) / 4
        assert found.days == pytest.approx(math.exp(mu), rel=1e-12)
        assert found.low == pytest.approx(math.exp(mu - 1.645 * 0.6 / 2), rel=1e-12)
        assert found.weight == pytest.approx(1.6, rel=1e-15)
        assert (found.n_closed, found.n_open, found.tier, found.sigma) == (2, 0, "E2", 0.6)
        assert (found.as_of, found.basis) == (AS_OF, "assumption")

    def test_has_no_days_to_cash_without_a_duration(self) -> None:
        assert summary(row("closed", ended=10), row("passed", introduced=90, ended=10)).cash is None

    def test_lists_passes_as_declines_at_any_tier(self) -> None:
        found = summary(
            row("passed", ended=10, reason="too_early", firm="b"),
            row("passed", ended=20, tier=None, firm="a"),
            row("passed", ended=-1, reason="never", firm="c"),
            row("lapsed", ended=10, reason="too_early", firm="d"),
            row("passed", ended=10, reason="too_early", firm="b"),
        )

        assert found.declines == (
            Declined(firm_id="a", reason="other", on=AS_OF - dt.timedelta(days=20)),
            Declined(firm_id="b", reason="too_early", on=AS_OF - dt.timedelta(days=10)),
        )

    def test_gives_the_engine_its_figure(self) -> None:
        found = dataclasses.asdict(cash(row("closed", introduced=150, ended=50)))

        names = [field.name for field in dataclasses.fields(Figure)]
        figure = Figure(**{name: found[name] for name in names})
        assert figure.n_closed == 1
        assert set(found) - set(names) == {"as_of", "basis"}

    @given(
        introduced=st.integers(min_value=0, max_value=2_000),
        lasted=st.integers(min_value=0, max_value=2_000),
        outcome=st.sampled_from(["closed", "passed", "lapsed", None]),
        tier=st.sampled_from(["E0", None]),
    )
    def test_claims_move_no_figure(self, introduced: int, lasted: int, outcome: str | None, tier: str | None) -> None:
        log = (row("closed", introduced=150, ended=50), row(None, introduced=30), row("passed", ended=20))
        ended = None if outcome is None else introduced - lasted
        claim = row(outcome, introduced=introduced, ended=ended, tier=tier)

        before, after = summary(*log), summary(*log, claim)

        assert dataclasses.replace(after, declines=before.declines) == before


class TestCashDurations:
    def formed(self, *rows: DecisionRow) -> tuple[list[Duration], list[Duration]]:
        return cash_durations(rows=rows, window_days=365, as_of=AS_OF)

    @pytest.mark.parametrize(("ended", "counts"), [(0, True), (365, True), (366, False)])
    def test_count_when_closed_within_the_window(self, ended: int, counts: bool) -> None:
        closed, open_ = self.formed(row("closed", introduced=500, ended=ended))

        assert (len(closed), open_) == (int(counts), [])

    def test_leave_out_the_days_elsewhere(self) -> None:
        closed, open_ = self.formed(
            row("closed", introduced=100, ended=40, elsewhere=20),
            row("closed", introduced=100, ended=90, elsewhere=15),
            row(None, introduced=70, elsewhere=30.5),
        )

        assert closed == [Duration(days=40, tier="E2"), Duration(days=0, tier="E2")]
        assert open_ == [Duration(days=39.5, tier="E2")]

    def test_are_open_while_nothing_is_decided(self) -> None:
        closed, open_ = self.formed(row(None, introduced=900), row("closed", introduced=30, ended=-1))

        assert (closed, open_) == ([], [Duration(days=900, tier="E2"), Duration(days=30, tier="E2")])

    @pytest.mark.parametrize(
        "entry",
        [
            row("closed", introduced=100, ended=40, tier="E1"),
            row("closed", ended=40),
            row("closed", introduced=40, ended=100),
            row("passed", introduced=100, ended=40),
            row("lapsed", introduced=100, ended=40),
            row("withdrawn", introduced=100, ended=40),
            row(None, introduced=-1),
        ],
        ids=["documented", "not-introduced", "backwards", "passed", "lapsed", "withdrawn", "future"],
    )
    def test_are_not_formed_by_anything_else(self, entry: DecisionRow) -> None:
        assert self.formed(entry) == ([], [])


def tracked(*, introduced: int, responded: int | None = None, **fields: object) -> DecisionRow:
    given = {"is_tracked": True, "is_asked": True, "tier": "E2", **fields}
    return DecisionRow(
        firm_id="firm",
        introduced_on=ago(introduced),
        outcome_on=None,
        outcome=None,
        responded_on=ago(responded),
        **given,  # type: ignore[arg-type]
    )


class TestResponseDurations:
    def formed(self, *rows: DecisionRow) -> tuple[list[float], list[float]]:
        closed, open_ = response_durations(rows=rows, window_days=365, as_of=AS_OF)
        return [item.days for item in closed], [item.days for item in open_]

    def test_end_with_the_fund_s_answer(self) -> None:
        assert self.formed(tracked(introduced=20, responded=15)) == ([5.0], [])

    def test_are_open_while_the_fund_says_nothing(self) -> None:
        assert self.formed(tracked(introduced=20, tier="E1")) == ([], [20.0])

    def test_stay_open_after_a_silence_as_long_as_it_lasted(self) -> None:
        assert self.formed(tracked(introduced=200, unanswered_on=ago(170))) == ([], [30.0])

    def test_are_not_formed_where_the_fund_itself_asked_or_long_ago(self) -> None:
        assert self.formed(tracked(introduced=20, responded=15, is_asked=False)) == ([], [])
        assert self.formed(tracked(introduced=400, responded=390)) == ([], [])

    def test_know_nothing_of_what_comes_after_the_day(self) -> None:
        assert self.formed(tracked(introduced=20, responded=-1)) == ([], [20.0])
        assert self.formed(tracked(introduced=-1)) == ([], [])


class TestTermsDurations:
    def formed(self, *rows: DecisionRow) -> tuple[list[Duration], list[Duration]]:
        return terms_durations(rows=rows, window_days=365, as_of=AS_OF)

    def test_end_with_the_term_sheet_less_the_days_elsewhere(self) -> None:
        entry = tracked(introduced=60, terms_on=ago(20), terms_tier="E2", days_elsewhere=10.0)

        assert self.formed(entry) == ([Duration(days=30.0, tier="E2")], [])

    def test_are_of_the_lower_tier(self) -> None:
        entry = tracked(introduced=60, terms_on=ago(20), terms_tier="E1")

        assert self.formed(entry)[0] == [Duration(days=40.0, tier="E1")]

    def test_are_open_while_nothing_is_decided_and_nothing_once_it_ended_without_terms(self) -> None:
        waiting = tracked(introduced=60)

        assert self.formed(waiting) == ([], [Duration(days=60.0, tier="E2")])
        assert self.formed(dataclasses.replace(waiting, outcome="passed", outcome_on=ago(5))) == ([], [])

    def test_need_a_mutual_introduction_on_the_platform(self) -> None:
        assert self.formed(tracked(introduced=60, tier="E1")) == ([], [])
        assert self.formed(tracked(introduced=60, is_tracked=False)) == ([], [])


class TestDecisionFigures:
    def test_has_each_step_with_its_own_prior(self) -> None:
        log = [
            tracked(introduced=60, responded=55, terms_on=ago(20), terms_tier="E2"),
            row("closed", introduced=300, ended=100),
        ]

        found = decision_figures(rows=log, priors=PRIORS, parameters=PARAMETERS, as_of=AS_OF, basis="assumption")

        assert found.first_response is not None
        assert found.term_sheet is not None
        assert found.cash is not None
        assert 5 < found.first_response.days < PRIORS["first_response"].median
        assert 40 < found.term_sheet.days < PRIORS["term_sheet"].median
        assert (found.closed, found.passed, found.lapsed) == (1, 0, 0)
        assert found.cash == cash(*log)

    def test_rests_on_nothing_without_a_log(self) -> None:
        found = decision_figures(rows=[], priors=PRIORS, parameters=PARAMETERS, as_of=AS_OF, basis="assumption")

        assert (found.first_response, found.term_sheet, found.cash) == (None, None, None)


class TestBands:
    @pytest.mark.parametrize(
        ("days", "band"), [(0.25, "0-3"), (3.0, "0-3"), (3.01, "3-7"), (30.0, "14-30"), (30.5, "30+")]
    )
    def test_hold_their_upper_edge(self, days: float, band: str) -> None:
        assert days_band(days=days, edges=RESPONSE_EDGES) == band
        assert band in days_bands(edges=RESPONSE_EDGES)

    def test_are_one_more_than_the_edges(self) -> None:
        assert days_bands(edges=(90, 180)) == ("0-90", "90-180", "180+")

    @pytest.mark.parametrize(
        ("count", "band"), [(4, None), (5, "5-9"), (9, "5-9"), (10, "10-19"), (49, "20-49"), (50, "50+")]
    )
    def test_of_counts_begin_with_five(self, count: int, band: str | None) -> None:
        assert count_band(count=count) == band
