"""Firms and their financials in the REST interface."""

from typing import Any

import pytest

from kernel.ids import uuid7
from tests.factories.startups import (
    FinancialsFactory,
    FirmFactory,
    client_for,
    fund_client,
)

pytestmark = pytest.mark.django_db

BASE = "/api/v1"


class TestStartups:
    def test_shows_each_viewer_what_its_tier_reaches(self) -> None:
        firm = FirmFactory(organisation__legal_name="Vyriy", naming="accepted")
        place = f"{BASE}/startups/{firm.pk}"

        stranger, granted, own = (
            client.get(place).json() for client in (fund_client(), fund_client(firm), client_for(firm))
        )

        assert set(stranger) == {"id", "name", "name_uk", "is_pseudonym", "country", "standing", "staff_band"}
        assert set(granted) - set(stranger) == {"founded_on", "staff", "summary"}
        assert set(own) - set(granted) == {"organisation", "region", "naming", "created_at"}
        assert stranger["name"].startswith("Firm ")
        assert granted["name"] == own["name"] == "Vyriy"

    @pytest.mark.parametrize("naming", ["all_verified", "accepted", "nobody"])
    def test_names_a_firm_by_its_choice(self, naming: str) -> None:
        firm = FirmFactory(organisation__legal_name="Vyriy", naming=naming)

        rows = fund_client().get(f"{BASE}/startups").json()["results"]

        assert [row["name"] == "Vyriy" for row in rows] == [naming == "all_verified"]
        assert rows[0]["id"] == str(firm.pk)

    def test_does_not_show_the_unverified(self) -> None:
        firm = FirmFactory(organisation__standing="registered")
        unknown = fund_client().get(f"{BASE}/startups/{uuid7()}")

        hidden = fund_client().get(f"{BASE}/startups/{firm.pk}")

        assert hidden.status_code == unknown.status_code == 404
        assert {**hidden.json(), "request_id": ""} == {**unknown.json(), "request_id": ""}

    def test_lists_the_own_one(self) -> None:
        firm, other = FirmFactory(), FirmFactory()
        client = client_for(firm)

        assert [row["id"] for row in client.get(f"{BASE}/startups?own=true").json()["results"]] == [str(firm.pk)]
        assert [row["id"] for row in client.get(f"{BASE}/startups?own=false").json()["results"]] == [str(other.pk)]

    @pytest.mark.parametrize("query", ["region=UA-46", "summary=x", "ordering=founded_on", "naming=nobody", "staff=40"])
    def test_offers_no_filter_or_order_on_hidden_fields(self, query: str) -> None:
        assert fund_client().get(f"{BASE}/startups?{query}").status_code == 400

    def test_changes_the_own_one_only(self) -> None:
        firm, other = FirmFactory(), FirmFactory()
        client = client_for(firm)

        answer = client.patch(f"{BASE}/startups/{firm.pk}", {"staff": 55, "naming": "nobody"})

        assert (answer.status_code, answer.json()["staff"], answer.json()["naming"]) == (200, 55, "nobody")
        assert client.get(f"{BASE}/startups/{other.pk}").status_code == 200
        assert client.patch(f"{BASE}/startups/{other.pk}", {"staff": 1}).status_code == 404
        assert client_for(firm, "viewer").patch(f"{BASE}/startups/{firm.pk}", {"staff": 1}).status_code == 403

    def test_takes_as_many_queries_for_many_as_for_few(self, django_assert_num_queries: Any) -> None:
        client = fund_client()
        for size in (2, 9):
            FirmFactory.create_batch(size)
            with django_assert_num_queries(1):
                assert len(client.get(f"{BASE}/startups").json()["results"]) >= size


class TestFinancials:
    body = {
        "year": 2025,
        "revenue": {"amount": "1200000.50", "currency": "EUR"},
        "customers": {"state": 0.6, "export": 0.4},
        "tier": "E1",
    }

    def test_are_stated_and_listed_by_the_own_firm(self) -> None:
        firm = FirmFactory()
        client = client_for(firm)

        answer = client.post(f"{BASE}/startups/{firm.pk}/financials", self.body)

        assert answer.status_code == 201, answer.json()
        assert answer.json()["revenue"] == {"amount": "1200000.50", "currency": "EUR"}
        assert answer.json()["debt"] is None
        assert client.get(f"{BASE}/startups/{firm.pk}/financials").json()["results"] == [answer.json()]

    def test_are_not_there_for_others(self) -> None:
        financials = FinancialsFactory()
        stranger = FirmFactory()
        client = client_for(stranger)
        assert client.get(f"{BASE}/startups/{financials.firm_id}").status_code == 200

        assert client.get(f"{BASE}/startups/{financials.firm_id}/financials").status_code == 404
        assert client.post(f"{BASE}/startups/{financials.firm_id}/financials", self.body).status_code == 404
        assert fund_client(financials.firm).get(f"{BASE}/startups/{financials.firm_id}/financials").status_code == 403

    @pytest.mark.parametrize(
        ("change", "pointer"),
        [
            ({"debt": {"amount": "1", "currency": "UAH"}}, "/debt/currency"),
            ({"revenue": {"amount": 12.5, "currency": "EUR"}}, "/revenue/amount"),
            ({"revenue": {"amount": "1"}}, "/revenue/currency"),
            ({"tier": "E2"}, "/tier"),
            ({"year": 1800}, "/year"),
        ],
    )
    def test_point_at_what_is_wrong(self, change: dict[str, Any], pointer: str) -> None:
        firm = FirmFactory()

        answer = client_for(firm).post(f"{BASE}/startups/{firm.pk}/financials", {**self.body, **change})

        assert answer.status_code == 422
        assert [problem["pointer"] for problem in answer.json()["errors"]] == [pointer]

    def test_take_as_many_queries_for_many_as_for_few(self, django_assert_num_queries: Any) -> None:
        firm = FirmFactory()
        client = client_for(firm)
        for years in (range(2000, 2002), range(2002, 2011)):
            for year in years:
                FinancialsFactory(firm=firm, year=year)
            with django_assert_num_queries(2):
                assert client.get(f"{BASE}/startups/{firm.pk}/financials").status_code == 200
