"""The jobs of the registry: what they plan and do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from apps.startups.services import speed
from kernel.job_kinds import JobKind, Planned, Stage, Store, Work, register


def _speed_plan(job_id: UUID) -> Sequence[Planned]:
    return speed.speed_chunks(job_id=job_id)


def _speed_measure(work: Work) -> Store:
    counts = speed.speed_chunk_work(payload=work.payload, check=work.check)

    def store() -> Mapping[str, Any]:
        return counts

    return store


def _nothing(job_id: UUID, status: str) -> None:
    """Firms that were not reached keep yesterday's figures until the next turn."""


register(JobKind(speed.KIND, (Stage("measure", _speed_plan, _speed_measure),), _nothing))
