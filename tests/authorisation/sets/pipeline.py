"""Stages, watch-lists, notes, reminders, and raises side by side."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from apps.dealflow.models import PipelineStage, WatchlistEntry, WatchlistNote, WatchlistReminder
from apps.dealflow.services.stages import stages_ensure
from apps.dealflow.states import SubjectKind
from apps.organisations.models import Organisation
from kernel.access import Actor
from kernel.clock import utc_now
from tests.authorisation.scenes import AUTHORITY, FIRM, FUND, OPERATOR, scene, seen_by
from tests.authorisation.sets.startups import OPEN
from tests.authorisation.world import Persona
from tests.factories.accounts import UserFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.startups import FirmFactory

TOMORROW = dt.timedelta(days=1)


def stages(organisation: Organisation) -> list[PipelineStage]:
    stages_ensure(actor=Actor(organisation_id=organisation.pk))
    return list(PipelineStage.objects.filter(organisation=organisation, archived_at=None).order_by("position"))


def stage(organisation: Organisation) -> UUID:
    return stages(organisation)[-1].pk


def archived(organisation: Organisation) -> UUID:
    gone = PipelineStage.objects.filter(pk=stages(organisation)[-1].pk)
    gone.update(archived_at=utc_now())
    return gone.get().pk


def watched(organisation: Organisation) -> WatchlistEntry:
    return WatchlistEntry.objects.create(
        organisation=organisation, kind=SubjectKind.FIRM, firm=FirmFactory(), stage=stages(organisation)[0]
    )


def entry(organisation: Organisation) -> UUID:
    return watched(organisation).pk


def noted(organisation: Organisation) -> dict[str, UUID]:
    note = WatchlistNote.objects.create(entry=watched(organisation), author=UserFactory(), text="Ask.")
    return {"id": note.entry_id, "note": note.pk}


def person(persona: Persona) -> tuple[WatchlistEntry, UUID]:
    """An entry of the persona's organisation, another fund's for who has none, and the persona's user."""
    organisation = persona.organisation or OrganisationFactory(kind=FUND.value)
    return watched(organisation), persona.actor.user_id or UserFactory().pk


def own_note(persona: Persona) -> dict[str, UUID]:
    about, user_id = person(persona)
    note = WatchlistNote.objects.create(entry=about, author_id=user_id, text="Ask.")
    return {"id": about.pk, "note": note.pk}


def own_reminder(persona: Persona) -> dict[str, UUID]:
    about, user_id = person(persona)
    reminder = WatchlistReminder.objects.create(entry=about, person_id=user_id, due_at=utc_now() + TOMORROW)
    return {"id": about.pk, "reminder": reminder.pk}


def wanted(_persona: Persona) -> dict[str, Any]:
    return {"kind": "firm", "subject": str(FirmFactory().pk)}


def order(persona: Persona) -> dict[str, Any]:
    own = [] if persona.organisation is None else stages(persona.organisation)
    return {"stages": [str(item.pk) for item in own]}


def destination(persona: Persona) -> dict[str, Any]:
    own = [] if persona.organisation is None else stages(persona.organisation)
    return {"stage": str(own[1].pk if own else UserFactory().pk)}


def soon(_persona: Persona) -> dict[str, Any]:
    return {"due_at": (utc_now() + TOMORROW).isoformat()}


OF_STAGE = {"build": stage, "owners": (FUND,)}
OF_ENTRY = {"build": entry, "owners": (FUND,)}
OWN_NOTE = {"build": own_note, "is_personal": True}

scene("GET /pipeline-stages", "GET /watchlist-board", "GET /watchlist-entries")
scene("POST /pipeline-stages", body={"name": "Lawyers"}, success=201)
scene("POST /pipeline-stages/order", body=order, success=204)
scene("GET /pipeline-stages/{id}", **OF_STAGE)
scene("PATCH /pipeline-stages/{id}", **OF_STAGE, body={"name": "Counsel"})
scene("POST /pipeline-stages/{id}/archive", **OF_STAGE)
scene("POST /pipeline-stages/{id}/restore", build=archived, owners=(FUND,))
scene("POST /watchlist-entries", body=wanted, success=201, instead={"owner, registered": 422})
scene("GET /watchlist-entries/{id}", "GET /watchlist-entries/{id}/moves", **OF_ENTRY)
scene("GET /watchlist-entries/{id}/notes", "GET /watchlist-entries/{id}/reminders", **OF_ENTRY)
scene("PATCH /watchlist-entries/{id}", **OF_ENTRY, body={"priority": "high"})
scene("DELETE /watchlist-entries/{id}", **OF_ENTRY, success=204)
scene("POST /watchlist-entries/{id}/move", **OF_ENTRY, body=destination)
scene("POST /watchlist-entries/{id}/notes", **OF_ENTRY, body={"text": "Ask."}, success=201)
scene("GET /watchlist-entries/{id}/notes/{note}", build=noted, owners=(FUND,))
scene("PATCH /watchlist-entries/{id}/notes/{note}", **OWN_NOTE, body={"text": "Ask again."})
scene("DELETE /watchlist-entries/{id}/notes/{note}", **OWN_NOTE, success=204)
scene("POST /watchlist-entries/{id}/reminders", **OF_ENTRY, body=soon, success=201)
scene("DELETE /watchlist-entries/{id}/reminders/{reminder}", build=own_reminder, is_personal=True, success=204)
scene(
    "GET /deal-flow/compare",
    "GET /deal-flow/compare.csv",
    **OPEN,
    owners=(FIRM,),
    query="?raise={id}",
    seen=seen_by(FIRM, FUND, AUTHORITY, OPERATOR),
)
