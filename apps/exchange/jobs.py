"""The jobs of imports: the dry run after an upload, the loading after its confirmation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from apps.exchange import services
from apps.exchange.models import Import
from kernel.job_kinds import JobKind, Planned, Stage, Store, Work, register
from kernel.job_states import JobStatus
from kernel.models import Job


def _plan(job_id: UUID) -> Sequence[Planned]:
    return [Planned(payload=Job.objects.get(pk=job_id).payload)]


def _check(work: Work) -> Store:
    import_id = UUID(work.payload["import"])
    reading = services.import_read(import_id=import_id)
    work.check()
    report = services.import_check(import_id=import_id, reading=reading)

    def store() -> Mapping[str, Any]:
        return _totals(services.import_check_finish(import_id=import_id, report=report))

    return store


def _load(work: Work) -> Store:
    import_id = UUID(work.payload["import"])
    reading = services.import_read(import_id=import_id)
    work.check()

    def store() -> Mapping[str, Any]:
        return _totals(services.import_load(import_id=import_id, reading=reading))

    return store


def _totals(item: Import) -> dict[str, int]:
    """The counts of a job: its import's, over all tables."""
    names = ("rows", "inserted", "updated", "unchanged", "left_out")
    totals = {name: sum(counts[name] for counts in item.counts.values()) for name in names}
    return {**totals, "problems": item.problem_count}


def _ended(job_id: UUID, status: str) -> None:
    if status != JobStatus.SUCCEEDED:
        services.import_abandon(job_id=job_id)


register(JobKind(services.CHECK, (Stage("check", _plan, _check),), _ended))
register(JobKind(services.LOAD, (Stage("load", _plan, _load),), _ended))
