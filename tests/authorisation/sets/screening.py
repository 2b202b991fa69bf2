"""Screenings and their hits."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from apps.compliance.models import Hit, ScreeningRun
from apps.compliance.services.screening import screening_run
from apps.compliance.states import ScreeningCause
from apps.organisations.models import Organisation
from kernel.access import Actor
from tests.authorisation.scenes import scene
from tests.authorisation.world import Persona
from tests.factories.compliance import entry_made, list_version_made
from tests.factories.organisations import MembershipFactory, OrganisationFactory

LISTED, ALIKE = "Вікентій Бурзолович Залютвор", "Vikentiy Zalyutvor"


def run(_organisation: Organisation) -> ScreeningRun:
    """A screening of a firm one of whose owners is called as somebody listed."""
    entry_made(list_version_made(), LISTED)
    screened = MembershipFactory(user__name=ALIKE).organisation
    cause = ScreeningCause.REQUESTED
    return screening_run(actor=Actor.system(), organisation_id=screened.pk, cause=cause)


def screened(organisation: Organisation) -> UUID:
    return run(organisation).pk


def hit(organisation: Organisation) -> UUID:
    return Hit.objects.get(run=run(organisation)).pk


def wanted(_persona: Persona) -> dict[str, Any]:
    return {"organisation": str(OrganisationFactory(kind="fund").pk)}


DECISION = {"verdict": "false_positive", "reason": "Another year of birth."}

scene("GET /screenings", "GET /screening-hits")
scene("POST /screenings", body=wanted, success=202)
scene("GET /screenings/{id}", "GET /screenings/{id}/export", build=screened, is_shared=True)
scene("GET /screening-hits/{id}", build=hit, is_shared=True)
scene("POST /screening-hits/{id}/decide", build=hit, is_shared=True, body=DECISION)
