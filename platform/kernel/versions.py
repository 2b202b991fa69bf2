"""Saving changes to a row that carries a `version`: of two writers who read the same version, one wins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models

from kernel.errors import Conflict


class ChangedMeanwhile(Conflict):
    """Somebody changed this since you read it. Read it again."""


def version_save(*, instance: models.Model, changes: Mapping[str, Any]) -> list[str]:
    """Write those of `changes` that differ from `instance`, raise its version by one, and return their names, sorted.

    Nothing is written when nothing differs. Raises ChangedMeanwhile when the row has another version by now.
    """
    differing = {name: value for name, value in changes.items() if getattr(instance, name) != value}
    if not differing:
        return []
    version: int = instance.version  # type: ignore[attr-defined]
    rows = type(instance)._base_manager.filter(pk=instance.pk, version=version)
    if rows.update(**differing, version=version + 1) != 1:
        raise ChangedMeanwhile
    for name, value in {**differing, "version": version + 1}.items():
        setattr(instance, name, value)
    return sorted(differing)
