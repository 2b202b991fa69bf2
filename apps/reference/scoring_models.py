"""The scoring models' numbers that the product carries: versioned, hashed JSON files.

They stand here because the registry measures speed by some of them, and matching, above it, scores by all of them.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from apps.reference.tables import PACKAGED

CURRENT = "tandem-1.0.0"
"""The scoring model in force."""


@dataclass(frozen=True, eq=False)
class ModelFile:
    """A model's file: `raw` is its parsed JSON, `sha256` over its bytes."""

    id: str
    sha256: str
    raw: Mapping[str, Any]


@functools.cache
def model_files() -> Mapping[str, ModelFile]:
    """All models by id. Raises ValueError for a file that is not named as its model."""
    return MappingProxyType({file.id: file for file in map(_read, sorted(PACKAGED.glob("tandem-*.json")))})


def _read(path: Path) -> ModelFile:
    content = path.read_bytes()
    raw = json.loads(content)
    if raw["id"] != path.stem:
        raise ValueError(f"{path.name} holds the model {raw['id']!r}: name and id must be the same")
    return ModelFile(id=raw["id"], sha256=hashlib.sha256(content).hexdigest(), raw=raw)
