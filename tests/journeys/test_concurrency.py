"""Several callers at one object over real HTTP: whoever sends If-Match overwrites nobody, and nobody starves."""

from __future__ import annotations

import json
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.caller import Caller
from tests.journeys.rig import Rig

pytestmark = pytest.mark.process

CLIENTS, SUCCESSES = 4, 25
PATIENCE_S = 150


class Adder(threading.Thread):
    """Reads a number and writes it one higher, until it has done so often enough."""

    def __init__(self, caller: Caller, path: str) -> None:
        super().__init__(daemon=True)
        self.caller, self.path = caller, path
        self.written: list[int] = []
        self.refused = 0
        self.odd: list[Any] = []

    def run(self) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while len(self.written) < SUCCESSES and not self.odd and time.monotonic() < deadline:
            self.add()

    def add(self) -> None:
        """One read and one write."""
        read = self.caller.get(self.path)
        if self.waits(read):
            return
        staff = read["staff"] + 1
        changed = self.caller.patch_if(self.path, {"staff": staff}, self.caller.answer_headers["ETag"])
        if self.caller.status == 200:
            self.written.append(staff)
        elif self.caller.status in {409, 412}:
            self.refused += 1
        else:
            self.waits(changed)

    def waits(self, answer: Any) -> bool:
        """Whether the last answer was not the thing itself: waits where it says so, gives up otherwise."""
        if self.caller.status == 200:
            return False
        if self.caller.status == 429:
            time.sleep(int(self.caller.answer_headers["Retry-After"]))
        else:
            self.odd.append((self.caller.status, answer))
        return True


class ConditionalCaller(Caller):
    """A caller that changes only what it has read."""

    def patch_if(self, path: str, body: Any, etag: str) -> Any:
        headers = {"Content-Type": "application/json", "If-Match": etag}
        return self._call("PATCH", path, json.dumps(body).encode(), headers)


def clients(rig: Rig, bases: list[str]) -> tuple[list[ConditionalCaller], str]:
    """Half of the clients signed in as a person, half with a key, on both servers; and the firm they belong to."""
    rig.manage("demo_prepare", "--base-url", bases[0])
    persona = json.loads((Path(rig.environment["TANDEM_VAR"]) / "demo.json").read_text())["personas"]["firm"]
    made = []
    for number in range(CLIENTS):
        caller = ConditionalCaller(bases[number % 2])
        if number < CLIENTS // 2:
            caller.sign_in(persona["email"], persona["password"], persona.get("totp_secret", ""))
        else:
            caller.headers["Authorization"] = f"Bearer {persona['api_key']}"
        made.append(caller)
    rows = rig.query("SELECT id FROM startups_firm WHERE organisation_id = %s", persona["organisation_id"])
    return made, str(rows[0][0])


class TestReadModifyWrite:
    def test_four_clients_lose_no_update(self, rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:
        callers, firm = clients(rig, [rig.web(), rig.web()])
        path = f"/api/v1/startups/{firm}"
        callers[0].patch(path, {"staff": 0})
        assert callers[0].status == 200
        events = "SELECT count(*) FROM kernel_event WHERE object_id = %s AND name = 'startups.firm.updated'"
        before = rig.query(events, firm)[0][0]
        adders = [Adder(caller, path) for caller in callers]
        began = time.monotonic()

        for adder in adders:
            adder.start()
        for adder in adders:
            adder.join(PATIENCE_S + 30)

        written = sorted(number for adder in adders for number in adder.written)
        with capsys.disabled():
            refused = sum(adder.refused for adder in adders)
            sys.stdout.write(
                f"\nIf-Match: {len(written)} written, {refused} refused, {time.monotonic() - began:.1f} s\n"
            )
        assert [odd for adder in adders for odd in adder.odd] == []
        assert written == list(range(1, CLIENTS * SUCCESSES + 1))
        assert callers[0].get(path)["staff"] == CLIENTS * SUCCESSES
        assert rig.query(events, firm)[0][0] - before == CLIENTS * SUCCESSES
        assert sum(adder.refused for adder in adders) > 0

    def test_without_a_condition_updates_are_lost(self, rig: Rig) -> None:
        callers, firm = clients(rig, [rig.web(), rig.web()])
        path = f"/api/v1/startups/{firm}"
        first, second = callers[0], callers[2]
        first.patch(path, {"staff": 0})
        both = [caller.get(path)["staff"] + 1 for caller in (first, second)]

        answers = [
            (caller.patch(path, {"staff": staff}), caller.status)
            for caller, staff in zip((first, second), both, strict=True)
        ]

        assert [status for _, status in answers] == [200, 200]
        assert first.get(path)["staff"] == 1
