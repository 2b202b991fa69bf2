"""Making an account, confirming its address, and that nothing tells whether there is one."""

import re
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache

from apps.accounts.models import User
from kernel.models import Event
from tests.apps.accounts.devices import PASSWORD, App, Browser, code_mailed, person

pytestmark = pytest.mark.django_db

NEW = {"email": "New@example.org", "password": PASSWORD}


def plain(answer: Any) -> tuple[int, str, list[tuple[str, str]]]:
    """Status, body and headers without what is random in each."""
    body = re.sub(r'"session_token": "[^"]+"', '"session_token": ""', answer.content.decode())
    left_out = {"X-Request-ID", "Expires", "Date", "Content-Length"}
    return answer.status_code, body, sorted(item for item in answer.headers.items() if item[0] not in left_out)


class TestSignUp:
    @pytest.mark.parametrize("device", [App, Browser])
    def test_is_confirmed_by_a_mailed_code(self, device: type[App]) -> None:
        caller = device()

        asked = caller.post("auth/signup", NEW)
        confirmed = caller.post("auth/email/verify", {"key": code_mailed()})

        user = User.objects.get()
        assert (asked.status_code, confirmed.status_code) == (401, 200)
        assert user.email == "new@example.org"
        assert user.emailaddress_set.get().verified
        assert list(Event.objects.order_by("id").values_list("name", flat=True)) == [
            "accounts.user.created",
            "accounts.email.confirmed",
            "accounts.session.started",
        ]
        assert set(Event.objects.values_list("actor", "object_id")) == {(f"user:{user.pk}", user.pk)}

    def test_signs_nobody_in_before(self) -> None:
        caller = App()
        caller.post("auth/signup", NEW)

        assert caller.get("/api/v1/me").status_code == 401
        assert App().post("auth/login", NEW).status_code == 400

    def test_takes_three_wrong_codes_at_most(self) -> None:
        caller = App()
        caller.post("auth/signup", NEW)
        right = code_mailed()

        wrong = [caller.post("auth/email/verify", {"key": "BBBB-BBBB"}).status_code for _ in range(3)]

        assert wrong == [400, 400, 400]
        assert caller.post("auth/email/verify", {"key": right}).status_code == 409

    @pytest.mark.parametrize(
        ("accepted", "language", "subject"),
        [
            ("uk", "uk", "[Tandem] Підтвердьте свою електронну адресу"),
            ("uk-UA,uk;q=0.9,en;q=0.8", "uk", "[Tandem] Підтвердьте свою електронну адресу"),
            ("de,en;q=0.5", "en", "[Tandem] Confirm your e-mail address"),
            ("", "en", "[Tandem] Confirm your e-mail address"),
        ],
    )
    def test_keeps_the_language(self, accepted: str, language: str, subject: str) -> None:
        App(**{"Accept-Language": accepted}).post("auth/signup", NEW)

        assert User.objects.get().language == language
        assert mail.outbox[0].subject == subject

    def test_mails_a_new_code_at_sign_in(self) -> None:
        App().post("auth/signup", NEW)
        cache.clear()
        caller = App()

        assert caller.post("auth/login", NEW).status_code == 401
        assert caller.post("auth/email/verify", {"key": code_mailed()}).status_code == 200

    def test_refuses_a_weak_password(self) -> None:
        answer = App().post("auth/signup", {**NEW, "password": "short"})

        assert answer.status_code == 400
        assert not User.objects.exists()

    @pytest.mark.parametrize("email", ["a" * 250 + "@example.org", "пошта@example.org", "a@приклад.укр"])
    def test_refuses_addresses_that_it_cannot_keep(self, email: str) -> None:
        assert App().post("auth/signup", {**NEW, "email": email}).status_code == 400
        assert not User.objects.exists()

    def test_takes_no_more_than_address_and_password(self) -> None:
        App().post("auth/signup", {**NEW, "is_staff": True, "is_superuser": True, "id": "x", "is_active": False})

        user = User.objects.get()
        assert (user.is_staff, user.is_superuser, user.is_active) == (False, False, True)


class TestTellsNothing:
    def test_at_sign_up(self) -> None:
        person("known@example.org")

        answers = [
            App().post("auth/signup", {"email": f"{name}@example.org", "password": PASSWORD})
            for name in ("known", "fresh")
        ]

        assert plain(answers[0]) == plain(answers[1])
        assert [message.subject for message in mail.outbox] == [
            "[Tandem] You have an account already",
            "[Tandem] Confirm your e-mail address",
        ]
        assert User.objects.count() == 2

    def test_after_sign_up(self) -> None:
        person("known@example.org")
        callers = [App(), App()]
        for caller, name in zip(callers, ("known", "fresh"), strict=True):
            caller.post("auth/signup", {"email": f"{name}@example.org", "password": PASSWORD})

        for method, path, body in [
            ("GET", "auth/session", None),
            ("POST", "auth/email/verify", {"key": "BBBB-BBBB"}),
            ("POST", "auth/email/verify/resend", {}),
            ("POST", "account/email", {"email": "other@example.org"}),
            ("POST", "auth/email/verify", {"key": ""}),
            ("POST", "auth/email/verify", {"key": "BBBB-BBBB"}),
        ]:
            first, second = (plain(caller.call(method, path, body)) for caller in callers)
            assert first == second

    def test_when_sign_ups_repeat(self) -> None:
        person("known@example.org")

        answers = [
            plain(App().post("auth/signup", {"email": f"{name}@example.org", "password": PASSWORD}))
            for name in ("known", "known", "fresh", "fresh")
        ]

        assert answers[:2] == answers[2:]
        assert answers[1][0] == 429

    def test_when_the_address_was_mailed_before(self) -> None:
        """Somebody signed in has just had a code mailed to the address: no more mails for the moment."""
        person("known@example.org")
        asking = App()
        asking.sign_in(person("asking@example.org"))
        asking.confirm_password()
        answers = []

        for name in ("known", "fresh"):
            asking.post("account/email", {"email": f"{name}@example.org"})
            answers.append(plain(App().post("auth/signup", {"email": f"{name}@example.org", "password": PASSWORD})))

        assert answers[0] == answers[1]

    @pytest.mark.parametrize("body", [{"key": "BBBB-BBBB", "password": "short"}, {"key": "", "password": PASSWORD}, {}])
    def test_at_a_password_reset(self, body: dict[str, str]) -> None:
        person("known@example.org")
        answers: list[list[Any]] = []

        for name in ("known", "fresh"):
            caller = App()
            asked = caller.post("auth/password/request", {"email": f"{name}@example.org"})
            tried = [caller.post("auth/password/reset", body) for _ in range(2)]
            looked = caller.client.get(
                f"{caller.base}/auth/password/reset",
                headers={"X-Session-Token": caller.token, "X-Password-Reset-Key": "BBBB-BBBB"},
            )
            after = caller.post("auth/password/reset", {"key": "BBBB-BBBB", "password": PASSWORD})
            answers.append([plain(item) for item in (asked, *tried, looked, after)])

        assert answers[0] == answers[1]
        assert [message.subject for message in mail.outbox] == [
            "[Tandem] Reset your password",
            "[Tandem] There is no account with this address",
        ]

    def test_at_sign_in(self) -> None:
        person("known@example.org")
        User.objects.filter(email=person("closed@example.org").email).update(is_active=False)

        answers = [
            plain(App().post("auth/login", {"email": f"{name}@example.org", "password": password}))
            for name, password in (("known", "wrong"), ("nobody", "wrong"), ("closed", "wrong"), ("closed", PASSWORD))
        ]

        assert answers[0][0] == 400
        assert len({str(answer) for answer in answers}) == 1
