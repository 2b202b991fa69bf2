"""The scoring models and editions that the product carries, as the engine takes them."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Mapping

from apps.matching.engine.model import Areas, Model, Reference
from apps.reference import tables
from apps.reference.scoring_models import CURRENT, ModelFile, model_files
from kernel.errors import NotFound

__all__ = [
    "CURRENT",
    "ScoringModel",
    "UnknownScoringModel",
    "engine_areas",
    "engine_reference",
    "scoring_model",
    "scoring_models",
]


class UnknownScoringModel(NotFound):
    """No scoring model has this id."""


class ScoringModel(ModelFile):
    """A model's file with the engine's values."""

    @property
    def engine(self) -> Model:
        return Model.from_json(self.raw, sha256=self.sha256)


@functools.cache
def scoring_models() -> Mapping[str, ScoringModel]:
    """All models by id."""
    return {name: ScoringModel(id=name, sha256=file.sha256, raw=file.raw) for name, file in model_files().items()}


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
