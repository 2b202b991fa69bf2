"""Small worlds for the engine's tests: the carried data files, one plain mandate, one plain raise."""

import dataclasses
import datetime as dt
import json
from pathlib import Path

import numpy as np

import apps
from apps.matching.engine.columns import mandates_columns, raises_columns
from apps.matching.engine.facts import Answer, CapabilityFacts, Figure, LeverFacts, MandateFacts, RaiseFacts
from apps.matching.engine.gates import GATES
from apps.matching.engine.model import Areas, Model, Reference
from apps.matching.engine.pairs import INVESTOR_FEATURES, RAW, STARTUP_FEATURES, score
from apps.matching.engine.world import world

APPS = Path(apps.__file__).parent
MODEL_JSON = json.loads((APPS / "reference" / "data" / "tandem-1.0.0.json").read_text())
AREAS_JSON = json.loads((APPS / "reference" / "data" / "areas-1.json").read_text())
REFERENCE_JSON = json.loads((APPS / "reference" / "data" / "reference-2025-01.json").read_text())
MODEL = Model.from_json(MODEL_JSON)
AREAS = Areas.from_json(AREAS_JSON)
REFERENCE = Reference.from_json(REFERENCE_JSON)
AS_OF = dt.date(2025, 1, 5)

MANDATE = MandateFacts(
    id="m1",
    fund_id="f1",
    verified=Answer.PASS,
    screening=Answer.PASS,
    fund_country="DE",
    investor_countries=("DE",),
    areas=(("UMS.UAS", 1.0),),
    ticket_min=1_000_000.0,
    ticket_max=4_000_000.0,
    ticket_typical=None,
    currency="EUR",
    instruments=("equity",),
)
RAISE = RaiseFacts(
    id="r1",
    firm_id="x1",
    verified=Answer.PASS,
    screening=Answer.PASS,
    issuer_country="UA",
    country="UA",
    region=None,
    capabilities=(CapabilityFacts("UMS.UAS.FPV", "fielded", "E2", True),),
    amount=2_000_000.0,
    amount_left=None,
    min_ticket=None,
    currency="EUR",
    syndicate=False,
    instruments=("equity",),
)
LEVER = LeverFacts(
    kind="guarantee",
    classes=("equity",),
    countries=("UA",),
    excluded_flags=(),
    risk_cover=0.5,
    cover_cap=None,
    currency="EUR",
    premium=0.01,
    valid_from=None,
    valid_to=None,
)


def mandate(**changes) -> MandateFacts:
    return dataclasses.replace(MANDATE, **changes)


def raise_(**changes) -> RaiseFacts:
    return dataclasses.replace(RAISE, **changes)


def lever(**changes) -> LeverFacts:
    return dataclasses.replace(LEVER, **changes)


def figure(days: float, *, weight: float = 8.0, sigma: float = 0.9) -> Figure:
    return Figure(days=days, low=days / 2, high=days * 2, sigma=sigma, n_closed=10, n_open=0, weight=weight, tier="E2")


def world_of(mandates, raises, *, as_of=AS_OF, model=MODEL, areas=AREAS, reference=REFERENCE):
    return world(
        mandates=mandates_columns(mandates=mandates, model=model, areas=areas, reference=reference, as_of=as_of),
        raises=raises_columns(raises=raises, model=model, areas=areas, reference=reference),
        model=model,
        reference=reference,
        as_of=as_of,
    )


@dataclasses.dataclass(frozen=True)
class Pair:
    """One pair's scores under their names."""

    failed: set
    unknown: set
    investor: dict
    startup: dict
    x_investor: dict
    x_startup: dict
    raw: dict
    scores: tuple
    confidence: tuple


def pair(one: MandateFacts, other: RaiseFacts, **options) -> Pair:
    zero = np.zeros(1, np.int64)
    scored = score(world=world_of([one], [other], **options), mandate=zero, raise_=zero, keep_raw=True)
    return Pair(
        failed={code for bit, code in enumerate(GATES) if scored.failed[0] >> bit & 1},
        unknown={code for bit, code in enumerate(GATES) if scored.unknown[0] >> bit & 1},
        investor=dict(zip(INVESTOR_FEATURES, scored.contributions_investor[0].tolist(), strict=True)),
        startup=dict(zip(STARTUP_FEATURES, scored.contributions_startup[0].tolist(), strict=True)),
        x_investor=dict(zip(INVESTOR_FEATURES, scored.x_investor[0].tolist(), strict=True)),
        x_startup=dict(zip(STARTUP_FEATURES, scored.x_startup[0].tolist(), strict=True)),
        raw=dict(zip(RAW, scored.raw[0].tolist(), strict=True)),
        scores=(int(scored.score_investor[0]), int(scored.score_startup[0]), int(scored.score_mutual[0])),
        confidence=(int(scored.confidence_investor[0]), int(scored.confidence_startup[0])),
    )
