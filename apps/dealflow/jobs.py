"""The jobs of the deal flow: following many listings at once for watched searches."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from apps.dealflow.services import alerts
from kernel.job_kinds import JobKind, Planned, Stage, Store, Work, register


def _plan(job_id: UUID) -> Sequence[Planned]:
    return alerts.alerts_chunks(job_id=job_id)


def _find(work: Work) -> Store:
    return alerts.alerts_chunk_work(payload=work.payload, check=work.check)


def _nothing(job_id: UUID, status: str) -> None:
    """What was not reached is found when it changes again; chunks that ended have told."""


register(JobKind(alerts.KIND, (Stage("find", _plan, _find),), _nothing))
