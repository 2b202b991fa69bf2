"""Funds, levers, mandates."""

from typing import Any
from uuid import UUID

from apps.investors.states import MandateStatus
from apps.organisations.models import Organisation
from tests.authorisation.scenes import AUTHORITY, FIRM, FUND, OPERATOR, scene, seen_by
from tests.authorisation.world import Persona
from tests.factories.investors import LeverFactory, MandateFactory
from tests.factories.reference import AreaFactory

MANDATE = {
    "name": "Early",
    "ticket_min": {"amount": "200000.00", "currency": "EUR"},
    "ticket_max": {"amount": "5000000.00", "currency": "EUR"},
    "instruments": ["equity"],
    "stages": [{"stage": "seed", "weight": 1}],
}


def fund(organisation: Organisation) -> UUID:
    return organisation.fund.pk


def lever(organisation: Organisation) -> UUID:
    return LeverFactory(organisation=organisation).pk


def mandate(status: str) -> Any:
    def build(organisation: Organisation) -> UUID:
        return MandateFactory(fund=organisation.fund, status=status).pk

    return build


def teaser(_organisation: Organisation) -> UUID:
    fund = MandateFactory().fund
    fund.refresh_from_db()
    return fund.teaser_id


def mandate_wanted(_persona: Persona) -> dict[str, Any]:
    return {**MANDATE, "areas": [{"area": AreaFactory().code, "weight": 1}]}


OF_FUND = {"build": fund, "owners": (FUND,)}
ACTIVE = {"build": mandate(MandateStatus.ACTIVE), "owners": (FUND,)}
DRAFT = {"build": mandate(MandateStatus.DRAFT), "owners": (FUND,)}

scene("GET /investors", "GET /levers", "GET /mandates", "GET /investor-teasers")
scene("GET /investor-teasers/{id}", build=teaser, is_shared=True)
scene("GET /investors/{id}", **OF_FUND, seen=seen_by(FIRM, AUTHORITY, OPERATOR))
scene("PATCH /investors/{id}", **OF_FUND, body={"fund_type": "growth"})
scene("POST /levers", body={"kind": "guarantee", "issuer": "Office", "classes": ["equity"]}, success=201)
scene("GET /levers/{id}", build=lever, owners=(FUND,))
scene("PATCH /levers/{id}", build=lever, owners=(FUND,), body={"issuer": "Bureau"})
scene("POST /mandates", body=mandate_wanted, success=201)
scene("GET /mandates/{id}", **ACTIVE, seen=seen_by(FIRM, OPERATOR))
scene("PATCH /mandates/{id}", **ACTIVE, body={"name": "Later"})
scene("GET /mandates/{id}/versions", **ACTIVE)
scene("POST /mandates/{id}/activate", **DRAFT)
scene("POST /mandates/{id}/pause", "POST /mandates/{id}/close", **ACTIVE)
