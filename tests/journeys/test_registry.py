"""A firm starts, brings its bill and its log, has events attested, opens a raise; others see what their tier shows."""

from __future__ import annotations

import datetime as dt
import io
import json
import time
import zipfile
from typing import Any
from urllib.request import Request, urlopen

import pytest

from kernel.clock import utc_now
from tests.journeys.caller import Caller
from tests.journeys.rig import Rig, wait_for
from tests.journeys.test_main_job import ended
from tests.journeys.test_trust import PASSWORD, code_for, is_told_in, registered, second_factor, verified
from tests.journeys.test_verification import SECONDS, Scene, done, may_not

pytestmark = [pytest.mark.process, pytest.mark.xdist_group("process")]

WITHIN_S = 2
"""Seconds in which a figure follows what happened."""
TODAY = utc_now().replace(hour=0, minute=0, second=0, microsecond=0)
REPORTED, FIXED, AGAIN, KNOWN = (TODAY - dt.timedelta(days=days, seconds=9_443) for days in (60, 40, 30, 57))
"""When a fault was reported, mended, another one reported; and when the attestor knows the first to be from."""
NAME = {"legal_name": "Stormglass Optics LLC", "legal_name_uk": "ТОВ «Штормскло Оптика»"}
SUPPLIER, NOTE = "Obsidian Lens Works", "near the quarry of Kaminne"
FORMULA = "=1+2 Sensor"
SEAT_MAIL, PERSON_MAIL = "hangar-seven@range.example", "major.lynx@brigade.example"
RANGE = "Velvet Ridge Proving Ground"


class Market(Scene):
    """An installation with an operator's officer, an attestor, a fund, and a firm that has just registered."""

    def __init__(self, rig: Rig, language: str) -> None:
        super().__init__(rig)
        self.language = language
        owner, operator = self.operator()
        self.officer = self.invited(owner, operator, "officer@tandem.example", "Olena Kvit", "compliance")
        second_factor(self.officer)
        self.clerk = self.invited(owner, operator, "clerk@tandem.example", "Petro Hai", "editor")
        self.attestor = self.person("head@range.example", "Daria Bir")
        self.range = registered(self.attestor, "attestor", country="UA", legal_name=RANGE)
        verified(rig, self.range)
        self.trainee = self.invited(self.attestor, self.range, "trainee@range.example", "Ihor Bir", "viewer")
        self.fund = self.person("analyst@fund.example", "Anneli Tamm")
        self.fund_id = registered(self.fund, "fund", country="EE", legal_name="Rimefrost Capital OÜ")
        self.founder = self.person("founder@stormglass.example", "Marta Hai")
        self.firm = registered(self.founder, "firm", country="UA", **NAME)
        self.reader = self.invited(self.founder, self.firm, "reader@stormglass.example", "Levko Hai", "viewer")
        self.startup = wait_for(
            lambda: self.founder.get("/api/v1/startups", own="true")["results"], seconds=SECONDS, what="the entry"
        )[0]["id"]

    def person(self, email: str, name: str) -> Caller:
        caller = Caller(self.base, self.language)
        caller.sign_up(email, PASSWORD, code_for(self.post, email))
        caller.patch("/api/v1/me", {"name": name})
        assert caller.status == 200
        return caller

    def gaps(self) -> dict[str, list[str]]:
        """What the firm has not said, with what saying it would open."""
        missing = self.founder.get(f"/api/v1/startups/{self.startup}/readiness")["missing"]
        assert all(is_told_in(self.language, gap["label"]) for gap in missing), missing
        return {gap["code"]: gap["opens"] for gap in missing}

    def mailed_token(self, address: str, page: str) -> str:
        """The token of the newest mail to somebody without an account, once there is one with a link to `page`."""
        return self.post.found(address, rf"{page}#([0-9a-f]+)")

    def binds_fund(self) -> None:
        """The fund's signatory accepts the undertaking."""
        second_factor(self.fund)
        members = f"/api/v1/organisations/{self.fund_id}/members"
        own = self.fund.get(members)["results"][0]["id"]
        self.fund.patch(f"{members}/{own}", {"roles": ["owner", "signatory"]})
        assert self.fund.status == 200
        sha256 = self.fund.get("/api/v1/undertaking")["sha256"]
        done(self.fund, "/api/v1/undertaking/accept", {"sha256": sha256, "language": self.language})

    def seen_by_fund(self, capability: str) -> str:
        """Everything that the fund is served of the firm."""
        places = [
            f"/api/v1/startups/{self.startup}",
            f"/api/v1/startups/{self.startup}/speed",
            f"/api/v1/startups/{self.startup}/speed/history",
            f"/api/v1/startups/{self.startup}/financials",
            f"/api/v1/startups/{self.startup}/readiness",
            f"/api/v1/capabilities/{capability}",
            f"/api/v1/capabilities/{capability}/speed",
            f"/api/v1/capabilities/{capability}/speed/history",
            f"/api/v1/capabilities/{capability}/origin",
            f"/api/v1/capabilities/{capability}/components",
            f"/api/v1/capabilities/{capability}/events",
            *(
                f"/api/v1/{name}"
                for name in ("startups", "capabilities", "raises", "teasers", "attestations", "exports")
            ),
        ]
        return "\n".join(json.dumps(self.fund.get(place), ensure_ascii=False) for place in places)


def tagged(caller: Caller, place: str, action: str, body: Any = None, *, status: int = 200) -> Any:
    """Carry out an action on what the caller has just read."""
    caller.get(place)
    caller.headers["If-Match"] = caller.answer_headers["ETag"]
    try:
        return done(caller, f"{place}/{action}", body, status=status)
    finally:
        del caller.headers["If-Match"]


def table(*rows: str) -> bytes:
    return "\n".join(rows).encode()


def checked(caller: Caller, table_name: str, content: bytes) -> tuple[str, list[tuple[int, str, str]]]:
    """A dry run: where the import stands, and the row, column and code of each problem."""
    sent = caller.upload("/api/v1/imports", table_name, content)
    assert caller.status == 202, sent
    ended(caller, caller.answer_headers["Location"])
    place = f"/api/v1/imports/{sent['id']}"
    problems = caller.get(f"{place}/problems")["results"]
    return place, [(problem["row"], problem["column"], problem["code"]) for problem in problems]


def loaded(caller: Caller, place: str) -> dict[str, dict[str, int]]:
    """Confirm a checked import; returns what became of its rows."""
    assert caller.get(place)["status"] == "checked"
    done(caller, f"{place}/confirm", status=202)
    ended(caller, caller.answer_headers["Location"])
    found = caller.get(place)
    assert found["status"] == "loaded", found
    return dict(found["counts"])


def exported(caller: Caller, what: str) -> tuple[str, bytes, dict[str, str]]:
    """What the caller takes out: where the export stands, the file, and its tables as text."""
    made = done(caller, "/api/v1/exports", {"what": what, "format": "csv"}, status=202)
    ended(caller, caller.answer_headers["Location"])
    place = f"/api/v1/exports/{made['id']}"
    assert caller.get(place)["status"] == "ready"
    with urlopen(Request(f"{caller.base}{place}/content", headers=caller.headers), timeout=60) as answer:
        content = answer.read()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        tables = {name.removesuffix(".csv"): archive.read(name).decode("utf-8-sig") for name in archive.namelist()}
    return place, content, tables


@pytest.mark.parametrize("language", ["en", "uk"])
class TestRegistry:
    def test_a_firm_starts_is_attested_and_opens_a_raise(self, empty_rig: Rig, language: str) -> None:
        market = Market(empty_rig, language)
        founder, fund, attestor = market.founder, market.fund, market.attestor

        # The start is filled in piece by piece; what is missing is named with what it would open.
        start = "/api/v1/startups/start"
        assert "teaser" in market.gaps()["capability"]
        may_not(market.reader, "patch", start, {"title": "Glass"}, status=403)
        may_not(fund, "patch", start, {"title": "Glass"}, status=403)
        founder.patch(start, {"area": "SPS.EO", "title": "Storm-proof optic", "maturity": "fielded"})
        founder.patch(start, {"trl": 8, "amount": {"amount": "750000", "currency": "EUR"}, "instruments": ["loan"]})
        assert founder.get(start)["missing"] == ["staff", "stage"]
        refused = founder.post(f"{start}/publish")
        assert (founder.status, [problem["pointer"] for problem in refused["errors"]]) == (422, ["/staff", "/stage"])
        founder.patch(start, {"staff": 34, "stage": "working_capital"})
        may_not(market.reader, "post", f"{start}/publish", {}, status=403)
        assert fund.get("/api/v1/teasers")["results"] == []
        started = done(founder, f"{start}/publish", status=201)
        capability, seek = started["capability"], f"/api/v1/raises/{started['draft_raise']}"
        own = f"/api/v1/capabilities/{capability}"

        # Anybody who is signed in sees a teaser that names nobody; the raise is a draft.
        teaser = fund.get("/api/v1/teasers")["results"][0]
        assert (teaser["area"], "Stormglass" in teaser["pseudonym"]) == ("SPS", False)
        assert founder.get(seek)["status"] == "draft"
        for place in (f"/api/v1/startups/{market.startup}", own, seek):
            may_not(fund, "get", place, status=404)
        gaps = market.gaps()
        assert not {"capability", "raise", "staff", "publication"} & gaps.keys()
        assert gaps["components"] == ["gate.dependency", "readers.t2"]

        # The bill: a wrong row is told by row and column and nothing is loaded; then the right file.
        header = "capability_key,name,unit_cost,currency,quantity,origin,supplier,single_source"
        lines = (
            f"{capability},Prism,40,EUR,10,DE,{SUPPLIER},true",
            f"{capability},Body,30,EUR,10,UA,,false",
            f"{capability},{FORMULA},20,EUR,10,TW,,false",
        )
        place, problems = checked(
            founder, "components.csv", table(header, *lines, f"{capability},Coating,1,EUR,1,Mars,,")
        )
        assert problems == [(5, "origin", "bad_country")]
        assert founder.get(place)["status"] == "rejected"
        assert founder.get(f"{own}/components")["results"] == []
        place, problems = checked(
            founder, "components.csv", table(header, *lines, f"{capability},Coating,10,EUR,10,,,")
        )
        assert problems == []
        may_not(market.reader, "post", f"{place}/confirm", {}, status=403)
        assert loaded(founder, place)["components"]["inserted"] == 4
        foreign = {row["perimeter"]: row for row in founder.get(f"{own}/origin")["foreign"]}
        assert (foreign["EU+EEA+UA"]["low"], foreign["EU+EEA+UA"]["high"]) == ("0.200000", "0.300000")
        assert (foreign["EU+EEA"]["low"], foreign["EU+EEA"]["high"]) == ("0.500000", "0.600000")
        assert "components" not in market.gaps()

        # The log: an answer to what is not there is refused, then three events come in, all of them the firm's word.
        header = "key,capability_key,kind,occurred_at,answers,note"
        rows = (
            f"f1,{capability},feedback_reported,{REPORTED.isoformat()},,{NOTE}",
            f"x1,{capability},fix_fielded,{FIXED.isoformat()},f1,{NOTE}",
            f"f2,{capability},feedback_reported,{AGAIN.isoformat()},,{NOTE}",
        )
        wrong = f"x9,{capability},fix_fielded,{FIXED.isoformat()},f9,"
        _, problems = checked(founder, "development_events.csv", table(header, *rows, wrong))
        assert [problem[:2] for problem in problems] == [(5, "answers")]
        log = table(header, *rows)
        place, problems = checked(founder, "development_events.csv", log)
        assert problems == []
        assert loaded(founder, place)["development_events"]["inserted"] == 3
        recorded = founder.get(f"{own}/events")["results"]
        assert {event["effective_tier"] for event in recorded} == {"E0"}
        event_at = {dt.datetime.fromisoformat(event["occurred_at"]): event["id"] for event in recorded}
        first, fix, second = (f"/api/v1/development-events/{event_at[at]}" for at in (REPORTED, FIXED, AGAIN))

        def figure() -> dict[str, Any] | None:
            found: dict[str, Any] | None = founder.get(f"{own}/speed")["figures"]["feedback"]
            return found

        def cases() -> tuple[int, int] | None:
            found = figure()
            return None if found is None else (found["n_closed"], found["n_open"])

        def follows(wanted: tuple[int, int] | None, seconds: float = SECONDS) -> float:
            began = time.monotonic()
            wait_for(lambda: cases() == wanted, seconds=seconds, what=f"{wanted} cases closed and open")
            return time.monotonic() - began

        assert cases() is None

        # The attestor opens two seats; the firm asks one of them by its code, and whoever it names itself is refused.
        inside = done(attestor, "/api/v1/attestor-seats", {"role": "test_range"}, status=201)
        outside = done(attestor, "/api/v1/attestor-seats", {"role": "unit", "email": SEAT_MAIL}, status=201)
        may_not(market.trainee, "post", "/api/v1/attestor-seats", {"role": "unit"}, status=403)
        may_not(market.reader, "post", f"{first}/attestation-requests", {"code": inside["code"]}, status=403)
        asked = done(founder, f"{first}/attestation-requests", {"code": inside["code"]}, status=201)
        mine = {"email": "reader@stormglass.example", "role": "unit"}
        refused = founder.post(f"{first}/attestation-requests", mine)
        assert (founder.status, refused["code"]) == (422, "self_attestation")
        assert is_told_in(language, refused["detail"])
        assert market.officer.get("/api/v1/self-attestations")["results"][0]["tie"] == "itself"

        # In the attestor's organisation: it knows another day, so the event is amended.
        request = f"/api/v1/attestation-requests/{asked['id']}"
        shown = attestor.get(request)
        assert (shown["capability_title"], NAME["legal_name"] in str(shown)) == ("Storm-proof optic", False)
        amendment = {"occurred_at": KNOWN.isoformat(), "reason": "It came three days later."}
        may_not(market.trainee, "post", f"{request}/amend", amendment, status=403)
        may_not(founder, "post", f"{request}/amend", amendment, status=403)
        tagged(attestor, request, "amend", amendment)
        amended = founder.get(first)
        assert (amended["effective_tier"], amended["counting"]) == (None, "refused")
        follows((0, 1))
        known = next(event for event in founder.get(f"{own}/events")["results"] if event["source"] == "attestor")
        assert (known["effective_tier"], known["counts"]) == ("E2", True)
        assert dt.datetime.fromisoformat(known["occurred_at"]) == KNOWN

        # By the link that a seat's code had mailed, without an account; the figure follows within seconds.
        done(founder, f"{fix}/attestation-requests", {"code": outside["code"]}, status=201)
        visitor = Caller(market.base, language)
        token = {"token": market.mailed_token(SEAT_MAIL, "/attest")}
        opened = done(visitor, "/api/v1/attestation-links/open", token)
        assert (opened["kind"], is_told_in(language, opened["kind_label"])) == ("fix_fielded", True)
        assert dt.datetime.fromisoformat(opened["answers"]["occurred_at"]) == REPORTED
        done(visitor, "/api/v1/attestation-links/decide", {**token, "verdict": "confirmed"})
        assert follows((1, 0)) < WITHIN_S
        assert founder.get(fix)["effective_tier"] == "E2"
        again = visitor.post("/api/v1/attestation-links/decide", {**token, "verdict": "refused"})
        assert (visitor.status, is_told_in(language, again["detail"])) == (422, True)

        # By a link to a person whom nobody knows: it counts once an officer has vouched for the address.
        person = {"email": PERSON_MAIL, "role": "unit"}
        done(founder, f"{second}/attestation-requests", person, status=201)
        token = {"token": market.mailed_token(PERSON_MAIL, "/attest")}
        done(visitor, "/api/v1/attestation-links/decide", {**token, "verdict": "confirmed"})
        given = founder.get(second)
        assert (given["effective_tier"], [row["counts"] for row in given["attestations"]]) == ("E0", [False])
        address = market.officer.get("/api/v1/attestor-addresses")["results"][0]
        assert (address["domain"], PERSON_MAIL in str(address)) == ("brigade.example", False)
        vouching = {"reason": "The brigade's list of contacts names it."}
        judged = f"/api/v1/attestor-addresses/{address['id']}"
        may_not(market.clerk, "get", judged, status=403)
        may_not(founder, "post", f"{judged}/vouch", vouching, status=403)
        done(market.officer, f"{judged}/vouch", vouching)
        assert founder.get(second)["effective_tier"] == "E2"
        follows((1, 1))

        # A figure comes with its interval, its cases, its tier and its day; nobody is named to the firm.
        measured = figure()
        assert measured is not None
        assert measured["low"] < measured["days"] < measured["high"]
        assert (measured["tier"], measured["basis"].startswith("assumption")) == ("E2", True)
        assert founder.get(f"{own}/speed")["as_of"] == utc_now().date().isoformat()
        told = json.dumps(
            [founder.get(f"{own}/events"), founder.get("/api/v1/attestations"), founder.get("/api/v1/events")]
        )
        assert not [word for word in (RANGE, market.range, inside["code"], outside["code"]) if word in told]

        # A second capability is completed and published, the raise completed and opened.
        more = {
            "area": "SPS.ACO",
            "title": "Acoustic array",
            "title_uk": "Акустична решітка",
            "maturity": "prototype",
            "trl": 6,
            "standards": [{"designation": "STANAG 4671"}],
            "flags": [],
        }
        drafted = done(founder, "/api/v1/capabilities", more, status=201)
        may_not(market.reader, "post", f"/api/v1/capabilities/{drafted['id']}/publish", {}, status=403)
        assert done(founder, f"/api/v1/capabilities/{drafted['id']}/publish")["status"] == "published"
        founder.patch(own, {"description": "Sees through weather.", "lead_time_days": 21, "flags": ["dual_use"]})
        assert founder.status == 200
        wanted = {
            "tenor_years": "4",
            "min_ticket": {"amount": "100000", "currency": "EUR"},
            "marginal_cost_of_capital": "0.21",
            "subsidised_loans": [],
            "proceeds": [{"purpose": "Second line", "share": "0.6"}, {"purpose": "Stock", "amount": "200000"}],
            "terms": [{"term": "ip_transfer", "value": "no", "required": True}],
        }
        completed = founder.patch(seek, wanted)
        assert founder.status == 200, completed
        assert not {"tenor", "marginal_cost", "terms"} & market.gaps().keys()
        may_not(market.reader, "post", f"{seek}/open", {}, status=403)
        assert done(founder, f"{seek}/open")["status"] == "open"

        # A verified fund sees T1: a pseudonym, bands and figures; no unit, no date, no part.
        verified(empty_rig, market.firm)
        verified(empty_rig, market.fund_id)
        market.binds_fund()
        canaries = [
            *(SUPPLIER, NOTE, RANGE, market.range, SEAT_MAIL, PERSON_MAIL, inside["code"], outside["code"]),
            *(f"{at:%Y-%m-%d}" for at in (REPORTED, FIXED, AGAIN, KNOWN)),
        ]
        served = market.seen_by_fund(capability)
        hidden = [*canaries, *NAME.values(), "Sees through weather", "Second line", "STANAG"]
        assert not [word for word in hidden if word in served]
        assert "Storm-proof optic" in served
        seen = fund.get(f"{own}/speed")["figures"]["feedback"]
        assert (seen["n_closed"], seen["n_open"], seen["tier"]) == (1, 1, "E2")
        assert not {"sigma", "weight"} & seen.keys()
        origin = fund.get(f"{own}/origin")
        assert (len(origin["bands"]) > 1, "countries" in origin) == (True, False)
        may_not(fund, "get", f"{own}/speed/history", status=404)

        # With a grant it sees T2, and still neither unit nor date nor part.
        done(founder, "/api/v1/disclosure-grants", {"viewer": market.fund_id, "tier": 2}, status=201)
        served = market.seen_by_fund(capability)
        assert not [word for word in canaries if word in served]
        assert {row["country"] for row in fund.get(f"{own}/origin")["countries"]} >= {"DE", "TW", "UA"}
        assert fund.get(own)["description"] == "Sees through weather."
        assert fund.get(seek)["proceeds"][0]["purpose"] == "Second line"
        assert isinstance(fund.get(f"{own}/speed/history")["points"], list)

        # What was attested is taken back: by the receipt's link, and by the organisation; the events fall back.
        receipt = {"token": market.mailed_token(PERSON_MAIL, "/attest/withdraw"), "reason": "It was another device."}
        done(visitor, "/api/v1/attestation-links/withdraw", receipt, status=204)
        follows((1, 0))
        assert founder.get(second)["effective_tier"] == "E0"
        entered = next(row for row in attestor.get("/api/v1/attestations")["results"] if row["verdict"] == "amended")
        taken = f"/api/v1/attestations/{entered['id']}"
        may_not(market.trainee, "post", f"{taken}/withdraw", {"reason": "!"}, status=403)
        tagged(attestor, taken, "withdraw", {"reason": "The log of the range was misread."})
        follows(None)
        assert founder.get(first)["effective_tier"] == "E0"
        assert founder.get(fix)["counting"] == "question_not_standing"

        # The fund takes out what it sees, the firm all that is its own; brought back that changes nothing.
        _, _, seen_by = exported(fund, "visible")
        assert "Storm-proof optic" in seen_by["capabilities"]
        assert not [word for word in canaries if word in "".join(seen_by.values())]
        place, content, tables = exported(founder, "own")
        may_not(market.reader, "get", f"{place}/content", status=403)
        may_not(fund, "get", f"{place}/content", status=404)
        assert SUPPLIER in tables["components"]
        assert f"'{FORMULA}" in tables["components"]
        assert tables["development_events"].count(NOTE) == 3
        place, problems = checked(founder, "own.zip", content)
        assert problems == []
        counts = loaded(founder, place)
        assert {(found["inserted"], found["updated"], found["left_out"]) for found in counts.values()} == {(0, 0, 0)}
        assert counts["development_events"]["unchanged"] == 4
        assert counts["components"]["unchanged"] == 4
