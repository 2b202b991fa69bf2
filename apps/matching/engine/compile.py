"""`python -m apps.matching.engine.compile`: compile the engine before its first use; later starts find it cached."""

from __future__ import annotations

import hashlib
import json
import sys
import time
from pathlib import Path

from apps.matching.engine.columns import mandates_columns, raises_columns
from apps.matching.engine.model import SIDES, Areas, Model, Reference
from apps.matching.engine.pairs import world
from apps.matching.engine.rank import rank
from apps.matching.engine.synthetic import AS_OF, Synthetic

APPS = Path(__file__).resolve().parents[2]
MODEL = APPS / "matching" / "data" / "tandem-1.0.0.json"
AREAS = APPS / "reference" / "data" / "areas-1.json"
REFERENCE = APPS / "reference" / "data" / "reference-2025-01.json"


def warm_up() -> float:
    """Score a few made-up pairs, so that everything is compiled and cached; returns the seconds it took."""
    began = time.perf_counter()
    model = Model.from_json(json.loads(MODEL.read_bytes()), sha256=hashlib.sha256(MODEL.read_bytes()).hexdigest())
    areas = Areas.from_json(json.loads(AREAS.read_bytes()))
    reference = Reference.from_json(json.loads(REFERENCE.read_bytes()))
    made_up = Synthetic(areas=areas)
    made = world(
        mandates=mandates_columns(
            mandates=made_up.mandates(3), model=model, areas=areas, reference=reference, as_of=AS_OF
        ),
        raises=raises_columns(raises=made_up.raises(5000), model=model, areas=areas, reference=reference),
        model=model,
        reference=reference,
        as_of=AS_OF,
    )
    for side in SIDES:
        rank(world=made, side=side)
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.stdout.write(f"The engine is compiled ({warm_up():.1f} s).\n")
