"""Reminders: set for a person of the fund, cancelled, and published once when they are due."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from apps.accounts.cadences import Cadence
from apps.dealflow import events
from apps.dealflow.models import WatchlistEntry, WatchlistReminder
from apps.dealflow.rules.pipeline import MOST_REMINDERS
from apps.dealflow.services.watchlist import is_member
from apps.organisations.models import Membership
from apps.organisations.rules import NotYours
from apps.permissions import Role
from kernel.access import Actor
from kernel.clock import database_now, utc_now
from kernel.errors import Conflict, FieldProblem, Forbidden, Invalid
from kernel.events import publish

FURTHEST = dt.timedelta(days=5 * 366)
"""How far ahead anybody is reminded."""
MOST_A_TURN = 500
"""How many reminders one turn of the clock tells of; the rest waits for the next."""


class ReminderNotAcceptable(Invalid):
    """A reminder is for a member, at a moment to come within five years."""


class TooManyReminders(Conflict):
    """As many reminders wait here as there may be."""


class ReminderNotYours(Forbidden):
    """Whom it is for, who set it or an owner of the fund cancels a reminder."""


@transaction.atomic
def reminder_set(
    *,
    actor: Actor,
    entry: WatchlistEntry,
    due_at: dt.datetime,
    person: UUID | None = None,
    text: str = "",
    now: dt.datetime | None = None,
) -> WatchlistReminder:
    """Have a member told at a moment, oneself if nobody is named. Raises ReminderNotAcceptable, TooManyReminders."""
    who, moment = person or actor.user_id, now or utc_now()
    if who is None:
        raise NotYours
    problems = []
    if not is_member(organisation_id=entry.organisation_id, user_id=who):
        problems.append(FieldProblem("/person", "no_member", "There is no such member."))
    if not moment < due_at <= moment + FURTHEST:
        problems.append(FieldProblem("/due_at", "out_of_range", "A moment to come, within five years."))
    if problems:
        raise ReminderNotAcceptable(errors=problems)
    held = WatchlistEntry.objects.select_for_update(no_key=True).get(pk=entry.pk)
    if held.reminders.filter(told_at=None).count() >= MOST_REMINDERS:
        raise TooManyReminders
    reminder = WatchlistReminder.objects.create(
        entry=held, person_id=who, set_by_id=actor.user_id, due_at=due_at, text=text
    )
    _publish(events.REMINDER_SET, actor, reminder)
    return reminder


@transaction.atomic
def reminder_cancel(*, actor: Actor, reminder: WatchlistReminder) -> None:
    """Drop a reminder. Raises ReminderNotYours."""
    concerns = actor.user_id is not None and actor.user_id in {reminder.person_id, reminder.set_by_id}
    if not (concerns or Role.OWNER in actor.roles):
        raise ReminderNotYours
    _publish(events.REMINDER_CANCELLED, actor, reminder)
    reminder.delete()


def reminders_tell(*, now: dt.datetime | None = None) -> int:
    """Publish what is due, each reminder once whatever number of clocks tick; returns how many.

    The row itself is the mark: it is locked, marked and published in one transaction, so that a worker that dies in
    between leaves it due. What is for somebody who is no member any longer is dropped untold.
    """
    moment, told = now or database_now(), 0
    due = WatchlistReminder.objects.filter(told_at=None, due_at__lte=moment).order_by("due_at", "pk")
    for reminder_id in list(due.values_list("pk", flat=True)[:MOST_A_TURN]):
        told += _tell(reminder_id, moment)
    return told


@transaction.atomic
def _tell(reminder_id: UUID, moment: dt.datetime) -> bool:
    rows = WatchlistReminder.objects.select_for_update(skip_locked=True, of=("self",)).select_related("entry")
    reminder = rows.filter(pk=reminder_id, told_at=None).first()
    if reminder is None:
        return False
    if not is_member(organisation_id=reminder.entry.organisation_id, user_id=reminder.person_id):
        reminder.delete()
        return False
    reminder.told_at = moment
    reminder.save(update_fields=["told_at"])
    publish(
        events.REMINDER_DUE,
        actor=Actor.system(),
        subject=reminder,
        organisation_id=reminder.entry.organisation_id,
        data={"entry": str(reminder.entry_id), "people": {str(reminder.person_id): Cadence.INSTANT}},
    )
    return True


@transaction.atomic
def reminders_drop(*, user_id: UUID, organisation_id: UUID | None = None) -> int:
    """Drop the reminders of a person, in one organisation those of whom has left it; returns how many."""
    rows = WatchlistReminder.objects.filter(person_id=user_id)
    if organisation_id is not None:
        own = Membership.objects.filter(organisation=OuterRef("entry__organisation"), user_id=user_id)
        rows = rows.filter(~Exists(own), entry__organisation_id=organisation_id)
    return rows.delete()[0]


def _publish(name: str, actor: Actor, reminder: WatchlistReminder) -> None:
    publish(
        name,
        actor=actor,
        subject=reminder,
        organisation_id=reminder.entry.organisation_id,
        data={"entry": str(reminder.entry_id), "person": str(reminder.person_id)},
    )
