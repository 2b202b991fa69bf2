"""Whose documents an officer must not read: apps say in their module `conflicts` who has an interest in whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.db.models import QuerySet

from kernel.access import Actor

Interests = Callable[[Actor], "QuerySet[Any, Any]"]
"""The ids of the organisations that the actor's person has an interest in, as one column without nulls."""
P = TypeVar("P", bound=Interests)

_parts: dict[str, Interests] = {}


def conflict_part(interests: P) -> P:
    """Let the decorated function bar an operator's people from documents. Raises ValueError when its module does so
    already.
    """
    name = str(getattr(interests, "__module__", ""))
    if name in _parts:
        raise ValueError(f"{name} bars people already")
    _parts[name] = interests
    return interests


def conflict_parts() -> Mapping[str, Interests]:
    """Every app's part by its module."""
    return dict(_parts)
