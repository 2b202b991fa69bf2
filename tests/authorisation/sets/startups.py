"""Firms, financials, capabilities, development logs, raises."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from apps.organisations.models import Organisation
from apps.permissions import Kind
from apps.startups.models import Capability, Raise
from apps.startups.states import CapabilityStatus, RaiseStatus
from tests.authorisation.scenes import AUTHORITY, FIRM, FUND, OPERATOR, scene, seen_by
from tests.authorisation.world import Persona
from tests.factories.cases import clean_document
from tests.factories.organisations import OrganisationFactory
from tests.factories.reference import AreaFactory
from tests.factories.startups import (
    CapabilityCodificationFactory,
    CapabilityFactory,
    ComponentFactory,
    FinancialsFactory,
    RaiseFactory,
    StartDraftFactory,
)

MONEY = {"amount": "2000000.00", "currency": "EUR"}


def firm(organisation: Organisation) -> UUID:
    return organisation.firm.pk


def capability(organisation: Organisation, status: str = CapabilityStatus.PUBLISHED) -> Capability:
    return CapabilityFactory(firm=organisation.firm, status=status)


def published(organisation: Organisation) -> UUID:
    return capability(organisation).pk


def drafted(organisation: Organisation) -> UUID:
    return capability(organisation, CapabilityStatus.DRAFT).pk


def billed(organisation: Organisation) -> UUID:
    return ComponentFactory(capability=capability(organisation)).capability_id


def raised(status: str) -> Any:
    def build(organisation: Organisation) -> UUID:
        lead = capability(organisation)
        item: Raise = RaiseFactory(
            firm=organisation.firm, lead_capability=lead, amount_left=Decimal(500_000), status=status
        )
        return item.pk

    return build


def capability_wanted(_persona: Persona) -> dict[str, Any]:
    return {"area": AreaFactory().code, "title": "Interceptor", "maturity": "tested", "flags": []}


def raise_wanted(persona: Persona) -> dict[str, Any]:
    organisation = persona.organisation
    lead = capability(organisation).pk if organisation is not None and organisation.kind == FIRM else None
    return {"lead_capability": lead, "amount": MONEY, "instruments": ["equity"], "stage": "seed"}


def teaser(_organisation: Organisation) -> UUID:
    firm = CapabilityFactory().firm
    firm.refresh_from_db()
    return firm.teaser_id


def viewer_wanted(_persona: Persona) -> dict[str, Any]:
    return {"organisation": str(OrganisationFactory(kind="fund").pk)}


def start_wanted(persona: Persona) -> dict[str, Any]:
    """Nothing is sent: the firm's draft is complete."""
    if persona.organisation is not None and persona.organisation.kind == FIRM:
        StartDraftFactory(firm=persona.organisation.firm)
    return {}


def stated_year(organisation: Organisation) -> dict[str, Any]:
    return {"id": organisation.firm.pk, "year": FinancialsFactory(firm=organisation.firm, year=2019).year}


def codified(organisation: Organisation) -> UUID:
    item = capability(organisation)
    CapabilityCodificationFactory(capability=item, number="ACT-1", document=clean_document(organisation))
    return item.pk


def officers_see(viewer: Kind, _owner: Kind, place: str) -> bool:
    """Operators see what is published by anybody who has not gone dark."""
    return viewer == OPERATOR and place != "dark"


OF_FIRM = {"build": firm, "owners": (FIRM,)}
OF_CAPABILITY = {"build": published, "owners": (FIRM,)}
OPEN, DRAFT = {"build": raised(RaiseStatus.OPEN)}, {"build": raised(RaiseStatus.DRAFT)}
PARTLY = {"build": raised(RaiseStatus.PARTLY_COMMITTED)}

scene("GET /startups", "GET /capabilities", "GET /raises", "GET /teasers")
scene("GET /teasers/{id}", build=teaser, is_shared=True)
scene(
    "POST /startups/{id}/reveal",
    **OF_FIRM,
    body=viewer_wanted,
    success=201,
    instead={"owner, registered": 422},
)
scene("GET /startups/start", "GET /export-class-declarations")
scene("PATCH /startups/start", body={"title": "Interceptor"})
scene("POST /startups/start/publish", body=start_wanted, success=201)
scene("GET /startups/{id}/readiness", **OF_FIRM)
scene("POST /startups/{id}/financials/{year}/withdraw", build=stated_year, owners=(FIRM,), success=204)
scene("GET /export-class-declarations/{id}", **OF_CAPABILITY, seen=officers_see)
scene(
    "POST /export-class-declarations/{id}/confirm",
    **OF_CAPABILITY,
    seen=officers_see,
    body={"export_class": "ML10"},
)
scene(
    "POST /export-class-declarations/{id}/confirm-codification",
    build=codified,
    owners=(FIRM,),
    seen=officers_see,
    body={"scheme": "ua_act", "number": "ACT-1"},
)
scene("GET /startups/{id}", **OF_FIRM, seen=seen_by(FIRM, FUND, AUTHORITY, OPERATOR))
scene("PATCH /startups/{id}", **OF_FIRM, body={"staff": 50})
scene("GET /startups/{id}/financials", **OF_FIRM)
scene("POST /startups/{id}/financials", **OF_FIRM, body={"year": 2025, "revenue": MONEY}, success=201)
scene("POST /capabilities", body=capability_wanted, success=201)
scene("GET /capabilities/{id}", **OF_CAPABILITY, seen=seen_by(FIRM, FUND, AUTHORITY, OPERATOR))
scene("PATCH /capabilities/{id}", **OF_CAPABILITY, body={"title": "Interceptor 2"})
scene("POST /capabilities/{id}/publish", build=drafted, owners=(FIRM,))
scene("POST /capabilities/{id}/archive", **OF_CAPABILITY)
scene("GET /capabilities/{id}/components", "GET /capabilities/{id}/events", **OF_CAPABILITY)
scene("GET /capabilities/{id}/origin", build=billed, owners=(FIRM,), seen=seen_by(FIRM, FUND, AUTHORITY, OPERATOR))
scene(
    "POST /capabilities/{id}/origin/substitutions",
    build=billed,
    owners=(FIRM,),
    body={"perimeter": "EU", "max_share": "0.35"},
)
scene("PUT /capabilities/{id}/components", **OF_CAPABILITY, body={"components": []})
scene(
    "POST /capabilities/{id}/events",
    **OF_CAPABILITY,
    body={"kind": "feedback_reported", "occurred_at": "2026-01-09T10:00:00Z"},
    success=201,
)
scene("POST /raises", body=raise_wanted, success=201)
scene("GET /raises/{id}", **OPEN, owners=(FIRM,), seen=seen_by(FIRM, FUND, AUTHORITY, OPERATOR))
scene("PATCH /raises/{id}", **OPEN, owners=(FIRM,), body={"use_of_proceeds": "A second line."})
scene("POST /raises/{id}/open", **DRAFT, owners=(FIRM,))
scene("POST /raises/{id}/commit-partly", "POST /raises/{id}/close", **OPEN, owners=(FIRM,))
scene("POST /raises/{id}/withdraw", **OPEN, owners=(FIRM,))
scene("POST /raises/{id}/reopen", **PARTLY, owners=(FIRM,))
