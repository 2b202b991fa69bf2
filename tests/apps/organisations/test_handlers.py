"""What organisations do after the commit."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail

from apps.organisations import services
from apps.organisations.models import Invitation
from kernel.models import Delivery
from kernel.outbox import delivery_make
from tests.factories.organisations import OrganisationFactory, actor_of

ADDRESS = "olena@example.org"


def invited() -> Delivery:
    organisation = OrganisationFactory()
    services.invitation_create(actor=actor_of(organisation), organisation=organisation, email=ADDRESS, roles=["viewer"])
    return Delivery.objects.get(subscriber="apps.organisations.handlers.mail_invitation")


@pytest.mark.django_db
class TestMailInvitation:
    def test_mails_once(self) -> None:
        delivery = invited()

        assert delivery_make(delivery_id=delivery.pk) == "delivered"
        assert delivery_make(delivery_id=delivery.pk) == "skipped"

        assert [message.to for message in mail.outbox] == [[ADDRESS]]
        assert Invitation.objects.get().mailed_at is not None

    def test_asks_a_mail_server_again_and_keeps_the_address_to_itself(
        self, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
    ) -> None:
        def refuse(*_: Any, **__: Any) -> None:
            raise ConnectionRefusedError(f"no mail for {ADDRESS}")

        delivery = invited()
        with monkeypatch.context() as patch:
            patch.setattr(mail.EmailMessage, "send", refuse)
            assert delivery_make(delivery_id=delivery.pk) == "retry"
        delivery.refresh_from_db()
        assert delivery.error == "MailNotSent: ConnectionRefusedError"
        assert ADDRESS not in "".join(capfd.readouterr()) + caplog.text
        assert Invitation.objects.get().mailed_at is None

        assert delivery_make(delivery_id=delivery.pk) == "delivered"

        assert [message.to for message in mail.outbox] == [[ADDRESS]]
