"""Chunks: claimed under a lease, computed, finished once. The fencing token refuses whoever lost the lease."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models.functions import Now
from prometheus_client import Counter

from kernel.access import Actor
from kernel.events import publish
from kernel.heartbeats import Heartbeat
from kernel.job_kinds import Store, find_kind, kind_of
from kernel.job_states import ChunkStatus, JobStatus
from kernel.ledger import JOB_STARTED, chunk_end, chunk_nudge, counts_add, job_advance
from kernel.models import Chunk, Job

log = structlog.get_logger(__name__)

FAILURES_BEFORE_PARKING = 3
CLAIMS_BEFORE_PARKING = 12
"""A chunk that kills its worker never reports a failure: it is parked after so many claims."""

PAUSE_S = 0.05
OUTAGE_PATIENCE_S = 120
"""How long a finished computation waits for a database that went away, in seconds; its token decides if it counts."""

chunks_ended = Counter("tandem_chunks_ended_total", "Chunks by job kind and outcome.", ["kind", "outcome"])


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
    cancelled: threading.Event = field(default_factory=threading.Event)
    lost: threading.Event = field(default_factory=threading.Event)

    def check(self) -> None:
        if self.cancelled.is_set():
            raise Cancelled
        if self.lost.is_set():
            raise LeaseLost


def chunk_claim(*, chunk_id: UUID) -> Claim | None:
    """Take the lease of one chunk that is waiting or whose lease ran out; None when there is nothing to take.

    A chunk of a kind or payload version that this process does not know is left to a newer worker.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        # Job before chunk, as everywhere: writers of one job queue up instead of waiting for each other in a ring.
        job = Job.objects.select_for_update().filter(chunks=chunk_id).first()
        if job is None or job.ended_at is not None:
            return None
        kind = find_kind(job.kind)
        if kind is None or job.payload_version > kind.version:
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
        if job.cancel_requested_at is not None or chunk.claims > CLAIMS_BEFORE_PARKING:
            is_cancelled = job.cancel_requested_at is not None
            chunk_end(
                chunk,
                ChunkStatus.CANCELLED if is_cancelled else ChunkStatus.PARKED,
                "" if is_cancelled else "the workers that took it died",
            )
            job_advance(job.pk)
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
    )


def chunk_run(*, chunk_id: UUID) -> str:
    """Claim, compute, finish one chunk.

    Returns the outcome: `skipped`, `done`, `cancelled`, `lost`, `retry` or `parked`.
    """
    claim = chunk_claim(chunk_id=chunk_id)
    if claim is None:
        return "skipped"
    with structlog.contextvars.bound_contextvars(job_id=str(claim.job_id), chunk_id=str(claim.chunk_id)):
        outcome = _compute(claim)
    chunks_ended.labels(claim.kind, outcome).inc()
    return outcome


def job_drive(*, job_id: UUID) -> Job:
    """Work on a job in this process until it has ended, beside whatever workers there are: for the console."""
    while True:
        waiting = Chunk.objects.filter(job=job_id, status=ChunkStatus.QUEUED).order_by("position")
        for chunk_id in list(waiting.values_list("pk", flat=True)[:1]):
            chunk_run(chunk_id=chunk_id)
        job = Job.objects.get(pk=job_id)
        if job.ended_at is not None:
            return job
        if not waiting.exists():
            time.sleep(PAUSE_S)


def _compute(claim: Claim) -> str:
    with Heartbeat(chunk_id=claim.chunk_id, token=claim.token, cancelled=claim.cancelled, lost=claim.lost):
        try:
            store = kind_of(claim.kind).stages[claim.stage].work(claim)
            claim.check()
            return _through_outages(lambda: _finish(claim, ChunkStatus.DONE, store))
        except Cancelled:
            return _through_outages(lambda: _finish(claim, ChunkStatus.CANCELLED))
        except LeaseLost:
            return "lost"
        except Exception as reason:  # noqa: BLE001 - whatever a stage raises is recorded on its chunk and shown with the job
            failure = reason
        is_outage = isinstance(failure, OperationalError | InterfaceError)
        log.warning("chunk_failed", is_outage=is_outage, exc_info=None if is_outage else failure)
        return _through_outages(lambda: _fail(claim, failure, counts=not is_outage))


def _finish(claim: Claim, status: ChunkStatus, store: Store | None = None) -> str:
    """End the chunk if the token is still ours, and store its results, in one transaction; nothing once cancelled."""
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=claim.job_id)
        if job.cancel_requested_at is not None:
            status, store = ChunkStatus.CANCELLED, None
        if not _still_ours(claim).update(status=status, lease_until=None, error=""):
            return "lost"
        counts = store() if store is not None else None
        if counts:
            counts_add(job, counts)
        job_advance(job.pk)
        _offer_next(claim)
    return "done" if status == ChunkStatus.DONE else "cancelled"


def _fail(claim: Claim, reason: Exception, *, counts: bool) -> str:
    """Give the chunk back after an error; the third failure parks it."""
    text = f"{type(reason).__name__}: {reason}"[:500]
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=claim.job_id)
        chunk = _still_ours(claim).first()
        if chunk is None:
            return "lost"
        chunk.failures += 1 if counts else 0
        if job.cancel_requested_at is not None or chunk.failures >= FAILURES_BEFORE_PARKING:
            is_cancelled = job.cancel_requested_at is not None
            chunk_end(chunk, ChunkStatus.CANCELLED if is_cancelled else ChunkStatus.PARKED, text)
            job_advance(claim.job_id)
            return "cancelled" if is_cancelled else "parked"
        Chunk.objects.filter(pk=chunk.pk).update(
            status=ChunkStatus.QUEUED, lease_until=None, failures=chunk.failures, error=text
        )
        transaction.on_commit(lambda: chunk_nudge(claim.kind, claim.chunk_id) or None, robust=True)
    return "retry"


def _still_ours(claim: Claim) -> Any:
    return Chunk.objects.filter(pk=claim.chunk_id, token=claim.token, status=ChunkStatus.RUNNING)


def _offer_next(claim: Claim) -> None:
    """Nudge the job's longest forgotten waiting chunk: after lost messages the work goes on without a sweep."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE kernel_chunk SET nudged_at = clock_timestamp()
             WHERE id = (SELECT id FROM kernel_chunk
                          WHERE job_id = %s AND status = 'queued'
                            AND nudged_at < clock_timestamp() - make_interval(secs => %s)
                          ORDER BY nudged_at LIMIT 1 FOR UPDATE SKIP LOCKED)
         RETURNING id
            """,
            [claim.job_id, settings.SWEEP_SECONDS],
        )
        row = cursor.fetchone()
    if row is not None:
        transaction.on_commit(lambda: chunk_nudge(claim.kind, row[0]) or None, robust=True)


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
