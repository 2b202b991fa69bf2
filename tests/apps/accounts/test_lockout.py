"""Too many attempts: counted per account and per network address, answered like any other wrong one."""

from __future__ import annotations

import time
from typing import Any

import pytest
from allauth.core.internal import ratelimit
from django.core.cache import cache
from redis.exceptions import ConnectionError as Unreachable

from tests.apps.accounts.devices import PASSWORD, App, person

WRONG = "wrong"

pytestmark = pytest.mark.django_db


def tried(email: str, password: str = WRONG, **headers: str) -> Any:
    return App(**headers).post("auth/login", {"email": email, "password": password})


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Lets the limiter believe that it is that many seconds later."""

    def wait(seconds: float) -> None:
        at = time.time() + seconds
        monkeypatch.setattr(ratelimit.time, "time", lambda: at)

    return wait


class TestAccount:
    def test_is_locked_after_five_attempts_and_nothing_tells(self) -> None:
        person("known@example.org")
        wrong = [tried("known@example.org") for _ in range(5)]
        locked = tried("known@example.org", PASSWORD)
        cache.clear()
        unknown = tried("nobody@example.org")

        assert {answer.status_code for answer in (*wrong, locked, unknown)} == {400}
        assert len({answer.content for answer in (*wrong, locked, unknown)}) == 1

    def test_opens_again_after_five_minutes(self, later: Any) -> None:
        person("known@example.org")
        for _ in range(5):
            tried("known@example.org")

        later(299)
        assert tried("known@example.org", PASSWORD).status_code == 400
        later(301)
        assert tried("known@example.org", PASSWORD).status_code == 200

    def test_is_one_whatever_the_host_is_called(self) -> None:
        person("known@example.org")
        for port in range(5):
            tried("KNOWN@example.org", Host=f"localhost:{8000 + port}")

        assert tried("known@example.org", PASSWORD, Host="localhost:9000").status_code == 400

    def test_opens_with_a_password_reset(self) -> None:
        user = person("known@example.org")
        for _ in range(5):
            tried("known@example.org")
        from tests.apps.accounts.devices import code_mailed

        app = App()
        app.post("auth/password/request", {"email": user.email})
        app.post("auth/password/reset", {"key": code_mailed(), "password": "staple battery horse"})

        assert tried("known@example.org", "staple battery horse").status_code == 200

    def test_does_not_count_what_was_right(self) -> None:
        person("known@example.org")

        assert {tried("known@example.org", PASSWORD).status_code for _ in range(8)} == {200}

    def test_is_counted_for_who_does_not_exist(self) -> None:
        """Else an account that is made meanwhile could be told by not being locked."""
        for _ in range(5):
            tried("later@example.org")
        person("later@example.org")

        assert tried("later@example.org", PASSWORD).status_code == 400


class TestAddress:
    def test_is_locked_over_many_accounts(self, settings: Any) -> None:
        person("known@example.org")
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
        for number in range(10):
            tried(f"p{number}@example.org", **{"X-Forwarded-For": "203.0.113.1"})

        same = tried("known@example.org", PASSWORD, **{"X-Forwarded-For": "203.0.113.1"})
        other = tried("known@example.org", PASSWORD, **{"X-Forwarded-For": "203.0.113.2"})

        assert (same.status_code, other.status_code) == (400, 200)

    @pytest.mark.parametrize(
        "named",
        [
            "",
            "nonsense",
            "203.0.113.1",
            ",",
            "1.2.3.4, ",
            "::1%eth0",
            "[2001:db8::1]:443",
            "203.0.113.1:80",
            "a:b",
            "é",
        ],
    )
    @pytest.mark.parametrize("proxies", [0, 1, 3])
    def test_is_found_however_few_proxies_are_named(self, settings: Any, named: str, proxies: int) -> None:
        person("known@example.org")
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies

        assert tried("known@example.org", PASSWORD, **{"X-Forwarded-For": named}).status_code == 200

    def test_may_be_missing(self) -> None:
        person("known@example.org")
        app = App()
        app.client.defaults["REMOTE_ADDR"] = ""

        assert app.post("auth/login", {"email": "known@example.org", "password": PASSWORD}).status_code == 200


class TestCounting:
    def test_that_was_lost_does_not_keep_people_out(self) -> None:
        user, app = person(), App()
        app.sign_in(user)

        cache.clear()

        assert app.get("/api/v1/me").status_code == 200
        assert App().sign_in(user).status_code == 200

    def test_that_is_away_refuses_for_the_moment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        user = person()

        def away(*_args: Any, **_kwargs: Any) -> None:
            raise Unreachable

        monkeypatch.setattr(ratelimit.cache, "add", away)
        answer = App().sign_in(user)

        assert answer.status_code == 503
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.headers["Retry-After"]
