"""The main job over HTTP with a real worker: import, score, explain; each kind of user sees what is theirs."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from apps.exchange import sample
from tests.journeys.caller import Caller
from tests.journeys.conftest import SAMPLE
from tests.journeys.rig import Rig, wait_for

pytestmark = pytest.mark.process


def zipped(folder: Path) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.glob("*.csv")):
            archive.write(file, file.name)
    return held.getvalue()


def ended(caller: Caller, location: str) -> dict:
    """Follow a job to its end."""

    def look():
        job = caller.get(location)
        return job if job["ended_at"] else None

    return wait_for(look, seconds=90, what=f"{location} ends")


def operator_of(rig: Rig, base: str) -> Caller:
    written = rig.manage("create_operator", "operator@tandem.example", "--generate-password")
    caller = Caller(base)
    caller.sign_in("operator@tandem.example", written.split("Password: ")[1].strip())
    return caller


class TestImport:
    def test_an_operator_checks_and_confirms_a_file(self, empty_rig):
        base = empty_rig.web()
        empty_rig.worker()
        operator = operator_of(empty_rig, base)

        sent = operator.upload("/api/v1/imports", "sample.zip", zipped(SAMPLE), verified="true")
        assert operator.status == 202, sent
        ended(operator, operator.answer_headers["Location"])
        checked = operator.get(f"/api/v1/imports/{sent['id']}")
        assert (checked["status"], checked["problem_count"]) == ("checked", 0)

        operator.post(f"/api/v1/imports/{sent['id']}/confirm")
        assert operator.status == 202
        ended(operator, operator.answer_headers["Location"])

        loaded = operator.get(f"/api/v1/imports/{sent['id']}")
        assert loaded["status"] == "loaded"
        firms = operator.get("/api/v1/startups", with_count="true", page_size=1)["count"]
        assert firms == empty_rig.query("SELECT count(*) FROM startups_firm")[0][0] > 100

    def test_a_broken_file_is_reported_and_changes_nothing(self, empty_rig):
        base = empty_rig.web()
        empty_rig.worker()
        operator = operator_of(empty_rig, base)

        sent = operator.upload("/api/v1/imports", "startups.csv", b"key,legal_name,country\nx,Name,Mars\n")
        ended(operator, operator.answer_headers["Location"])

        report = operator.get(f"/api/v1/imports/{sent['id']}/problems")
        assert [(p["table"], p["row"], p["column"]) for p in report["results"]] == [("startups", 2, "country")]
        assert empty_rig.query("SELECT count(*) FROM startups_firm") == [(0,)]


class TestMatching:
    def test_each_kind_of_user_sees_what_is_theirs(self, rig):
        base = rig.web()
        rig.worker()
        rig.manage("demo_prepare", "--base-url", base)
        personas = json.loads((Path(rig.environment["TANDEM_VAR"]) / "demo.json").read_text())["personas"]
        callers = {}
        for name, persona in personas.items():
            callers[name] = Caller(base)
            callers[name].sign_in(persona["email"], persona["password"], persona.get("totp_secret", ""))
            assert callers[name].get("/api/v1/me")["organisation"]["id"] == persona["organisation_id"]
        operator, fund, firm = callers["operator"], callers["fund"], callers["firm"]

        started = operator.post("/api/v1/match-runs", {"as_of": sample.AS_OF.isoformat()})
        assert operator.status == 202, started
        assert ended(operator, operator.answer_headers["Location"])["status"] == "succeeded"
        run = operator.get(f"/api/v1/match-runs/{started['id']}")
        assert (run["status"], run["is_current"]) == ("published", True)

        mandate = own(fund, "mandates", personas["fund"])
        matches = fund.get("/api/v1/matches", mandate=mandate["id"])["results"]
        assert matches
        assert [match["score"] for match in matches] == sorted((match["score"] for match in matches), reverse=True)
        for match in matches[:5]:
            explained = fund.get(f"/api/v1/matches/{match['id']}/explanation")
            assert explained["score"] == match["score"] == sum(f["contribution"] for f in explained["features"])

        seek = own(firm, "raises", personas["firm"])
        assert firm.get("/api/v1/matches", **{"raise": seek["id"]})["results"]
        fund.get("/api/v1/matches", **{"raise": seek["id"]})
        assert fund.status == 404
        for name in ("officer_eu", "officer_ua", "attestor"):
            callers[name].get("/api/v1/matches", mandate=mandate["id"])
            assert callers[name].status == 403
        stranger = Caller(base)
        stranger.get("/api/v1/matches", mandate=mandate["id"])
        assert stranger.status == 401


def own(caller: Caller, resource: str, persona: dict) -> dict:
    """One of the caller's own objects: those of others come without the private fields."""
    listed = caller.get(f"/api/v1/{resource}", page_size=200)["results"]
    return next(item for item in listed if item.get("actions"))
