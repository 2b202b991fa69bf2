"""The deal flow's reactions to facts of other apps."""

import pytest

from apps.dealflow.models import WatchlistEntry, WatchlistReminder
from apps.organisations.events import ORGANISATION_STANDING_CHANGED
from apps.organisations.models import Membership, Organisation
from apps.organisations.services import membership_leave, membership_remove
from apps.organisations.services.grants import grant_create
from kernel.access import Actor
from kernel.events import publish, subscribers
from kernel.models import Delivery, Event
from kernel.outbox import delivery_make
from tests.apps.dealflow.services.test_alerts import fund, listed, raising, watching
from tests.factories.organisations import actor_of, undertaking_of
from tests.factories.pipelines import fund_actor, reminded, watched

pytestmark = pytest.mark.django_db

VERIFIED = {"from": "registered", "to": "verified", "basis": "case"}


def delivered() -> None:
    """Make what the deal flow is owed."""
    for delivery in Delivery.objects.filter(subscriber__startswith="apps.dealflow.handlers.alert"):
        assert delivery_make(delivery_id=delivery.pk) == "delivered"


class TestRelease:
    @pytest.mark.parametrize("leaves", [True, False])
    def test_what_a_member_was_to_do_is_nobody_s_once_they_left(self, leaves: bool) -> None:
        owner = fund_actor()
        member = actor_of(Organisation.objects.get(pk=owner.organisation_id), "editor")
        entry = watched(owner, assignee=member.user_id)
        reminded(owner, entry, person=member.user_id)

        if leaves:
            membership_leave(actor=member, organisation_id=owner.organisation_id)
        else:
            membership_remove(actor=owner, membership=Membership.objects.get(user_id=member.user_id))
        for delivery in Delivery.objects.filter(subscriber__startswith="apps.dealflow.handlers.release"):
            assert delivery_make(delivery_id=delivery.pk) == "delivered"

        assert WatchlistEntry.objects.get(pk=entry.pk).assignee_id is None
        assert not WatchlistReminder.objects.exists()


class TestAlerts:
    def test_follow_every_fact_that_changes_what_is_listed(self) -> None:
        followed = [
            *("startups.firm.updated", "startups.capability.published", "startups.capability.updated"),
            *("startups.capability.tier_changed", "startups.raise.opened", "startups.raise.updated"),
            *("startups.raise.reopened", "startups.speed.changed", "organisations.organisation.returned"),
        ]

        missing = [name for name in followed if "apps.dealflow.handlers.alert_of_listings" not in subscribers(name)]

        assert missing == []

    def test_tell_of_a_firm_once_it_is_verified(self) -> None:
        watching(fund())
        item = raising()
        firm = item.firm.organisation
        publish(
            ORGANISATION_STANDING_CHANGED, actor=Actor.system(), subject=firm, organisation_id=firm.pk, data=VERIFIED
        )

        delivered()

        assert Event.objects.filter(name="dealflow.alert.raised").count() == 1

    def test_tell_whom_a_firm_granted_more(self) -> None:
        actor = fund()
        watching(actor, text="xylophone")
        item = raising()
        item.lead_capability.description = "A secret xylophone."
        item.lead_capability.save()
        listed(item.firm)
        undertaking_of(Organisation.objects.get(pk=actor.organisation_id))
        firm = item.firm.organisation
        grant_create(actor=actor_of(firm), viewer_id=actor.organisation_id)

        delivered()

        assert Event.objects.filter(name="dealflow.alert.raised").count() == 1
