"""`python -m apps.matching.engine.compile`: compile the engine before its first use; later starts find it cached."""

from __future__ import annotations

import contextlib
import hashlib
import json
import platform
import sys
import time
from pathlib import Path

from apps.matching.engine.columns import mandates_columns, raises_columns
from apps.matching.engine.compiled import COMPILES
from apps.matching.engine.model import SIDES, Areas, Model, Reference
from apps.matching.engine.pairs import world
from apps.matching.engine.rank import rank
from apps.matching.engine.synthetic import AS_OF, Synthetic

APPS = Path(__file__).resolve().parents[2]
MODEL = APPS / "reference" / "data" / "tandem-1.0.0.json"
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


def kept_mark() -> Path:
    """The file that says: these sources stand compiled on disk, for this processor, Python and numba."""
    import llvmlite.binding
    import numba

    processor = llvmlite.binding.get_host_cpu_name(), llvmlite.binding.get_host_cpu_features().flatten()
    machine = repr((*processor, platform.python_version(), numba.__version__))
    folder = Path(numba.config.CACHE_DIR)  # type: ignore[attr-defined]  # numba sets its settings as it starts
    return folder / f"whole-{hashlib.sha256(machine.encode()).hexdigest()[:16]}"


def compile_once() -> str:
    """Compile everything unless that was done before; returns a sentence that says so."""
    if not COMPILES:
        return "The engine runs without a compiler."
    mark = kept_mark()
    if mark.exists():
        return "The engine is compiled."
    seconds = warm_up()
    with contextlib.suppress(OSError):  # numba keeps its files elsewhere then; the next time is checked once more
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
    return f"The engine is compiled ({seconds:.1f} s)."


if __name__ == "__main__":
    sys.stdout.write(f"{compile_once()}\n")
