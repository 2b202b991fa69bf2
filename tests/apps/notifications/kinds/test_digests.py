"""Messages about the weekly digests."""

from __future__ import annotations

import datetime as dt

import pytest

from apps.accounts.cadences import Cadence
from apps.investors.services import mandate_pause
from apps.matching import events
from apps.matching.models import DigestList, DigestRound, MatchRun
from apps.matching.states import Side
from apps.notifications.kinds import KINDS
from apps.notifications.models import Notification, Preference
from apps.notifications.selectors import faces
from apps.notifications.services.raising import notifications_raise
from kernel.access import Actor
from kernel.events import publish
from kernel.ids import uuid7
from tests.factories.matching import mandate_made, raise_made
from tests.factories.organisations import actor_of

pytestmark = pytest.mark.django_db

DIGEST = KINDS["matching.digest"]


@pytest.fixture
def digest():
    """A raise's digest that points to one mandate, and the fact that tells of it."""
    mandate, item = mandate_made(), raise_made()
    run = MatchRun.objects.create(as_of=dt.date(2026, 11, 15))
    digest_round = DigestRound.objects.create(week=dt.date(2026, 11, 16), run=run, entries=10)
    reader = actor_of(item.firm.organisation)
    made = DigestList.objects.create(
        round=digest_round,
        side=Side.STARTUP,
        owner_id=item.pk,
        organisation=item.firm.organisation,
        counterpart_ids=[mandate.pk],
        scores=[5000],
    )
    about = {"organisation": str(mandate.fund.organisation_id), "type": "investors.mandate", "id": str(mandate.pk)}
    fact = publish(
        events.DIGEST_PUBLISHED,
        actor=Actor.system(),
        subject=made,
        organisation_id=item.firm.organisation_id,
        data={"people": {str(reader.user_id): "weekly"}, "about": [about]},
    )
    return {"mandate": mandate, "item": item, "reader": reader, "digest": made, "fact": fact}


def face(digest, language):
    rows = list(Notification.objects.visible_to(digest["reader"]))
    return faces(rows=rows, reader=digest["reader"], language=language)[rows[0].pk]


class TestDigest:
    def test_is_told_in_the_readers_language_with_what_is_still_seen(self, digest):
        notifications_raise(kind=DIGEST, event=digest["fact"])

        english, ukrainian = face(digest, "en"), face(digest, "uk")

        title = digest["item"].lead_capability.title
        assert english.title == f"This week: {title}"
        assert english.text.endswith("Matches: 1.")
        assert ukrainian.title == f"Цього тижня: {title}"
        assert ukrainian.text.endswith("Збігів: 1.")
        assert english.link == ukrainian.link == f"/api/v1/match-digests/{digest['digest'].pk}"

    def test_is_mailed_weekly_unless_its_reader_wants_none(self, digest):
        notifications_raise(kind=DIGEST, event=digest["fact"])
        assert Notification.objects.get().mail == Cadence.WEEKLY
        Notification.objects.all().delete()
        reader = digest["reader"]
        Preference.objects.create(user_id=reader.user_id, kind=DIGEST.name, inbox=False, mail=Cadence.OFF)

        assert notifications_raise(kind=DIGEST, event=digest["fact"]) == 0

    def test_a_mandate_that_is_paused_is_counted_no_more(self, digest):
        notifications_raise(kind=DIGEST, event=digest["fact"])
        mandate_pause(actor=Actor.system(), mandate=digest["mandate"])

        assert not Notification.objects.visible_to(digest["reader"]).exists()

    def test_anothers_digest_has_no_name(self, digest):
        stranger = actor_of(raise_made().firm.organisation)

        assert DIGEST.values([digest["digest"].pk, uuid7()], stranger) == {}
