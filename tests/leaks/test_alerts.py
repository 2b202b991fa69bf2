"""What people are told of by message and mail is the same in two worlds that differ only in what is hidden."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.db import transaction

from apps.dealflow.models import AlertHit, SavedSearch
from apps.dealflow.services.alerts import hits_find, hits_tell
from apps.notifications.kinds import KINDS
from apps.notifications.models import Notification
from apps.notifications.services.mails import notification_mail
from apps.notifications.services.raising import notifications_raise
from apps.startups.models import Listing
from kernel.models import Event
from tests.leaks.changes import Changer
from tests.leaks.keeping import ALERT
from tests.leaks.reading import WORDS
from tests.leaks.world import World

pytestmark = pytest.mark.django_db

TOKEN = re.compile(r"\S*(token|unsubscribe)\S*")
"""The way out of mails, which is another in each."""


def told(world: World, name: str) -> list[Any]:
    """What each search of an organisation finds now, and the mails that its person gets of that; undone."""
    own = world[name]
    with transaction.atomic():
        searches = SavedSearch.objects.filter(organisation=own, owner=world.actors[name].user_id)
        AlertHit.objects.filter(search__in=searches).delete()
        listings = list(Listing.objects.order_by("pk"))
        found = hits_find(listings=listings, searches=searches)
        since = Event.objects.order_by("-pk").values_list("pk", flat=True)[0]
        hits_tell(hits=found)
        mail.outbox.clear()
        for event in Event.objects.filter(name=KINDS[ALERT].event, pk__gt=since).order_by("object_id"):
            notifications_raise(kind=KINDS[ALERT], event=event)
            for message in Notification.objects.filter(cause=event.pk, user=world.actors[name].user_id):
                Notification.objects.filter(pk=message.pk).update(mail="instant")
                notification_mail(notification_id=message.pk)
        mails = [(item.subject, TOKEN.sub("", str(item.body))) for item in mail.outbox]
        transaction.set_rollback(True)
    return [{pk: sorted(ids) for pk, ids in found.items()}, mails]


@pytest.mark.parametrize("name", ["elm", "birch", "harbour", "granted"])
def test_what_is_hidden_changes_no_mail(world: World, name: str) -> None:
    own = world[name]
    for place, words in enumerate(WORDS):
        made = SavedSearch.objects.create(
            organisation=own,
            owner_id=world.actors[name].user_id,
            name=f"Words {place}",
            query={"text": words},
            watched_since=world.run.created_at,
        )
        made.subscriptions.create(user_id=world.actors[name].user_id, cadence="instant")
    first = told(world, name)

    Changer(world, world.actors[name], seed=5, is_matched_anew=False).change()

    assert told(world, name) == first
    assert bool(first[1]) == (name != "elm")
