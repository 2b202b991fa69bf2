"""The scoring models that the product carries or that were registered, and the editions, as the engine takes them."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Mapping

from apps.matching.engine.model import Areas, Model, Reference
from apps.matching.models import ModelPromotion, RegisteredModel
from apps.reference import tables
from apps.reference.scoring_models import CURRENT, ModelFile, model_files
from kernel.errors import NotFound

__all__ = [
    "CURRENT",
    "ScoringModel",
    "UnknownScoringModel",
    "engine_areas",
    "engine_reference",
    "model_current",
    "packaged_models",
    "scoring_model",
    "scoring_models",
]


class UnknownScoringModel(NotFound):
    """No scoring model has this id."""


class ScoringModel(ModelFile):
    """A model's numbers with the engine's values."""

    @property
    def engine(self) -> Model:
        return Model.from_json(self.raw, sha256=self.sha256)


@functools.cache
def packaged_models() -> Mapping[str, ScoringModel]:
    """The models of the product's files by id."""
    return {name: ScoringModel(id=name, sha256=file.sha256, raw=file.raw) for name, file in model_files().items()}


def scoring_models() -> Mapping[str, ScoringModel]:
    """All models by id: packaged ones, then registered ones, oldest first. One query."""
    rows = RegisteredModel.objects.order_by("registered_at", "id").values_list("name", "sha256", "content")
    return {**packaged_models(), **{name: _registered(name, sha256, content) for name, sha256, content in rows}}


def scoring_model(identifier: str) -> ScoringModel:
    """The model of this id: at most one query. Raises UnknownScoringModel."""
    packaged = packaged_models().get(identifier)
    if packaged is not None:
        return packaged
    rows = RegisteredModel.objects.filter(name=identifier).values_list("name", "sha256", "content")
    for name, sha256, content in rows:
        return _registered(name, sha256, content)
    raise UnknownScoringModel("There is no scoring model {id}.", id=identifier) from None


def model_current() -> ScoringModel:
    """The model that runs score with: the one promoted last, the packaged default before any promotion."""
    last = ModelPromotion.objects.order_by("-promoted_at", "-id").values_list("name", flat=True).first()
    return scoring_model(last or CURRENT)


@functools.lru_cache(maxsize=32)
def _registered(name: str, sha256: str, content: str) -> ScoringModel:
    return ScoringModel(id=name, sha256=sha256, raw=json.loads(content))


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
