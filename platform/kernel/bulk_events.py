"""Many facts of one name at once: what `kernel.events.publish` does for each, in few statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from kernel.access import Actor
from kernel.events import declared, deliveries_nudge, request_id, subscribers
from kernel.models import Delivery, Event

BATCH = 1000
NUDGED = 100
"""Up to how many deliveries are nudged one by one; more are left to the sweep, which spreads them over time."""


def publish_many(
    name: str,
    *,
    actor: Actor,
    subjects: Sequence[tuple[str, UUID, UUID | None]],
    data: Mapping[str, Any] | Sequence[Mapping[str, Any]],
) -> None:
    """Record the fact `name` about every subject inside the caller's transaction and queue the deliveries.

    `subjects` are an object's type (`app.model`), its id, and the organisation it belongs to; `data` is the same for
    all, or one for each subject in their order, and holds ids and codes only. Raises LookupError on an undeclared name,
    RuntimeError outside a transaction and ValueError when data and subjects are not equally many.
    """
    if name not in declared():
        raise LookupError(f"{name!r} is declared by nobody")
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("publish_many belongs into the transaction of the changes it tells of")
    asked_by = request_id()
    each = [data] * len(subjects) if isinstance(data, Mapping) else data
    events = Event.objects.bulk_create(
        (
            Event(
                name=name,
                actor=actor.label(),
                actor_organisation_id=actor.organisation_id,
                organisation_id=organisation_id,
                object_type=object_type,
                object_id=object_id,
                request_id=asked_by,
                data=dict(told),
            )
            for (object_type, object_id, organisation_id), told in zip(subjects, each, strict=True)
        ),
        batch_size=BATCH,
    )
    deliveries = Delivery.objects.bulk_create(
        (Delivery(event=event, subscriber=subscriber) for event in events for subscriber in subscribers(name)),
        batch_size=BATCH,
    )
    if 0 < len(deliveries) <= NUDGED:
        ids = [delivery.pk for delivery in deliveries]
        transaction.on_commit(lambda: deliveries_nudge(ids), robust=True)
