"""What changed between generations, digests, previews and unlocks."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from apps.matching.models import DigestList, DigestRound, MatchPreview, MatchRun
from apps.matching.states import PreviewPurpose, Side
from apps.organisations.models import Organisation
from kernel.ids import uuid7
from tests.authorisation.scenes import FIRM, FUND, scene
from tests.authorisation.sets.investors import ACTIVE
from tests.authorisation.world import Persona
from tests.factories.matching import mandate_made, raise_made, run_drained


def run_current() -> MatchRun:
    return MatchRun.objects.filter(is_current=True).first() or run_drained()


def compared(_organisation: Organisation) -> UUID:
    mandate_made()
    raise_made()
    run_drained()
    return run_drained().pk


def digest_round(_organisation: Organisation) -> UUID:
    week = dt.date(2026, 11, 16)
    return DigestRound.objects.get_or_create(week=week, defaults={"run": run_current(), "entries": 10})[0].pk


def side_of(organisation: Organisation) -> Side:
    return Side.INVESTOR if organisation.kind == FUND else Side.STARTUP


def digest(organisation: Organisation) -> UUID:
    return DigestList.objects.create(
        round_id=digest_round(organisation),
        side=side_of(organisation),
        owner_id=uuid7(),
        organisation=organisation,
        counterpart_ids=[],
        scores=[],
    ).pk


def preview(organisation: Organisation) -> UUID:
    return MatchPreview.objects.create(
        organisation=organisation,
        purpose=PreviewPurpose.PREVIEW,
        side=side_of(organisation),
        run=run_current(),
        asked={"facts": {}, "trials": []},
    ).pk


def tried(persona: Persona) -> dict[str, Any]:
    run_current()
    organisation = persona.organisation
    if organisation is not None and organisation.kind == FIRM:
        return {"raise": {"id": str(raise_of(organisation))}}
    mandate = mandate_made(fund=organisation.fund) if organisation is not None and organisation.kind == FUND else None
    return {"mandate": {"id": str(uuid7() if mandate is None else mandate.pk)}}


def raise_of(organisation: Organisation) -> UUID:
    mandate_made()
    return raise_made(firm=organisation.firm).pk


scene("GET /match-runs/{id}/comparison", build=compared, is_shared=True)
scene("GET /matches/changes", **ACTIVE, query="?mandate={id}")
scene("POST /matches/preview", body=tried, success=202)
scene("GET /matches/preview/{id}", build=preview, owners=(FIRM, FUND))
scene("GET /match-digests", "GET /digest-rounds")
scene("GET /match-digests/{id}", build=digest, owners=(FIRM, FUND))
scene("GET /digest-rounds/{id}", build=digest_round, is_shared=True, instead={"owner, suspended": 404})
scene("GET /unlocks", **ACTIVE, query="?mandate={id}", ready=run_drained)
