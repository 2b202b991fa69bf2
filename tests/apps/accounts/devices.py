"""What people sign in with: an app that keeps its session token, a browser, an authenticator app, a passkey."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import struct
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.core import mail
from django.test import Client
from fido2 import cbor
from fido2.cose import ES256

from apps.accounts import sealing
from apps.accounts.models import User

PASSWORD = "correct horse battery"
SECRET = "JBSWY3DPEHPK3PXP"
ORIGIN = "https://localhost"


class App:
    """Calls `/_allauth/app/v1` and `/api/v1` with the token it was given last."""

    base = "/_allauth/app/v1"

    def __init__(self, **headers: str) -> None:
        self.client, self.token, self.headers = Client(), "", {"Accept": "application/json", **headers}

    def call(self, method: str, path: str, body: Any = None) -> Any:
        headers = dict(self.headers) | ({"X-Session-Token": self.token} if self.token else {})
        place = path if path.startswith("/") else f"{self.base}/{path}"
        content = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        answer = self.client.generic(method, place, headers=headers, **content)
        if "json" in answer.headers.get("Content-Type", ""):
            self.token = (answer.json().get("meta") or {}).get("session_token") or self.token
        return answer

    def get(self, path: str) -> Any:
        return self.call("GET", path)

    def post(self, path: str, body: Any = None) -> Any:
        return self.call("POST", path, {} if body is None else body)

    def delete(self, path: str, body: Any = None) -> Any:
        return self.call("DELETE", path, {} if body is None else body)

    def sign_in(self, user: User, password: str = PASSWORD) -> Any:
        return self.post("auth/login", {"email": user.email, "password": password})

    def confirm_password(self, password: str = PASSWORD) -> Any:
        return self.post("auth/reauthenticate", {"password": password})

    def add_totp(self) -> str:
        """Set up an authenticator app after the password was confirmed; returns its secret."""
        assert self.confirm_password().status_code == 200
        secret = str(self.get("account/authenticators/totp").json()["meta"]["secret"])
        answer = self.post("account/authenticators/totp", {"code": totp(secret)})
        assert answer.status_code == 200, answer.content
        return secret


class Browser(App):
    """Calls `/_allauth/browser/v1`; the cookie holds the session."""

    base = "/_allauth/browser/v1"


class Passkey:
    """A software authenticator with one credential (ES256, attestation `none`)."""

    def __init__(self, *, is_verifying: bool = True, domain: str = "localhost", origin: str = ORIGIN) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = hashlib.sha256(str(id(self)).encode()).digest()
        self.flags = 0x05 if is_verifying else 0x01
        self.domain, self.origin, self.handle = domain, origin, ""

    def make(self, options: dict[str, Any]) -> dict[str, Any]:
        """The answer to creation options."""
        public = options["creation_options"]["publicKey"]
        self.handle = public["user"]["id"]
        cose = cbor.encode(dict(ES256.from_cryptography_key(self.key.public_key())))
        credential = bytes(16) + struct.pack(">H", len(self.id)) + self.id + cose
        data = self._data(0x40) + credential
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        response = {
            "clientDataJSON": self._client("webauthn.create", public["challenge"]),
            "attestationObject": encoded(attestation),
        }
        return self._credential(response)

    def sign(self, options: dict[str, Any]) -> dict[str, Any]:
        """The answer to request options."""
        public = options["request_options"]["publicKey"]
        client, data = self._client("webauthn.get", public["challenge"]), self._data(0)
        digest = hashlib.sha256(base64.urlsafe_b64decode(client + "==")).digest()
        response = {
            "clientDataJSON": client,
            "authenticatorData": encoded(data),
            "signature": encoded(self.key.sign(data + digest, ec.ECDSA(hashes.SHA256()))),
            "userHandle": self.handle,
        }
        return self._credential(response)

    def _data(self, more: int) -> bytes:
        return hashlib.sha256(self.domain.encode()).digest() + bytes([self.flags | more]) + bytes(4)

    def _client(self, kind: str, challenge: str) -> str:
        return encoded(json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode())

    def _credential(self, response: dict[str, str]) -> dict[str, Any]:
        name = encoded(self.id)
        return {
            "id": name,
            "rawId": name,
            "type": "public-key",
            "response": response,
            "clientExtensionResults": {"credProps": {"rk": True}},
            "authenticatorAttachment": "platform",
        }


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def totp(secret: str, steps: int = 0) -> str:
    """The code that an authenticator app shows now, or `steps` times 30 s later."""
    return str(format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time()) + steps)))


def person(email: str = "olena@example.org", *, password: str = PASSWORD, language: str = "en") -> User:
    """Somebody with a confirmed address and a password."""
    user = User.objects.create_user(email, password, name="Olena Kovalenko", language=language)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def with_totp(user: User, secret: str = SECRET) -> str:
    """Gives the person an authenticator app that was set up long ago."""
    sealed = {"secret": sealing.seal(text=secret)}
    Authenticator.objects.bulk_create([Authenticator(user=user, type="totp", data=sealed)])
    return secret


def code_mailed() -> str:
    """The code in the last mail."""
    found = re.search(r"^[A-Z]{4}-[A-Z]{4}$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found is not None, mail.outbox[-1].body
    return found.group()
