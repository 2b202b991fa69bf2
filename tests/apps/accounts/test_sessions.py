"""Passwords, addresses and sessions: how they change and what ends with them."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache

from apps.accounts.models import User
from kernel.models import Event
from tests.apps.accounts.devices import PASSWORD, App, Browser, code_mailed, person, totp, with_totp

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "staple battery horse"
ME = "/api/v1/me"


@pytest.fixture
def olena() -> User:
    return person()


def signed_in(user: User, device: type[App] = App) -> App:
    app = device()
    assert app.sign_in(user).status_code == 200
    return app


class TestPassword:
    @pytest.mark.parametrize("device", [App, Browser])
    def test_changes_and_ends_all_other_sessions(self, olena: User, device: type[App]) -> None:
        app, other = signed_in(olena, device), signed_in(olena)

        answer = app.post("account/password/change", {"current_password": PASSWORD, "new_password": NEW_PASSWORD})

        assert answer.status_code == 200
        assert (app.get(ME).status_code, other.get(ME).status_code) == (200, 401)
        assert len(app.get("auth/sessions").json()["data"]) == 1
        assert Session.objects.count() == 1
        assert App().sign_in(olena).status_code == 400
        assert App().sign_in(olena, NEW_PASSWORD).status_code == 200
        assert Event.objects.filter(name="accounts.password.changed", actor=f"user:{olena.pk}").count() == 1
        assert [message.subject for message in mail.outbox] == ["[Tandem] Your password was changed"]

    def test_is_not_changed_without_the_present_one(self, olena: User) -> None:
        app = signed_in(olena)

        assert app.post("account/password/change", {"new_password": NEW_PASSWORD}).status_code == 400
        body = {"current_password": "wrong", "new_password": NEW_PASSWORD}
        assert app.post("account/password/change", body).status_code == 400

    def test_is_reset_by_a_mailed_code_which_ends_all_sessions(self, olena: User) -> None:
        other, app = signed_in(olena), App()

        asked = app.post("auth/password/request", {"email": "OLENA@example.org"})
        done = app.post("auth/password/reset", {"key": code_mailed(), "password": NEW_PASSWORD})

        assert (asked.status_code, done.status_code) == (401, 401)
        assert app.get(ME).status_code == 401
        assert other.get(ME).status_code == 401
        assert App().sign_in(olena, NEW_PASSWORD).status_code == 200
        assert Event.objects.filter(name="accounts.password.reset").count() == 1
        assert mail.outbox[-1].subject == "[Tandem] Your password was reset"

    def test_reset_does_not_replace_the_second_factor(self, olena: User) -> None:
        with_totp(olena)
        app = App()
        app.post("auth/password/request", {"email": olena.email})
        app.post("auth/password/reset", {"key": code_mailed(), "password": NEW_PASSWORD})

        assert App().sign_in(olena, NEW_PASSWORD).status_code == 401

    def test_reset_takes_three_wrong_codes_at_most(self, olena: User) -> None:
        app = App()
        app.post("auth/password/request", {"email": olena.email})
        right = code_mailed()

        wrong = [
            app.post("auth/password/reset", {"key": "BBBB-BBBB", "password": NEW_PASSWORD}).status_code
            for _ in range(3)
        ]

        assert wrong == [400, 400, 400]
        assert app.post("auth/password/reset", {"key": right, "password": NEW_PASSWORD}).status_code == 409

    def test_reset_is_mailed_in_the_language_of_the_person(self) -> None:
        person("taras@example.org", language="uk")

        App(**{"Accept-Language": "en"}).post("auth/password/request", {"email": "taras@example.org"})

        assert mail.outbox[0].subject == "[Tandem] Скиньте пароль"
        assert "Введіть цей код" in mail.outbox[0].body


class TestAddress:
    def test_changes_once_the_new_one_is_confirmed(self, olena: User) -> None:
        app = signed_in(olena)
        unproved = app.post("account/email", {"email": "new@example.org"})
        app.confirm_password()

        asked = app.post("account/email", {"email": "new@example.org"})
        olena.refresh_from_db()
        before = olena.email
        confirmed = app.post("auth/email/verify", {"key": code_mailed()})

        olena.refresh_from_db()
        assert (unproved.status_code, asked.status_code, confirmed.status_code) == (401, 200, 200)
        assert (before, olena.email) == ("olena@example.org", "new@example.org")
        assert [item.email for item in olena.emailaddress_set.all()] == ["new@example.org"]
        assert Event.objects.filter(name="accounts.email.changed").count() == 1
        assert (mail.outbox[-1].to, mail.outbox[-1].subject) == (
            ["olena@example.org"],
            "[Tandem] Your e-mail address was changed",
        )

    def test_of_somebody_else_gets_the_same_answer_and_no_effect(self, olena: User) -> None:
        person("nadia@example.org")
        app = signed_in(olena)
        app.confirm_password()

        taken = app.post("account/email", {"email": "nadia@example.org"})
        free = app.post("account/email", {"email": "free@example.org"})

        assert taken.status_code == free.status_code == 200
        assert taken.content.replace(b"nadia", b"free") == free.content
        assert User.objects.get(pk=olena.pk).email == "olena@example.org"


class TestSessions:
    def test_are_listed_with_address_and_browser_and_revoked(self, olena: User) -> None:
        app = signed_in(olena)
        other = App(**{"User-Agent": "Curl/8", "X-Forwarded-For": "203.0.113.9"})
        other.sign_in(olena)

        listed = app.get("auth/sessions").json()["data"]
        foreign = next(item for item in listed if not item["is_current"])
        ended = app.delete("auth/sessions", {"sessions": [foreign["id"]]})

        assert len(listed) == 2
        assert (foreign["user_agent"], foreign["ip"]) == ("Curl/8", "127.0.0.1")
        assert ended.status_code == 200
        assert other.get(ME).status_code == 401
        assert app.get(ME).status_code == 200
        assert Event.objects.get(name="accounts.session.revoked").data == {"count": 1}

    def test_of_others_cannot_be_revoked(self, olena: User) -> None:
        app, nadia = signed_in(olena), person("nadia@example.org")
        theirs = signed_in(nadia)
        number = theirs.get("auth/sessions").json()["data"][0]["id"]

        refused = app.delete("auth/sessions", {"sessions": [number]})
        unknown = app.delete("auth/sessions", {"sessions": [number + 1000]})

        assert refused.status_code == unknown.status_code == 400
        assert refused.content.replace(str(number).encode(), b"N") == unknown.content.replace(
            str(number + 1000).encode(), b"N"
        )
        assert theirs.get(ME).status_code == 200

    def test_end_with_the_sign_out(self, olena: User) -> None:
        app = signed_in(olena)

        assert app.delete("auth/session").status_code == 401
        assert app.get(ME).status_code == 401
        assert Event.objects.filter(name="accounts.session.ended").count() == 1
        assert not Session.objects.exists()

    def test_get_a_new_key_at_sign_in(self, olena: User) -> None:
        secret = with_totp(olena)
        app = App()
        app.sign_in(olena)
        before = app.token

        app.post("auth/2fa/authenticate", {"code": totp(secret)})

        assert app.token != before
        old = App()
        old.token = before
        assert old.get("auth/session").status_code == 410

    def test_other_than_the_one_end_when_a_second_factor_comes_or_goes(self, olena: User) -> None:
        app, other = signed_in(olena), signed_in(olena)
        secret = app.add_totp()
        assert other.get(ME).status_code == 401
        cache.clear()
        third = App()
        third.sign_in(olena)
        third.post("auth/2fa/authenticate", {"code": totp(secret)})
        assert third.get(ME).status_code == 200
        cache.clear()
        app.post("auth/2fa/reauthenticate", {"code": totp(secret)})

        removed = app.delete("account/authenticators/totp")

        assert removed.status_code == 200
        assert (app.get(ME).status_code, third.get(ME).status_code) == (200, 401)

    def test_end_for_who_is_closed(self, olena: User) -> None:
        app = signed_in(olena)
        User.objects.filter(pk=olena.pk).update(is_active=False)

        assert app.get(ME).status_code == 401
        assert app.get("auth/session").status_code == 401

    def test_last_two_weeks(self, olena: User) -> None:
        browser = signed_in(olena, Browser)

        assert browser.client.cookies["sessionid"]["max-age"] == 14 * 24 * 3600
        assert browser.client.cookies["sessionid"]["httponly"]

    def test_leave_nothing_personal_in_the_logs(self, olena: User, capfd: pytest.CaptureFixture[str]) -> None:
        app = App(**{"User-Agent": "Unmistakable/1.0"})
        app.post("auth/login", {"email": olena.email, "password": "wrong"})
        app.sign_in(olena)
        app.confirm_password()
        app.post("account/password/change", {"current_password": PASSWORD, "new_password": NEW_PASSWORD})
        app.delete("auth/session")

        told = "".join(capfd.readouterr())

        assert [word for word in (olena.email, "Unmistakable", PASSWORD, NEW_PASSWORD, app.token) if word in told] == []
