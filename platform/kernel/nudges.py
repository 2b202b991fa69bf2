"""Nudges: messages through the broker that carry only an id. They may be lost or doubled; the rows in PostgreSQL are
the truth.
"""

import structlog
from celery import current_app
from kombu.exceptions import OperationalError
from prometheus_client import Counter

log = structlog.get_logger(__name__)

lost = Counter(
    "tandem_nudges_lost_total", "Messages that the broker did not take; the sweep finds their rows.", ["task"]
)


def send(task: str, *, queue: str | None = None, **arguments: str) -> bool:
    """Send one message; False when the broker is down (counted: the sweep will find the row within seconds)."""
    try:
        current_app.send_task(task, kwargs=arguments, queue=queue, ignore_result=True, retry=False)
    except (OperationalError, OSError) as reason:
        lost.labels(task).inc()
        log.warning("nudge_lost", task=task, reason=type(reason).__name__)
        return False
    return True
