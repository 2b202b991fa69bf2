"""From registration to verified: papers, owners, a question, a namesake on a list; each step by the role that may."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

import pytest

from tests.journeys.caller import Caller
from tests.journeys.rig import Rig, wait_for
from tests.journeys.test_trust import PASSWORD, Post, code_for, registered, second_factor, verified

pytestmark = pytest.mark.process

NAMESAKE = {"name": "Остап Бурзолович Мрикайло", "latin": "Ostap Mrykailo"}
LISTED = {
    "id": "syn-journey-1",
    "schema": "Person",
    "caption": NAMESAKE["name"],
    "target": True,
    "datasets": ["synthetic"],
    "properties": {"name": [NAMESAKE["name"]], "topics": ["sanction"], "notes": ["Synthetic entry"]},
}
SECONDS = 60


class Scene:
    """An installation with its operator, a firm that wants to be verified, and others who look on."""

    def __init__(self, rig: Rig) -> None:
        self.rig, self.base = rig, rig.web()
        rig.worker()
        self.post = Post(rig)

    def person(self, email: str, name: str) -> Caller:
        """Somebody who has just signed up."""
        caller = Caller(self.base)
        caller.sign_up(email, PASSWORD, code_for(self.post, email))
        caller.patch("/api/v1/me", {"name": name})
        assert caller.status == 200
        return caller

    def invited(self, by: Caller, organisation: str, email: str, name: str, *roles: str) -> Caller:
        """Somebody who has joined the organisation with these roles."""
        by.post(f"/api/v1/organisations/{organisation}/invitations", {"email": email, "roles": list(roles)})
        assert by.status == 201
        token = self.post.found(email, r'"token": "([^"]+)"')
        caller = self.person(email, name)
        caller.post("/api/v1/invitations/accept", {"token": token})
        assert caller.status == 200
        return caller

    def operator(self) -> tuple[Caller, str]:
        """The owner of the operator's organisation, and its id."""
        written = self.rig.manage("create_operator", "operator@tandem.example", "--generate-password")
        caller, password = Caller(self.base), written.rsplit("Password: ", 1)[1].strip()
        caller.sign_in("operator@tandem.example", password)
        second_factor(caller, password)
        return caller, caller.get("/api/v1/me")["organisation"]["id"]


def may_not(caller: Caller, method: str, path: str, body: Any = None, *, status: int) -> None:
    """The caller tries, and is refused with this status."""
    getattr(caller, method)(path, *(() if method == "get" else (body,)))
    assert caller.status == status, (method, path, caller.status)


def done(caller: Caller, path: str, body: Any = None, *, status: int = 200) -> Any:
    answer = caller.post(path, body)
    assert caller.status == status, (path, answer)
    return answer


def uploaded(caller: Caller, title: str) -> str:
    """A paper of the caller's organisation, stored; returns its id."""
    content = f"{title}\nNothing in here is of any importance.\n".encode()
    upload = done(
        caller,
        "/api/v1/uploads",
        {
            "name": "paper.txt",
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "media_type": "text/plain",
            "title": title,
            "purpose": "verification",
            "export_mark": "none",
        },
        status=201,
    )
    place = f"/api/v1/uploads/{upload['id']}"
    caller.put(f"{place}/chunks/0", content)
    assert caller.status == 200
    done(caller, f"{place}/complete", status=202)
    found = wait_for(
        lambda: (now := caller.get(place))["status"] in {"done", "failed"} and now, seconds=SECONDS, what="the upload"
    )
    assert (found["status"], bool(found["document"])) == ("done", True), found
    return str(found["document"])


def list_loaded(officer: Caller) -> None:
    """The namesake stands on a list that is in force."""
    lists = officer.get("/api/v1/watch-lists")["results"]
    place = next(f"/api/v1/watch-lists/{row['id']}/versions" for row in lists if row["format"] == "ftm")
    content = (json.dumps(LISTED, ensure_ascii=False) + "\n").encode()
    version = officer.upload(place, "entities.ftm.json", content)
    assert officer.status == 202, version

    def is_in_force() -> bool:
        found = officer.get(f"/api/v1/list-versions/{version['id']}")
        assert found["status"] not in {"refused", "discarded", "waiting"}, found
        return bool(found["status"] == "in_force")

    wait_for(is_in_force, seconds=SECONDS, what="the list is in force")


def screened(officer: Caller, firm: str) -> dict[str, Any]:
    """A screening that the officer asked for; returns its file."""
    before = {row["id"] for row in officer.get("/api/v1/screenings", organisation=firm)["results"]}
    queued = done(officer, "/api/v1/screenings", {"organisation": firm}, status=202)
    wait_for(
        lambda: officer.get(f"/api/v1/jobs/{queued['job']}")["status"] == "succeeded",
        seconds=SECONDS,
        what="the screening's job",
    )
    newest = officer.get("/api/v1/screenings", organisation=firm)["results"][0]
    assert newest["id"] not in before
    found: dict[str, Any] = officer.get(f"/api/v1/screenings/{newest['id']}")
    return found


class TestVerification:
    def test_from_registration_to_verified(self, empty_rig: Rig) -> None:
        scene = Scene(empty_rig)
        owner_of_operator, operator = scene.operator()
        officer = scene.invited(owner_of_operator, operator, "officer@tandem.example", "Olena Kvit", "compliance")
        clerk = scene.invited(owner_of_operator, operator, "clerk@tandem.example", "Petro Hai", "editor")
        second_factor(officer)
        list_loaded(officer)
        may_not(clerk, "get", "/api/v1/screenings", status=403)

        # A fund looks on from the start, and a firm of no concern.
        analyst = scene.person("analyst@fund.example", "Anneli Tamm")
        fund = registered(analyst, "fund", country="EE", legal_name="Rimefrost Capital OÜ")
        verified(empty_rig, fund)
        stranger = scene.person("founder@other.example", "Ivan Sova")
        registered(stranger, "firm", country="UA", legal_name="Other Works LLC")

        # The firm registers; an editor joins.
        founder = scene.person("founder@nightjar.example", NAMESAKE["latin"])
        number = {"scheme": "UA-EDR", "value": "39999902"}
        firm = registered(founder, "firm", country="UA", legal_name="Nightjar Sensors LLC", identifiers=[number])
        editor = scene.invited(founder, firm, "editor@nightjar.example", "Maria Lys", "editor")
        startup = wait_for(
            lambda: founder.get("/api/v1/startups", own="true")["results"], seconds=SECONDS, what="the registry's entry"
        )[0]["id"]
        may_not(analyst, "get", f"/api/v1/startups/{startup}", status=404)

        # It opens its case, shows its papers and says who owns it.
        own = f"/api/v1/organisations/{firm}/verification"
        may_not(founder, "get", own, status=404)
        may_not(editor, "post", own, {}, status=403)
        may_not(stranger, "post", own, {}, status=404)
        case = done(founder, own, status=201)
        needs = {item["code"]: item["need"] for item in case["items"]}
        assert "screening_decided" not in needs
        papers = {code: uploaded(founder, code) for code, need in needs.items() if need == "document"}
        may_not(editor, "post", f"{own}/items", {"items": [{"code": "articles", "documents": []}]}, status=403)
        incomplete = founder.post(f"{own}/submit")
        assert (founder.status, len(incomplete["errors"])) == (422, len(needs))
        done(
            founder,
            f"{own}/items",
            {
                "items": [
                    {"code": code, "documents": [papers[code]]}
                    if need == "document"
                    else {"code": code, "statement": f"We state {code}."}
                    for code, need in needs.items()
                ]
            },
        )
        done(
            founder,
            f"/api/v1/organisations/{firm}/ownership",
            {
                "parties": [{"key": "founder", "kind": "person", "legal_name": NAMESAKE["latin"], "country": "UA"}],
                "statements": [
                    {"owner": "founder", "interest": "shareholding", "share_min": "1", "share_max": "1"},
                ],
            },
            status=201,
        )
        may_not(officer, "get", f"/api/v1/documents/{papers['articles']}", status=404)
        may_not(editor, "post", f"{own}/submit", status=403)
        submitted = done(founder, f"{own}/submit")
        assert (submitted["status"], submitted["actions"]) == ("submitted", [])

        # The officer takes it; the papers are open to the officer alone.
        cases = f"/api/v1/verification-cases/{case['id']}"
        may_not(clerk, "get", cases, status=403)
        may_not(analyst, "get", cases, status=403)
        may_not(clerk, "post", f"{cases}/take", status=403)
        assert [row["id"] for row in officer.get("/api/v1/verification-cases", status="submitted")["results"]] == [
            case["id"]
        ]
        taken = done(officer, f"{cases}/take")
        assert (taken["status"], taken["open_branches"]) == ("in_review", [])
        assert officer.get(f"/api/v1/documents/{papers['articles']}")["title"] == "articles"
        may_not(analyst, "get", f"/api/v1/documents/{papers['articles']}", status=404)

        # Screening finds somebody of the same name.
        run = screened(officer, firm)
        assert run["hits"], run
        assert officer.get(cases)["clearance"] == "review"
        may_not(clerk, "get", f"/api/v1/screenings/{run['id']}", status=403)
        may_not(founder, "get", f"/api/v1/screenings/{run['id']}", status=403)
        too_early = officer.post(f"{cases}/verify", {"reason": "!"})
        assert officer.status == 409, too_early
        assert {"/screening"} <= {problem["pointer"] for problem in too_early["errors"]}

        # The officer asks; the firm answers with a document, and learns nothing of the list.
        in_a_week = (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=7)).isoformat()
        question = {"text": "When was the founder born?", "due_on": in_a_week, "items": ["signatories_identity"]}
        may_not(clerk, "post", f"{cases}/ask", question, status=403)
        done(officer, f"{cases}/ask", question)
        assert scene.post.found("founder@nightjar.example", r"until (\d{4}-\d\d-\d\d)") == in_a_week
        seen = founder.get(own)
        assert (seen["status"], seen["actions"]) == ("info_requested", ["provide", "answer"])
        assert seen["requests"][0]["text"] == question["text"]
        told = json.dumps(seen, ensure_ascii=False)
        officer_id = officer.get("/api/v1/me")["user"]["id"]
        assert not [word for word in ("screening", officer_id, "Olena", "officer_note") if word in told]
        passport = uploaded(founder, "passport")
        reply = {"answer": "In 1990; the passport is enclosed.", "documents": [passport]}
        may_not(editor, "post", f"{own}/answers", reply, status=403)
        may_not(stranger, "post", f"{own}/answers", reply, status=404)
        assert done(founder, f"{own}/answers", reply)["status"] == "in_review"
        assert officer.get(f"/api/v1/documents/{passport}")["title"] == "passport"

        # The hits are other people; everything else is in order.
        for hit in officer.get("/api/v1/screening-hits", organisation=firm, status="pending")["results"]:
            verdict = {"verdict": "false_positive", "reason": "Born in 1990 by the passport."}
            may_not(clerk, "post", f"/api/v1/screening-hits/{hit['id']}/decide", verdict, status=403)
            done(officer, f"/api/v1/screening-hits/{hit['id']}/decide", verdict)
        assert officer.get(cases)["clearance"] == "clear"
        for item in officer.get(cases)["items"]:
            judgement = {"code": item["code"], "state": "accepted"}
            may_not(clerk, "post", f"{cases}/judge", judgement, status=403)
            done(officer, f"{cases}/judge", judgement)
        assert founder.get(f"/api/v1/organisations/{firm}")["standing"] == "registered"

        # Only with a fresh second factor, and not by the firm itself.
        decision = {"reason": "Register, articles and owner agree."}
        may_not(founder, "post", f"{cases}/verify", decision, status=403)
        may_not(clerk, "post", f"{cases}/verify", decision, status=403)
        plain = scene.invited(owner_of_operator, operator, "second@tandem.example", "Oleh Dub", "compliance")
        refused = plain.post(f"{cases}/verify", decision)
        assert (plain.status, refused["code"]) == (403, "step_up_required")
        decided = done(officer, f"{cases}/verify", decision)
        assert (decided["status"], decided["is_standing"]) == ("verified", True)

        # The firm is verified and the fund sees it.
        assert founder.get(f"/api/v1/organisations/{firm}")["standing"] == "verified"
        assert founder.get(own)["status"] == "verified"
        assert analyst.get(f"/api/v1/startups/{startup}")["id"] == startup
        assert startup in {row["id"] for row in analyst.get("/api/v1/startups")["results"]}

        # Suspended, it is gone at the next request.
        may_not(clerk, "post", f"{cases}/suspend", {"reason": "!"}, status=403)
        done(officer, f"{cases}/suspend", {"reason": "The register was changed."})
        analyst.get(f"/api/v1/startups/{startup}")
        assert analyst.status == 404
        assert founder.get(own)["suspension_reason"] == "The register was changed."
        done(officer, f"{cases}/reinstate", {"reason": "The register was right."})
        assert analyst.get(f"/api/v1/startups/{startup}")["id"] == startup
