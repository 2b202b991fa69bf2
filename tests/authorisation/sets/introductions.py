"""Introductions, the steps that follow, and how fast funds decide."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from apps.investors.models import Mandate
from apps.matching.models import Introduction
from apps.matching.states import IntroductionStatus, Side
from apps.organisations.models import Organisation
from apps.startups.models import Raise
from kernel.clock import utc_now, utc_today
from tests.authorisation.scenes import FIRM, FUND, scene, seen_by
from tests.authorisation.sets.investors import OF_FUND
from tests.authorisation.world import Persona
from tests.factories.matching import mandate_made, raise_made
from tests.factories.organisations import undertaking_of


def pair(organisation: Organisation | None) -> tuple[Mandate, Raise]:
    """A mandate and a raise that fit, one of them the organisation's where it is a fund or a firm."""
    if organisation is not None and organisation.kind == FUND:
        undertaking_of(organisation)
        return mandate_made(fund=organisation.fund), raise_made()
    mandate = mandate_made()
    undertaking_of(mandate.fund.organisation)
    if organisation is not None and organisation.kind == FIRM:
        return mandate, raise_made(firm=organisation.firm)
    return mandate, raise_made()


def introduction(organisation: Organisation, *, is_asked: bool, **fields: Any) -> UUID:
    """An introduction of the organisation, whatever its standing: it asked, or is asked."""
    mandate, item = pair(organisation)
    own = Side.INVESTOR if organisation.kind == FUND else Side.STARTUP
    across = Side.STARTUP if own == Side.INVESTOR else Side.INVESTOR
    made = Introduction.objects.create(
        mandate=mandate,
        raise_item=item,
        fund=mandate.fund,
        firm=item.firm,
        side=across if is_asked else own,
        expires_at=utc_now() + dt.timedelta(days=30),
        **fields,
    )
    return made.pk


def asked(organisation: Organisation) -> UUID:
    return introduction(organisation, is_asked=True)


def asking(organisation: Organisation) -> UUID:
    return introduction(organisation, is_asked=False)


def mutual(organisation: Organisation) -> UUID:
    moment = utc_now() + dt.timedelta(seconds=1)
    return introduction(organisation, is_asked=True, status=IntroductionStatus.MUTUAL, mutual_at=moment)


def wanted(persona: Persona) -> dict[str, str]:
    mandate, item = pair(persona.organisation)
    return {"mandate": str(mandate.pk), "raise": str(item.pk)}


def passed(_persona: Persona) -> dict[str, str]:
    return {"step": "pass", "on": utc_today().isoformat(), "reason": "other"}


PARTIES = {"owners": (FIRM, FUND)}

scene("GET /introductions")
scene("POST /introductions", body=wanted, success=201, instead={"owner, registered": 422})
scene("GET /introductions/{id}", build=asked, **PARTIES)
scene("POST /introductions/{id}/accept", build=asked, **PARTIES, body={}, instead={"owner, registered": 409})
scene("POST /introductions/{id}/decline", build=asked, **PARTIES, body={"reason": "terms"})
scene("POST /introductions/{id}/withdraw", build=asking, **PARTIES, body={})
scene("POST /introductions/{id}/steps", build=mutual, **PARTIES, body=passed, success=201)
scene("GET /investors/{id}/decision-speed", **OF_FUND, seen=seen_by(FIRM))
