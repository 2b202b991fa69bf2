"""A message is mailed once, in its reader's language, and only while the reader may and wants to know it."""

from __future__ import annotations

import smtplib
from email.message import Message
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from apps.notifications.models import Notification, Preference
from apps.notifications.services.mails import notification_mail
from apps.organisations.mails import MailNotSent
from apps.organisations.models import Membership
from apps.organisations.states import Standing
from apps.permissions import Kind
from kernel.access import Actor
from kernel.clock import utc_now
from tests.factories.notifications import person_of, told
from tests.factories.organisations import OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db


def fund_member() -> Actor:
    return actor_of(OrganisationFactory(kind=Kind.FUND, country="EE"))


def sent() -> Message:
    [letter] = mail.outbox
    return letter.message()


class TestNotificationMail:
    def test_goes_out_once(self) -> None:
        row = told(fund_member())

        outcomes = [notification_mail(notification_id=row.pk) for _ in range(2)]

        assert outcomes == [True, False]
        assert len(mail.outbox) == 1
        row.refresh_from_db()
        assert row.mailed_at is not None

    def test_offers_a_way_out_of_one_click(self) -> None:
        actor = fund_member()
        row = told(actor)

        notification_mail(notification_id=row.pk)

        letter = sent()
        assert letter["To"] == person_of(actor).email
        assert letter["Message-ID"].startswith(f"<notification-{row.pk}@")
        assert letter["List-Unsubscribe"].startswith("<http")
        assert "/api/v1/unsubscribes/" in letter["List-Unsubscribe"]
        assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert letter["Auto-Submitted"] == "auto-generated"

    @pytest.mark.parametrize(
        ("language", "subject", "words"),
        [
            ("en", "Tandem: New results: Jammers", "New results: 1."),
            ("uk", "Tandem: Нові результати: Jammers", "Нових результатів: 1."),
        ],
    )
    def test_speaks_the_readers_language(self, language: str, subject: str, words: str) -> None:
        actor = fund_member()
        person = person_of(actor)
        person.language = language
        person.save()
        row = told(actor, name="Jammers", about=[OrganisationFactory(legal_name="Secret Radio LLC")])

        notification_mail(notification_id=row.pk)

        [letter] = mail.outbox
        assert letter.subject == subject
        [(page, kind)] = letter.alternatives
        assert kind == "text/html"
        for text in (str(letter.body), str(page)):
            assert words in text
            assert f"/unsubscribe?lang={language}#" in text
            assert "Secret Radio" not in text

    def test_writes_no_markup_that_somebody_chose(self) -> None:
        row = told(fund_member(), name="<b>\nBcc: all@example.org")

        notification_mail(notification_id=row.pk)

        [letter] = mail.outbox
        assert letter.subject == "Tandem: New results: <b> Bcc: all@example.org"
        assert "<b>" not in str(letter.alternatives[0][0])
        assert letter.recipients() == [letter.to[0]]

    def test_tells_nothing_of_who_is_seen_no_more(self) -> None:
        actor, firm = fund_member(), OrganisationFactory()
        rows = [told(actor, about=[firm]), told(actor, about=[firm, OrganisationFactory()])]
        firm.dark_since = utc_now()
        firm.save()

        outcomes = [notification_mail(notification_id=row.pk) for row in rows]

        assert outcomes == [False, True]
        assert "New results: 1." in str(mail.outbox[0].body)

    def test_is_not_sent_where_its_reader_may_or_wants_no_more(self) -> None:
        left, suspended, unsubscribed, reader = (fund_member() for _ in range(4))
        firm = OrganisationFactory()
        rows = {actor: told(actor, about=[firm]) for actor in (left, suspended, unsubscribed, reader)}
        Membership.objects.filter(user_id=left.user_id).delete()
        organisation = Membership.objects.get(user_id=suspended.user_id).organisation
        organisation.standing = Standing.SUSPENDED
        organisation.save()
        Preference.objects.create(user_id=unsubscribed.user_id, kind="dealflow.alert", mail="off")
        Notification.objects.filter(pk=rows[reader].pk).update(read_at=utc_now())

        assert [notification_mail(notification_id=row.pk) for row in rows.values()] == [False] * 4
        assert mail.outbox == []

    @pytest.mark.parametrize("cadence", ["daily", "weekly", "off"])
    def test_leaves_what_is_collected_to_the_digest(self, cadence: str) -> None:
        row = told(fund_member(), cadence=cadence)

        assert notification_mail(notification_id=row.pk) is False

    def test_is_tried_again_after_the_server_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        row = told(fund_member())

        def refuse(*_: Any) -> None:
            raise smtplib.SMTPServerDisconnected("somebody@example.org")

        with monkeypatch.context() as patched:
            patched.setattr(EmailBackend, "send_messages", refuse)
            with pytest.raises(MailNotSent, match=r"^SMTPServerDisconnected$"):
                notification_mail(notification_id=row.pk)
        row.refresh_from_db()

        assert row.mailed_at is None
        assert notification_mail(notification_id=row.pk) is True
