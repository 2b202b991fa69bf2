"""The REST interface of development logs."""

import datetime as dt
from typing import Any

import pytest

from apps.organisations.models import Organisation
from apps.startups.models import Attestation
from kernel.clock import utc_now
from tests.factories.organisations import OrganisationFactory, actor_of, client_of
from tests.factories.startups import (
    CapabilityFactory,
    DevelopmentEventFactory,
    client_for,
    evidence_of,
    fund_client,
)

pytestmark = pytest.mark.django_db

BASE = "/api/v1"
JANUARY = dt.date(2026, 1, 17)


def confirmed(event: Any, verdict: str = "confirmed", attestor: Organisation | None = None) -> None:
    attestor = attestor or OrganisationFactory(kind="attestor")
    Attestation.objects.create(event=event, attestor=attestor, role="unit", verdict=verdict, attested_on=JANUARY)


class TestCapabilityEvents:
    def test_are_recorded_and_listed_by_the_own_firm(self) -> None:
        question = DevelopmentEventFactory()
        place = f"{BASE}/capabilities/{question.capability_id}/events"
        client = client_for(question.capability.firm)

        answer = client.post(
            place,
            {"kind": "fix_fielded", "occurred_at": "2026-01-09T10:00:00+02:00", "answers": str(question.pk)},
        )

        assert answer.status_code == 201, answer.json()
        assert (answer.json()["answers"], answer.json()["occurred_at"]) == (str(question.pk), "2026-01-09T08:00:00Z")
        rows = client.get(place).json()["results"]
        assert [row["kind"] for row in rows] == ["fix_fielded", "feedback_reported"]
        later = client.get(f"{place}?since=2026-01-06T00:00:00Z").json()["results"]
        assert [row["kind"] for row in later] == ["fix_fielded"]

    def test_records_and_shows_where_the_event_stands(self) -> None:
        capability = CapabilityFactory()
        client = client_for(capability.firm)

        answer = client.post(
            f"{BASE}/capabilities/{capability.pk}/events",
            {"kind": "order_received", "occurred_at": "2025-01-09T10:00:00Z"},
        )

        found = answer.json()
        assert (answer.status_code, answer["Location"]) == (201, f"{BASE}/development-events/{found['id']}")
        assert found["source"] == "api"
        assert found["is_late"] is True
        assert (found["tier"], found["own_tier"], found["effective_tier"]) == ("E0", "E0", "E0")
        assert (found["counts"], found["counting"]) == (False, "self_declared")
        assert client.get(answer["Location"]).json() == found

    @pytest.mark.parametrize(
        ("body", "pointer", "code"),
        [
            ({"tier": "E1"}, "/tier", "needs_document"),
            ({"kind": "delivery_made"}, "/answers", "other_kind"),
            ({"kind": "field_test"}, "/answers", "answers_nothing"),
        ],
    )
    def test_says_what_is_wrong(self, body: dict[str, Any], pointer: str, code: str) -> None:
        question = DevelopmentEventFactory()
        given = {"kind": "fix_fielded", "occurred_at": "2026-01-09T10:00:00Z", "answers": str(question.pk), **body}

        answer = client_for(question.capability.firm).post(
            f"{BASE}/capabilities/{question.capability_id}/events", given
        )

        assert answer.status_code == 422
        assert [(item["pointer"], item["code"]) for item in answer.json()["errors"]] == [(pointer, code)]

    def test_takes_as_many_queries_for_many_as_for_few(self, django_assert_max_num_queries: Any) -> None:
        capability = CapabilityFactory()
        client = client_for(capability.firm)
        for _ in range(3):
            confirmed(DevelopmentEventFactory(capability=capability))

        for more in (0, 5):
            for _ in range(more):
                event = DevelopmentEventFactory(capability=capability)
                evidence_of(event)
                confirmed(event)
            # The capability, its events, their evidence and attestations; the log, its verdicts, areas of imports.
            with django_assert_max_num_queries(7):
                assert client.get(f"{BASE}/capabilities/{capability.pk}/events").status_code == 200

    def test_is_the_owners_alone(self) -> None:
        capability = DevelopmentEventFactory().capability

        place = f"{BASE}/capabilities/{capability.pk}/events"

        assert client_for(CapabilityFactory().firm).get(place).status_code == 404
        assert fund_client(capability.firm).get(place).status_code == 403


class TestDevelopmentEvents:
    def test_tell_role_and_month_of_who_attested_and_nothing_else(self) -> None:
        event = DevelopmentEventFactory()
        attestor = OrganisationFactory(kind="attestor", legal_name="Unit A1234")
        confirmed(event, attestor=attestor)

        answer = client_for(event.capability.firm).get(f"{BASE}/development-events/{event.pk}")

        found = answer.json()
        assert found["attestations"] == [{"role": "unit", "verdict": "confirmed", "month": "2026-01", "counts": True}]
        assert (found["effective_tier"], found["counts"], found["counting"]) == ("E2", True, "counts")
        for hidden in (str(attestor.pk), "A1234", "2026-01-17"):
            assert hidden not in answer.content.decode()

    def test_show_the_evidence(self) -> None:
        event = DevelopmentEventFactory(kind="order_received")
        evidence = evidence_of(event, "state_contract")

        found = client_for(event.capability.firm).get(f"{BASE}/development-events/{event.pk}").json()

        assert found["evidence"] == [
            {"id": str(evidence.pk), "template": "state_contract", "status": "stated", "tier": "E1"}
        ]
        assert (found["tier"], found["own_tier"], found["counting"]) == ("E0", "E1", "not_attested")

    def test_show_a_correction_of_an_attested_event_as_waiting(self) -> None:
        wrong = DevelopmentEventFactory()
        confirmed(wrong)
        client = client_for(wrong.capability.firm)
        body = {"kind": "feedback_reported", "occurred_at": "2026-01-04T10:00:00Z", "supersedes": str(wrong.pk)}

        correction = client.post(f"{BASE}/capabilities/{wrong.capability_id}/events", body).json()

        assert correction["counting"] == "correction_pending"
        before = client.get(f"{BASE}/development-events/{wrong.pk}").json()
        assert (before["superseded_by"], before["counting"]) == (None, "counts")
        Attestation.objects.create(
            event_id=correction["id"],
            attestor=OrganisationFactory(kind="attestor"),
            verdict="confirmed",
            attested_on=JANUARY,
        )
        after = client.get(f"{BASE}/development-events/{wrong.pk}").json()
        assert (after["superseded_by"], after["counting"]) == (correction["id"], "superseded")

    def test_are_the_owners_alone(self) -> None:
        event = DevelopmentEventFactory(occurred_at=utc_now() - dt.timedelta(days=1))
        place = f"{BASE}/development-events/{event.pk}"

        assert client_for(CapabilityFactory().firm).get(place).status_code == 404
        assert fund_client(event.capability.firm).get(place).status_code == 403
        assert client_of(actor_of(OrganisationFactory(kind="operator"), "compliance")).get(place).status_code == 404
