"""A raise that a saved search finds reaches its people within seconds, and once, also when workers die on the way."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.rig import Rig, wait_for
from tests.journeys.test_speed import personas, settle

pytestmark = [pytest.mark.process, pytest.mark.xdist_group("process")]

WITHIN_S, AFTER_A_FAULT_S = 5, 40
AGAIN = """
UPDATE kernel_delivery d SET delivered_at = NULL, next_at = now()
  FROM kernel_event e, dealflow_savedsearch s
 WHERE e.id = d.event_id AND s.id = %s AND e.at > s.created_at
RETURNING d.id
"""
"""Everything that was delivered since a search was saved, to be delivered once more."""
NEW = re.compile(r"^Message-ID: (<notification-\S+>)$", re.MULTILINE)


class Scene:
    """A firm that raises money, and a fund that watches by a search of its own."""

    def __init__(self, rig: Rig) -> None:
        self.rig, self.base = rig, rig.web()
        self.firm, self.fund = personas(rig, self.base, "firm", "fund")
        settle(rig)
        capabilities = self.firm.get("/api/v1/capabilities", own="true", page_size=200)["results"]
        self.lead = next(item["id"] for item in capabilities if item["status"] == "published")

    def watch(self) -> tuple[str, str]:
        """A new saved search, and the stage that it looks for."""
        stage = f"journey {uuid.uuid4().hex[:8]}"
        body = {"name": stage, "query": {"stage": [stage], "kind": ["raise"]}, "cadence": "instant"}
        made = self.fund.post("/api/v1/saved-searches", body)
        assert self.fund.status == 201, made
        return made["id"], stage

    def draft(self, stage: str) -> str:
        """A raise that is ready to be opened."""
        body = {
            "lead_capability": self.lead,
            "amount": {"amount": "1500000.00", "currency": "EUR"},
            "instruments": ["equity"],
            "stage": stage,
        }
        made = self.firm.post("/api/v1/raises", body)
        assert self.firm.status == 201, made
        return str(made["id"])

    def open(self, item: str) -> None:
        answer = self.firm.post(f"/api/v1/raises/{item}/open")
        assert self.firm.status == 200, answer

    def withdraw(self, item: str) -> None:
        answer = self.firm.post(f"/api/v1/raises/{item}/withdraw")
        assert self.firm.status == 200, answer

    def messages(self, search: str) -> list[Any]:
        rows = self.fund.get("/api/v1/notifications", kind="dealflow.alert")["results"]
        return [row for row in rows if search in row["link"]]

    def letters(self, stage: str) -> list[str]:
        """The Message-IDs of the mails that name the search, one for each time that one was sent."""
        folder = Path(self.rig.environment["TANDEM_VAR"]) / "mail"
        texts = [file.read_text(encoding="utf-8") for file in folder.glob("*")]
        return [found for text in texts if stage in text for found in NEW.findall(text)]

    def hits(self, search: str) -> int:
        [(count,)] = self.rig.query(
            "SELECT count(*) FROM dealflow_alerthit WHERE search_id = %s AND is_told", search
        ) or [(0,)]
        return int(count)

    def told(self, search: str) -> int:
        [(count,)] = self.rig.query(
            "SELECT count(*) FROM notifications_notification WHERE subject_id = %s", search
        ) or [(0,)]
        return int(count)

    def is_quiet(self) -> bool:
        """Whether nothing is left to be delivered."""
        return self.rig.query("SELECT count(*) FROM kernel_delivery WHERE delivered_at IS NULL") == [(0,)]


def ready(scene: Scene) -> None:
    """Wait until the worker works: it has told of another raise."""
    search, stage = scene.watch()
    item = scene.draft(stage)
    scene.open(item)
    wait_for(lambda: scene.letters(stage) and scene.is_quiet(), seconds=60, what="the worker works")
    scene.withdraw(item)
    wait_for(scene.is_quiet, seconds=60, what="the worker has done all")
    assert scene.told(search) == 1


def kill(worker: subprocess.Popen[bytes]) -> None:
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait(timeout=10)


MOMENTS: dict[str, Callable[[Scene, str], Any]] = {
    "at once": lambda _scene, _search: True,
    "after the find": lambda scene, search: scene.hits(search),
    "after the message": lambda scene, search: scene.told(search),
}


class TestAlert:
    def test_reaches_inbox_and_mailbox_within_seconds_and_not_again(self, rig: Rig) -> None:
        scene = Scene(rig)
        search, stage = scene.watch()
        item = scene.draft(stage)
        rig.worker()
        ready(scene)

        began = time.monotonic()
        scene.open(item)
        wait_for(lambda: scene.messages(search) and scene.letters(stage), seconds=30, what="the fund is told")
        taken = time.monotonic() - began

        assert taken < WITHIN_S
        [message] = scene.messages(search)
        assert message["count"] == 1
        [found] = scene.fund.get(f"/api/v1/saved-searches/{search}/results", new="true")["results"]
        assert found["id"] == item

        # Every delivery once more, as if no worker had ever noted one.
        wait_for(scene.is_quiet, seconds=30, what="all is delivered")
        again = rig.query(AGAIN, search)
        assert len(again) > len(MOMENTS)
        wait_for(scene.is_quiet, seconds=60, what="all is delivered again")

        assert scene.hits(search) == 1
        assert len(scene.messages(search)) == len(scene.letters(stage)) == 1

        # Nothing is said of a raise that is over.
        scene.withdraw(item)
        assert scene.messages(search) == []

    @pytest.mark.parametrize("moment", MOMENTS, ids=lambda name: name.replace(" ", "-"))
    def test_comes_once_although_the_worker_is_killed(self, rig: Rig, moment: str) -> None:
        scene = Scene(rig)
        search, stage = scene.watch()
        item = scene.draft(stage)
        worker = rig.worker()
        ready(scene)

        began = time.monotonic()
        scene.open(item)
        wait_for(lambda: MOMENTS[moment](scene, search), seconds=30, what=f"the moment comes: {moment}")
        kill(worker)
        rig.worker()
        wait_for(lambda: scene.messages(search) and scene.letters(stage), seconds=60, what="the fund is told")
        taken = time.monotonic() - began

        assert taken < AFTER_A_FAULT_S
        wait_for(scene.is_quiet, seconds=60, what="all is delivered")
        assert scene.hits(search) == scene.told(search) == 1
        assert len(set(scene.letters(stage))) == 1
