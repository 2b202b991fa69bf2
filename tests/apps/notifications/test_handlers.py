"""A fact reaches inbox and mailbox; its subject's end takes the messages away."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail

from apps.dealflow import events
from apps.notifications.kinds import KINDS
from apps.notifications.models import Notification
from apps.permissions import Kind
from kernel.events import declared, publish, subscribers
from kernel.models import Delivery
from kernel.outbox import delivery_make
from tests.factories.notifications import alert_of, search_of
from tests.factories.organisations import OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db


def deliver() -> list[str]:
    """Make all deliveries, those that follow from others too."""
    outcomes: list[str] = []
    while found := list(Delivery.objects.filter(delivered_at=None).order_by("id").values_list("pk", flat=True)):
        outcomes += [delivery_make(delivery_id=pk) for pk in found]
    return outcomes


class TestHandlers:
    def test_tell_and_mail_what_a_fact_says(self) -> None:
        actor = actor_of(OrganisationFactory(kind=Kind.FUND))
        alert_of(search_of(actor), {actor.user_id: "instant"})

        assert deliver() == ["delivered", "delivered"]
        assert Notification.objects.get().mailed_at is not None
        assert len(mail.outbox) == 1

    def test_forget_what_a_deleted_search_told(self) -> None:
        actor = actor_of(OrganisationFactory(kind=Kind.FUND))
        search = search_of(actor)
        alert_of(search, {actor.user_id: "off"})
        deliver()

        publish(events.SAVED_SEARCH_DELETED, actor=actor, subject=search)
        deliver()

        assert not Notification.objects.exists()


class TestKinds:
    @pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
    def test_wait_for_facts_that_somebody_declares(self, kind: Any) -> None:
        assert kind.event in declared()
        assert "apps.notifications.handlers.tell" in subscribers(kind.event)
        assert not kind.removed or kind.removed in declared()
