import math

import numpy as np
import pytest

from apps.matching.engine.columns import MISSING
from apps.matching.engine.facts import CapabilityFacts
from apps.matching.engine.gates import GATES
from apps.matching.engine.model import Model
from apps.matching.engine.pairs import INVESTOR_FEATURES, STARTUP_FEATURES, score
from apps.matching.engine.synthetic import Synthetic
from apps.matching.engine.world import FeaturesDiffer
from tests.apps.matching.engine.plain import Plain
from tests.apps.matching.engine.worlds import (
    AREAS,
    AREAS_JSON,
    AS_OF,
    MODEL_JSON,
    REFERENCE_JSON,
    figure,
    lever,
    mandate,
    pair,
    raise_,
    world_of,
)


class TestAgreement:
    @pytest.mark.parametrize("seed", [1, 2, 3])
    def test_every_integer_is_that_of_a_plain_implementation(self, seed):
        source = Synthetic(areas=AREAS, seed=seed)
        mandates, raises = source.mandates(20), source.raises(100)
        plain = Plain(MODEL_JSON, AREAS_JSON, REFERENCE_JSON, AS_OF)
        i, s = np.repeat(np.arange(20), 100), np.tile(np.arange(100), 20)

        found = score(world=world_of(mandates, raises), mandate=i, raise_=s)

        for k in range(len(i)):
            expected = plain.pair(mandates[i[k]], raises[s[k]])
            assert found.contributions_investor[k].tolist() == list(expected["contributions"]["investor"].values())
            assert found.contributions_startup[k].tolist() == list(expected["contributions"]["startup"].values())
            assert (found.score_investor[k], found.score_startup[k]) == tuple(expected["scores"].values())
            assert found.score_mutual[k] == expected["mutual"]
            assert (found.confidence_investor[k], found.confidence_startup[k]) == tuple(expected["confidence"].values())
            answers = {
                code: "fail" if found.failed[k] >> bit & 1 else "unknown" if found.unknown[k] >> bit & 1 else "pass"
                for bit, code in enumerate(GATES)
            }
            assert answers == expected["gates"]


class TestScore:
    def test_is_the_sum_of_the_contributions(self):
        source = Synthetic(areas=AREAS, seed=9)
        made = world_of(source.mandates(30), source.raises(50))
        i, s = np.repeat(np.arange(30), 50), np.tile(np.arange(50), 30)

        found = score(world=made, mandate=i, raise_=s)

        assert (found.contributions_investor.sum(axis=1) == found.score_investor).all()
        assert (found.contributions_startup.sum(axis=1) == found.score_startup).all()
        assert found.score_investor.min() >= 0
        assert found.score_investor.max() <= 10_000

    def test_a_pair_does_not_depend_on_the_others(self):
        source = Synthetic(areas=AREAS, seed=10)
        mandates, raises = source.mandates(12), source.raises(40)
        i, s = np.repeat(np.arange(12), 40), np.tile(np.arange(40), 12)

        together = score(world=world_of(mandates, raises), mandate=i, raise_=s)
        backwards = score(world=world_of(mandates[::-1], raises[::-1]), mandate=11 - i, raise_=39 - s)

        for name in ("failed", "unknown", "score_investor", "score_startup", "score_mutual", "confidence_startup"):
            assert (getattr(together, name) == getattr(backwards, name)).all()

    def test_refuses_a_model_with_other_features(self):
        changed = Model.from_json(
            {
                **MODEL_JSON,
                "weights": {
                    "investor": MODEL_JSON["weights"]["investor"],
                    "startup": {"common": {"charm": 10_000}, "iterating": {}, "producing": {}},
                },
            }
        )

        with pytest.raises(FeaturesDiffer):
            world_of([mandate()], [raise_()], model=changed)


class TestAreaOverlap:
    def test_weighs_the_mandates_areas(self):
        wanted = mandate(areas=(("UMS.UAS", 0.5), ("UMS.UGV", 0.25), ("EW", 0.25)))

        found = pair(wanted, raise_())

        assert found.x_investor["area_overlap"] == pytest.approx(0.5 + 0.25 * 0.35)
        assert found.investor["area_overlap"] == 1293  # 2200 · 0.5875 = 1292.5, half up
        assert found.startup["area_overlap"] == 881

    def test_takes_the_best_capability_for_each_area(self):
        firm = raise_(
            capabilities=(
                CapabilityFacts("UMS.UAS.FPV", "fielded", "E2", True),
                CapabilityFacts("EW.ATT", "serial", "E3", False),
            )
        )

        found = pair(mandate(areas=(("EW", 1.0), ("UMS", 1.0))), firm)

        assert found.x_investor["area_overlap"] == pytest.approx((0.8 + 1.0) / 2)


class TestTicketFit:
    """Tickets of 1 to 4 M EUR: centre 2 M, σ = ln 4 / 3.29 = 0.4214."""

    def test_is_one_at_the_centre(self):
        assert pair(mandate(), raise_()).x_investor["ticket_fit"] == 1.0

    def test_falls_with_the_distance_in_logarithms(self):
        found = pair(mandate(), raise_(amount=4_000_000.0))

        assert found.x_investor["ticket_fit"] == pytest.approx(
            math.exp(-0.5 * (math.log(2) / (math.log(4) / 3.29)) ** 2)
        )

    def test_prefers_the_typical_ticket_and_floors_the_spread(self):
        narrow = mandate(ticket_min=1_900_000.0, ticket_max=2_100_000.0, ticket_typical=1_900_000.0)

        found = pair(narrow, raise_())

        assert found.x_investor["ticket_fit"] == pytest.approx(math.exp(-0.5 * (math.log(2 / 1.9) / 0.35) ** 2))

    @pytest.mark.parametrize(
        ("amount", "least", "point"), [(9e6, 1e6, 2e6), (9e6, 3e6, 3e6), (1.5e6, 1e6, 1.5e6), (9e6, None, 2e6)]
    )
    def test_a_syndicate_offers_its_nearest_point(self, amount, least, point):
        found = pair(mandate(), raise_(syndicate=True, amount=amount, min_ticket=least))

        expected = math.exp(-0.5 * (math.log(point / 2e6) / (math.log(4) / 3.29)) ** 2)
        assert found.x_investor["ticket_fit"] == pytest.approx(expected)


class TestRiskPaid:
    def test_compares_the_offer_with_the_required_rate(self):
        found = pair(mandate(offered_cost=0.2572, lever=lever()), raise_())

        # cover ½ of 16.02 %, premium 1 %: 12.696 + 8.01 + 1 = 21.706 %, 2171 bp
        assert found.raw["required"] == 2171
        assert found.x_investor["risk_paid"] == pytest.approx(0.5 + (2572 - 2171) / 1000)

    def test_cover_shrinks_with_the_ticket_above_the_cap(self):
        capped = lever(cover_cap=500_000.0)

        found = pair(mandate(offered_cost=0.2, lever=capped), raise_())

        assert found.raw["cover"] == pytest.approx(0.5 * 0.25)
        assert found.raw["required"] == math.floor(1e4 * (0.12696 + 0.1602 * 0.875 + 0.01) + 0.5)

    def test_required_is_never_above_the_build_up(self):
        found = pair(mandate(offered_cost=0.2, lever=lever(premium=0.2)), raise_())

        assert found.raw["required"] == found.raw["build_up"] == 2872

    def test_a_lever_that_does_not_admit_covers_nothing(self):
        found = pair(mandate(offered_cost=0.2, lever=lever(countries=("PL",))), raise_())

        assert (found.raw["cover"], found.raw["required"]) == (0.0, 2872)

    def test_is_prior_without_offer_build_up_or_for_a_grant(self):
        assert pair(mandate(), raise_()).x_investor["risk_paid"] == 0.5
        assert pair(mandate(offered_cost=0.9), raise_(country="MD")).x_investor["risk_paid"] == 0.5
        assert pair(mandate(offered_cost=0.9), raise_(country="MD")).raw["build_up"] == MISSING
        grant = pair(mandate(instruments=("grant",), offered_cost=0.9), raise_(instruments=("grant",)))
        assert grant.x_investor["risk_paid"] == 0.5

    def test_debt_reads_the_financials(self):
        debt = mandate(instruments=("loan",), offered_cost=0.085)

        assert pair(debt, raise_(instruments=("loan",), financials_tier="E2")).x_investor["risk_paid"] == 0.5
        assert pair(debt, raise_(instruments=("loan",), financials_tier=None)).raw["required"] == 1250


class TestCostSaving:
    @pytest.mark.parametrize(
        ("marginal", "expected"), [(0.10, 0.0), (0.1399, 0.0), (0.14, 0.2), (0.2599, 0.6), (0.30, 1.0), (0.9, 1.0)]
    )
    def test_counts_whole_steps_of_400_bp(self, marginal, expected):
        found = pair(mandate(offered_cost=0.10), raise_(marginal_cost=marginal))

        assert found.x_startup["cost_saving"] == expected

    def test_is_nothing_without_an_offer_and_prior_without_a_stated_cost(self):
        assert pair(mandate(), raise_(marginal_cost=0.4)).x_startup["cost_saving"] == 0.0
        assert pair(mandate(offered_cost=0.1), raise_()).x_startup["cost_saving"] == 0.2
        grant = pair(mandate(instruments=("grant",)), raise_(instruments=("grant",)))
        assert grant.x_startup["cost_saving"] == 1.0

    def test_does_not_move_the_funds_score_nor_the_mutual_one(self):
        fast = {name: figure(5.0) for name in ("adaptation", "cadence", "feedback", "delivery")}
        offer = mandate(offered_cost=0.10, tenor_years=7.0, lever=lever())

        known, dear = (pair(offer, raise_(marginal_cost=rate, tenor_years=5.0, **fast)).scores for rate in (0.1, 0.4))

        assert known[0] == dear[0]
        assert known[2] == dear[2]
        assert known[1] < dear[1]


class TestPatience:
    @pytest.mark.parametrize(("offered", "needed", "expected"), [(3.0, 6.0, 0.5), (9.0, 6.0, 1.0), (None, 6.0, 0.0)])
    def test_is_the_share_of_the_tenor_needed(self, offered, needed, expected):
        assert pair(mandate(tenor_years=offered), raise_(tenor_years=needed)).x_startup["patience"] == expected


class TestComplementarity:
    FAST = {name: figure(5.0) for name in ("adaptation", "cadence", "feedback", "delivery")}

    def test_is_the_mean_of_need_and_speed_times_patience(self):
        firm = raise_(marginal_cost=0.4, tenor_years=10.0, **self.FAST)
        fund = mandate(offered_cost=0.1, tenor_years=5.0, lever=lever())

        found = pair(fund, firm)

        weights = {"adaptation": 700, "cadence": 400, "feedback": 400, "delivery": 600}
        speed = sum(weight * found.x_investor[name] for name, weight in weights.items()) / 2100
        assert found.x_startup["complementarity"] == pytest.approx(math.sqrt(1.0 * speed) * 0.5)
        assert found.x_investor["complementarity"] == pytest.approx(math.sqrt((2872 - 2171) / 2000 * speed) * 0.5)

    def test_is_zero_where_a_side_brings_nothing(self):
        firm = raise_(marginal_cost=0.4, tenor_years=10.0)
        fund = mandate(offered_cost=0.1, tenor_years=10.0, lever=lever())

        assert pair(fund, firm).x_startup["complementarity"] == 0.0
        assert (
            pair(mandate(tenor_years=10.0), raise_(tenor_years=1.0, **self.FAST)).x_investor["complementarity"] == 0.0
        )

    def test_debt_does_not_reward_a_weaker_file(self):
        fund = mandate(instruments=("loan",), tenor_years=5.0, lever=lever(classes=("debt",), premium=0.0))
        firms = [
            raise_(instruments=("loan",), tenor_years=5.0, financials_tier=tier, **self.FAST) for tier in (None, "E3")
        ]

        weak, strong = (pair(fund, firm).x_investor["complementarity"] for firm in firms)

        assert weak == strong > 0


class TestCapacity:
    @pytest.mark.parametrize(("capacity", "expected"), [(1_000_000.0, 0.5), (5_000_000.0, 1.0), (None, 1.0)])
    def test_is_the_share_of_what_is_left(self, capacity, expected):
        assert pair(mandate(capacity=capacity), raise_()).x_startup["capacity"] == expected

    def test_takes_the_least_common_ticket_when_not_stated(self):
        assert pair(mandate(), raise_(syndicate=True)).x_startup["capacity"] == 0.5


class TestConfidence:
    def test_weighs_the_uncertainties_by_squared_weights(self):
        found = pair(
            mandate(offered_cost=0.3, offer_tier="E1", cash=figure(100.0, weight=2.0)),
            raise_(marginal_cost=0.4, cost_tier="E3", feedback=figure(10.0, weight=6.0)),
        )

        squares = {
            "evidence": 700,
            "risk_paid": 1200,
            "adaptation": 700,
            "cadence": 400,
            "feedback": 400,
            "delivery": 600,
        }
        doubts = {"evidence": 0.2, "risk_paid": 0.5, "adaptation": 1, "cadence": 1, "feedback": 0.25, "delivery": 1}
        total = sum(weight**2 for weight in squares.values())
        expected = 1 - sum(squares[name] ** 2 * doubts[name] for name in squares) / total
        assert found.confidence[0] == math.floor(1e6 * expected + 0.5)
        expected = 1 - (2200**2 * 0.5 + 1500**2 * 0.5) / (2200**2 + 1500**2)
        assert found.confidence[1] == math.floor(1e6 * expected + 0.5)

    def test_a_grant_is_sure_of_its_saving(self):
        grant = pair(mandate(instruments=("grant",)), raise_(instruments=("grant",)))

        assert grant.raw["cost_saving_u"] == 0.0


class TestFeatures:
    def test_are_the_models_in_alphabetical_order(self):
        assert tuple(sorted(INVESTOR_FEATURES)) == INVESTOR_FEATURES
        assert tuple(sorted(STARTUP_FEATURES)) == STARTUP_FEATURES
