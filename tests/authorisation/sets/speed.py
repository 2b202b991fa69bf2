"""Speed profiles, their history, and officers' flags."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from apps.organisations.models import Organisation
from apps.startups.models import SpeedFlag
from apps.startups.services.speed import speed_recompute
from kernel.clock import utc_now
from tests.authorisation.scenes import AUTHORITY, FIRM, FUND, OPERATOR, scene, seen_by
from tests.authorisation.sets.cases import officers_see
from tests.authorisation.sets.startups import OF_CAPABILITY, OF_FIRM
from tests.factories.startups import CapabilityFactory, answered


def flag(organisation: Organisation) -> UUID:
    """A countermeasure that the firm observed and answered itself within hours."""
    capability = CapabilityFactory(firm=organisation.firm)
    on = utc_now() - dt.timedelta(days=50)
    answered(capability, "countermeasure_observed", "countermeasure_answered", on=on, days=0.1, tier="E0")
    speed_recompute(firm_id=capability.firm_id)
    return SpeedFlag.objects.filter(capability=capability).latest("found_at").pk


SEEN = seen_by(FIRM, FUND, AUTHORITY, OPERATOR)
FLAG = {"build": flag, "owners": (FIRM,), "seen": officers_see}

scene("GET /startups/{id}/speed", **OF_FIRM, seen=SEEN)
scene("GET /capabilities/{id}/speed", **OF_CAPABILITY, seen=SEEN)
scene("GET /startups/{id}/speed/history", **OF_FIRM)
scene("GET /capabilities/{id}/speed/history", **OF_CAPABILITY)
scene("GET /speed-flags")
scene("GET /speed-flags/{id}", **FLAG)
scene("POST /speed-flags/{id}/judge", **FLAG, body={"verdict": "explained", "reason": "A software patch."})
