"""The pages behind mailed links: safe to open anywhere, in both languages, fed by the API that the tests call, too."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client

from apps.startups.labels import KINDS
from apps.startups.services.attestation_requests import attestation_request_send
from apps.startups.services.attestations import receipt_send
from tests.apps.startups.services.test_attestation_requests import by_mail

pytestmark = pytest.mark.django_db

PAGES = ["/attest", "/attest/withdraw", "/unsubscribe"]
LINK = re.compile(r"^(\S+)#(\w+)$", re.MULTILINE)


def page(place: str, **headers: str) -> str:
    answer = Client().get(place, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def script() -> str:
    answer = Client().get("/static/portal/page.js")
    try:
        return b"".join(answer.streaming_content).decode()
    finally:
        answer.close()


def mailed() -> tuple[str, str]:
    """Page and token of the link in the newest mail, the same in both of its languages."""
    [(address, token)] = set(LINK.findall(str(mail.outbox[-1].body)))
    assert address.startswith(f"{settings.PUBLIC_URL}/")
    return address.removeprefix(settings.PUBLIC_URL), token


def sent(address: str, **body: Any) -> Any:
    return Client().post(address, json.dumps(body), content_type="application/json")


def places_in(text: str, attribute: str) -> list[str]:
    return re.findall(rf'data-{attribute}="([^"]+)"', text)


@pytest.mark.parametrize("place", PAGES)
class TestPage:
    def test_is_kept_by_nobody_and_tells_nobody_where_it_is(self, place: str) -> None:
        answer = Client().get(place)

        assert answer["Cache-Control"] == "no-store"
        assert answer["Referrer-Policy"] == "no-referrer"
        assert answer["X-Robots-Tag"] == "noindex"
        assert answer["X-Frame-Options"] == "DENY"
        assert not answer.cookies

    def test_runs_and_loads_what_this_site_serves_only(self, place: str) -> None:
        answer = Client().get(place)

        policy = dict(part.strip().partition(" ")[::2] for part in answer["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == "'none'"
        assert {policy[name] for name in ("script-src", "style-src", "connect-src")} == {"'self'"}
        assert "unsafe" not in str(policy)
        text = answer.content.decode()
        assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\bon\w+=|\bstyle=|javascript:", text) == []
        loaded = re.findall(r'(?:src|href)="((?!\?|data:)[^"]*)"', text)
        assert [source.startswith("/static/portal/") for source in loaded] == [True, True]
        for source in loaded:
            found = Client().get(source)
            assert found.status_code == 200
            found.close()

    @pytest.mark.parametrize(
        ("query", "accepted", "language", "other"),
        [
            ("", "", "en", "uk"),
            ("", "uk-UA,uk;q=0.9,en;q=0.5", "uk", "en"),
            ("", "fr", "en", "uk"),
            ("?lang=uk", "en", "uk", "en"),
            ("?lang=en", "uk", "en", "uk"),
            ("?lang=fr", "uk", "uk", "en"),
        ],
    )
    def test_speaks_both_languages(self, place: str, query: str, accepted: str, language: str, other: str) -> None:
        answer = Client().get(f"{place}{query}", headers={"Accept-Language": accepted})

        text = answer.content.decode()
        assert f'<html lang="{language}">' in text
        assert re.findall(r'href="\?lang=(\w+)" lang="(\w+)"', text) == [(other, other)]
        assert answer["Content-Language"] == language
        told = re.sub(r"<[^>]+>|Tandem|English|Українська|JavaScript|UTC", " ", text)
        foreign = r"[a-zA-Z]{2,}" if language == "uk" else r"[а-яіїєґА-ЯІЇЄҐ]{2,}"
        assert re.findall(foreign, told) == []

    def test_can_be_used_by_everybody(self, place: str) -> None:
        text = page(place)

        fields = re.findall(r'<(?:input|select|textarea)(?![^>]*type="hidden")[^>]*id="(\w+)"', text)
        assert fields
        assert [name for name in fields if f'<label for="{name}">' not in text] == []
        assert "<noscript>" in text
        assert 'name="viewport"' in text
        identifiers = re.findall(r'\bid="(\w+)"', text)
        assert len(set(identifiers)) == len(identifiers)

    def test_is_only_looked_at(self, place: str) -> None:
        assert Client().post(place).status_code == 405

    def test_lets_who_is_signed_in_say_so(self, place: str) -> None:
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = "x" * 32

        text = client.get(place).content.decode()

        assert re.search(r'<html lang="en" data-csrf="\w{64}">', text)
        assert "csrf" not in page(place)


class TestScript:
    def test_finds_on_both_pages_what_it_looks_for(self) -> None:
        everywhere = {"ask", "away", "bare", "dead", "done", "problem", "silence", "wait"}
        amendment = {"date", "kind", "time"}

        text = script()
        assert [name for name in sorted(everywhere | amendment) if f'"{name}"' not in text] == []
        assert set(re.findall(r'getElementById\("(\w+)"\)', text)) <= everywhere | amendment
        for place, missing in (("/attest", set()), ("/attest/withdraw", amendment)):
            assert (everywhere | amendment) - set(re.findall(r'\bid="(\w+)"', page(place))) == missing

    def test_writes_no_markup(self) -> None:
        banned = r"innerHTML|outerHTML|insertAdjacent|document\.write|eval|localStorage|cookie"

        assert re.findall(banned, script()) == []


class TestFlow:
    """What the page sends, from the mail to the receipt."""

    def test_shows_and_decides_by_the_addresses_and_fields_of_the_page(self) -> None:
        request = by_mail()
        attestation_request_send(request_id=request.pk)
        place, token = mailed()
        text = page(place)
        [looks] = places_in(text, "open")
        [decides] = set(places_in(text, "send"))

        shown = sent(looks, token=token).json()

        given = set(places_in(text, "shows")) - {"attested_on"}
        assert given | {"kind"} == set(shown) - {"role"}
        assert set(re.findall(r'<option value="(\w+)"', text)) == set(KINDS["en"])
        verdicts = re.findall(r'name="verdict" value="(\w+)"', text)
        assert sorted(verdicts) == ["amended", "confirmed", "refused"] == sorted(places_in(text, "verdict"))
        answer = sent(decides, token=token, verdict="confirmed")
        assert answer.status_code == 200
        assert set(answer.json()) == {"verdict", "attested_on"}
        again = sent(decides, token=token, verdict="confirmed")
        assert (again.status_code, again.json()["code"]) == (422, "link_not_usable")
        assert '"link_not_usable"' in script()

    def test_takes_back_by_the_link_of_the_receipt(self) -> None:
        request = by_mail()
        attestation_request_send(request_id=request.pk)
        sent("/api/v1/attestation-links/decide", token=mailed()[1], verdict="confirmed")
        receipt_send(request_id=request.pk)
        place, token = mailed()

        assert place == "/attest/withdraw"
        [withdraws] = places_in(page(place), "send")
        answer = sent(withdraws, token=token, reason="It was another device.")

        assert answer.status_code == 204
        assert sent(withdraws, token=token, reason="Again.").json()["code"] == "link_not_usable"
