"""The mails about accounts, in both languages."""

from __future__ import annotations

import re
import smtplib
from pathlib import Path
from typing import Any

import allauth
import pytest
from django.core.mail import EmailMessage
from django.utils import translation

from apps.accounts.mails import MAILS, mail_render
from apps.accounts.models import User
from kernel.models import Event
from tests.apps.accounts.devices import PASSWORD, App, person

VALUES = {
    "code": "ABCD-EFGH",
    "at": "2026-01-01 10:00",
    "ip": "203.0.113.1",
    "to_email": "a@b.c",
    "deleted_email": "d@e.f",
}
NEVER_SENT = {"account/email/login_code", "account/email/password_reset_key"}
"""Sign-in by mailed code and resets by link are switched off."""


class TestMails:
    def test_are_all_that_can_be_sent(self) -> None:
        source = Path(allauth.__file__).parent
        named: set[str] = set()
        for folder in ("account", "mfa", "usersessions"):
            for file in (source / folder).rglob("*.py"):
                named |= set(re.findall(r'"((?:account|mfa)/email/\w+)"', file.read_text()))

        assert named - NEVER_SENT == set(MAILS)

    @pytest.mark.parametrize("name", MAILS)
    def test_are_told_in_both_languages(self, name: str) -> None:
        english, ukrainian = (
            mail_render(name=name, to="x@example.org", language=language, values=VALUES) for language in ("en", "uk")
        )

        for mail, letters in ((english, r"[А-Яа-яІіЇїЄєҐґ]"), (ukrainian, r"[A-Za-z]{5,}")):
            text = str(mail.subject) + str(mail.body)
            for value in (*VALUES.values(), "[Tandem]", "Tandem"):
                text = text.replace(value, "")
            assert re.findall(letters, text) == []
            assert mail.subject.startswith("[Tandem] ")
            assert "http" not in mail.body
            assert "{" not in mail.body

    def test_leave_the_language_as_it_was(self) -> None:
        with translation.override("en"):
            mail_render(name="account/email/unknown_account", to="x@example.org", language="uk", values={})

            assert translation.get_language() == "en"


@pytest.mark.django_db
class TestUnsent:
    @pytest.fixture(autouse=True)
    def _mail_server_away(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_args: Any, **_kwargs: Any) -> None:
            raise smtplib.SMTPServerDisconnected

        monkeypatch.setattr(EmailMessage, "send", refuse)

    @pytest.mark.parametrize("path", ["auth/signup", "auth/password/request"])
    def test_asks_to_try_again_and_changes_nothing(self, path: str) -> None:
        person("known@example.org")

        for name in ("known", "new"):
            answer = App().post(path, {"email": f"{name}@example.org", "password": PASSWORD})
            assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
            assert answer.headers["Retry-After"]
        assert User.objects.count() == 1
        assert not Event.objects.exists()

    def test_notice_does_not_undo_the_change(self) -> None:
        user = person("known@example.org")
        app = App()
        app.sign_in(user)

        answer = app.post("account/password/change", {"current_password": PASSWORD, "new_password": "staple battery"})

        assert answer.status_code == 200
        assert App().sign_in(user, "staple battery").status_code == 200
