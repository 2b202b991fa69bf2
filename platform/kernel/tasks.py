"""The kernel's Celery entry points. Each does one thing with one row; none holds state."""

from typing import Any
from uuid import UUID

from celery import shared_task

from kernel import chunks, outbox, periodic, sweeping


@shared_task(name="kernel.deliver", ignore_result=True)
def deliver(*, delivery_id: str, **_: Any) -> None:
    """Make one delivery."""
    outbox.delivery_make(delivery_id=UUID(delivery_id))


@shared_task(name="kernel.run_chunk", ignore_result=True)
def run_chunk(*, chunk_id: str, **_: Any) -> None:
    """Claim and run one chunk."""
    chunks.chunk_run(chunk_id=UUID(chunk_id))


@shared_task(name="kernel.sweep", ignore_result=True)
def sweep(**_: Any) -> None:
    """Send again what no live lease or message covers."""
    sweeping.sweep()


@shared_task(name="kernel.tidy", ignore_result=True)
def tidy(**_: Any) -> None:
    """Remove what has outlived its use; once an hour, whoever comes first."""
    periodic.tidy()
