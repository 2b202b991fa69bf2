"""Jobs: durable work in PostgreSQL that Celery's workers take chunk by chunk; the broker only carries nudges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models.functions import Now

from kernel.access import Actor
from kernel.errors import Conflict
from kernel.events import publish
from kernel.job_kinds import kind_of
from kernel.job_states import ChunkStatus, JobStatus
from kernel.ledger import JOB_CANCEL_REQUESTED, JOB_QUEUED, job_advance, stage_open
from kernel.models import Chunk, Job


class JobAlreadyEnded(Conflict):
    """The job has ended."""


def job_enqueue(*, kind: str, actor: Actor, payload: Mapping[str, Any], organisation_id: UUID | None = None) -> Job:
    """Write a job and its first stage's chunks inside the caller's transaction; nudge the workers on commit."""
    registered = kind_of(kind)
    job = Job.objects.create(
        kind=kind,
        payload_version=registered.version,
        payload=dict(payload),
        organisation_id=organisation_id or actor.organisation_id,
        actor=actor.label(),
    )
    publish(JOB_QUEUED, actor=actor, subject=job, data={"kind": kind})
    stage_open(job)
    return job


def job_cancel(*, job: Job, actor: Actor) -> Job:
    """Ask a job to stop: waiting chunks are dropped now, running ones at their next heartbeat. Raises
    JobAlreadyEnded.
    """
    with transaction.atomic():
        locked = Job.objects.select_for_update().get(pk=job.pk)
        if locked.ended_at is not None:
            raise JobAlreadyEnded
        if locked.cancel_requested_at is None:
            Job.objects.filter(pk=locked.pk).update(cancel_requested_at=Now())
            publish(JOB_CANCEL_REQUESTED, actor=actor, subject=locked, data={"kind": locked.kind})
        Chunk.objects.filter(job=locked, status=ChunkStatus.QUEUED).update(status=ChunkStatus.CANCELLED)
        job_advance(locked.pk)
    job.refresh_from_db()
    return job


def job_progress(*, job: Job) -> dict[str, Any]:
    """Progress of a job: `fraction` 0–1 over all stages, and the counts of chunks by status in the current one."""
    stages = len(kind_of(job.kind).stages)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT status, count(*), sum(weight) FROM kernel_chunk WHERE job_id = %s AND stage = %s GROUP BY status",
            [job.pk, job.stage],
        )
        rows = cursor.fetchall()
    weights = {status: int(weight) for status, _, weight in rows}
    total = sum(weights.values())
    done = sum(weights.get(status, 0) for status in (ChunkStatus.DONE, ChunkStatus.PARKED, ChunkStatus.CANCELLED))
    inside = done / total if total else 0.0
    fraction = 1.0 if job.status == JobStatus.SUCCEEDED else min(1.0, (job.stage + inside) / stages)
    return {"fraction": round(fraction, 4), "chunks": {status: count for status, count, _ in rows}}
