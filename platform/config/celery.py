"""The Celery app: queues, the beat schedule in code, and the sweep that every worker runs beside its work."""

from __future__ import annotations

import threading
import warnings
from typing import Any

import structlog
from celery import Celery
from celery.exceptions import SecurityWarning
from celery.signals import setup_logging, worker_ready, worker_shutting_down
from django.db import DatabaseError, connections
from kombu import Exchange, Queue

# Started as root the workers stay root (docs/decisions/0011-accounts-of-processes.md); messages carry ids only.
warnings.filterwarnings("ignore", category=SecurityWarning)

app = Celery("tandem")
app.config_from_object("django.conf:settings", namespace="CELERY")
# Each queue with an exchange and key of its own: queues that share them would each get every message.
app.conf.task_queues = [Queue(name, Exchange(name), routing_key=name) for name in ("default", "matching", "freshness")]
app.conf.beat_schedule = {
    "sweep": {"task": "kernel.sweep", "schedule": 10.0},
    "tidy": {"task": "kernel.tidy", "schedule": 600.0},
    "screening": {"task": "compliance.screening_sweep", "schedule": 3600.0},
    "compliance-renewals": {"task": "compliance.renewals", "schedule": 600.0},
    "documents-tidy": {"task": "documents.tidy", "schedule": 600.0},
    "exchange-exports": {"task": "exchange.exports_expire", "schedule": 600.0},
    "matching-digests": {"task": "matching.digests", "schedule": 600.0},
    "matching-impressions": {"task": "matching.impressions", "schedule": 3600.0},
    "matching-previews": {"task": "matching.previews", "schedule": 3600.0},
    "investors-capacity": {"task": "investors.capacity_expire", "schedule": 600.0},
    "matching-prune": {"task": "matching.prune", "schedule": 600.0},
    "startups-attestations": {"task": "startups.attestations_tidy", "schedule": 600.0},
    "matching-introductions": {"task": "matching.introductions", "schedule": 600.0},
    "notifications-digests": {"task": "notifications.digests", "schedule": 600.0},
    "notifications-tidy": {"task": "notifications.tidy", "schedule": 600.0},
    "dealflow-reminders": {"task": "dealflow.reminders", "schedule": 30.0},
    "startups-search": {"task": "startups.search_keep", "schedule": 600.0},
    "startups-speed": {"task": "startups.speed_refresh", "schedule": 600.0},
}
app.autodiscover_tasks()

log = structlog.get_logger(__name__)
_stop = threading.Event()


@setup_logging.connect
def use_django_logging(**_: Any) -> None:
    """Leave logging as Django's settings configured it."""


@worker_ready.connect
def start_sweeping(**_: Any) -> None:
    """Sweep every few seconds from a thread of the worker's main process: no single process is needed for it."""
    _stop.clear()
    threading.Thread(target=_sweep_until_stopped, name="sweep", daemon=True).start()


@worker_shutting_down.connect
def stop_sweeping(**_: Any) -> None:
    """End the sweep with the worker."""
    _stop.set()


def _sweep_until_stopped() -> None:
    from django.conf import settings

    from kernel.sweeping import sweep

    while not _stop.wait(settings.SWEEP_SECONDS):
        try:
            sweep()
        except Exception as reason:
            is_outage = isinstance(reason, DatabaseError)
            log.warning("sweep_failed", reason=type(reason).__name__, exc_info=None if is_outage else reason)
        finally:
            # Closed every time: a pool child forked meanwhile must not inherit an open connection.
            connections.close_all()
