"""Facts that tell people something, as if an app had published them, and the messages that come of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import transaction

from apps.accounts.models import User
from apps.dealflow import events
from apps.dealflow.models import SavedSearch
from apps.notifications.kinds import KINDS
from apps.notifications.models import Notification
from apps.notifications.services.raising import notifications_raise
from apps.organisations.models import Organisation
from apps.startups.models import Listing
from kernel.access import Actor
from kernel.events import publish
from kernel.models import Event

ALERT = KINDS["dealflow.alert"]


def search_of(actor: Actor, name: str = "Jammers", **values: object) -> SavedSearch:
    """A saved search of the actor."""
    return SavedSearch.objects.create(
        organisation_id=actor.organisation_id, owner_id=actor.user_id, name=name, query={}, **values
    )


def alert_of(
    search: SavedSearch,
    people: Mapping[UUID, str],
    listings: Iterable[Listing] = (),
    about: Iterable[Organisation] = (),
) -> Event:
    """The fact that a saved search found something; `about` are organisations with some object of theirs."""
    mentions = [
        *((row.organisation_id, "startups.listing", row.pk) for row in listings),
        *((row.pk, "organisations.organisation", row.pk) for row in about),
    ]
    data = {
        "people": {str(person): cadence for person, cadence in people.items()},
        "about": [{"organisation": str(owner), "type": kind, "id": str(pk)} for owner, kind, pk in mentions],
    }
    with transaction.atomic():
        event: Event = publish(events.ALERT_RAISED, actor=Actor.system(), subject=search, data=data)
    return event


def told(actor: Actor, *, cadence: str = "instant", about: Iterable[Organisation] = (), name: str = "") -> Notification:
    """A message to the actor about a search of its own."""
    search = search_of(actor, name or f"Search {Notification.objects.count()}")
    assert actor.user_id is not None
    event = alert_of(search, {actor.user_id: cadence}, about=about)
    notifications_raise(kind=ALERT, event=event)
    return Notification.objects.get(cause=event.pk)


def person_of(actor: Actor) -> User:
    """The person who acts."""
    return User.objects.get(pk=actor.user_id)
