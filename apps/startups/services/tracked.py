"""What firms' trackers send: each message is taken once, each of its events recorded once."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.permissions import Permission
from apps.startups import events
from apps.startups.models import (
    Capability,
    TrackerDelivery,
    TrackerEndpoint,
    TrackerProject,
    TrackerReference,
)
from apps.startups.services.capabilities import CapabilityArchived
from apps.startups.services.development import DevelopmentEventNotAcceptable, event_add
from apps.startups.states import EventSource
from kernel.access import Actor
from kernel.clock import utc_now
from kernel.errors import Conflict, FieldProblem
from kernel.events import publish

MOST_EVENTS = 100
"""Events of one message."""


class MessageDiffers(Conflict):
    """A message with this webhook-id was taken with another body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedEvent:
    """An event as the tracker tells it. `answers` and `supersedes` are references of the tracker's own.

    The capability is given by its id or by the key of a project of the tracker.
    """

    reference: str
    kind: str
    occurred_at: dt.datetime
    capability: UUID | None = None
    project: str = ""
    answers: str = ""
    supersedes: str = ""
    note: str = ""

    def digest(self) -> str:
        """SHA-256 of all that is said, the same for the same instant in any time zone."""
        at = self.occurred_at.astimezone(dt.UTC).isoformat()
        named = (self.reference, self.kind, at, str(self.capability or ""), self.project)
        said = [*named, self.answers, self.supersedes, self.note]
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


@transaction.atomic
def tracker_receive(
    *,
    endpoint: TrackerEndpoint,
    message_id: str,
    body: bytes,
    items: Sequence[TrackedEvent],
    now: dt.datetime | None = None,
) -> dict[str, Any]:
    """Record a message whose signature was found to hold: all its events or none, self-declared, in their order.

    Returns the answer; the same message once more gets the same one and changes nothing. An event whose reference came
    before with the same content is the one recorded then. Raises MessageDiffers and DevelopmentEventNotAcceptable.
    """
    # One message at a time for each endpoint: of two with one id the second finds the first.
    locked = TrackerEndpoint.objects.select_for_update(of=("self",)).select_related("firm__organisation")
    endpoint = locked.get(pk=endpoint.pk)
    body_sha256 = hashlib.sha256(body).hexdigest()
    taken = TrackerDelivery.objects.filter(endpoint=endpoint, webhook_id=message_id).first()
    if taken is not None:
        if taken.body_sha256 != body_sha256:
            raise MessageDiffers
        return dict(taken.answer)
    answer = {"events": _Intake(endpoint, items, now or utc_now()).record()}
    delivery = TrackerDelivery.objects.create(
        endpoint=endpoint, webhook_id=message_id, body_sha256=body_sha256, answer=answer
    )
    TrackerEndpoint.objects.filter(pk=endpoint.pk).update(received_at=now or utc_now())
    publish(
        events.TRACKER_RECEIVED,
        actor=tracker_actor(endpoint=endpoint),
        subject=endpoint,
        organisation_id=endpoint.firm.organisation_id,
        data={"delivery": str(delivery.pk), "events": len(items)},
    )
    return answer


def tracker_actor(*, endpoint: TrackerEndpoint) -> Actor:
    """Who acts when a tracker sends: software of the firm, known by its endpoint, that may record events."""
    organisation = endpoint.firm.organisation
    return Actor(
        organisation_id=organisation.pk,
        kind=organisation.kind,
        standing=organisation.standing,
        permissions=frozenset({Permission.DEVELOPMENT_EVENT_CREATE}),
        api_key_id=endpoint.pk,
    )


class _Intake:
    """The events of one message on their way into the log."""

    def __init__(self, endpoint: TrackerEndpoint, items: Sequence[TrackedEvent], now: dt.datetime) -> None:
        self.endpoint, self.items, self.now = endpoint, items, now
        self.actor = tracker_actor(endpoint=endpoint)
        self.problems: list[FieldProblem] = []
        named = {name for item in items for name in (item.reference, item.answers, item.supersedes) if name}
        rows = TrackerReference.objects.filter(endpoint=endpoint, reference__in=named)
        self.known = {row.reference: row for row in rows}
        projects = TrackerProject.objects.filter(endpoint=endpoint, key__in={item.project for item in items})
        self.projects = dict(projects.values_list("key", "capability_id"))
        ids = {*self.projects.values(), *(item.capability for item in items if item.capability is not None)}
        own = Capability.objects.filter(firm=endpoint.firm, pk__in=ids).select_related("firm")
        self.capabilities = {row.pk: row for row in own}

    def record(self) -> list[dict[str, Any]]:
        """Reference, id and whether it is new, of each event. Raises DevelopmentEventNotAcceptable."""
        answer = [self._one(item, f"/events/{index}") for index, item in enumerate(self.items)]
        if self.problems:
            raise DevelopmentEventNotAcceptable(errors=self.problems)
        return answer

    def _one(self, item: TrackedEvent, place: str) -> dict[str, Any]:
        digest = item.digest()
        known = self.known.get(item.reference)
        if known is not None:
            if known.digest != digest:
                text = "An event with this reference was sent with other content; a correction has one of its own."
                self.refuse(f"{place}/reference", "reference_taken", text)
            return {"reference": item.reference, "id": str(known.event_id), "is_new": False}
        capability = self._capability(item, place)
        answers = self._referred(item.answers, f"{place}/answers")
        supersedes = self._referred(item.supersedes, f"{place}/supersedes")
        is_known = (answers is None) == (not item.answers) and (supersedes is None) == (not item.supersedes)
        if capability is None or not is_known:
            return {}
        try:
            event = event_add(
                actor=self.actor,
                capability=capability,
                source=EventSource.TRACKER,
                kind=item.kind,
                occurred_at=item.occurred_at,
                answers=answers,
                supersedes=supersedes,
                note=item.note,
                now=self.now,
                place=place,
            )
        except DevelopmentEventNotAcceptable as refusal:
            self.problems += refusal.errors
            return {}
        except CapabilityArchived:
            text = "The capability is archived and no longer changes."
            self.refuse(f"{place}/capability", "archived", text)
            return {}
        self.known[item.reference] = TrackerReference.objects.create(
            endpoint=self.endpoint, reference=item.reference, event=event, digest=digest
        )
        return {"reference": item.reference, "id": str(event.pk), "is_new": True}

    def _capability(self, item: TrackedEvent, place: str) -> Capability | None:
        if (item.capability is None) == (not item.project):
            self.refuse(f"{place}/capability", "one_of", "Either the capability's id or a project's key.")
            return None
        if item.capability is None:
            meant = self.projects.get(item.project)
            found = None if meant is None else self.capabilities.get(meant)
            if found is None:
                self.refuse(f"{place}/project", "unknown_project", "The endpoint has no capability for this key.")
            return found
        found = self.capabilities.get(item.capability)
        if found is None:
            self.refuse(f"{place}/capability", "does_not_exist", "There is no such capability of yours.")
        return found

    def _referred(self, reference: str, pointer: str) -> UUID | None:
        if not reference:
            return None
        found = self.known.get(reference)
        if found is None:
            self.refuse(pointer, "unknown_reference", "No event was sent with this reference.")
        return None if found is None else found.event_id

    def refuse(self, pointer: str, code: str, text: str) -> None:
        self.problems.append(FieldProblem(pointer, code, text))
