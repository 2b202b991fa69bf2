"""A model trained on a made-up past."""

import dataclasses
import datetime as dt
import itertools

import numpy as np
import pytest

from apps.matching.backtest import training
from apps.matching.backtest.training import Situation, TooLittlePast, known_pairs, train
from apps.matching.engine.facts import CapabilityFacts
from apps.matching.engine.model import Model
from apps.matching.engine.pairs import INVESTOR_FEATURES, STARTUP_FEATURES, score
from tests.apps.matching.engine.worlds import AREAS, MANDATE, MODEL_JSON, RAISE, REFERENCE, world_of

FUNDS, FIRMS = 12, 30
PLACES = ("UA", "PL", "EE", "LV")


def situation(year, seed=0):
    """A year in which funds went by places alone, and firms by who could carry them many times over."""
    rng = np.random.default_rng((seed, year))
    mandates = [
        dataclasses.replace(
            MANDATE,
            id=f"m{k}",
            fund_id=f"f{k}",
            areas=(("UMS", 1.0), ("EW", float(rng.random()))),
            places=tuple(zip(PLACES, rng.permutation([1.0, 0.5, 0.2, 0.05]).tolist(), strict=True)),
            ticket_min=10_000.0,
            capacity=float(rng.choice([2e6, 8e6, 40e6])),
        )
        for k in range(FUNDS)
    ]
    raises = [
        dataclasses.replace(
            RAISE,
            id=f"r{year}-{k}",
            firm_id=f"x{year}-{k}",
            country=str(rng.choice(PLACES)),
            capabilities=(CapabilityFacts(str(rng.choice(["UMS.UAS.FPV", "EW"])), "fielded", "E2", True),),
            amount=float(rng.choice([5e5, 1e6, 2e6])),
            syndicate=True,
            min_ticket=10_000.0,
        )
        for k in range(FIRMS)
    ]
    followed = set()
    for mandate, raise_ in itertools.product(mandates, raises):
        wish = dict(mandate.places)[raise_.country] * 3 + 4.0 * (mandate.capacity / raise_.amount > 16)
        if rng.random() < 0.001 * np.exp(wish):
            followed.add((mandate.fund_id, raise_.firm_id))
    return Situation(dt.date(year, 1, 1), mandates, raises, frozenset(), frozenset(followed))


def as_the_base_says(item):
    """The situation with what the base model puts first for each fund as what followed."""
    world = world_of(item.mandates, item.raises)
    i, s = np.array(list(itertools.product(range(FUNDS), range(FIRMS)))).T
    scored = score(world=world, mandate=i, raise_=s)
    points = np.where(scored.failed != 0, -1, scored.score_investor).reshape(FUNDS, FIRMS)
    followed = {
        (mandate.fund_id, item.raises[place].firm_id)
        for mandate, row in zip(item.mandates, points, strict=True)
        for place in np.argsort(-row, kind="stable")[:3]
    }
    return dataclasses.replace(item, followed=frozenset(followed))


def trained(situations):
    return train(
        situations=situations,
        base=MODEL_JSON,
        areas=AREAS,
        reference=REFERENCE,
        identifier="tandem-made-up",
        basis="made up",
        seed=5,
    )


@pytest.fixture(scope="module")
def found():
    return trained([situation(year) for year in range(2015, 2020)])


@pytest.mark.long
class TestTrain:
    def test_learns_what_the_funds_went_by(self, found):
        choice = found.chosen["investor"]

        assert choice is not None
        assert choice.gains["NDCG@10"].low > 0
        weights = found.content["weights"]["investor"]["common"]
        assert weights["geography_fit"] > MODEL_JSON["weights"]["investor"]["common"]["geography_fit"]

    def test_learns_that_capacity_matters_beyond_the_amount(self, found):
        choice = found.chosen["startup"]

        assert choice.scale > 1
        assert found.content["parameters"]["capacity_full_scale"] == choice.scale
        table = found.content["tables"]["startup"]["common"]["capacity"]
        assert {start for start, _ in table} <= {0, 15_625, 62_500, 250_000, 1_000_000}

    def test_is_a_model_that_adds_up(self, found):
        model = Model.from_json(found.content)
        last = situation(2019)
        world = world_of(last.mandates, last.raises, model=model)
        i, s = np.array(list(itertools.product(range(FUNDS), range(FIRMS)))).T

        scored = score(world=world, mandate=i, raise_=s)

        assert (scored.contributions_investor.sum(axis=1) == scored.score_investor).all()
        assert (scored.contributions_startup.sum(axis=1) == scored.score_startup).all()
        assert model.features("investor") == INVESTOR_FEATURES
        assert model.features("startup") == STARTUP_FEATURES

    def test_leaves_alone_what_nothing_can_be_learned_about(self, found):
        for side in ("investor", "startup"):
            before, after = MODEL_JSON["weights"][side], found.content["weights"][side]
            tables = found.content["tables"][side]["common"]
            assert {name: after["common"][name] for name in before["common"] if name not in tables} == {
                name: weight for name, weight in before["common"].items() if name not in tables
            }
            assert after["iterating"] == before["iterating"]
            assert sum(after["common"].values()) == sum(before["common"].values())
        assert "risk_paid" not in found.content["tables"]["investor"]["common"]

    def test_never_sees_the_window_that_it_is_judged_by(self, monkeypatch):
        seen = []
        fitted = training._fitted
        monkeypatch.setattr(
            training,
            "_fitted",
            lambda side, features, strength, windows, base, seed: (
                seen.append([window.at.year for window in windows])
                or fitted(side, features, strength, windows, base, seed)
            ),
        )
        monkeypatch.setattr(training, "STRENGTHS", (0.03,))
        monkeypatch.setattr(training, "SCALES", (1,))

        trained([situation(year) for year in range(2016, 2020)])

        assert [2016] in seen
        assert [2016, 2017] in seen
        assert [2016, 2017, 2018] in seen

    def test_leaves_a_side_that_the_base_model_foretells_already(self):
        found = trained([as_the_base_says(situation(year)) for year in range(2015, 2020)])

        assert found.chosen["investor"] is None
        assert "investor" not in found.content.get("tables", {})
        assert found.content["weights"]["investor"] == MODEL_JSON["weights"]["investor"]

    def test_asks_for_more_than_the_judged_windows(self):
        with pytest.raises(TooLittlePast):
            trained([situation(2019)])


class TestKnownPairs:
    def test_goes_by_fund_and_firm(self):
        found = known_pairs(
            mandates=[MANDATE, dataclasses.replace(MANDATE, fund_id="f2")],
            raises=[RAISE],
            pairs=frozenset({("f2", "x1")}),
        )

        assert found.tolist() == [[False], [True]]
