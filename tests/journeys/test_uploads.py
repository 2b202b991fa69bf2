"""An upload survives whatever dies under it: it ends with the bytes that were promised, and as one version."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import json
import os
import random
import signal
import socket
import time
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.factories.documents import digest_header, pdf_of
from tests.journeys.rig import Rig, wait_for

pytestmark = pytest.mark.process

FIRM = """
import datetime as dt
from apps.accounts.models import User
from apps.organisations.models import Membership, Organisation
from apps.organisations.selectors import actor_for_member
from apps.organisations.services import api_key_create
user = User.objects.create(email="owner@firm.example")
firm = Organisation.objects.create(kind="firm", legal_name="Firm", country="UA", standing="verified")
member = Membership.objects.create(organisation=firm, user=user, roles=["owner"])
actor = actor_for_member(membership=member, second_factor_at=dt.datetime.now(dt.UTC))
until = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
print("token", api_key_create(actor=actor, name="upload", scopes=sorted(actor.permissions), expires_at=until).token)
"""
FEW, MANY = 3, 200_000_000
"""Kills in the suite; bytes of the file in a campaign."""


class Sender:
    """A program that brings a file, and begins anew where it was interrupted."""

    def __init__(self, base: str, token: str) -> None:
        self.base, self.token = base, token

    def call(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
        link = http.client.HTTPConnection(urlsplit(self.base).netloc, timeout=120)
        try:
            headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", **headers}
            link.request(method, path, body, headers)
            answer = link.getresponse()
            return answer.status, answer.read()
        finally:
            link.close()

    def shown(self, path: str) -> Any:
        status, content = self.call("GET", path)
        assert status == 200, content
        return json.loads(content)

    def chunk(self, place: str, offset: int, piece: bytes) -> int:
        kind = {"Content-Type": "application/octet-stream", "Content-Digest": digest_header(piece)}
        status, content = self.call("PUT", f"{place}/chunks/{offset}", piece, **kind)
        assert status == 200, content
        return int(json.loads(content)["received"])

    @contextlib.contextmanager
    def broken_chunk(self, place: str, offset: int, piece: bytes, cut: int) -> Any:
        """A chunk of which only the first `cut` bytes are sent, while the connection stays open."""
        parts = urlsplit(self.base)
        head = (
            f"PUT {place}/chunks/{offset} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
            f"Authorization: Bearer {self.token}\r\nContent-Type: application/octet-stream\r\n"
            f"Content-Digest: {digest_header(piece)}\r\nContent-Length: {len(piece)}\r\n\r\n"
        )
        with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=120) as link:
            link.sendall(head.encode() + piece[:cut])
            yield


def kill_web(rig: Rig) -> None:
    web = rig.processes.pop()
    os.killpg(web.pid, signal.SIGKILL)
    web.wait(timeout=10)


class TestUpload:
    def test_killed_at_random_offsets_ends_right(self, empty_rig, rounds):
        rig, chance = empty_rig, random.Random()
        is_campaign = rounds > 1
        picture = chance.randbytes(MANY if is_campaign else 3_000_000)
        content = pdf_of(picture)
        step = 4 * 1024 * 1024 if is_campaign else 200_000
        token = rig.manage("shell", "-c", FIRM).split("token ")[1].strip()
        sender = Sender(rig.web(), token)
        promise = {
            "name": "scan.pdf",
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "title": "Scan",
            "purpose": "verification",
        }
        status, answer = sender.call("POST", "/api/v1/uploads", json.dumps(promise).encode())
        assert status == 201, answer
        place = f"/api/v1/uploads/{json.loads(answer)['id']}"

        for death in sorted(chance.randrange(len(content)) for _ in range(rounds if is_campaign else FEW)):
            received = sender.shown(place)["received"]
            while received + step <= death:
                received = sender.chunk(place, received, content[received : received + step])
            piece = content[received : received + step]
            # In the middle of the body, or a moment after its end, while it is being stored.
            cut = chance.choice([chance.randrange(len(piece)), len(piece)])
            with sender.broken_chunk(place, received, piece, cut):
                time.sleep(chance.random() * 0.1)
                kill_web(rig)
            sender.base = rig.web()

        received = sender.shown(place)["received"]
        while received < len(content):
            received = sender.chunk(place, received, content[received : received + step])
        status, answer = sender.call("POST", f"{place}/complete")
        assert status == 202, answer
        worker = rig.worker()
        wait_for(
            lambda: rig.query("SELECT 1 FROM kernel_chunk WHERE status = 'running'"), seconds=60, what="work begins"
        )
        time.sleep(chance.random())
        os.killpg(worker.pid, signal.SIGKILL)
        rig.worker()

        done = wait_for(
            lambda: (shown := sender.shown(place))["status"] != "completing" and shown, seconds=180, what="it ends"
        )
        assert (done["status"], done["reason"], done["version"]) == ("done", None, 1)
        ((number, state, sha256),) = rig.query("SELECT number, status, sha256 FROM documents_documentversion")
        assert (number, state) == (1, "clean")
        status, kept = sender.call("GET", f"/api/v1/documents/{done['document']}/content")
        assert (status, hashlib.sha256(kept).hexdigest()) == (200, sha256)
        assert picture in kept
        assert rig.query("SELECT count(*) FROM documents_uploadchunk") == [(0,)]
