"""What people are told of by message and mail is the same in two worlds that differ only in what is hidden."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.core import mail
from django.db import transaction

from apps.accounts.cadences import Cadence
from apps.dealflow.models import AlertHit, SavedSearch
from apps.dealflow.services.alerts import hits_find, hits_tell
from apps.notifications.kinds import KINDS
from apps.notifications.models import Digest, Notification, Preference
from apps.notifications.services.digests import digest_mail
from apps.notifications.services.mails import notification_mail
from apps.notifications.services.raising import notifications_raise
from apps.startups.models import Listing
from kernel.clock import utc_now
from kernel.models import Event
from tests.leaks.changes import Changer
from tests.leaks.keeping import ALERT
from tests.leaks.reading import WORDS
from tests.leaks.world import World

pytestmark = pytest.mark.django_db

TOKEN = re.compile(r"\S*(token|unsubscribe)\S*")
"""The way out of mails, which is another in each."""
COLLECTED = (Cadence.DAILY, Cadence.WEEKLY)


def mails_sent() -> list[tuple[str, ...]]:
    """Each mail in the outbox as it is read: subject, text and HTML."""
    sent: list[Any] = list(mail.outbox)
    read = [(item.subject, item.body, *(part[0] for part in item.alternatives)) for item in sent]
    return [tuple(TOKEN.sub("", str(part)) for part in parts) for parts in read]


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
        mails = mails_sent()
        transaction.set_rollback(True)
    return [{pk: sorted(ids) for pk, ids in found.items()}, mails]


def collected(world: World, name: str) -> list[tuple[str, ...]]:
    """The digests that a person of an organisation gets of all messages that it has not read; undone."""
    own, person = world[name], world.actors[name].user_id
    with transaction.atomic():
        mail.outbox.clear()
        period = utc_now() + dt.timedelta(days=400)
        for cadence in COLLECTED:
            Preference.objects.filter(user=person).update(mail=cadence)
            Notification.objects.filter(user=person, organisation=own).update(mail=cadence, mailed_at=None)
            digest = Digest.objects.create(user_id=person, organisation=own, cadence=cadence, period=period)
            digest_mail(digest_id=digest.pk)
        mails = mails_sent()
        transaction.set_rollback(True)
    return mails


class TestMails:
    @pytest.mark.parametrize("name", ["elm", "birch", "harbour", "granted"])
    def test_what_is_hidden_changes_no_mail(self, world: World, name: str) -> None:
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


class TestDigests:
    @pytest.mark.parametrize("name", ["elm", "birch", "harbour", "granted"])
    def test_what_is_hidden_changes_no_digest(self, world: World, name: str) -> None:
        first = collected(world, name)

        Changer(world, world.actors[name], seed=5, is_matched_anew=False).change()

        assert collected(world, name) == first
        assert len(first) == (0 if name == "elm" else len(COLLECTED))
