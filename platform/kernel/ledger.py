"""Inside the ledger: opening stages, ending chunks and jobs. Every function expects the job's row to be locked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.db.models.functions import Now

from kernel.access import Actor
from kernel.events import declare, publish
from kernel.job_kinds import Planned, kind_of
from kernel.job_states import ChunkStatus, JobStatus
from kernel.models import Chunk, Job
from kernel.nudges import send

log = structlog.get_logger(__name__)

JOB_QUEUED = declare("kernel.job.queued")
JOB_STARTED = declare("kernel.job.started")
JOB_CANCEL_REQUESTED = declare("kernel.job.cancel_requested")
JOB_ENDED = declare("kernel.job.ended")

REASONS_SHOWN = 20


def stage_open(job: Job) -> None:
    """Write the chunks of the job's current stage; a stage without work is passed over."""
    kind = kind_of(job.kind)
    planned: list[Planned] = list(kind.stages[job.stage].plan(job.pk))
    chunks = Chunk.objects.bulk_create(
        Chunk(job=job, stage=job.stage, position=position, payload=dict(plan.payload), weight=plan.weight)
        for position, plan in enumerate(planned)
    )
    if not chunks:
        job_advance(job.pk)
        return
    ids = [chunk.pk for chunk in chunks]

    def nudge_all() -> None:
        for identifier in ids:
            if not chunk_nudge(job.kind, identifier):
                break

    transaction.on_commit(nudge_all, robust=True)


def chunk_nudge(kind: str, chunk_id: UUID) -> bool:
    """Send the message that offers a chunk to a worker; False when the broker is down."""
    return send("kernel.run_chunk", queue=kind_of(kind).queue, chunk_id=str(chunk_id))


def job_advance(job_id: UUID) -> None:
    """With the job's row locked: open the next stage, or end the job, once no chunk of this stage is alive."""
    job = Job.objects.get(pk=job_id)
    if job.ended_at is not None:
        return
    kind = kind_of(job.kind)
    chunks = Chunk.objects.filter(job=job, stage=job.stage)
    if chunks.filter(status__in=(ChunkStatus.QUEUED, ChunkStatus.RUNNING)).exists():
        return
    parked = list(
        chunks.filter(status=ChunkStatus.PARKED).order_by("position").values_list("position", "error")[:REASONS_SHOWN]
    )
    if job.cancel_requested_at is not None:
        _end_job(job, JobStatus.CANCELLED)
    elif parked:
        job.reasons = [
            {"stage": kind.stages[job.stage].name, "chunk": place, "error": error} for place, error in parked
        ]
        done = chunks.filter(status=ChunkStatus.DONE).exists()
        _end_job(job, JobStatus.PARTIAL if done else JobStatus.FAILED)
    elif job.stage + 1 < len(kind.stages):
        job.stage += 1
        Job.objects.filter(pk=job.pk).update(stage=job.stage)
        stage_open(job)
    else:
        _end_job(job, JobStatus.SUCCEEDED)


def _end_job(job: Job, status: JobStatus) -> None:
    """End the job; a kind that cannot bear its end makes it a failed one, never one that does not end."""
    try:
        with transaction.atomic():
            kind_of(job.kind).ended(job.pk, status)
    except (OperationalError, InterfaceError):
        raise
    except Exception as reason:
        log.exception("job_end_failed", job_id=str(job.pk))
        job.reasons = [
            *job.reasons,
            {"stage": "end", "chunk": None, "error": f"{type(reason).__name__}: {reason}"[:500]},
        ]
        status = JobStatus.FAILED
    Job.objects.filter(pk=job.pk).update(status=status, reasons=job.reasons, ended_at=Now())
    publish(JOB_ENDED, actor=Actor.system(), subject=job, data={"kind": job.kind, "status": str(status)})


def chunk_end(chunk: Chunk, status: ChunkStatus, error: str) -> None:
    """End a chunk without results."""
    Chunk.objects.filter(pk=chunk.pk).update(
        status=status, lease_until=None, failures=chunk.failures, error=error[:500]
    )


def counts_add(job: Job, counts: Mapping[str, Any]) -> None:
    """Add a chunk's counts to the job's result: numbers are summed, also inside one level of names."""
    for name, value in counts.items():
        known = job.result.get(name)
        if isinstance(value, dict):
            merged = dict(known or {})
            for key, count in value.items():
                merged[key] = merged.get(key, 0) + count
            job.result[name] = merged
        elif isinstance(value, int | float) and not isinstance(value, bool):
            job.result[name] = (known or 0) + value
        else:
            job.result[name] = value
    Job.objects.filter(pk=job.pk).update(result=job.result)
