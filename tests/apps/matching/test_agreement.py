"""The product's scores of the sample data agree with an independent plain float64 implementation, pair by pair."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from apps.exchange import sample
from apps.exchange.models import ImportKey
from apps.exchange.services import import_folder
from apps.matching import scoring_models
from apps.matching.engine.columns import in_pool, mandates_columns, raises_columns
from apps.matching.engine.gates import GATES
from apps.matching.engine.pairs import INVESTOR_FEATURES, STARTUP_FEATURES, score, world
from apps.matching.selectors.inputs import mandate_facts, raise_facts
from apps.reference import tables
from apps.reference.services import areas_load
from apps.reference.tables import editions
from kernel.access import Actor
from tests import oracle

pytestmark = [pytest.mark.django_db, pytest.mark.long]

SAMPLE = Path(sample.__file__).parent / "data"
REFERENCE, AREAS = "reference-2025-01", "areas-1"


def packaged(name: str) -> dict:
    return json.loads((tables.PACKAGED / f"{name}.json").read_text())


def scored_by_the_product() -> dict:
    """(mandate key, raise key) → everything the engine says of the pair."""
    areas_load(actor=Actor.system())
    report = import_folder(folder=SAMPLE, verified=True)
    assert report.is_loaded, report.problems[:5]
    keys = {
        str(identifier): key
        for key, identifier in ImportKey.objects.filter(table__in=["mandates", "raises"]).values_list(
            "key", "object_id"
        )
    }
    model = scoring_models.scoring_model(scoring_models.CURRENT)
    reference, taxonomy = editions().table(REFERENCE), editions().taxonomy(AREAS)
    mandates = mandate_facts(as_of=sample.AS_OF, model=model.raw, reference=reference)
    raises = [
        item
        for item in raise_facts(as_of=sample.AS_OF, model=model.raw, reference=reference, taxonomy=taxonomy)
        if in_pool(raise_=item, as_of=sample.AS_OF)
    ]
    engine = {"model": model.engine, "reference": scoring_models.engine_reference(REFERENCE)}
    areas = scoring_models.engine_areas(AREAS, ())
    made = world(
        mandates=mandates_columns(mandates=mandates, areas=areas, as_of=sample.AS_OF, **engine),
        raises=raises_columns(raises=raises, areas=areas, **engine),
        as_of=sample.AS_OF,
        **engine,
    )
    i, s = (grid.ravel() for grid in np.meshgrid(range(len(mandates)), range(len(raises)), indexing="ij"))
    found = score(world=made, mandate=i, raise_=s)
    return {
        (keys[made.mandates.ids[i[row]]], keys[made.raises.ids[s[row]]]): {
            "scores": (found.score_investor[row], found.score_startup[row], found.score_mutual[row]),
            "confidence": (found.confidence_investor[row], found.confidence_startup[row]),
            "investor": dict(zip(INVESTOR_FEATURES, found.contributions_investor[row].tolist(), strict=True)),
            "startup": dict(zip(STARTUP_FEATURES, found.contributions_startup[row].tolist(), strict=True)),
            "gates": {
                code: "fail" if found.failed[row] >> bit & 1 else "unknown" if found.unknown[row] >> bit & 1 else "pass"
                for bit, code in enumerate(GATES)
            },
        }
        for row in range(len(i))
    }


def scored_by_the_oracle() -> dict:
    model = dict(scoring_models.scoring_model(scoring_models.CURRENT).raw)
    judged = oracle.load(
        SAMPLE, sample.AS_OF, verified=True, model=model, areas=packaged(AREAS), reference=packaged(REFERENCE)
    )
    return {
        (pair.mandate, pair.raise_): {
            "scores": (pair.score_investor, pair.score_startup, pair.score_mutual),
            "confidence": (pair.confidence_investor_ppm, pair.confidence_startup_ppm),
            "investor": pair.contributions["investor"],
            "startup": pair.contributions["startup"],
            "gates": pair.gates,
        }
        for pair in judged.pairs()
    }


def differences(ours: dict, theirs: dict, part: str) -> list:
    return [
        (pair, ours[pair][part], theirs[pair][part]) for pair in sorted(ours) if ours[pair][part] != theirs[pair][part]
    ]


@pytest.fixture(scope="module")
def both(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        from django.db import transaction

        with transaction.atomic():
            ours = scored_by_the_product()
            transaction.set_rollback(True)
    return ours, scored_by_the_oracle()


class TestAgreement:
    def test_both_score_the_same_pairs(self, both):
        ours, theirs = both

        assert len(ours) > 10_000
        assert set(ours) == set(theirs)

    @pytest.mark.parametrize("part", ["gates", "investor", "startup", "scores", "confidence"])
    def test_on_every_pair(self, both, part):
        ours, theirs = both

        found = differences(ours, theirs, part)

        assert found[:3] == []

    def test_contributions_add_up(self, both):
        ours, _ = both

        for pair in ours.values():
            assert pair["scores"][0] == sum(pair["investor"].values())
            assert pair["scores"][1] == sum(pair["startup"].values())
