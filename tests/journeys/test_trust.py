"""A firm comes in: registers, invites, secures its accounts, looks at its faces, opens itself to a fund and closes
again.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from email import message_from_string, policy
from pathlib import Path

import pytest

from tests.journeys.caller import AUTH, Caller, totp
from tests.journeys.rig import Rig, wait_for

pytestmark = pytest.mark.process

PASSWORD = "довгий-pass-phrase-42"
NAMES = {"legal_name": "Nightjar Sensors LLC", "legal_name_uk": "ТОВ «Дрімлюга Сенсорс»"}
NUMBER = {"scheme": "UA-EDR", "value": "39999902"}
CYRILLIC = re.compile(r"[а-щьюяґєії]", re.IGNORECASE)


def is_told_in(language: str, text: str) -> bool:
    """Whether a text is in the language, as far as its letters tell."""
    return bool(CYRILLIC.search(text)) == (language == "uk")


class Post:
    """The mail that an installation has sent, from its folder."""

    def __init__(self, rig: Rig) -> None:
        self.folder = Path(rig.environment["TANDEM_VAR"]) / "mail"

    def newest_to(self, address: str) -> str:
        """The text of the newest mail to an address, empty when there is none."""
        letters = []
        for file in sorted(self.folder.glob("*"), key=lambda path: path.stat().st_mtime_ns):
            for text in re.split(r"^-{79}\n", file.read_text(encoding="utf-8"), flags=re.MULTILINE):
                letter = message_from_string(text, policy=policy.default)
                if address in str(letter["To"]):
                    letters.append(f"{letter['Subject']}\n{letter.get_content()}")
        return letters[-1] if letters else ""

    def found(self, address: str, pattern: str) -> str:
        """What the first group of the pattern holds in the newest mail to the address."""

        def look() -> str:
            match = re.search(pattern, self.newest_to(address))
            return match.group(1) if match else ""

        return str(wait_for(look, seconds=30, what=f"mail to {address}"))


def second_factor(caller: Caller, password: str = PASSWORD) -> None:
    """Set up TOTP for the caller and show it, by a recovery code: the code of this half minute is used up."""
    answer = caller.post(f"{AUTH}/auth/reauthenticate", {"password": password})
    assert caller.status == 200, answer
    offered = caller.get(f"{AUTH}/account/authenticators/totp")
    assert caller.status == 404, offered
    answer = caller.post(f"{AUTH}/account/authenticators/totp", {"code": totp(offered["meta"]["secret"])})
    assert caller.status == 200, answer
    answer = caller.post(f"{AUTH}/account/authenticators/recovery-codes")
    assert caller.status == 200, answer
    answer = caller.post(f"{AUTH}/auth/2fa/reauthenticate", {"code": answer["data"]["unused_codes"][0]})
    assert caller.status == 200, answer


def verified(rig: Rig, organisation: str) -> None:
    """Give an organisation its standing as the operator's console does."""
    rig.manage(
        "shell",
        "-c",
        "from apps.organisations.models import Organisation; from apps.organisations.services import "
        "organisation_standing_set as give; from kernel.access import Actor; "
        f"give(actor=Actor.system(), organisation=Organisation.objects.get(pk='{organisation}'), standing='verified')",
    )


def registered(caller: Caller, kind: str, **values: object) -> str:
    """Register an organisation; returns its id."""
    received = caller.post("/api/v1/organisations", {"kind": kind, **values})
    assert caller.status == 202, received
    registration = caller.get(caller.answer_headers["Location"])
    assert registration["status"] == "registered", registration
    return str(registration["organisation"])


@pytest.mark.parametrize("language", ["en", "uk"])
class TestFirm:
    def test_comes_in_and_keeps_what_is_its_own(self, empty_rig: Rig, language: str) -> None:
        base = empty_rig.web()
        empty_rig.worker()
        post = Post(empty_rig)
        founder, colleague, analyst = (Caller(base, language) for _ in range(3))

        # The founder signs up and registers the firm.
        founder.sign_up("founder@nightjar.example", PASSWORD, code_for(post, "founder@nightjar.example"))
        assert is_told_in(language, post.newest_to("founder@nightjar.example"))
        firm = registered(founder, "firm", country="UA", identifiers=[NUMBER], **NAMES)
        assert founder.get("/api/v1/me")["roles"] == ["owner"]
        assert founder.get("/api/v1/me")["user"]["language"] == language
        startup = wait_for(
            lambda: founder.get("/api/v1/startups", own="true")["results"], seconds=30, what="the registry's entry"
        )[0]["id"]
        capability = founder.post(
            "/api/v1/capabilities",
            {"area": "UMS", "title": "Acoustic sensor", "maturity": "fielded", "trl": 8, "description": "Listens."},
        )
        assert founder.status == 201, capability
        founder.post(f"/api/v1/capabilities/{capability['id']}/publish")
        assert founder.status == 200

        # A colleague is invited, and the invitation works once.
        founder.post(
            f"/api/v1/organisations/{firm}/invitations", {"email": "colleague@nightjar.example", "roles": ["editor"]}
        )
        assert founder.status == 201
        token = post.found("colleague@nightjar.example", r'"token": "([^"]+)"')
        assert is_told_in(language, post.newest_to("colleague@nightjar.example"))
        colleague.sign_up("colleague@nightjar.example", PASSWORD, code_for(post, "colleague@nightjar.example"))
        colleague.post("/api/v1/invitations/accept", {"token": token})
        assert colleague.status == 200
        assert colleague.get("/api/v1/me")["roles"] == ["editor"]
        again = colleague.post("/api/v1/invitations/accept", {"token": token})
        assert colleague.status >= 400
        assert is_told_in(language, again["detail"])

        # A key is made with a second factor only.
        key = {"name": "CRM", "scopes": ["startups.capability.read"], "expires_at": in_a_month()}
        refused = founder.post("/api/v1/api-keys", key)
        assert (founder.status, refused["code"]) == (403, "step_up_required")
        assert is_told_in(language, refused["detail"])
        second_factor(founder)
        refused = founder.post("/api/v1/api-keys", {**key, "scopes": ["matching.run.start"]})
        assert (founder.status, refused["errors"][0]["pointer"]) == (422, "/scopes")
        assert is_told_in(language, refused["errors"][0]["detail"])
        made = founder.post("/api/v1/api-keys", key)
        assert founder.status == 201, made
        software = Caller(base, language)
        software.headers["Authorization"] = f"Bearer {made['token']}"
        assert software.get("/api/v1/capabilities")["results"][0]["id"] == capability["id"]
        software.get("/api/v1/raises")
        assert software.status == 403

        # Its faces: the teaser names nobody, a counterpart reads the title, a trusted one the description.
        faces = {tier: founder.get(f"/api/v1/startups/{startup}", **{"as": tier}) for tier in ("T0", "T1", "T2")}
        assert startup not in str(faces["T0"])
        assert NAMES["legal_name"] not in str(faces["T0"]) + str(faces["T1"])
        assert faces["T2"]["name"] == NAMES["legal_name"]
        seen = {tier: founder.get(f"/api/v1/capabilities/{capability['id']}", **{"as": tier}) for tier in ("T1", "T2")}
        assert (seen["T1"]["title"], "description" in seen["T1"]) == ("Acoustic sensor", False)
        assert seen["T2"]["description"] == "Listens."

        # A fund comes in and binds itself by the undertaking; only its signatory may.
        verified(empty_rig, firm)
        analyst.sign_up("analyst@fund.example", PASSWORD, code_for(post, "analyst@fund.example"))
        fund = registered(analyst, "fund", country="EE", legal_name="Hoarfrost Capital OÜ")
        verified(empty_rig, fund)
        second_factor(analyst)
        own = analyst.get(f"/api/v1/organisations/{fund}/members")["results"][0]["id"]
        analyst.patch(f"/api/v1/organisations/{fund}/members/{own}", {"roles": ["owner", "signatory"]})
        assert analyst.status == 200
        undertaking = analyst.get("/api/v1/undertaking")
        assert is_told_in(language, undertaking["text"])
        analyst.post("/api/v1/undertaking/accept", {"sha256": undertaking["sha256"], "language": language})
        assert analyst.status == 200

        # The firm opens itself to the fund, reads who looked, and closes again.
        address = f"/api/v1/capabilities/{capability['id']}"
        assert analyst.get(address) == seen["T1"]
        granted = founder.post("/api/v1/disclosure-grants", {"viewer": fund, "tier": 2})
        assert (founder.status, granted["is_effective"]) == (201, True), granted
        assert analyst.get(address) == seen["T2"]
        looked = founder.get("/api/v1/events", name="organisations.disclosure.read")["results"]
        assert [event["data"]["objects"][0]["id"] for event in looked] == [capability["id"]]
        founder.post(f"/api/v1/disclosure-grants/{granted['id']}/revoke")
        assert founder.status == 200
        assert analyst.get(address) == seen["T1"]
        nothing = analyst.get(f"/api/v1/startups/{startup}/financials")
        assert analyst.status == 404
        assert is_told_in(language, nothing["detail"])


def code_for(post: Post, address: str) -> Callable[[], str]:
    """Finds the code that confirms an address."""
    return lambda: post.found(address, r"(?m)^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$")


def in_a_month() -> str:
    return (dt.datetime.now(dt.UTC) + dt.timedelta(days=30)).isoformat()
