"""The REST interface of trackers: the firm's endpoints, and the door through which they send."""

import datetime as dt
import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import override_settings
from rest_framework.test import APIClient

from apps.startups.models import DevelopmentEvent, TrackerDelivery
from kernel.clock import utc_now
from tests.factories.startups import (
    CapabilityFactory,
    FirmFactory,
    client_for,
    fund_client,
    signed_headers,
    tracker_of,
)

pytestmark = pytest.mark.django_db

BASE = "/api/v1"
EVENT = {"reference": "ENG-1", "kind": "feedback_reported", "occurred_at": "2026-02-01T09:00:00Z", "project": "ENG"}


def body_of(*events: dict[str, Any]) -> bytes:
    return json.dumps({"events": list(events)}).encode()


def post(made: Any, body: bytes, headers: dict[str, str] | None = None, place: str = "") -> Any:
    given = signed_headers(made, body) if headers is None else headers
    address = f"{BASE}/trackers/{place or made.endpoint.pk}"
    return APIClient().generic("POST", address, body, "application/json", headers=given)


@pytest.fixture
def made() -> Any:
    capability = CapabilityFactory()
    return tracker_of(capability.firm, ENG=capability)


class TestTrackerEndpoints:
    def test_shows_the_secret_once(self) -> None:
        capability = CapabilityFactory()
        client = client_for(capability.firm)

        answer = client.post(f"{BASE}/tracker-endpoints", {"name": "Jira", "projects": {"ENG": str(capability.pk)}})

        found = answer.json()
        assert (answer.status_code, answer["Location"]) == (
            201,
            f"{BASE}/tracker-endpoints/{found['endpoint']['id']}",
        )
        assert found["secret"].startswith("whsec_")
        assert found["endpoint"]["address"] == f"{BASE}/trackers/{found['endpoint']['id']}"
        assert found["endpoint"]["projects"] == {"ENG": str(capability.pk)}
        kept = client.get(answer["Location"]).json()
        assert kept == found["endpoint"]
        assert client.get(f"{BASE}/tracker-endpoints").json()["results"] == [kept]

    def test_is_changed_rotated_and_disabled(self, made: Any) -> None:
        client = client_for(made.endpoint.firm)
        place = f"{BASE}/tracker-endpoints/{made.endpoint.pk}"

        renamed = client.patch(place, {"name": "Redmine"}).json()
        rotated = client.post(f"{place}/rotate").json()
        disabled = client.post(f"{place}/disable").json()

        assert renamed["name"] == "Redmine"
        assert rotated["secret"] != made.secret
        assert rotated["endpoint"]["rotated_at"] is not None
        assert disabled["disabled_at"] is not None
        assert client.post(f"{place}/rotate").status_code == 409

    def test_is_the_firms_own(self, made: Any) -> None:
        place = f"{BASE}/tracker-endpoints/{made.endpoint.pk}"

        assert client_for(FirmFactory()).get(place).status_code == 404
        assert client_for(FirmFactory()).post(f"{place}/disable").status_code == 404
        assert fund_client(made.endpoint.firm).get(place).status_code == 403

    def test_says_which_project_is_wrong(self) -> None:
        client = client_for(FirmFactory())

        answer = client.post(f"{BASE}/tracker-endpoints", {"name": "Jira", "projects": {"A": str(uuid4())}})

        assert answer.status_code == 422
        assert [item["pointer"] for item in answer.json()["errors"]] == ["/projects/A"]


class TestTrackers:
    def test_takes_a_signed_message_once(self, made: Any) -> None:
        body = body_of(EVENT, {**EVENT, "reference": "ENG-2", "kind": "fix_fielded", "answers": "ENG-1"})

        first, second = post(made, body), post(made, body)

        assert (first.status_code, second.status_code) == (200, 200)
        assert first.content == second.content
        assert [item["reference"] for item in first.json()["events"]] == ["ENG-1", "ENG-2"]
        assert DevelopmentEvent.objects.filter(source="tracker", tier="E0").count() == 2

    def test_refuses_another_body_under_the_same_id(self, made: Any) -> None:
        post(made, body_of(EVENT))

        answer = post(made, body_of({**EVENT, "note": "x"}))

        assert (answer.status_code, answer.json()["code"]) == (409, "message_differs")

    def test_says_the_same_whatever_is_wrong_with_the_signature(self, made: Any) -> None:
        body = body_of(EVENT)
        good = signed_headers(made, body)
        late = utc_now() - dt.timedelta(minutes=6)
        other = tracker_of(made.endpoint.firm)
        refused = [
            post(made, body, {}),
            post(made, body + b" ", good),
            post(made, body, {**good, "webhook-signature": "v1,AAAA"}),
            post(made, body, {**good, "webhook-id": "msg_2"}),
            post(made, body, signed_headers(made, body, at=late)),
            post(made, body, good, place=str(uuid4())),
            post(made, body, good, place="nothing"),
            post(made, body, good, place=str(other.endpoint.pk)),
        ]

        answers = {
            (item.status_code, json.dumps({**item.json(), "request_id": "", "instance": ""})) for item in refused
        }
        assert len(answers) == 1
        assert (refused[0].status_code, refused[0].json()["code"]) == (401, "signature_invalid")
        assert not DevelopmentEvent.objects.exists()

    @pytest.mark.parametrize(
        ("body", "status", "pointers"),
        [
            (b"{", 400, []),
            (b"[]", 422, [""]),
            (b"{}", 422, ["/events"]),
            (body_of(), 422, ["/events"]),
            (body_of(*[EVENT] * 101), 422, ["/events"]),
            (body_of({**EVENT, "kind": "party"}), 422, ["/events/0/kind"]),
            (body_of(EVENT, {**EVENT, "reference": "ENG-2", "answers": "ENG-9"}), 422, ["/events/1/answers"]),
        ],
    )
    def test_says_what_is_wrong_with_the_body(self, made: Any, body: bytes, status: int, pointers: list[str]) -> None:
        answer = post(made, body)

        assert answer.status_code == status
        assert [item["pointer"] for item in answer.json().get("errors", ())] == pointers
        assert not DevelopmentEvent.objects.exists()
        assert not TrackerDelivery.objects.exists()

    @pytest.mark.long
    def test_takes_a_hundred_events_and_no_more_than_64_kilobytes(self, made: Any) -> None:
        hundred = body_of(*[{**EVENT, "reference": f"ENG-{index}"} for index in range(100)])
        large = body_of({**EVENT, "note": "x" * 65536})

        assert post(made, hundred).status_code == 200
        assert post(made, large).status_code == 413
        assert DevelopmentEvent.objects.count() == 100

    def test_is_limited_by_endpoint(self, made: Any) -> None:
        body = body_of(EVENT)
        other = tracker_of(made.endpoint.firm)

        with override_settings(API_RATES={"tracker": "2/day"}):
            answers = [post(made, body).status_code for _ in range(3)]
            else_where = post(other, body).status_code

        assert answers == [200, 200, 429]
        assert else_where == 422

    def test_asks_for_no_sign_in_and_takes_none(self, made: Any) -> None:
        answer = client_for(made.endpoint.firm).post(f"{BASE}/trackers/{made.endpoint.pk}", {"events": [EVENT]})

        assert answer.status_code == 401
