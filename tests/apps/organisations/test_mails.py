"""The mails of organisations."""

from __future__ import annotations

import datetime as dt
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
from django.core import mail

from apps.organisations import mails
from apps.organisations.mails import invitation_mail
from apps.organisations.models import Invitation, Organisation
from apps.permissions import Role

TOKEN = "T" * 43


def invitation(**fields: Any) -> Invitation:
    names = {"legal_name": "Wings & Sons", "legal_name_uk": "ТОВ «Крила»"}
    organisation = Organisation(**{**names, **{name: fields.pop(name) for name in names if name in fields}})
    given = {"roles": ["owner", "compliance"], "expires_at": dt.datetime(2026, 5, 3, 9, 30, tzinfo=dt.UTC)}
    return Invitation(organisation=organisation, email="olena@example.org", **{**given, **fields})


def sent(language: str, **fields: Any) -> mail.EmailMessage:
    invitation_mail(invitation=invitation(**fields), token=TOKEN, language=language)
    return mail.outbox[-1]


class TestInvitationMail:
    def test_says_in_english_who_what_until_when_and_how(self) -> None:
        message = sent("en")

        assert (message.to, message.subject) == (["olena@example.org"], "Invitation to join an organisation on Tandem")
        body = str(message.body)
        assert "Wings & Sons invites you to join it on Tandem. Your role: owner, compliance officer." in body
        assert "olena@example.org and can be accepted once, until 3 May 2026, 09:30 UTC" in body
        assert "POST /api/v1/invitations/accept" in body
        assert f'{{"token": "{TOKEN}"}}' in body

    def test_says_the_same_in_ukrainian(self) -> None:
        message = sent("uk")

        assert (message.to, message.subject) == (["olena@example.org"], "Запрошення до організації на Tandem")
        body = str(message.body)
        assert "ТОВ «Крила» запрошує вас приєднатися до організації на Tandem." in body
        assert "Ваша роль: власник, відповідальний за дотримання вимог." in body
        assert "olena@example.org; прийняти його можна один раз, до 3 травня 2026 р., 09:30 UTC" in body
        assert "POST /api/v1/invitations/accept" in body
        assert f'{{"token": "{TOKEN}"}}' in body

    def test_falls_back_to_the_only_name_and_to_english(self) -> None:
        assert "Wings & Sons запрошує вас" in sent("uk", legal_name_uk="").body
        assert "Wings & Sons invites you" in sent("de").body

    def test_keeps_a_name_of_several_lines_on_one(self) -> None:
        message = sent("en", legal_name="Wings\r\nBcc: all@example.org\n\nDear customer")

        assert "Wings Bcc: all@example.org Dear customer invites you" in message.body
        assert message.recipients() == ["olena@example.org"]

    def test_keeps_the_name_as_it_is(self) -> None:
        assert "{{ token }} <b> invites you" in sent("en", legal_name="{{ token }} <b>").body

    @pytest.mark.parametrize("language", mails.LANGUAGES)
    def test_has_a_word_for_every_role(self, language: str) -> None:
        assert set(mails.ROLES[language]) == set(Role)

    @pytest.mark.parametrize(
        "reason",
        [
            SMTPRecipientsRefused({"olena@example.org": (550, b"no")}),
            TimeoutError("olena@example.org"),
            UnicodeEncodeError("ascii", "olena@example.org", 0, 1, "no"),
        ],
    )
    def test_tells_a_refusal_without_the_address(self, monkeypatch: pytest.MonkeyPatch, reason: Exception) -> None:
        def refuse(*_: Any, **__: Any) -> None:
            raise reason

        monkeypatch.setattr(mail.EmailMessage, "send", refuse)

        with pytest.raises(mails.MailNotSent) as refusal:
            sent("en")

        assert str(refusal.value) == type(reason).__name__
        assert refusal.value.__suppress_context__
