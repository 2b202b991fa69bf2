"""What moves when an organisation is merged into another: every app says it of its own rows in its `merging.py`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from apps.organisations.models import Organisation


@dataclass(frozen=True, slots=True)
class Moved:
    """How many rows of each kind went along, and how many could not because the other organisation has its own."""

    moved: Mapping[str, int]
    conflicts: Mapping[str, int] = field(default_factory=dict)


class Move(Protocol):
    """Moves an app's rows inside the caller's transaction, in which both organisations are locked."""

    def __call__(self, *, merged: Organisation, into: Organisation, now: dt.datetime) -> Moved: ...


M = TypeVar("M", bound=Move)

_parts: dict[str, Move] = {}


def merge_part(move: M) -> M:
    """Let the decorated function take part in every merge. Raises ValueError when its module does so already."""
    name = str(getattr(move, "__module__", ""))
    if name in _parts:
        raise ValueError(f"{name} takes part in merges already")
    _parts[name] = move
    return move


def merge_parts() -> Mapping[str, Move]:
    """Every app's part by its module, the lower apps first."""
    return dict(_parts)
