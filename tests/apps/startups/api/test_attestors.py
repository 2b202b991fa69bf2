"""Seats and admissions over the interface."""

import json

import pytest

from apps.startups.rules.seat_codes import code_clean
from tests.factories.organisations import OrganisationFactory, actor_of, client_of
from tests.factories.startups import CapabilityFactory, SeatFactory, client_for

pytestmark = pytest.mark.django_db


class TestAttestorSeats:
    def test_open_show_a_code_and_a_masked_address_and_end(self) -> None:
        client = client_of(actor_of(OrganisationFactory(kind="attestor")))

        made = client.post("/api/v1/attestor-seats", {"role": "unit", "email": "unit@army.example"})

        assert made.status_code == 201
        seat = made.json()
        assert code_clean(text=seat["code"]) == seat["code"].replace("-", "")
        assert seat["address"] == "u•••@army.example"
        place = f"/api/v1/attestor-seats/{seat['id']}"
        ended = client.post(f"{place}/disable").json()
        assert (ended["address"], ended["disabled_at"] is not None) == (None, True)

    def test_are_another_attestors_secret(self) -> None:
        seat = SeatFactory()
        client = client_of(actor_of(OrganisationFactory(kind="attestor")))

        assert client.get("/api/v1/attestor-seats").json()["results"] == []
        assert client.get(f"/api/v1/attestor-seats/{seat.pk}").status_code == 404


class TestAttestorAdmissions:
    def test_are_made_by_the_firm_and_shown_to_the_attestor_by_title(self) -> None:
        capability, seat = CapabilityFactory(title="Interceptor"), SeatFactory()
        firm = client_for(capability.firm)

        made = firm.post("/api/v1/attestor-admissions", {"capability": str(capability.pk), "code": seat.code})

        assert made.status_code == 201
        client = client_of(actor_of(seat.organisation))
        [shown] = client.get("/api/v1/attestor-admissions").json()["results"]
        assert (shown["capability_title"], shown["role"]) == ("Interceptor", "unit")
        for hidden in (capability.pk, capability.firm_id, capability.firm.organisation.legal_name):
            assert str(hidden) not in json.dumps(shown)
        ended = firm.post(f"/api/v1/attestor-admissions/{shown['id']}/end").json()
        assert ended["ended_at"] is not None

    def test_want_a_capability_of_ones_own(self) -> None:
        capability = CapabilityFactory()

        refused = client_for(CapabilityFactory().firm).post(
            "/api/v1/attestor-admissions", {"capability": str(capability.pk), "code": SeatFactory().code}
        )

        assert refused.status_code == 404
