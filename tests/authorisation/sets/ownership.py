"""Who owns and controls an organisation."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from apps.organisations.models import Organisation
from apps.permissions import Kind
from tests.apps.compliance.rules.bods_files import declaration
from tests.authorisation.scenes import ATTESTOR, AUTHORITY, FIRM, FUND, OPERATOR, scene
from tests.authorisation.sets.organisations import itself
from tests.authorisation.world import Persona
from tests.factories.compliance import owns

OWNERS = (FIRM, FUND, AUTHORITY, ATTESTOR)
"""Who owns the operator is not kept here."""


def officers_read(viewer: Kind, _owner: Kind, _place: str) -> bool:
    """The operator's compliance role reads everybody's: nobody is screened by owners that hide."""
    return viewer == OPERATOR


def owned(organisation: Organisation) -> UUID:
    owns(None, organisation, share="0.4")
    return organisation.pk


def statement(organisation: Organisation) -> dict[str, Any]:
    return {"id": organisation.pk, "statement": owns(None, organisation, share="0.4").pk}


def bods(persona: Persona) -> dict[str, Any]:
    """What a file says of the persona's organisation."""
    name = "Nobody" if persona.organisation is None else persona.organisation.legal_name
    return {"bods": declaration(name), "dry_run": True}


STATED = {
    "parties": [{"key": "olena", "kind": "person", "legal_name": "Olena Test", "nationalities": ["UA"]}],
    "statements": [{"owner": "olena", "share_min": "0.25", "share_max": "0.25"}],
}
OWNED = {"build": owned, "owners": OWNERS}
ONE = {"build": statement, "owners": OWNERS}
NAMED = {"build": itself, "owners": OWNERS}

scene(
    "GET /organisations/{id}/ownership",
    "GET /organisations/{id}/ownership/figures",
    "GET /organisations/{id}/ownership/bods",
    **OWNED,
    seen=officers_read,
)
scene("POST /organisations/{id}/ownership", **NAMED, body=STATED, success=201)
scene("POST /organisations/{id}/ownership/bods", **NAMED, body=bods)
scene("POST /organisations/{id}/ownership/group", **NAMED, body={"role": "top_company", "party": None})
scene(
    "POST /organisations/{id}/ownership/{statement}/correct", **ONE, body={"source": "The public register"}, success=201
)
scene("POST /organisations/{id}/ownership/{statement}/end", **ONE, body={"on": None}, success=201)
