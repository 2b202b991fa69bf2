"""The jobs of imports and exports: the dry run after an upload, the loading after its confirmation, the reading and
packing of what is taken out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from apps.exchange import services
from apps.exchange.models import Export, Import
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


def _export_of(job_id: UUID) -> Export:
    return Export.objects.get(pk=Job.objects.values_list("payload", flat=True).get(pk=job_id)["export"])


def _tables(job_id: UUID) -> Sequence[Planned]:
    item = _export_of(job_id)
    return [Planned({"export": str(item.pk), "table": name}) for name in item.tables]


def _read(work: Work) -> Store:
    payload = work.payload
    return services.export_read(export_id=UUID(payload["export"]), table=payload["table"], check=work.check)


def _pack(work: Work) -> Store:
    return services.export_pack(export_id=UUID(work.payload["export"]))


def _export_ended(job_id: UUID, status: str) -> None:
    services.export_end(job_id=job_id, status=status)


register(JobKind(services.EXPORT_KIND, (Stage("read", _tables, _read), Stage("pack", _plan, _pack)), _export_ended))
register(JobKind(services.CHECK, (Stage("check", _plan, _check),), _ended))
register(JobKind(services.LOAD, (Stage("load", _plan, _load),), _ended))
