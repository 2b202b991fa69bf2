"""A caller of the REST interface over real HTTP."""

from __future__ import annotations

import json
import uuid
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen


class Caller:
    """Signs in like an app does, and calls with JSON; `status` is the last answer's."""

    def __init__(self, base: str) -> None:
        self.base, self.headers, self.status = base, {"Accept": "application/json"}, 0
        self.answer_headers: dict[str, str] = {}

    def sign_in(self, email: str, password: str) -> None:
        answer = self.post("/_allauth/app/v1/auth/login", {"email": email, "password": password})
        assert self.status == 200, answer
        self.headers["X-Session-Token"] = answer["meta"]["session_token"]

    def get(self, path: str, **query: Any) -> Any:
        return self._call("GET", f"{path}?{urlencode(query)}" if query else path)

    def post(self, path: str, body: Any = None) -> Any:
        content = json.dumps({} if body is None else body).encode()
        return self._call("POST", path, content, {"Content-Type": "application/json"})

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
        return json.loads(content) if content else None
