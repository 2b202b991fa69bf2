"""Delivering facts: one handler, one transaction, together with the delivery's own row."""

from __future__ import annotations

from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.db.models.functions import Now
from prometheus_client import Counter

from kernel.clock import database_now
from kernel.events import give_up_after, retry_after, subscribers
from kernel.models import Delivery

log = structlog.get_logger(__name__)

parked = Counter("tandem_deliveries_parked_total", "Deliveries given up, to be looked at.", ["subscriber"])


def delivery_make(*, delivery_id: UUID) -> str:
    """Run the subscriber of one delivery; returns `skipped`, `delivered`, `retry` or `parked`.

    A handler that raises is rolled back and tried again later, ever more slowly, until it is parked and counted.
    """
    try:
        with transaction.atomic():
            delivery = (
                Delivery.objects.select_for_update(skip_locked=True, of=("self",))
                .select_related("event")
                .filter(pk=delivery_id, delivered_at__isnull=True, parked_at__isnull=True)
                .first()
            )
            if delivery is None:
                return "skipped"
            subscribers(delivery.event.name)[delivery.subscriber](delivery.event)
            Delivery.objects.filter(pk=delivery.pk).update(delivered_at=Now(), attempts=delivery.attempts + 1, error="")
    except (OperationalError, InterfaceError):
        raise
    except Exception as reason:
        log.exception("delivery_failed", delivery_id=str(delivery_id))
        return _postpone(delivery_id, f"{type(reason).__name__}: {reason}"[:500])
    return "delivered"


def _postpone(delivery_id: UUID, error: str) -> str:
    with transaction.atomic():
        delivery = (
            Delivery.objects.select_for_update(of=("self",))
            .select_related("event")
            .filter(pk=delivery_id, delivered_at__isnull=True, parked_at__isnull=True)
            .first()
        )
        if delivery is None:
            return "skipped"
        now = database_now()
        delivery.attempts += 1
        delivery.error = error
        delivery.next_at = now + retry_after(delivery.attempts)
        if now - delivery.event.at > give_up_after():
            delivery.parked_at = now
            parked.labels(delivery.subscriber).inc()
            log.error("delivery_parked", delivery_id=str(delivery_id), subscriber=delivery.subscriber)
        delivery.save(update_fields=["attempts", "error", "next_at", "parked_at"])
    return "parked" if delivery.parked_at else "retry"
