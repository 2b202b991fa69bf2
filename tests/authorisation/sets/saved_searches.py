"""Saved searches: one's own organisation's, here those that it shares and nobody keeps as its own."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from apps.dealflow.models import SavedSearch
from apps.organisations.models import Organisation
from tests.authorisation.scenes import AUTHORITY, FIRM, FUND, scene
from tests.authorisation.world import Persona

NO_SOFTWARE = {"key": 422}
"""Nobody sees results through a key."""


def search(organisation: Organisation) -> UUID:
    made = SavedSearch.objects.create(organisation=organisation, name=uuid4().hex, is_shared=True, query={})
    return made.pk


def wanted(_persona: Persona) -> dict[str, Any]:
    return {"name": uuid4().hex, "query": {"stage": ["seed"]}, "is_shared": True}


OWN = {"build": search, "owners": (FIRM, FUND, AUTHORITY)}

scene("GET /saved-searches")
scene("POST /saved-searches", body=wanted, success=201)
scene("GET /saved-searches/{id}", "GET /saved-searches/{id}/results", **OWN)
scene("PATCH /saved-searches/{id}", **OWN, body={"query": {"stage": ["growth"]}})
scene("POST /saved-searches/{id}/seen", **OWN, body={}, instead=NO_SOFTWARE)
scene("DELETE /saved-searches/{id}", **OWN, success=204)
