"""A firm's speed follows its log while a worker runs: what is recorded or attested now is measured within seconds."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kernel.clock import utc_now
from tests.journeys.caller import Caller
from tests.journeys.rig import Rig, wait_for

pytestmark = [pytest.mark.process, pytest.mark.xdist_group("process")]

WITHIN_S = 2


def personas(rig: Rig, base: str, *names: str) -> list[Caller]:
    rig.manage("demo_prepare", "--base-url", base)
    known = json.loads((Path(rig.environment["TANDEM_VAR"]) / "demo.json").read_text())["personas"]
    callers = []
    for name in names:
        caller = Caller(base)
        caller.sign_in(known[name]["email"], known[name]["password"], known[name].get("totp_secret", ""))
        callers.append(caller)
    return callers


def settle(rig: Rig) -> None:
    """Take away the work that the sample data left for a worker: what follows is timed on an idle one."""
    for statement in (
        "UPDATE kernel_delivery SET delivered_at = now() WHERE delivered_at IS NULL RETURNING id",
        "UPDATE kernel_chunk SET status = 'cancelled' WHERE status IN ('queued', 'running') RETURNING id",
        "UPDATE kernel_job SET status = 'cancelled', ended_at = now() WHERE ended_at IS NULL RETURNING id",
    ):
        rig.query(statement)


def seconds(condition: Callable[[], Any], what: str) -> float:
    began = time.monotonic()
    wait_for(condition, seconds=10 * WITHIN_S, what=what)
    return time.monotonic() - began


class TestSpeed:
    def test_follows_an_event_and_its_attestation_within_two_seconds(self, rig):
        base = rig.web()
        firm, attestor = personas(rig, base, "firm", "attestor")
        settle(rig)
        rig.worker()
        listed = firm.get("/api/v1/capabilities", own="true", page_size=200)["results"]
        capability = next(item["id"] for item in listed if item["status"] == "published")

        def measured() -> str | None:
            rows = rig.query("SELECT log_sha256 FROM startups_speedprofile WHERE capability_id = %s", capability)
            return rows[0][0] if rows else None

        def open_orders() -> int:
            delivery = firm.get(f"/api/v1/capabilities/{capability}/speed")["figures"]["delivery"]
            return 0 if delivery is None else int(delivery["n_open"])

        def recorded(days: int) -> str:
            at = (utc_now() - dt.timedelta(days=days)).isoformat()
            body = {"kind": "order_received", "occurred_at": at}
            made = firm.post(f"/api/v1/capabilities/{capability}/events", body)
            assert firm.status == 201, made
            return str(made["id"])

        recorded(20)
        first = wait_for(measured, seconds=120, what="the worker is up and has measured the capability")
        before = open_orders()

        event = recorded(10)
        assert seconds(lambda: measured() != first, "the profile follows the event") < WITHIN_S
        assert open_orders() == before  # what a firm says of itself is shown and enters no figure

        seat = attestor.post("/api/v1/attestor-seats", {"role": "customer"})
        assert attestor.status == 201, seat
        asked = firm.post(f"/api/v1/development-events/{event}/attestation-requests", {"code": seat["code"]})
        assert firm.status == 201, asked
        request = f"/api/v1/attestation-requests/{asked['id']}"
        attestor.get(request)
        attestor.headers["If-Match"] = attestor.answer_headers["ETag"]
        confirmed = attestor.post(f"{request}/confirm")
        assert attestor.status == 200, confirmed
        assert seconds(lambda: open_orders() == before + 1, "the figure follows the attestation") < WITHIN_S

        shown = firm.get(f"/api/v1/capabilities/{capability}/speed")
        assert shown["as_of"] == utc_now().date().isoformat()
