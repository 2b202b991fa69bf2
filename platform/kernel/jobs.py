"""The job ledger: durable work in PostgreSQL, claimed under leases with fencing tokens; the broker only carries
nudges.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, connections, transaction
from django.db.models.functions import Now
from prometheus_client import Counter

from kernel.access import Actor
from kernel.errors import Conflict
from kernel.events import declare, publish
from kernel.job_kinds import Planned, Store, kind_of
from kernel.job_states import ChunkStatus, JobStatus
from kernel.models import Chunk, Job
from kernel.nudges import send

log = structlog.get_logger(__name__)

JOB_QUEUED = declare("kernel.job.queued")
JOB_STARTED = declare("kernel.job.started")
JOB_CANCEL_REQUESTED = declare("kernel.job.cancel_requested")
JOB_ENDED = declare("kernel.job.ended")

FAILURES_BEFORE_PARKING = 3
CLAIMS_BEFORE_PARKING = 12
"""A chunk that kills its worker never reports a failure: it is parked after so many claims."""

OUTAGE_PATIENCE_S = 120
"""How long a finished computation waits for a database that went away, in seconds; its lease decides whether it still
counts.
"""

chunks_ended = Counter("tandem_chunks_ended_total", "Chunks by job kind and outcome.", ["kind", "outcome"])


class JobAlreadyEnded(Conflict):
    """The job has ended."""


class Cancelled(Exception):
    """The job was cancelled while this chunk was being computed."""


class LeaseLost(Exception):
    """Another worker holds this chunk now."""


@dataclass
class Claim:
    """A chunk held under a lease; the `Work` that a stage's function is handed."""

    job_id: UUID
    chunk_id: UUID
    token: int
    kind: str
    stage: int
    payload: Mapping[str, Any]
    payload_version: int
    cancelled: threading.Event
    lost: threading.Event

    def check(self) -> None:
        if self.cancelled.is_set():
            raise Cancelled
        if self.lost.is_set():
            raise LeaseLost


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
    _open_stage(job)
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
        _advance(locked.pk)
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


def chunk_claim(*, chunk_id: UUID) -> Claim | None:
    """Take the lease of one chunk that is waiting or whose lease ran out; None when there is nothing to take."""
    with transaction.atomic(), connection.cursor() as cursor:
        # Job before chunk, as everywhere: writers of one job queue up instead of waiting for each other in a ring.
        job = Job.objects.select_for_update().filter(chunks=chunk_id).first()
        if job is None:
            return None
        cursor.execute(
            """
            UPDATE kernel_chunk SET status = 'running', token = token + 1, claims = claims + 1,
                   lease_until = clock_timestamp() + make_interval(secs => %s), nudged_at = clock_timestamp()
             WHERE id = %s AND (status = 'queued' OR (status = 'running' AND lease_until < clock_timestamp()))
            """,
            [settings.JOB_LEASE_SECONDS, chunk_id],
        )
        if not cursor.rowcount:
            return None
        chunk = Chunk.objects.get(pk=chunk_id)
        if chunk.claims > CLAIMS_BEFORE_PARKING:
            _end_chunk(chunk, ChunkStatus.PARKED, "the workers that took it died")
            _advance(job.pk)
            return None
        if job.status == JobStatus.QUEUED:
            Job.objects.filter(pk=job.pk).update(status=JobStatus.RUNNING, started_at=Now())
            publish(JOB_STARTED, actor=Actor.system(), subject=job, data={"kind": job.kind})
    return Claim(
        job_id=job.pk,
        chunk_id=chunk.pk,
        token=chunk.token,
        kind=job.kind,
        stage=chunk.stage,
        payload=chunk.payload,
        payload_version=job.payload_version,
        cancelled=threading.Event(),
        lost=threading.Event(),
    )


def chunk_run(*, chunk_id: UUID) -> str:
    """Claim, compute, finish: one chunk. Returns the outcome: `skipped`, `done`, `cancelled`, `lost`, `retry` or
    `parked`.
    """
    claim = chunk_claim(chunk_id=chunk_id)
    if claim is None:
        return "skipped"
    with structlog.contextvars.bound_contextvars(job_id=str(claim.job_id), chunk_id=str(claim.chunk_id)):
        outcome = _compute(claim)
    chunks_ended.labels(claim.kind, outcome).inc()
    return outcome


def _compute(claim: Claim) -> str:
    stage = kind_of(claim.kind).stages[claim.stage]
    with _heartbeat(claim):
        try:
            store = stage.work(claim)
            claim.check()
        except Cancelled:
            return _through_outages(lambda: _finish(claim, ChunkStatus.CANCELLED))
        except LeaseLost:
            return "lost"
        except Exception as reason:  # noqa: BLE001 - whatever a stage raises is recorded on its chunk and shown with the job
            failure = reason
        else:
            return _through_outages(lambda: _finish(claim, ChunkStatus.DONE, store))
        is_outage = isinstance(failure, OperationalError | InterfaceError)
        log.warning("chunk_failed", is_outage=is_outage, exc_info=None if is_outage else failure)
        return _through_outages(lambda: _fail(claim, failure, counts=not is_outage))


def _finish(claim: Claim, status: ChunkStatus, store: Store | None = None) -> str:
    """End the chunk if the token is still ours, and store its results, in one transaction."""
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=claim.job_id)
        if not _still_ours(claim).update(status=status, lease_until=None, error=""):
            return "lost"
        counts = store() if store is not None else None
        if counts:
            _add_counts(job, counts)
        _advance(job.pk)
    return "done" if status == ChunkStatus.DONE else "cancelled"


def _fail(claim: Claim, reason: Exception, *, counts: bool) -> str:
    """Give the chunk back after an error; the third failure parks it."""
    text = f"{type(reason).__name__}: {reason}"[:500]
    with transaction.atomic():
        Job.objects.select_for_update().get(pk=claim.job_id)
        chunk = _still_ours(claim).first()
        if chunk is None:
            return "lost"
        chunk.failures += 1 if counts else 0
        if chunk.failures >= FAILURES_BEFORE_PARKING:
            _end_chunk(chunk, ChunkStatus.PARKED, text)
            _advance(claim.job_id)
            return "parked"
        Chunk.objects.filter(pk=chunk.pk).update(
            status=ChunkStatus.QUEUED, lease_until=None, failures=chunk.failures, error=text
        )
        transaction.on_commit(lambda: _nudge(claim.kind, claim.chunk_id), robust=True)
    return "retry"


def _still_ours(claim: Claim) -> Any:
    return Chunk.objects.filter(pk=claim.chunk_id, token=claim.token, status=ChunkStatus.RUNNING)


def _end_chunk(chunk: Chunk, status: ChunkStatus, error: str) -> None:
    Chunk.objects.filter(pk=chunk.pk).update(
        status=status, lease_until=None, failures=chunk.failures, error=error[:500]
    )


def _add_counts(job: Job, counts: Mapping[str, Any]) -> None:
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


def _open_stage(job: Job) -> None:
    """Write the chunks of the job's current stage; a stage without work is passed over."""
    kind = kind_of(job.kind)
    planned: list[Planned] = list(kind.stages[job.stage].plan(job.pk))
    chunks = Chunk.objects.bulk_create(
        Chunk(job=job, stage=job.stage, position=position, payload=dict(plan.payload), weight=plan.weight)
        for position, plan in enumerate(planned)
    )
    if not chunks:
        _advance(job.pk)
        return
    ids = [chunk.pk for chunk in chunks]

    def nudge_all() -> None:
        for identifier in ids:
            if not _nudge(job.kind, identifier):
                break

    transaction.on_commit(nudge_all, robust=True)


def _nudge(kind: str, chunk_id: UUID) -> bool:
    return send("kernel.run_chunk", queue=kind_of(kind).queue, chunk_id=str(chunk_id))


def _advance(job_id: UUID) -> None:
    """With the job's row locked: open the next stage, or end the job, once no chunk of this stage is alive."""
    job = Job.objects.get(pk=job_id)
    if job.ended_at is not None:
        return
    kind = kind_of(job.kind)
    chunks = Chunk.objects.filter(job=job, stage=job.stage)
    if chunks.filter(status__in=(ChunkStatus.QUEUED, ChunkStatus.RUNNING)).exists():
        return
    parked = list(chunks.filter(status=ChunkStatus.PARKED).order_by("position").values_list("position", "error")[:20])
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
        _open_stage(job)
    else:
        _end_job(job, JobStatus.SUCCEEDED)


def _end_job(job: Job, status: JobStatus) -> None:
    Job.objects.filter(pk=job.pk).update(status=status, reasons=job.reasons, ended_at=Now())
    kind_of(job.kind).ended(job.pk, status)
    publish(JOB_ENDED, actor=Actor.system(), subject=job, data={"kind": job.kind, "status": str(status)})


def _through_outages(write: Callable[[], str]) -> str:
    """Repeat a finishing transaction while the database is away; the token decides whether it still counts."""
    deadline = time.monotonic() + OUTAGE_PATIENCE_S
    pause = 0.2
    while True:
        try:
            return write()
        except (OperationalError, InterfaceError):
            if time.monotonic() > deadline:
                raise
            connection.close()
            time.sleep(pause)
            pause = min(pause * 2, 2.0)


class _heartbeat:  # noqa: N801 - reads as a statement: `with _heartbeat(claim)`
    """Renews the lease every third of it from a thread of its own, and reads the cancellation there."""

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.beat, name="heartbeat", daemon=True)

    def __enter__(self) -> None:
        self.thread.start()

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.thread.join(timeout=5)

    def beat(self) -> None:
        pause = dt.timedelta(seconds=settings.JOB_LEASE_SECONDS / 3).total_seconds()
        try:
            while not self.stop.wait(pause):
                self.renew()
        finally:
            connections.close_all()

    def renew(self) -> None:
        claim = self.claim
        try:
            with connection.cursor() as cursor:
                cursor.execute(
                    """
                    UPDATE kernel_chunk SET lease_until = clock_timestamp() + make_interval(secs => %s)
                     WHERE id = %s AND token = %s AND status = 'running'
                 RETURNING (SELECT cancel_requested_at FROM kernel_job WHERE id = job_id)
                    """,
                    [settings.JOB_LEASE_SECONDS, claim.chunk_id, claim.token],
                )
                row = cursor.fetchone()
        except (OperationalError, InterfaceError) as reason:
            log.warning("heartbeat_missed", reason=type(reason).__name__)
            connection.close()
            return
        if row is None:
            claim.lost.set()
        elif row[0] is not None:
            claim.cancelled.set()
