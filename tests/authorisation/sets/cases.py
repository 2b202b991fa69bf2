"""Verification: the organisation's own side, the officers' files, their interests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import UUID

from apps.compliance.models import VerificationCase
from apps.compliance.services.cases import case_answer
from apps.compliance.services.reviews import case_ask
from apps.compliance.services.suspensions import suspend
from apps.organisations.models import Organisation
from apps.permissions import Kind
from kernel.access import Actor
from kernel.clock import utc_today
from tests.authorisation.scenes import ATTESTOR, AUTHORITY, FIRM, FUND, OPERATOR, scene
from tests.authorisation.sets.organisations import itself
from tests.authorisation.world import Persona
from tests.factories.cases import (
    NOTE,
    case_accepted,
    case_drafted,
    case_in_review,
    case_submitted,
    case_verified,
    clean_document,
    notice_given,
    officer_made,
)
from tests.factories.organisations import OrganisationFactory, actor_of

OWNERS = (FIRM, FUND, AUTHORITY, ATTESTOR)
"""Operators are not verified here."""
NO_SOFTWARE = {"owner's key": 403}
"""A person submits and answers."""
SOON = (utc_today() + dt.timedelta(days=30)).isoformat()
REASON = {"reason": "A court asks."}

Build = Callable[[Organisation], UUID]


def officer() -> Actor:
    return officer_made(Organisation.objects.filter(kind=OPERATOR).order_by("pk").first())


def made(make: Callable[[Actor], VerificationCase]) -> Build:
    """The case that is made for the organisation's owner."""
    return lambda organisation: make(actor_of(organisation)).pk


def own(make: Callable[[Actor], VerificationCase]) -> Build:
    """The organisation, for whose owner a case is made."""
    return lambda organisation: make(actor_of(organisation)).organisation_id


def reviewed(actor: Actor) -> VerificationCase:
    return case_in_review(actor, officer())


def asked(actor: Actor) -> VerificationCase:
    judge = officer()
    case = case_in_review(actor, judge)
    case_ask(actor=judge, case=case, text="Whose is the patent?", due_on=utc_today() + dt.timedelta(days=9))
    return case


def accepted(actor: Actor) -> VerificationCase:
    return case_accepted(actor, officer())


def noticed(actor: Actor) -> VerificationCase:
    """A case of which the organisation has answered the notice that it will be refused."""
    judge = officer()
    case = notice_given(case_in_review(actor, judge), judge)
    case_answer(actor=actor, case=case, answer="We know no better.")
    return case


def verified(actor: Actor) -> VerificationCase:
    return case_verified(actor, officer())


def suspended(actor: Actor) -> VerificationCase:
    judge = officer()
    case = case_verified(actor, judge)
    return suspend(actor=judge, organisation_id=case.organisation_id, reason="A court asks.")


def officers_see(viewer: Kind, _owner: Kind, _place: str) -> bool:
    """Operators see the file of anybody, also of who is not verified and of who has gone dark."""
    return viewer == OPERATOR


def suspends(viewer: Kind, _owner: Kind, place: str) -> bool | int:
    """Operators take the standing of whoever has one."""
    return 409 if viewer == OPERATOR and place == "registered" else viewer == OPERATOR


def papers_shown(persona: Persona) -> dict[str, Any]:
    """An item that every kind shows in every case."""
    papers = [] if persona.organisation is None else [str(clean_document(persona.organisation).pk)]
    return {"items": [{"code": "register_extract", "documents": papers}]}


def interest(_persona: Persona) -> dict[str, Any]:
    return {"organisation": str(OrganisationFactory(kind="fund").pk), "reason": "My sister works there."}


VERIFICATION = "/organisations/{id}/verification"
FILE = "/verification-cases/{id}"
SEEN = {"owners": OWNERS, "seen": officers_see}

scene(f"GET {VERIFICATION}", build=own(case_drafted), owners=OWNERS)
scene(f"POST {VERIFICATION}", build=itself, owners=OWNERS, success=201)
scene(f"POST {VERIFICATION}/items", build=own(case_drafted), owners=OWNERS, body=papers_shown)
scene(f"POST {VERIFICATION}/submit", build=own(case_drafted), owners=OWNERS, instead=NO_SOFTWARE)
scene(f"POST {VERIFICATION}/answers", build=own(asked), owners=OWNERS, body={"answer": "Ours."}, instead=NO_SOFTWARE)
scene("POST /organisations/{id}/suspend", build=itself, owners=OWNERS, seen=suspends, body=REASON)

scene("GET /verification-cases", "GET /declared-interests")
scene("POST /declared-interests", body=interest, success=201)
scene(f"GET {FILE}", build=made(case_submitted), **SEEN)
scene(f"POST {FILE}/take", build=made(case_submitted), **SEEN)
scene(f"POST {FILE}/ask", build=made(reviewed), **SEEN, body={"text": "Whose is the patent?", "due_on": SOON})
scene(f"POST {FILE}/judge", build=made(reviewed), **SEEN, body={"code": "register_compared", "state": "accepted"})
scene(f"POST {FILE}/note", build=made(reviewed), **SEEN, body={"text": "To be looked at again."})
scene(f"POST {FILE}/verify", build=made(accepted), **SEEN, body={**REASON, "ownership_note": NOTE})
scene(f"POST {FILE}/refuse", build=made(noticed), **SEEN, body={**REASON, "remedy": "Show a newer extract."})
scene(f"POST {FILE}/suspend", build=made(verified), **SEEN, body=REASON)
scene(f"POST {FILE}/reinstate", build=made(suspended), **SEEN, body=REASON)
