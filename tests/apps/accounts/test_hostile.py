"""Bad input on every address of sign-in: refused, never an error of ours, with the headers that belong there."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from fido2 import cbor

from apps.accounts.models import User
from kernel.models import Event
from tests.apps.accounts.devices import PASSWORD, SECRET, App, Browser, Passkey, person, totp, with_totp

pytestmark = pytest.mark.django_db

METHODS = ("POST", "PUT", "PATCH", "DELETE", "GET")
FIELDS = (
    *("email", "password", "current_password", "new_password", "key", "code", "credential"),
    *("name", "id", "authenticators", "sessions", "primary", "trust"),
)
VALUES: list[Any] = [
    None,
    True,
    0,
    -1,
    2**63,
    10**400,
    1.5e308,
    "",
    " ",
    "a" * 100_000,
    "a@b",
    "x@" + "a" * 300 + ".org",
    "a" * 310 + "@example.org",
    "\u202e\ufeff",
    "Ⅷ١२",
    "' OR 1=1 --",
    "%00%n%s",
    "{{7*7}}",
    "../../etc/passwd",
    "\r\nBcc: x@example.org",
    "x@example.org\r\nBcc: y@example.org",
    [],
    [[]],
    ["a"] * 500,
    [None, {}, 2**70, "x", -1],
    {},
    {"id": {"id": []}},
    {"type": "public-key"},
]
RAW = [
    b"",
    b"null",
    b"[]",
    b"1",
    b'"text"',
    b"{",
    b"{}x",
    b'{"a": NaN}',
    b'{"email": "\\u0000"}',
    b'{"email": "\\ud800"}',
    b"\xff\xfe",
    b'{"email": ' + b"9" * 5000 + b"}",
    b"[" * 900 + b"]" * 900,
    b'{"a":' * 40 + b"1" + b"}" * 40,
    b"{" + b",".join(b'"k%d":1' % number for number in range(1200)) + b"}",
    b'{"email": "x@example.org", "email": ["y"]}',
]
TYPES = ["text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "application/xml", ""]
HEADERS = [
    {"X-Session-Token": "x"},
    {"X-Session-Token": "a" * 5000},
    {"X-Session-Token": "é"},
    {"X-Email-Verification-Key": "é" * 400},
    {"X-Password-Reset-Key": "é" * 400},
    {"X-Forwarded-For": "1, 2, 3"},
    {"Accept-Language": "x" * 5000},
    {"Accept": "text/html"},
    {"User-Agent": "é" * 4000},
    {"Origin": "null"},
]


def routes(patterns: Any = None, prefix: str = "") -> Iterator[str]:
    for item in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(item.pattern)
        if isinstance(item, URLResolver):
            yield from routes(item.url_patterns, route)
        elif isinstance(item, URLPattern) and route.startswith(("_allauth/app/", "_allauth/browser/")):
            yield f"/{route}"


ROUTES = sorted(routes())


def credential(**parts: Any) -> dict[str, Any]:
    plain = base64.urlsafe_b64encode(b"x" * 40).rstrip(b"=").decode()
    whole: dict[str, Any] = {"id": plain, "rawId": plain, "type": "public-key", "response": {}}
    return whole | parts


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


CLIENT = text(b'{"type": "webauthn.create", "challenge": "AAAA", "origin": "https://localhost"}')
CREDENTIALS: list[Any] = [
    credential(),
    credential(response=None),
    credential(response=[]),
    credential(response={"clientDataJSON": 1, "attestationObject": 2}),
    credential(response={"clientDataJSON": "!!", "attestationObject": "!!"}),
    credential(response={"clientDataJSON": text(b"[]"), "attestationObject": text(cbor.encode({}))}),
    credential(response={"clientDataJSON": text(b"\xff"), "attestationObject": ""}),
    credential(response={"clientDataJSON": CLIENT, "attestationObject": text(b"\x81" * 5000)}),
    credential(response={"clientDataJSON": CLIENT, "attestationObject": text(b"\xbf\xff\x00")}),
    credential(response={"clientDataJSON": CLIENT, "attestationObject": text(b"\x5b" + b"\xff" * 8)}),
    credential(
        response={
            "clientDataJSON": CLIENT,
            "attestationObject": text(cbor.encode({"fmt": "none", "attStmt": {}, "authData": b"short"})),
        }
    ),
    credential(
        response={
            "clientDataJSON": CLIENT,
            "attestationObject": text(
                cbor.encode({"fmt": "x", "attStmt": 1, "authData": b"\x00" * 36 + b"\x45" * 200})
            ),
        }
    ),
    credential(
        response={"clientDataJSON": CLIENT, "authenticatorData": text(b"x" * 37), "signature": "", "userHandle": 5}
    ),
    credential(
        response={"clientDataJSON": CLIENT, "authenticatorData": "", "signature": "x", "userHandle": text(b"zz")}
    ),
    credential(
        response={"clientDataJSON": CLIENT, "authenticatorData": text(b"x"), "signature": "x", "userHandle": "é"}
    ),
    credential(
        response={
            "clientDataJSON": CLIENT,
            "authenticatorData": text(b"x"),
            "signature": "x",
            "userHandle": text(b"\xff"),
        }
    ),
    credential(id=None, rawId=None),
    credential(type="other"),
    credential(extra="x" * 20_000),
    json.dumps(credential()),
]


def sound(answer: Any, tried: Any) -> None:
    """Refused or done, but understood; never cached, always with an id."""
    assert answer.status_code < 500, tried
    assert answer.headers["X-Request-ID"], tried
    kind = answer.headers.get("Content-Type", "")
    if answer.status_code >= 400:
        assert kind in {"application/json", "application/problem+json"}, (tried, kind)
        assert answer.json()["status"] == answer.status_code, tried
    if kind == "application/json":
        assert "no-store" in answer.headers["Cache-Control"], tried


class States:
    """Callers in every state that a sign-in can be in."""

    def __init__(self, user: User, device: type[App]) -> None:
        self.user, self.device = user, device

    def anonymous(self) -> App:
        return self.device()

    def signing_up(self) -> App:
        app = self.device()
        app.post("auth/signup", {"email": "fresh@example.org", "password": PASSWORD})
        return app

    def resetting(self) -> App:
        app = self.device()
        app.post("auth/password/request", {"email": "nobody@example.org"})
        return app

    def half_signed_in(self) -> App:
        app = self.device()
        app.sign_in(self.user)
        return app

    def signed_in(self) -> App:
        app, secret = self.half_signed_in(), SECRET
        app.post("auth/2fa/authenticate", {"code": totp(secret)})
        cache.clear()
        app.post("auth/2fa/reauthenticate", {"code": totp(secret)})
        return app


@pytest.fixture(autouse=True)
def _no_limits(settings: Any) -> None:
    """What is behind the limits is to be tried, too."""
    settings.ACCOUNT_RATE_LIMITS = False
    settings.MFA_RATE_LIMITS = False


STATES = ("anonymous", "signing_up", "resetting", "half_signed_in", "signed_in")
STAGED = ("email", "password/reset", "2fa/", "webauthn/", "auth/session")
"""Routes for which it matters how far a sign-in has come."""
TRIED = [
    (route, state)
    for route in ROUTES
    for state in STATES
    if state == "anonymous" or ("/app/" in route and (state == "signed_in" or any(part in route for part in STAGED)))
]


class TestRoutes:
    def test_are_these(self) -> None:
        assert len(ROUTES) == 42
        assert not [route for route in ROUTES if "phone" in route or "tokens" in route or "code/" in route]

    @pytest.mark.parametrize(("route", "state"), TRIED)
    def test_refuse_bad_input(self, route: str, state: str) -> None:
        user = person("known@example.org")
        with_totp(user)
        app = getattr(States(user, App if "/app/" in route else Browser), state)()
        token = {"X-Session-Token": app.token} if app.token else {}
        turn = TRIED.index((route, state))
        method = "POST" if turn % 2 else METHODS[turn // 2 % 4]

        def send(way: str, raw: bytes = b"", kind: str = "application/json", **headers: str) -> None:
            place = route if raw else f"{route}?passwordless&x=%F0"
            answer = app.client.generic(way, place, raw, content_type=kind, headers={**token, **headers})
            sound(answer, (way, kind, raw[:300], headers))

        for number, value in enumerate(VALUES):
            one = {**dict.fromkeys(FIELDS, "x"), FIELDS[(number + turn) % len(FIELDS)]: value}
            send(method, json.dumps(one if (number + turn) % 3 else dict.fromkeys(FIELDS, value)).encode())
        assert not User.objects.filter(is_staff=True).exists()
        if state != "anonymous":
            return
        for raw in RAW:
            send("POST" if turn % 3 else "DELETE", raw)
        for kind in TYPES:
            send("POST", b'{"email": "x"}', kind)
        for headers in HEADERS:
            send("GET", **headers)
        for way in ("HEAD", "OPTIONS", "TRACE", "PUT", "PATCH", "DELETE", "XYZZY"):
            assert app.client.generic(way, route, headers=token).status_code < 500


class TestCredentials:
    """A challenge was given out, so that more than its absence is looked at."""

    @pytest.mark.parametrize("item", CREDENTIALS, ids=range(len(CREDENTIALS)))
    def test_that_are_none_are_refused(self, item: Any) -> None:
        user = person()
        app = App()
        app.sign_in(user)
        app.confirm_password()
        app.get("account/authenticators/webauthn?passwordless")
        other = App()
        other.get("auth/webauthn/login")

        sound(app.post("account/authenticators/webauthn", {"credential": item}), item)
        sound(other.post("auth/webauthn/login", {"credential": item}), item)
        assert not user.authenticator_set.exists()

    def test_that_were_bent_are_refused(self) -> None:
        user, key = person(), Passkey()
        app = App()
        app.sign_in(user)
        app.confirm_password()
        made = key.make(app.get("account/authenticators/webauthn?passwordless").json()["data"])
        raw = base64.urlsafe_b64decode(made["response"]["attestationObject"] + "==")

        for cut in range(0, len(raw) - 1, 7):
            bent = {**made, "response": {**made["response"], "attestationObject": text(raw[:cut])}}
            answer = app.post("account/authenticators/webauthn", {"credential": bent})
            sound(answer, cut)
            assert answer.status_code == 400
        assert not user.authenticator_set.exists()


class TestRefusals:
    def test_of_our_own_are_problems(self) -> None:
        client, path = Client(enforce_csrf_checks=True), "/_allauth/browser/v1/auth/login"
        answers = [
            client.post(path, {"email": "x"}, content_type="application/json"),
            Client().post(path, {"email": "x"}),
            Client().generic("POST", path, b"{", content_type="application/json"),
            Client().get(path),
            Client().get("/_allauth/app/v1/nowhere"),
            Client().generic("POST", path, b'{"email": "\\u0000"}', content_type="application/json"),
        ]

        assert [answer.status_code for answer in answers] == [403, 415, 400, 405, 404, 400]
        assert {answer.headers["Content-Type"] for answer in answers} == {"application/problem+json"}
        assert all(answer.headers["X-Request-ID"] == answer.json()["request_id"] for answer in answers)

    def test_of_a_form_with_its_own_token_break_nothing(self) -> None:
        """The check against forged requests has read such a body before the view wants to."""
        client = Client(enforce_csrf_checks=True)
        client.get("/_allauth/browser/v1/config")
        token = client.cookies["csrftoken"].value

        answer = client.post("/_allauth/browser/v1/auth/login", {"csrfmiddlewaretoken": token, "email": "x"})

        assert answer.status_code == 415

    def test_leave_no_trace(self) -> None:
        for body in ({}, {"email": "x"}, {"email": "x@example.org", "password": "short"}):
            App().post("auth/signup", body)

        assert not Event.objects.exists()
        assert not User.objects.exists()


class TestDescription:
    def test_needs_no_other_server(self) -> None:
        page = Client().get("/_allauth/openapi.html")

        assert page.status_code == 200
        assert b"//" not in page.content.replace(b"<!doctype", b"")
        assert b"/static/drf_spectacular_sidecar/redoc/" in page.content
        assert "blob:" in page.headers["Content-Security-Policy"]
        assert Client().get("/_allauth/openapi.json").json()["paths"]
