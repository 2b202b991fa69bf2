"""Authenticator apps, recovery codes and passkeys, and what roles that demand them may do."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.db import connection

from apps.accounts.models import User
from kernel.models import Event
from tests.apps.accounts.devices import App, Browser, Passkey, person, totp, with_totp
from tests.factories.organisations import MembershipFactory

pytestmark = pytest.mark.django_db

PERMITTED = "/api/v1/organisations"
STEPPED = "/api/v1/api-keys"


@pytest.fixture
def olena() -> User:
    return person()


@pytest.fixture
def signatory(olena: User) -> User:
    MembershipFactory(user=olena, roles=["owner", "signatory"])
    return olena


def signed_in(user: User) -> App:
    app = App()
    assert app.sign_in(user).status_code == 200
    return app


def names(user: User) -> list[str]:
    return list(Event.objects.filter(object_id=user.pk).order_by("id").values_list("name", flat=True))


class TestRoles:
    def test_that_demand_a_second_factor_may_set_one_up_and_then_work(self, signatory: User) -> None:
        app = signed_in(signatory)

        before = app.get(PERMITTED)
        own = app.get("/api/v1/me")
        app.add_totp()
        after = app.get(PERMITTED)

        assert (before.status_code, before.json()["code"]) == (403, "second_factor_required")
        assert own.status_code == 200
        assert after.status_code == 200

    def test_lose_their_permissions_with_the_factor(self, signatory: User) -> None:
        app = signed_in(signatory)
        app.add_totp()
        assert app.get(PERMITTED).status_code == 200

        Authenticator.objects.filter(user=signatory).delete()

        assert app.get(PERMITTED).status_code in {401, 403}

    def test_are_not_helped_by_a_factor_that_is_gone(self, signatory: User) -> None:
        app = signed_in(signatory)
        app.add_totp()
        Authenticator.objects.filter(user=signatory)._raw_delete("default")
        with_totp(signatory)

        assert app.get(PERMITTED).json()["code"] == "second_factor_required"

    def test_that_demand_none_work_without(self, olena: User) -> None:
        MembershipFactory(user=olena, roles=["owner"])

        assert signed_in(olena).get(PERMITTED).status_code == 200


class TestTotp:
    def test_is_asked_at_sign_in(self, olena: User) -> None:
        secret = with_totp(olena)
        app = App()

        asked = app.sign_in(olena)
        pending = [flow["id"] for flow in asked.json()["data"]["flows"] if flow.get("is_pending")]
        early = app.get("/api/v1/me")
        wrong = app.post("auth/2fa/authenticate", {"code": totp(secret, 5)})
        right = app.post("auth/2fa/authenticate", {"code": totp(secret)})

        assert (asked.status_code, pending) == (401, ["mfa_authenticate"])
        assert (early.status_code, wrong.status_code, right.status_code) == (401, 400, 200)
        assert app.get("/api/v1/me").status_code == 200
        assert Event.objects.get(name="accounts.session.started").data == {"methods": ["password", "totp"]}

    def test_refuses_a_code_a_second_time(self, olena: User) -> None:
        secret = with_totp(olena)
        code = totp(secret)

        answers = []
        for _ in range(2):
            app = App()
            app.sign_in(olena)
            answers.append(app.post("auth/2fa/authenticate", {"code": code}).status_code)

        assert answers == [200, 400]

    def test_refuses_the_code_of_its_set_up_afterwards(self, olena: User) -> None:
        app = signed_in(olena)
        secret = app.add_totp()

        assert app.post("auth/2fa/reauthenticate", {"code": totp(secret)}).status_code == 400

    def test_takes_no_code_of_another_half_minute(self, olena: User) -> None:
        secret = with_totp(olena)
        app = App()
        app.sign_in(olena)

        assert [app.post("auth/2fa/authenticate", {"code": totp(secret, steps)}).status_code for steps in (-2, 2)] == [
            400,
            400,
        ]

    def test_is_set_up_only_after_the_password_was_confirmed(self, olena: User) -> None:
        app = signed_in(olena)
        secret = app.get("account/authenticators/totp").json()["meta"]["secret"]

        assert app.post("account/authenticators/totp", {"code": totp(secret)}).status_code == 401
        assert not Authenticator.objects.exists()

    def test_is_not_removed_with_the_password_alone(self, olena: User) -> None:
        app = signed_in(olena)
        app.add_totp()

        confirmed = app.confirm_password()

        assert confirmed.status_code == 400
        assert confirmed.json()["errors"][0]["code"] == "second_factor_needed"

    def test_is_kept_sealed(self, olena: User) -> None:
        app = signed_in(olena)
        secret = app.add_totp()
        codes = app.get("account/authenticators/recovery-codes").json()["data"]["unused_codes"]

        with connection.cursor() as cursor:
            cursor.execute("SELECT data::text FROM mfa_authenticator")
            kept = " ".join(row[0] for row in cursor.fetchall())

        assert secret not in kept
        assert len(codes) == 10
        assert not any(code in kept for code in codes)

    def test_leaves_facts_and_a_mail(self, olena: User, django_capture_on_commit_callbacks: Any) -> None:
        app = signed_in(olena)

        with django_capture_on_commit_callbacks(execute=True):
            app.add_totp()

        assert names(olena) == [
            "accounts.session.started",
            "accounts.session.stepped_up",
            "accounts.second_factor.added",
            "accounts.second_factor.added",
        ]
        assert [event.data for event in Event.objects.filter(name="accounts.second_factor.added").order_by("id")] == [
            {"kind": "totp"},
            {"kind": "recovery_codes"},
        ]
        assert [message.subject for message in mail.outbox] == ["[Tandem] Second factor added"]

    def test_is_tried_five_times_at_most(self, olena: User) -> None:
        secret = with_totp(olena)
        app = App()
        app.sign_in(olena)

        wrong = [app.post("auth/2fa/authenticate", {"code": "12"}).json()["errors"][0]["code"] for _ in range(6)]
        right = app.post("auth/2fa/authenticate", {"code": totp(secret)})

        assert wrong == ["incorrect_code"] * 5 + ["too_many_login_attempts"]
        assert right.status_code == 400


class TestRecoveryCodes:
    def test_work_once_each_and_are_shown_once(self, signatory: User) -> None:
        app = signed_in(signatory)
        app.add_totp()
        shown = app.get("account/authenticators/recovery-codes").json()["data"]
        again = app.get("account/authenticators/recovery-codes").json()["data"]
        code = shown["unused_codes"][0]

        answers = []
        for _ in range(2):
            other = App()
            other.sign_in(signatory)
            answers.append(other.post("auth/2fa/authenticate", {"code": code}).status_code)
            answers.append(other.get(PERMITTED).status_code)

        assert answers == [200, 200, 400, 401]
        assert "unused_codes" not in again


class TestStepUp:
    def test_lasts_five_minutes(self, signatory: User) -> None:
        secret = with_totp(signatory)
        app = App()
        app.sign_in(signatory)
        app.post("auth/2fa/authenticate", {"code": totp(secret)})
        export = "/api/v1/me/personal-data"

        fresh = app.get(export).status_code
        _age(6)
        stale = app.get(export)
        app.post("auth/2fa/reauthenticate", {"code": totp(secret, 0)})
        used = app.get(export).status_code
        _forget_codes()
        stepped = app.post("auth/2fa/reauthenticate", {"code": totp(secret)})

        assert (fresh, stale.status_code, stale.json()["code"], used) == (200, 403, "step_up_required", 403)
        assert stepped.status_code == 200
        assert app.get(export).status_code == 200
        assert names(signatory).count("accounts.session.stepped_up") == 1

    @pytest.mark.parametrize("device", [App, Browser])
    def test_changes_the_key_of_the_session(self, olena: User, device: type[App]) -> None:
        app = device()
        app.sign_in(olena)
        before = app.token or app.client.cookies["sessionid"].value

        app.confirm_password()

        after = app.token or app.client.cookies["sessionid"].value
        assert after != before
        old = App()
        old.token = before
        assert old.get("/api/v1/me").status_code == 401
        assert app.get("auth/session").status_code == 200
        assert [item["is_current"] for item in app.get("auth/sessions").json()["data"]] == [True]


class TestPasskeys:
    def register(self, app: App, key: Passkey) -> Any:
        options = app.get("account/authenticators/webauthn?passwordless")
        assert options.status_code == 200, options.content
        body = {"name": "Laptop", "credential": key.make(options.json()["data"])}
        return app.post("account/authenticators/webauthn", body)

    def added(self, user: User) -> tuple[App, Passkey]:
        app, key = signed_in(user), Passkey()
        app.confirm_password()
        assert self.register(app, key).status_code == 200
        return app, key

    def test_are_added_and_signed_in_with(self, signatory: User) -> None:
        app, key = self.added(signatory)
        assert app.get(PERMITTED).status_code == 200

        other = App()
        options = other.get("auth/webauthn/login").json()["data"]
        answer = other.post("auth/webauthn/login", {"credential": key.sign(options)})

        assert answer.status_code == 200
        assert other.get(PERMITTED).status_code == 200
        assert Event.objects.filter(name="accounts.session.started").order_by("-id")[0].data == {
            "methods": ["webauthn"]
        }

    def test_are_a_second_factor_after_the_password_and_for_a_step_up(self, signatory: User) -> None:
        _app, key = self.added(signatory)
        other = App()
        assert other.sign_in(signatory).status_code == 401

        options = other.get("auth/webauthn/authenticate").json()["data"]
        signed = other.post("auth/webauthn/authenticate", {"credential": key.sign(options)})
        _age(6)
        options = other.get("auth/webauthn/reauthenticate").json()["data"]
        stepped = other.post("auth/webauthn/reauthenticate", {"credential": key.sign(options)})

        assert (signed.status_code, stepped.status_code) == (200, 200)
        assert other.get("/api/v1/me/personal-data").status_code == 200

    def test_name_the_configured_domain_and_demand_verification(self, olena: User) -> None:
        app = signed_in(olena)
        app.confirm_password()

        made = app.get("account/authenticators/webauthn?passwordless").json()["data"]["creation_options"]["publicKey"]
        plain = app.get("account/authenticators/webauthn").json()["data"]["creation_options"]["publicKey"]
        asked = App().get("auth/webauthn/login").json()["data"]["request_options"]["publicKey"]

        assert made["rp"] == {"id": "localhost", "name": "Tandem"}
        assert asked["rpId"] == "localhost"
        assert {item["userVerification"] for item in (made["authenticatorSelection"], asked)} == {"required"}
        assert plain["authenticatorSelection"]["userVerification"] == "required"

    @pytest.mark.parametrize(
        "key",
        [
            Passkey(is_verifying=False),
            Passkey(domain="evil.example"),
            Passkey(origin="https://evil.example"),
            Passkey(origin="http://example.org"),
        ],
        ids=["without verification", "domain", "origin", "http"],
    )
    def test_of_others_are_not_added(self, olena: User, key: Passkey) -> None:
        app = signed_in(olena)
        app.confirm_password()

        assert self.register(app, key).status_code == 400
        assert not Authenticator.objects.exists()

    def test_do_not_sign_in_twice_with_one_answer(self, olena: User) -> None:
        _app, key = self.added(olena)
        other = App()
        credential = key.sign(other.get("auth/webauthn/login").json()["data"])

        first = other.post("auth/webauthn/login", {"credential": credential})
        again = App()
        again.get("auth/webauthn/login")
        second = again.post("auth/webauthn/login", {"credential": credential})

        assert (first.status_code, second.status_code) == (200, 400)

    def test_do_not_sign_in_with_a_wrong_signature_or_as_somebody_else(self, olena: User) -> None:
        _app, key = self.added(olena)
        nadia = person("nadia@example.org")
        other, stranger = App(), Passkey()
        stranger.id, stranger.handle = key.id, key.handle

        forged = other.post(
            "auth/webauthn/login", {"credential": stranger.sign(other.get("auth/webauthn/login").json()["data"])}
        )
        key.handle = nadia.pk.hex
        swapped = other.post(
            "auth/webauthn/login", {"credential": key.sign(other.get("auth/webauthn/login").json()["data"])}
        )

        assert (forged.status_code, swapped.status_code) == (400, 400)

    def test_are_removed_and_end_what_they_allowed(self, signatory: User) -> None:
        app, _key = self.added(signatory)
        number = Authenticator.objects.get(type="webauthn").pk
        options = app.get("auth/webauthn/reauthenticate").json()["data"]
        app.post("auth/webauthn/reauthenticate", {"credential": _key.sign(options)})

        removed = app.delete("account/authenticators/webauthn", {"authenticators": [number]})

        assert removed.status_code == 200
        assert not Authenticator.objects.exists()
        assert app.get(PERMITTED).json()["code"] == "second_factor_required"
        assert names(signatory).count("accounts.second_factor.removed") == 2


def _age(minutes: int) -> None:
    """Lets everything that all sessions have shown be older."""
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session

    for row in Session.objects.all():
        store = SessionStore(row.session_key)
        for record in store.get("account_authentication_methods", []):
            record["at"] -= dt.timedelta(minutes=minutes).total_seconds()
        store.modified = True
        store.save()


def _forget_codes() -> None:
    from django.core.cache import cache

    cache.clear()
