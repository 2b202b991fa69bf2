"""Kinds of jobs: what their stages plan and do. Apps register theirs in `jobs.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

Store = Callable[[], Mapping[str, Any] | None]
"""Writes a chunk's results inside the transaction that ends the chunk; may return counts to add to the job's result."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A chunk to be: its payload (ids and small values) and its share of the job's progress."""

    payload: Mapping[str, Any]
    weight: int = 1


class Work(Protocol):
    """What a stage's function is handed: the chunk's payload and the means to notice a cancellation."""

    @property
    def job_id(self) -> UUID: ...
    @property
    def chunk_id(self) -> UUID: ...
    @property
    def payload(self) -> Mapping[str, Any]: ...
    @property
    def payload_version(self) -> int: ...

    def check(self) -> None:
        """Raise when the job was cancelled or the lease was lost; call it between steps of long computations."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of a job. `plan` lists its chunks in the transaction that opens it; `work` computes one and returns how
    to store it.
    """

    name: str
    plan: Callable[[UUID], Sequence[Planned]]
    work: Callable[[Work], Store | None]


@dataclass(frozen=True, slots=True)
class JobKind:
    """A named sequence of stages. `ended` is called in the transaction that ends the job, whichever way it ends."""

    name: str
    stages: tuple[Stage, ...]
    ended: Callable[[UUID, str], None]
    version: int = 1
    queue: str = "default"


_kinds: dict[str, JobKind] = {}


def register(kind: JobKind) -> JobKind:
    """Make a kind known to web, worker and beat alike. Raises ValueError on a repeated name."""
    if _kinds.setdefault(kind.name, kind) is not kind:
        raise ValueError(f"job kind {kind.name!r} is registered twice")
    return kind


def find_kind(name: str) -> JobKind | None:
    """The kind registered under `name`, if this process knows one."""
    return _kinds.get(name)


def kind_of(name: str) -> JobKind:
    """The kind registered under `name`; raises LookupError."""
    try:
        return _kinds[name]
    except KeyError:
        raise LookupError(f"no app registers the job kind {name!r}") from None
