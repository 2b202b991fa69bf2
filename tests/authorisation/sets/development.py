"""Development events, the evidence of them, and trackers that send them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID, uuid4

from rest_framework.renderers import JSONRenderer

from apps.organisations.models import Organisation
from apps.startups.models import DevelopmentEvent
from apps.startups.services.trackers import TrackerMade
from tests.authorisation.scenes import FIRM, scene
from tests.authorisation.sets.cases import officers_see
from tests.authorisation.world import Persona
from tests.factories.cases import clean_document
from tests.factories.startups import (
    CapabilityFactory,
    DevelopmentEventFactory,
    evidence_of,
    signed_headers,
    tracker_of,
)

SENT = {"events": [{"reference": "1", "kind": "field_test", "occurred_at": "2026-01-09T10:00:00Z", "project": "ENG"}]}


def event(organisation: Organisation) -> DevelopmentEvent:
    made: DevelopmentEvent = DevelopmentEventFactory(capability__firm=organisation.firm)
    return made


def event_id(organisation: Organisation) -> UUID:
    return event(organisation).pk


def evidence_id(organisation: Organisation) -> UUID:
    return evidence_of(event(organisation)).pk


def evidence_path(organisation: Organisation) -> dict[str, UUID]:
    evidence = evidence_of(event(organisation))
    return {"id": evidence.event_id, "evidence": evidence.pk}


def attached(persona: Persona) -> dict[str, Any]:
    """A document of the persona's own organisation, where it is a firm."""
    organisation = persona.organisation
    is_firm = organisation is not None and organisation.kind == FIRM
    document = clean_document(organisation).pk if organisation is not None and is_firm else uuid4()
    return {"template": "other_document", "document": str(document), "issued_on": "2026-01-08"}


def endpoint_id(organisation: Organisation) -> UUID:
    return tracker_of(organisation.firm).endpoint.pk


class Signed(Mapping[str, str]):
    """The headers of a message that the endpoint's tracker signs at the moment of the call."""

    made: TrackerMade | None = None

    def build(self, _organisation: Organisation) -> UUID:
        capability = CapabilityFactory()
        self.made = tracker_of(capability.firm, ENG=capability)
        return self.made.endpoint.pk

    def current(self) -> dict[str, str]:
        return {} if self.made is None else signed_headers(self.made, JSONRenderer().render(SENT))

    def __getitem__(self, name: str) -> str:
        return self.current()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.current())

    def __len__(self) -> int:
        return len(self.current())


SIGNED = Signed()
OF_EVENT = {"build": event_id, "owners": (FIRM,)}
OF_EVIDENCE = {"build": evidence_id, "owners": (FIRM,), "seen": officers_see}
OF_ENDPOINT = {"build": endpoint_id, "owners": (FIRM,)}

scene("GET /development-events/{id}", "GET /development-events/{id}/evidence", **OF_EVENT)
scene("POST /development-events/{id}/evidence", **OF_EVENT, body=attached, success=201)
scene("POST /development-events/{id}/evidence/{evidence}/withdraw", build=evidence_path, owners=(FIRM,))
scene("GET /event-evidence", "GET /evidence-templates", "GET /tracker-endpoints")
scene("GET /event-evidence/{id}", **OF_EVIDENCE)
scene("POST /event-evidence/{id}/judge", **OF_EVIDENCE, body={"decision": "confirm", "reason": "In the registry."})
scene("POST /tracker-endpoints", body={"name": "Tracker"}, success=201)
scene("GET /tracker-endpoints/{id}", "POST /tracker-endpoints/{id}/rotate", **OF_ENDPOINT)
scene("PATCH /tracker-endpoints/{id}", **OF_ENDPOINT, body={"name": "Tracker 2"})
scene("POST /tracker-endpoints/{id}/disable", **OF_ENDPOINT)
scene(
    "POST /trackers/{id}",
    build=SIGNED.build,
    is_shared=True,
    body=SENT,
    headers=SIGNED,
    absent=(401, "signature_invalid"),
)
