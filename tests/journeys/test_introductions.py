"""From a mandate and a raise to money over HTTP with a real worker: match, explanation, interest, mutual, cash; a
silence that the clock ends, and a no that stands.
"""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.caller import Caller
from tests.journeys.rig import ROOT, Rig, wait_for
from tests.journeys.test_speed import personas, settle

pytestmark = [pytest.mark.process, pytest.mark.xdist_group("process")]

PLACE = "/api/v1/introductions"
TOLD_S = 40


class Scene:
    """A fund and a firm that fit, and the lists of a run in which they find one another."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        base = rig.web()
        self.firm, self.fund = personas(rig, base, "firm", "fund")
        settle(rig)
        rig.worker()
        # Accepting it is the signatory's journey (test_registry); here the fund is bound already.
        rig.query(
            "INSERT INTO organisations_undertakingacceptance"
            " (id, organisation_id, undertaking, sha256, language, accepted_by_id)"
            " SELECT gen_random_uuid(), m.organisation_id, '2026-1', repeat('0', 64), 'en', m.user_id"
            " FROM organisations_membership m WHERE m.organisation_id = %s LIMIT 1 RETURNING id",
            self.fund.get("/api/v1/me")["organisation"]["id"],
        )
        listed = self.firm.get("/api/v1/capabilities", own="true", page_size=200)["results"]
        self.lead = next(item for item in listed if item["status"] == "published")
        self.mandate = self.made(
            self.fund,
            "/api/v1/mandates",
            {
                "name": "Journeys",
                "areas": [{"area": self.lead["area"], "weight": 1}],
                "ticket_min": {"amount": "200000.00", "currency": "EUR"},
                "ticket_max": {"amount": "5000000.00", "currency": "EUR"},
                "instruments": ["equity"],
                "offered_cost_of_capital": "0.400000",
            },
        )
        self.done(self.fund, f"/api/v1/mandates/{self.mandate}/activate")

    def made(self, caller: Caller, path: str, body: dict[str, Any]) -> str:
        answer = caller.post(path, body, {"Idempotency-Key": uuid.uuid4().hex})
        assert caller.status == 201, answer
        return str(answer["id"])

    def done(self, caller: Caller, path: str) -> Any:
        answer = caller.post(path)
        assert caller.status == 200, answer
        return answer

    def seek(self) -> str:
        """A new open raise of the firm."""
        body = {
            "lead_capability": self.lead["id"],
            "amount": {"amount": "1500000.00", "currency": "EUR"},
            "instruments": ["equity"],
            "stage": "seed",
        }
        item = self.made(self.firm, "/api/v1/raises", body)
        self.done(self.firm, f"/api/v1/raises/{item}/open")
        return item

    def express(self, caller: Caller, item: str, message: str = "") -> Any:
        body = {"mandate": self.mandate, "raise": item, "message": message}
        return caller.post(PLACE, body, {"Idempotency-Key": uuid.uuid4().hex})

    def told(self, caller: Caller, kind: str) -> Any:
        """The newest message of the kind, once it is there."""
        path = "/api/v1/notifications"
        return wait_for(lambda: caller.get(path, kind=kind)["results"], seconds=TOLD_S, what=f"{kind} is told")[0]

    def letters(self) -> str:
        """Everything that was mailed."""
        folder = Path(self.rig.environment["TANDEM_VAR"]) / "mail"
        return "\n".join(file.read_text(encoding="utf-8") for file in sorted(folder.glob("*")))

    def clock(self) -> None:
        """One turn of the clock that reminds of introductions and ends them."""
        subprocess.run(
            [sys.executable, "-m", "celery", "-A", "config", "call", "matching.introductions"],
            cwd=ROOT,
            env=self.rig.environment,
            check=True,
            capture_output=True,
            timeout=120,
        )

    def matched(self, item: str) -> Any:
        """The fund's match with the raise in the lists of a new run."""
        self.rig.published(self.rig.run_start(dt.datetime.now(dt.UTC).date().isoformat()), seconds=120)
        listed = self.fund.get("/api/v1/matches", mandate=self.mandate, page_size=50)["results"]
        needed = self.fund.get("/api/v1/matches", mandate=self.mandate, section="needs_data", page_size=50)["results"]
        return next(match for match in [*listed, *needed] if match["raise"]["id"] == item)


@pytest.fixture
def scene(rig: Rig) -> Scene:
    return Scene(rig)


class TestIntroductions:
    def test_lead_from_a_match_to_money(self, scene: Scene) -> None:
        fund, firm = scene.fund, scene.firm
        item = scene.seek()
        match = scene.matched(item)
        explained = fund.get(f"/api/v1/matches/{match['id']}/explanation")
        assert sum(feature["contribution"] for feature in explained["features"]) == match["score"]

        asked = scene.express(fund, item, "Let us talk about the second line.")
        assert fund.status == 201, asked
        assert asked["score"] == match["score"]
        message = scene.told(firm, "matching.interest")
        wait_for(lambda: "waits for your answer" in scene.letters(), seconds=TOLD_S, what="the firm gets a mail")
        assert "second line" not in scene.letters()
        waiting = firm.get(message["link"])
        assert waiting["message"] == "Let us talk about the second line."
        assert waiting["actions"] == ["accept", "decline"]

        met = firm.decide(f"{PLACE}/{asked['id']}", "accept")
        assert (firm.status, met["status"]) == (200, "mutual")
        scene.told(fund, "matching.mutual")
        named = fund.get(f"{PLACE}/{asked['id']}")["firm"]
        assert named["name"] == firm.get("/api/v1/me")["organisation"]["legal_name"]

        today = dt.datetime.now(dt.UTC).date().isoformat()
        for caller, step in ((fund, "term_sheet"), (firm, "term_sheet"), (firm, "cash")):
            recorded = caller.decide(f"{PLACE}/{asked['id']}", "steps", {"step": step, "on": today})
            assert caller.status == 201, recorded
        assert recorded["closed_at"] is not None
        speed = fund.get(f"/api/v1/investors/{recorded['fund']['id']}/decision-speed")
        assert speed["exact"]["closed"] >= 1
        assert "exact" not in firm.get(f"/api/v1/investors/{recorded['fund']['id']}/decision-speed")

    def test_end_with_a_silence_or_a_no_that_stands(self, scene: Scene) -> None:
        fund, firm = scene.fund, scene.firm
        item = scene.seek()
        ignored = scene.express(firm, item)
        assert firm.status == 201, ignored

        scene.rig.query(
            "UPDATE matching_introduction SET created_at = created_at - interval '27 days',"
            " expires_at = expires_at - interval '27 days' RETURNING id"
        )
        scene.clock()
        scene.told(fund, "matching.deadline")
        scene.rig.query("UPDATE matching_introduction SET expires_at = now() RETURNING id")
        scene.clock()
        scene.told(firm, "matching.expiry")
        assert firm.get(f"{PLACE}/{ignored['id']}")["status"] == "expired"
        again = scene.express(firm, item)
        assert (firm.status, again["code"]) == (409, "asked_before")

        second = scene.express(firm, scene.seek())
        assert firm.status == 201, second
        declined = fund.decide(f"{PLACE}/{second['id']}", "decline", {"reason": "too_early", "note": "In spring."})
        assert (fund.status, declined["status"]) == (200, "declined")
        scene.told(firm, "matching.declined")
        assert {"reason", "note"} & set(firm.get(f"{PLACE}/{second['id']}")) == set()
        refused = scene.express(firm, scene.seek())
        assert (firm.status, refused["code"]) == (409, "declined_before")
        own = scene.express(fund, item)
        assert (fund.status, own["code"], [error["code"] for error in own["errors"]]) == (
            409,
            "gates_fail",
            ["history"],
        )
