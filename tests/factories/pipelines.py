"""Funds' stages, watch-list entries, notes and reminders for tests, made as the product makes them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from apps.dealflow.models import PipelineStage, WatchlistEntry, WatchlistNote, WatchlistReminder
from apps.dealflow.services.notes import note_write
from apps.dealflow.services.reminders import reminder_set
from apps.dealflow.services.stages import stages_ensure
from apps.dealflow.services.watchlist import entry_add
from apps.dealflow.states import SubjectKind
from apps.organisations.models import Organisation
from kernel.access import Actor
from kernel.clock import utc_now
from tests.factories.investors import FundFactory
from tests.factories.organisations import actor_of
from tests.factories.startups import FirmFactory


def fund_actor(*roles: str, organisation: Organisation | None = None) -> Actor:
    """A member of a verified fund, an owner unless `roles` say otherwise."""
    return actor_of(organisation or FundFactory().organisation, *roles)


def stages_of(actor: Actor) -> list[PipelineStage]:
    """The fund's stages in use, in order."""
    stages_ensure(actor=actor)
    rows = PipelineStage.objects.filter(organisation=actor.organisation_id, archived_at=None)
    return list(rows.order_by("position"))


def watched(actor: Actor, subject: Any = None, **values: Any) -> WatchlistEntry:
    """An entry of the actor's fund about a firm, capability or raise: a new firm unless one is given."""
    row = subject or FirmFactory()
    kind = {"firm": SubjectKind.FIRM, "capability": SubjectKind.CAPABILITY, "raise": SubjectKind.RAISE}
    return entry_add(actor=actor, kind=kind[row._meta.model_name], subject=row.pk, **values)


def noted(actor: Actor, entry: WatchlistEntry | None = None, text: str = "Ask about motors.") -> WatchlistNote:
    return note_write(actor=actor, entry=entry or watched(actor), text=text)


def reminded(actor: Actor, entry: WatchlistEntry | None = None, **values: Any) -> WatchlistReminder:
    """A reminder that is due in a day."""
    given = {"due_at": utc_now() + dt.timedelta(days=1), **values}
    return reminder_set(actor=actor, entry=entry or watched(actor), **given)
