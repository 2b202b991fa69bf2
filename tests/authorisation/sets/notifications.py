"""The inbox and what people want of it: a person's own, in the organisation that it acts for."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from apps.accounts.cadences import Cadence
from apps.notifications.models import Notification
from apps.notifications.services.preferences import unsubscribe_token
from kernel.ids import uuid7
from tests.authorisation.scenes import scene
from tests.authorisation.sets.organisations import HIDDEN, NO_SOFTWARE
from tests.authorisation.world import Persona
from tests.factories.accounts import UserFactory
from tests.factories.organisations import OrganisationFactory

KIND = "dealflow.alert"
UNHEARD = {**HIDDEN, "person without membership": 404}
"""Software has no inbox, and somebody without an organisation none yet."""


def message(persona: Persona) -> UUID:
    organisation = persona.organisation or OrganisationFactory()
    return Notification.objects.create(
        user_id=persona.actor.user_id,
        organisation=organisation,
        kind=KIND,
        cause=uuid7(),
        subject_id=uuid7(),
        mail=Cadence.OFF,
    ).pk


def token() -> str:
    return unsubscribe_token(user_id=UserFactory().pk, kinds=[KIND])


def held(_persona: Persona) -> dict[str, Any]:
    return {"token": token()}


def link(_organisation: Any) -> str:
    return token()


OWN = {"build": message, "is_personal": True, "instead": UNHEARD}

scene("GET /notifications", "GET /notification-preferences")
scene("GET /notifications/{id}", "POST /notifications/{id}/read", "POST /notifications/{id}/archive", **OWN)
scene("POST /notifications/read", body={})
scene("POST /notifications/archive", body={"ids": ["00000000-0000-7000-8000-000000000000"]})
scene(
    "PATCH /notification-preferences/{id}",
    build=lambda _organisation: KIND,
    is_shared=True,
    body={"mail": "daily"},
    instead=NO_SOFTWARE,
)
scene("POST /unsubscribes", body=held)
scene(
    "POST /unsubscribes/{id}",
    build=link,
    is_shared=True,
    body={"List-Unsubscribe": "One-Click"},
    format="multipart",
    absent=(422, "link_not_usable"),
)
