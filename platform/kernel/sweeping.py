"""The sweep: finds work and deliveries that no live lease or message covers, and sends them again. It is not a job.

Batches are picked in a materialised query: inside `IN (SELECT … LIMIT … SKIP LOCKED)` the planner may run the
selection again for each row, and then the limit does not hold.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection, transaction

from kernel.job_kinds import find_kind
from kernel.nudges import send

log = structlog.get_logger(__name__)

SWEEP_LOCK = 0x7A4D_0001
BATCH = 500
WAITING_BATCH = 16
"""Waiting chunks sent again per sweep: enough to get lost work going, few enough not to flood a busy broker."""


_lookouts: list[Callable[[], None]] = []


def lookout(function: Callable[[], None]) -> Callable[[], None]:
    """Call the function at every sweep: an app whose work waits in rows of its own has it nudged again there."""
    _lookouts.append(function)
    return function


def sweep() -> dict[str, int]:
    """Nudge every chunk without a live lease, every delivery that is due and what lookouts find; one sweeper at a time.

    Returns how many of each of the first two.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SWEEP_LOCK])
        if not cursor.fetchone()[0]:
            return {"chunks": 0, "deliveries": 0}
        chunks = [*_stale_chunks("running", BATCH), *_stale_chunks("queued", WAITING_BATCH)]
        deliveries = _due_deliveries()
    for delivery_id in deliveries:
        if not send("kernel.deliver", delivery_id=str(delivery_id)):
            break
    for chunk_id, name in chunks:
        kind = find_kind(name)
        if kind is None:
            log.warning("chunk_of_unknown_kind", kind=name, chunk_id=str(chunk_id))
        elif not send("kernel.run_chunk", queue=kind.queue, chunk_id=str(chunk_id)):
            break
    for look in _lookouts:
        look()
    return {"chunks": len(chunks), "deliveries": len(deliveries)}


def _stale_chunks(status: str, limit: int) -> list[tuple[UUID, str]]:
    """Chunks to nudge, the longest forgotten first: running past their lease, or waiting. Marks them as nudged now."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH stale AS MATERIALIZED (
                 SELECT id FROM kernel_chunk
                  WHERE status = %(status)s
                    AND nudged_at < clock_timestamp() - make_interval(secs => %(pause)s)
                    AND (lease_until IS NULL OR lease_until < clock_timestamp())
                  ORDER BY nudged_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
            UPDATE kernel_chunk c SET nudged_at = clock_timestamp() FROM stale, kernel_job j
             WHERE c.id = stale.id AND j.id = c.job_id
         RETURNING c.id, j.kind
            """,
            {"status": status, "pause": settings.SWEEP_SECONDS, "limit": limit},
        )
        return list(cursor.fetchall())


def _due_deliveries() -> list[UUID]:
    """Deliveries to nudge: due, neither made nor parked.

    Pushes them back by one sweep, so that a slow one is not sent twice at once.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH due AS MATERIALIZED (
                 SELECT id FROM kernel_delivery
                  WHERE delivered_at IS NULL AND parked_at IS NULL
                    AND next_at < clock_timestamp() - make_interval(secs => 1)
                  ORDER BY next_at LIMIT %(batch)s FOR UPDATE SKIP LOCKED)
            UPDATE kernel_delivery d SET next_at = clock_timestamp() + make_interval(secs => %(pause)s)
              FROM due WHERE d.id = due.id
         RETURNING d.id
            """,
            {"pause": settings.SWEEP_SECONDS, "batch": BATCH},
        )
        return [row[0] for row in cursor.fetchall()]
