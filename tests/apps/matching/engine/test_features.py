import math

import pytest

from apps.matching.engine import features
from apps.matching.engine.facts import CapabilityFacts
from tests.apps.matching.engine.worlds import AREAS, MODEL, REFERENCE, figure


class TestAffinity:
    @pytest.mark.parametrize(
        ("wanted", "held", "expected"),
        [
            ("UMS", "UMS.UAS.FPV", 1.0),
            ("UMS.UAS.FPV", "UMS.UAS.FPV", 1.0),
            ("UMS.UAS.FPV", "UMS.UAS", 0.35),
            ("UMS.UAS.FPV", "UMS.UAS.ISR", 0.35),
            ("UMS.UAS.FPV", "UMS.UGV", 0.35**2),
            ("UMS.UAS.FPV", "EW", 0.0),
        ],
    )
    def test_counts_edges_up_to_the_common_ancestor(self, wanted, held, expected):
        assert features.affinity(AREAS.path(wanted), AREAS.path(held), decay=0.35) == expected


class TestStrength:
    def test_the_lead_counts_in_full_and_the_others_by_evidence(self):
        lead = CapabilityFacts("EW", "concept", None, True)
        other = CapabilityFacts("EW", "codified", "E2", False)

        assert features.strength(lead, model=MODEL) == 1.0
        assert features.strength(other, model=MODEL) == pytest.approx(0.8 * 0.6 * 0.8)


class TestStageFit:
    def test_is_relative_to_the_largest_weight(self):
        stages = (("seed", 0.2), ("growth", 0.8))

        assert features.stage_fit(stages, "seed") == 0.25
        assert features.stage_fit(stages, None) == 0.0
        assert features.stage_fit((), None) == 1.0


class TestTrlFit:
    @pytest.mark.parametrize(("trl", "expected"), [(5, 1.0), (4, 0.5), (3, 0.0), (8, 0.5), (9, 0.0), (None, 0.0)])
    def test_falls_over_two_levels(self, trl, expected):
        assert features.trl_fit(5, 7, trl, slack=2) == expected

    def test_is_one_without_bounds(self):
        assert features.trl_fit(None, None, None, slack=2) == 1.0


class TestGeographyFit:
    def test_takes_the_best_place_that_holds_the_firm(self):
        places = (("PL", 0.2), ("PL-14", 0.4), ("DE", 0.8))

        assert features.geography_fit(places, "PL", "PL-14", at_war=frozenset()) == 0.5
        assert features.geography_fit(places, "PL", None, at_war=frozenset()) == 0.25
        assert features.geography_fit(places, "FR", None, at_war=frozenset()) == 0.0
        assert features.geography_fit((), "FR", None, at_war=frozenset()) == 1.0

    def test_uses_only_the_country_of_a_country_at_war(self):
        places = (("UA", 0.3), ("UA-63", 0.6))

        assert features.geography_fit(places, "UA", "UA-63", at_war=frozenset({"UA"})) == 0.5


class TestInstrumentRank:
    def test_ranks_in_the_own_order(self):
        assert features.instrument_rank(("a", "b", "c"), ("c", "b"), step=0.5) == 1 / 1.5
        assert features.instrument_rank(("c", "b"), ("a", "b", "c"), step=0.5) == 1.0
        assert features.instrument_rank(("a",), ("b",), step=0.5) == 0.0


class TestEvidence:
    def test_is_maturity_times_tier(self):
        assert features.evidence(CapabilityFacts("EW", "serial", "E3", True), model=MODEL) == 1.0
        assert features.evidence(CapabilityFacts("EW", "tested", None, True), model=MODEL) == pytest.approx(0.1)
        assert features.evidence(CapabilityFacts("EW", "concept", "E3", True), model=MODEL) == 0.0


class TestSpeed:
    """With a weight of 8, u = 2 / 10; the prior mean is 0.05."""

    @pytest.mark.parametrize(
        ("name", "days", "formula"),
        [
            ("adaptation", 60.0, 0.5),
            ("cadence", 365.0 / 4, 0.5),
            ("cadence", 365.0 / 64, 1.0),
            ("feedback", 90.0, 0.5),
            ("delivery", 60.0, 0.25),
        ],
    )
    def test_is_shrunk_towards_the_prior(self, name, days, formula):
        found = features.speed(name, figure(days), area=AREAS["UMS.UAS"], model=MODEL)

        assert found.x == pytest.approx(0.2 * 0.05 + 0.8 * formula)
        assert (found.u, found.is_prior) == (0.2, False)

    def test_is_never_below_the_prior(self):
        found = features.speed("delivery", figure(5000.0), area=AREAS["UMS"], model=MODEL)

        assert found.x == 0.05
        assert not found.is_prior

    def test_is_the_prior_without_a_figure(self):
        assert features.speed("cadence", None, area=AREAS["UMS"], model=MODEL) == features.Estimate(0.05, 1.0, True)

    def test_is_the_prior_in_an_area_without_a_cycle(self):
        found = features.speed("adaptation", figure(10.0), area=AREAS["LOG.MED"], model=MODEL)

        assert found == features.Estimate(0.05, 1.0, True)


class TestSpeedMean:
    def test_weighs_by_profile_and_counts_a_prior_as_nothing(self):
        estimates = [
            ("adaptation", features.Estimate(0.5, 0.2, False)),
            ("cadence", features.Estimate(0.05, 1.0, True)),
            ("delivery", features.Estimate(1.0, 0.2, False)),
            ("feedback", features.Estimate(0.05, 1.0, True)),
        ]

        iterating = features.speed_mean(estimates, profile="iterating", model=MODEL)
        producing = features.speed_mean(estimates, profile="producing", model=MODEL)

        assert iterating == pytest.approx((700 * 0.5 + 600) / 2100)
        assert producing == pytest.approx((200 * 0.5 + 1400) / 2100)


class TestDecisionSpeed:
    def test_multiplies_the_chance_by_the_time(self):
        found = features.decision_speed(figure(180.0), closed=3, passed=4, lapsed=0, model=MODEL)

        assert found.x == pytest.approx(0.2 * 0.05 + 0.8 * (3.5 / 9) * 0.5)

    def test_is_the_prior_without_durations(self):
        found = features.decision_speed(None, closed=9, passed=0, lapsed=0, model=MODEL)

        assert (found.x, found.u) == (0.05, 1.0)


class TestBuildUp:
    def test_equity_adds_the_country_of_operation(self):
        found = features.build_up("equity", country="UA", tier="E3", reference=REFERENCE)

        assert math.fsum((*found.terms, found.risk)) == pytest.approx(0.28716)
        assert features.build_up("equity", country="MD", tier=None, reference=REFERENCE).risk is None

    def test_debt_adds_the_loss_of_the_financials(self):
        found = features.build_up("debt", country="MD", tier=None, reference=REFERENCE)

        assert math.fsum((*found.terms, found.risk)) == pytest.approx(0.025 + 0.02 + 0.08)


class TestPhi:
    @pytest.mark.parametrize(("z", "expected"), [(0.0, 0.5), (1.96, 0.9750021), (-1.96, 0.0249979), (-40.0, 0.0)])
    def test_is_the_normal_distribution(self, z, expected):
        assert features.phi(z) == pytest.approx(expected, abs=1e-7)


class TestPpm:
    @pytest.mark.parametrize(("x", "expected"), [(0.0, 0), (1.0, 1_000_000), (0.0000005, 1), (0.0000004, 0)])
    def test_rounds_half_up(self, x, expected):
        assert features.ppm(x) == expected
