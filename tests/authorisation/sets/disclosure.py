"""The undertaking, grants, break-glass."""

from typing import Any
from uuid import UUID

from apps.organisations.models import BreakGlass, Organisation
from apps.organisations.undertakings import undertaking_text
from apps.permissions import Kind
from tests.authorisation.scenes import EVERY_KIND, FIRM, OPERATOR, scene
from tests.authorisation.world import Persona
from tests.factories.organisations import GrantFactory, OrganisationFactory, actor_of
from tests.factories.startups import FirmFactory


def undertaking(_persona: Persona) -> dict[str, str]:
    return {"sha256": undertaking_text(language="en").sha256, "language": "en"}


def grant(organisation: Organisation) -> UUID:
    return GrantFactory(subject=organisation, viewer=OrganisationFactory(kind="fund")).pk


def grant_wanted(_persona: Persona) -> dict[str, Any]:
    return {"viewer": str(OrganisationFactory(kind="fund").pk), "tier": 2}


def glass(organisation: Organisation) -> UUID:
    """Asked for by the operator, or about the organisation where it is none."""
    is_operator = organisation.kind == Kind.OPERATOR
    operator = organisation if is_operator else OrganisationFactory(kind="operator")
    return BreakGlass.objects.create(
        operator=operator,
        subject=FirmFactory().organisation if is_operator else organisation,
        tier=2,
        reason="A court asks.",
        requested_by_id=actor_of(operator, "compliance").user_id,
    ).pk


def glass_wanted(_persona: Persona) -> dict[str, Any]:
    return {"organisation": str(FirmFactory().organisation.pk), "tier": 2, "reason": "A court asks."}


OF_GLASS = {"build": glass, "owners": (OPERATOR,)}

scene("GET /undertaking", "GET /disclosure-grants", "GET /break-glass")
scene("POST /undertaking/accept", body=undertaking)
scene("POST /disclosure-grants", body=grant_wanted, success=201, instead={"owner, registered": 422})
scene("POST /disclosure-grants/{id}/revoke", build=grant, owners=(FIRM,))
scene("GET /break-glass/{id}", build=glass, owners=EVERY_KIND)
scene("POST /break-glass", body=glass_wanted, success=201)
scene("POST /break-glass/{id}/approve", "POST /break-glass/{id}/end", **OF_GLASS)
