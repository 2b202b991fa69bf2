"""Heartbeats: a chunk's lease is renewed from a thread of its own, which also reads the cancellation."""

from __future__ import annotations

import threading
from uuid import UUID

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, connections

log = structlog.get_logger(__name__)


class Heartbeat:
    """Renews the lease every third of it while the `with` block runs; sets `lost` or `cancelled` when it learns so."""

    def __init__(self, *, chunk_id: UUID, token: int, cancelled: threading.Event, lost: threading.Event) -> None:
        self.chunk_id, self.token, self.cancelled, self.lost = chunk_id, token, cancelled, lost
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.beat, name="heartbeat", daemon=True)

    def __enter__(self) -> None:
        self.thread.start()

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.thread.join(timeout=5)

    def beat(self) -> None:
        """Renew until stopped."""
        pause = settings.JOB_LEASE_SECONDS / 3
        try:
            while not self.stop.wait(pause):
                self.renew()
        finally:
            connections.close_all()

    def renew(self) -> None:
        """Renew once; a database that is away is asked again at the next turn."""
        try:
            with connection.cursor() as cursor:
                cursor.execute(
                    """
                    UPDATE kernel_chunk SET lease_until = clock_timestamp() + make_interval(secs => %s)
                     WHERE id = %s AND token = %s AND status = 'running'
                 RETURNING (SELECT cancel_requested_at FROM kernel_job WHERE id = job_id)
                    """,
                    [settings.JOB_LEASE_SECONDS, self.chunk_id, self.token],
                )
                row = cursor.fetchone()
        except (OperationalError, InterfaceError) as reason:
            log.warning("heartbeat_missed", reason=type(reason).__name__)
            connection.close()
            return
        if row is None:
            self.lost.set()
        elif row[0] is not None:
            self.cancelled.set()
