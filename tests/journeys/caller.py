"""A caller of the REST interface over real HTTP."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import struct
import time
import uuid
from collections.abc import Callable
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

AUTH = "/_allauth/app/v1"


def totp(secret: str, at: float | None = None) -> str:
    """The six digits of a base-32 secret at a moment (RFC 6238: SHA-1, 30 s)."""
    moment = time.time() if at is None else at
    mac = hmac.digest(base64.b32decode(secret), struct.pack(">Q", int(moment // 30)), hashlib.sha1)
    place = mac[-1] & 15
    return f"{(int.from_bytes(mac[place : place + 4]) & 0x7FFFFFFF) % 1_000_000:06d}"


class Caller:
    """Signs in like an app does, and calls with JSON; `status` is the last answer's."""

    def __init__(self, base: str, language: str = "en") -> None:
        self.base, self.status = base, 0
        self.headers = {"Accept": "application/json", "Accept-Language": language}
        self.answer_headers: dict[str, str] = {}

    def sign_in(self, email: str, password: str, totp_secret: str = "") -> None:
        answer = self.post(f"{AUTH}/auth/login", {"email": email, "password": password})
        if totp_secret:
            assert self.status == 401, answer
            answer = self.post(f"{AUTH}/auth/2fa/authenticate", {"code": totp(totp_secret)})
        assert self.status == 200, answer

    def sign_up(self, email: str, password: str, code: Callable[[], str]) -> None:
        """Make an account; `code` finds the code that was mailed."""
        answer = self.post(f"{AUTH}/auth/signup", {"email": email, "password": password})
        assert self.status == 401, answer
        answer = self.post(f"{AUTH}/auth/email/verify", {"key": code()})
        assert self.status == 200, answer

    def get(self, path: str, **query: Any) -> Any:
        return self._call("GET", f"{path}?{urlencode(query)}" if query else path)

    def post(self, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        content = json.dumps({} if body is None else body).encode()
        return self._call("POST", path, content, {"Content-Type": "application/json", **(headers or {})})

    def decide(self, path: str, action: str, body: Any = None) -> Any:
        """Act on an object as it was read just before, once however often the request arrives."""
        self.get(path)
        headers = {"If-Match": self.answer_headers.get("ETag", ""), "Idempotency-Key": uuid.uuid4().hex}
        return self.post(f"{path}/{action}", body, headers)

    def patch(self, path: str, body: Any) -> Any:
        return self._call("PATCH", path, json.dumps(body).encode(), {"Content-Type": "application/json"})

    def put(self, path: str, content: bytes) -> Any:
        """Send bytes with their digest."""
        digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
        headers = {"Content-Type": "application/octet-stream", "Content-Digest": f"sha-256=:{digest}:"}
        return self._call("PUT", path, content, headers)

    def delete(self, path: str) -> Any:
        return self._call("DELETE", path)

    def upload(self, path: str, name: str, content: bytes, **fields: str) -> Any:
        """POST a multipart form with one file."""
        boundary = uuid.uuid4().hex
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
            for field, value in fields.items()
        ]
        parts += [
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n".encode()
            + content
            + f"\r\n--{boundary}--\r\n".encode()
        ]
        kind = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        return self._call("POST", path, b"".join(parts), kind)

    def _call(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Any:
        request = Request(f"{self.base}{path}", data=body, method=method, headers={**self.headers, **(headers or {})})
        try:
            with urlopen(request, timeout=60) as answer:
                self.status, self.answer_headers = answer.status, dict(answer.headers)
                content = answer.read()
        except HTTPError as refused:
            self.status, self.answer_headers = refused.code, dict(refused.headers)
            content = refused.read()
        answer = json.loads(content) if content else None
        if path.startswith(AUTH) and "session_token" in (answer or {}).get("meta", {}):
            self.headers["X-Session-Token"] = answer["meta"]["session_token"]
        return answer
