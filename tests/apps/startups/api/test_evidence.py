"""The REST interface of evidence."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from rest_framework.test import APIClient

from apps.organisations.events import DISCLOSURE_READ
from kernel.clock import utc_now
from kernel.models import Event
from tests.factories.cases import clean_document, officer_made
from tests.factories.organisations import MembershipFactory, client_of
from tests.factories.startups import (
    CapabilityFactory,
    DevelopmentEventFactory,
    client_for,
    evidence_of,
    fund_client,
)

pytestmark = pytest.mark.django_db

BASE = "/api/v1"
CONFIRM = {"decision": "confirm", "reason": "Found in the registry."}


def officer_client() -> APIClient:
    """A client that calls as a compliance officer who showed a second factor just now."""
    return client_of(replace(officer_made(), second_factor_at=utc_now()))


class TestEvidenceOfEvent:
    def test_is_attached_listed_and_withdrawn(self) -> None:
        event = DevelopmentEventFactory(kind="delivery_made")
        client = client_for(event.capability.firm)
        document = clean_document(event.capability.firm.organisation)
        place = f"{BASE}/development-events/{event.pk}/evidence"
        body = {"template": "acceptance_act", "document": str(document.pk), "number": "4", "issuer": "Depot"}

        made = client.post(place, {**body, "issued_on": "2026-01-06"})

        found = made.json()
        assert made.status_code == 201
        assert (found["event"], found["kind"], found["document"]) == (str(event.pk), "delivery_made", str(document.pk))
        assert (found["tier"], found["status"], found["actions"]) == ("E1", "stated", ["withdraw"])
        assert client.get(place).json()["results"] == [found]
        withdrawn = client.post(f"{place}/{found['id']}/withdraw").json()
        assert (withdrawn["status"], withdrawn["actions"]) == ("withdrawn", [])
        assert client.post(f"{place}/{found['id']}/withdraw").status_code == 409

    def test_says_what_is_wrong(self) -> None:
        event = DevelopmentEventFactory(kind="delivery_made")
        body = {"template": "state_contract", "document": str(event.pk)}

        answer = client_for(event.capability.firm).post(f"{BASE}/development-events/{event.pk}/evidence", body)

        assert answer.status_code == 422
        assert [item["pointer"] for item in answer.json()["errors"]] == [
            "/template",
            "/issued_on",
            "/issuer",
            "/number",
            "/document",
        ]

    def test_is_nobodys_but_the_owners(self) -> None:
        event = DevelopmentEventFactory()
        evidence = evidence_of(event)
        place = f"{BASE}/development-events/{event.pk}/evidence"

        for client in (client_for(CapabilityFactory().firm),):
            assert client.get(place).status_code == 404
            assert client.post(f"{place}/{evidence.pk}/withdraw").status_code == 404
        assert fund_client(event.capability.firm).get(place).status_code == 403


class TestEventEvidences:
    def test_are_judged_by_an_officer_who_read_them(self) -> None:
        event = DevelopmentEventFactory(kind="order_received")
        evidence = evidence_of(event, "state_contract")
        client = officer_client()
        place = f"{BASE}/event-evidence/{evidence.pk}"

        seen = client.get(place)
        without = client.post(f"{place}/judge", CONFIRM)
        stale = client.post(f"{place}/judge", CONFIRM, headers={"If-Match": '"other"'})
        judged = client.post(f"{place}/judge", CONFIRM, headers={"If-Match": seen["ETag"]})

        assert (seen.json()["actions"], seen.json()["organisation"]) == (
            ["judge"],
            str(event.capability.firm.organisation_id),
        )
        assert (without.status_code, stale.status_code, judged.status_code) == (428, 412, 200)
        assert (judged.json()["status"], judged.json()["tier"]) == ("confirmed", "E3")
        assert "judged_by" not in judged.json()
        own = client_for(event.capability.firm).get(f"{BASE}/development-events/{event.pk}").json()
        assert own["own_tier"] == "E3"

    def test_tell_the_firm_who_read_them(self) -> None:
        evidence = evidence_of(DevelopmentEventFactory())

        officer_client().get(f"{BASE}/event-evidence/{evidence.pk}")

        organisation_id = evidence.event.capability.firm.organisation_id
        reads = Event.objects.filter(name=DISCLOSURE_READ, organisation_id=organisation_id)
        assert reads.count() == 1

    def test_are_judged_with_a_fresh_second_factor(self) -> None:
        evidence = evidence_of(DevelopmentEventFactory())
        client = client_of(replace(officer_made(), second_factor_at=utc_now() - dt.timedelta(hours=1)))

        answer = client.post(f"{BASE}/event-evidence/{evidence.pk}/judge", CONFIRM)

        assert (answer.status_code, answer.json()["code"]) == (403, "step_up_required")

    def test_list_ones_own_for_firms_and_all_for_officers(self, django_assert_max_num_queries: Any) -> None:
        first, second = (evidence_of(DevelopmentEventFactory()) for _ in range(2))

        own = client_for(first.event.capability.firm).get(f"{BASE}/event-evidence").json()["results"]
        client = officer_client()
        with django_assert_max_num_queries(4):  # the rows, and the record of the reading
            every = client.get(f"{BASE}/event-evidence", {"status": "stated"}).json()["results"]

        assert [item["id"] for item in own] == [str(first.pk)]
        assert [item["id"] for item in every] == [str(second.pk), str(first.pk)]
        assert fund_client(first.event.capability.firm).get(f"{BASE}/event-evidence").status_code == 403

    def test_are_not_there_for_an_officer_of_the_firms_own(self) -> None:
        evidence = evidence_of(DevelopmentEventFactory())
        officer = officer_made()
        MembershipFactory(organisation=evidence.event.capability.firm.organisation, user_id=officer.user_id)
        client = client_of(officer)

        assert client.get(f"{BASE}/event-evidence").json()["results"] == []
        assert client.get(f"{BASE}/event-evidence/{evidence.pk}").status_code == 404


class TestEvidenceTemplates:
    def test_are_listed_in_both_languages(self) -> None:
        client = client_for(CapabilityFactory().firm)

        answer = client.get(f"{BASE}/evidence-templates", {"with_count": "true"}).json()

        found = {item["code"]: item for item in answer["results"]}
        assert answer["count"] == len(found) == 12
        assert found["state_contract"]["kinds"] == ["order_received"]
        assert found["state_contract"]["required"] == ["issued_on", "issuer", "number"]
        assert found["marketplace_order"]["title_uk"].startswith("Замовлення")
        assert APIClient().get(f"{BASE}/evidence-templates").status_code == 401
