"""The planted cases of the sample come out as they are meant to, by an implementation that knows nothing of them."""

import csv
import json
from collections import defaultdict
from pathlib import Path

import pytest

from apps.exchange import sample
from apps.exchange.sample.planted import KEYS
from apps.matching import scoring_models
from apps.reference import tables
from tests import oracle

pytestmark = pytest.mark.long

SAMPLE = Path(sample.__file__).parent / "data"


def packaged(name):
    return json.loads((tables.PACKAGED / f"{name}.json").read_text())


@pytest.fixture(scope="module")
def pairs():
    world = oracle.load(
        SAMPLE,
        sample.AS_OF,
        verified=True,
        model=dict(scoring_models.scoring_model(scoring_models.CURRENT).raw),
        areas=packaged("areas-1"),
        reference=packaged("reference-2025-01"),
    )
    return list(world.pairs())


@pytest.fixture(scope="module")
def lists(pairs):
    """Mandate → its raises that pass every gate, best first; and the other way round."""
    funds, firms = defaultdict(list), defaultdict(list)
    for pair in pairs:
        if set(pair.gates.values()) == {"pass"}:
            funds[pair.mandate].append((-pair.score_investor, pair.raise_))
            firms[pair.raise_].append((-pair.score_startup, pair.mandate))
    return (
        {mandate: [name for _, name in sorted(found)] for mandate, found in funds.items()},
        {item: [name for _, name in sorted(found)] for item, found in firms.items()},
    )


def of(pairs, item):
    return [pair for pair in pairs if pair.raise_ == item]


class TestPlanted:
    def test_the_perfect_pair_is_first_on_both_lists(self, lists):
        mandate, item = KEYS["perfect_pair"]

        assert lists[0][mandate][0] == item
        assert lists[1][item][0] == mandate

    def test_nothing_fits_the_mandate_that_nothing_fits(self, lists):
        assert KEYS["nothing_fits"][0] not in lists[0]

    def test_every_other_mandate_has_a_choice(self, pairs, lists):
        mandates = {pair.mandate for pair in pairs} - {KEYS["nothing_fits"][0]}

        assert min(len(lists[0].get(mandate, ())) for mandate in mandates) >= 5

    def test_foreign_content_fails_every_limit(self, pairs):
        answers = {pair.gates["dependency"] for pair in of(pairs, KEYS["foreign_content"][0])}

        assert "fail" in answers
        assert "unknown" not in answers

    def test_despair_is_no_merit(self, lists):
        item = KEYS["desperate"][0]
        places = [(found.index(item) + 1) / len(found) for found in lists[0].values() if item in found]

        assert places
        assert min(places) > 0.8

    def test_slices_of_releases_and_self_praise_are_not_speed(self, pairs):
        slicer, sprinter = of(pairs, KEYS["salami_slicer"][0])[0], of(pairs, KEYS["self_declared"][0])[0]

        assert slicer.x["investor"]["cadence"] < 0.3
        assert {sprinter.x["investor"][name] for name in ("adaptation", "cadence", "feedback", "delivery")} == {0.05}

    def test_the_slow_and_vital_maker_is_near_the_top(self, lists):
        item = KEYS["slow_and_vital"][0]
        places = [found.index(item) + 1 for found in lists[0].values() if item in found]

        assert len(places) >= 5
        assert max(places) <= 4

    def test_one_bill_is_foreign_by_one_perimeter_more_than_by_another(self):
        (key,) = KEYS["two_perimeters"]
        with (SAMPLE / "components.csv").open(encoding="utf-8") as file:
            rows = [row for row in csv.DictReader(file) if row["capability_key"] == key]
        cost = {row["origin"]: int(row["unit_cost"]) * int(row["quantity"]) for row in rows}

        assert {row["currency"] for row in rows} == {"EUR"}
        assert (cost["CN"], cost["CN"] + cost["UA"], sum(cost.values())) == (3100, 4600, 10_000)
