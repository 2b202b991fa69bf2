"""Permits, and the classes of the export control lists."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID, uuid4

from apps.compliance.models import Permit
from apps.compliance.services.permits import permit_confirm, permit_record
from apps.organisations.models import Organisation
from kernel.clock import utc_today
from tests.authorisation.scenes import ATTESTOR, AUTHORITY, FIRM, FUND, scene
from tests.authorisation.sets.cases import REASON, officer, officers_see
from tests.authorisation.world import Persona
from tests.factories.cases import clean_document
from tests.factories.organisations import OrganisationFactory, actor_of

OWNERS = (FIRM, FUND, AUTHORITY, ATTESTOR)


def stated() -> dict[str, Any]:
    return {
        "kind": "export",
        "issuer": "State Service of Export Control",
        "issuer_country": "UA",
        "number": uuid4().hex,
        "export_codes": ["ML10"],
        "recipient_countries": ["EE"],
        "valid_from": utc_today(),
        "valid_to": utc_today() + dt.timedelta(days=365),
    }


def permit(organisation: Organisation) -> Permit:
    """What the organisation recorded while it could: a suspended one records none."""
    evidence = clean_document(organisation).pk
    holder = actor_of(OrganisationFactory(kind=organisation.kind))
    made = permit_record(actor=holder, **stated())
    Permit.objects.filter(pk=made.pk).update(organisation=organisation, evidence=evidence)
    made.refresh_from_db()
    return made


def recorded(organisation: Organisation) -> UUID:
    return permit(organisation).pk


def confirmed(organisation: Organisation) -> UUID:
    return permit_confirm(actor=officer(), permit=permit(organisation)).pk


def wanted(_persona: Persona) -> dict[str, Any]:
    values = stated()
    return values | {name: values[name].isoformat() for name in ("valid_from", "valid_to")}


RECORDED = {"build": recorded, "owners": OWNERS, "seen": officers_see}

scene("GET /export-classes", "GET /permits")
scene("POST /permits", body=wanted, success=201)
scene("GET /permits/{id}", **RECORDED)
scene("POST /permits/{id}/confirm", **RECORDED, body={})
scene("POST /permits/{id}/refuse", **RECORDED, body=REASON)
scene("POST /permits/{id}/revoke", build=confirmed, owners=OWNERS, seen=officers_see, body=REASON)
