"""Facts: `publish` writes one row that is the audit trail and, with its deliveries, the outbox.

An app declares its facts in `events.py` (`ROOM_OPENED = declare("dealrooms.room.opened")`) and reacts to others' in
`handlers.py`
(`@subscribe("dealrooms.room.opened")`). Down is an import, up is an event.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.db import models, transaction

from kernel.access import Actor

Handler = Callable[[Any], None]
F = TypeVar("F", bound=Handler)

OWN = "own"
"""In a fact's data: what belongs to the fact's organisation, whose ids it may always read."""

_NAME = re.compile(r"[a-z_]+\.[a-z_]+\.[a-z_]+")
_declared: set[str] = set()
_subscribers: dict[str, dict[str, Handler]] = {}


def declare(name: str) -> str:
    """Make `app.entity.past_participle` a name that may be published; returns it. Raises ValueError on a malformed or
    repeated name.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not app.entity.past_participle")
    if name in _declared:
        raise ValueError(f"{name!r} is declared twice")
    _declared.add(name)
    return name


def declared() -> frozenset[str]:
    """All names that may be published."""
    return frozenset(_declared)


def subscribe(name: str) -> Callable[[F], F]:
    """Deliver every fact `name` to the decorated function, once, in a transaction of its own, after the publisher's
    commit.

    The subscriber is known by its module and name, which must therefore stay: deliveries under way refer to it.
    """

    def register(handler: F) -> F:
        subscriber = f"{handler.__module__}.{handler.__qualname__}"
        _subscribers.setdefault(name, {})[subscriber] = handler
        return handler

    return register


def subscribers(name: str) -> Mapping[str, Handler]:
    """The handlers of the fact `name` by their subscriber names."""
    return _subscribers.get(name, {})


def check_subscriptions() -> None:
    """Fail at start-up when a handler waits for a fact that nobody declares. Raises LookupError."""
    stray = sorted(set(_subscribers) - _declared)
    if stray:
        raise LookupError(f"handlers subscribe to facts that nobody declares: {', '.join(stray)}")


def publish(
    name: str,
    *,
    actor: Actor,
    subject: models.Model,
    organisation_id: UUID | None = None,
    data: Mapping[str, Any] | None = None,
) -> Any:
    """Record the fact `name` about `subject` inside the caller's transaction and queue its deliveries; returns the
    Event.

    `organisation_id` is the organisation the fact belongs to (the subject's own by default). `data` holds ids and
    codes only, never
    personal values. Raises LookupError on an undeclared name and RuntimeError outside a transaction.
    """
    from kernel.models import Delivery, Event

    if name not in _declared:
        raise LookupError(f"{name!r} is declared by nobody")
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("publish belongs into the transaction of the change it tells of")
    event = Event.objects.create(
        name=name,
        actor=actor.label(),
        actor_organisation_id=actor.organisation_id,
        organisation_id=organisation_id or getattr(subject, "organisation_id", None),
        object_type=subject._meta.label_lower,
        object_id=subject.pk,
        request_id=request_id(),
        data=dict(data or {}),
    )
    deliveries = Delivery.objects.bulk_create(
        Delivery(event=event, subscriber=subscriber) for subscriber in subscribers(name)
    )
    if deliveries:
        ids = [delivery.pk for delivery in deliveries]
        transaction.on_commit(lambda: deliveries_nudge(ids), robust=True)
    return event


def deliveries_nudge(ids: list[UUID]) -> None:
    """Offer deliveries to the workers; stops at the first that the broker does not take (the sweep finds the rest)."""
    from kernel.nudges import send

    for identifier in ids:
        if not send("kernel.deliver", delivery_id=str(identifier)):
            break


def request_id() -> str:
    """The id of the request being served, empty outside one."""
    from structlog.contextvars import get_contextvars

    return str(get_contextvars().get("request_id", ""))


def retry_after(attempts: int) -> dt.timedelta:
    """Back-off before the next attempt: 5 s doubling to an hour."""
    return dt.timedelta(seconds=min(5 * 2 ** max(attempts - 1, 0), 3600))


def give_up_after() -> dt.timedelta:
    """The age at which an undelivered fact is parked and alerted."""
    return dt.timedelta(hours=settings.DELIVERY_GIVE_UP_HOURS)
