"""The trail as the tests read it: an event to look at, and what is found."""

from __future__ import annotations

from typing import Any

from rest_framework.test import APIClient

from apps.organisations import events
from kernel.access import Actor
from kernel.events import publish
from kernel.models import Event

BASE = "/api/v1"
EVENTS = f"{BASE}/events"


def updated(actor: Actor, organisation: Any, name: str = events.ORGANISATION_UPDATED, **data: Any) -> Event:
    event: Event = publish(name, actor=actor, subject=organisation, organisation_id=organisation.pk, data=data)
    return event


def found(client: APIClient, query: str = "") -> list[str]:
    answer = client.get(f"{EVENTS}{query}")
    assert answer.status_code == 200, answer.content
    return [item["id"] for item in answer.json()["results"]]
