"""The scoring models that the product carries: versioned, hashed JSON files, and the engine's values read from them."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apps.matching.engine.model import Areas, Model, Reference
from apps.reference import tables
from kernel.errors import NotFound

FOLDER = Path(__file__).parent / "data"
CURRENT = "tandem-1.0.0"


class UnknownScoringModel(NotFound):
    """No scoring model has this id."""


@dataclass(frozen=True, eq=False)
class ScoringModel:
    """A model's file: `raw` is its parsed JSON, `sha256` over its bytes."""

    id: str
    sha256: str
    raw: Mapping[str, Any]

    @property
    def engine(self) -> Model:
        return Model.from_json(self.raw, sha256=self.sha256)


@functools.cache
def scoring_models() -> Mapping[str, ScoringModel]:
    """All models by id."""
    found = {}
    for path in sorted(FOLDER.glob("*.json")):
        content = path.read_bytes()
        raw = json.loads(content)
        found[raw["id"]] = ScoringModel(id=raw["id"], sha256=hashlib.sha256(content).hexdigest(), raw=raw)
    return found


def scoring_model(identifier: str) -> ScoringModel:
    """The model of this id. Raises UnknownScoringModel."""
    try:
        return scoring_models()[identifier]
    except KeyError:
        raise UnknownScoringModel("There is no scoring model {id}.", id=identifier) from None


@functools.cache
def engine_areas(edition: str, extra: tuple[tuple[str, str | None], ...]) -> Areas:
    """The engine's areas: an edition of the product with the imported ones beside it."""
    content = (tables.PACKAGED / f"{edition}.json").read_bytes()
    return Areas.from_json(json.loads(content), extra=extra, sha256=hashlib.sha256(content).hexdigest())


@functools.cache
def engine_reference(edition: str) -> Reference:
    """The engine's reference figures of an edition."""
    content = (tables.PACKAGED / f"{edition}.json").read_bytes()
    return Reference.from_json(json.loads(content), sha256=hashlib.sha256(content).hexdigest())
