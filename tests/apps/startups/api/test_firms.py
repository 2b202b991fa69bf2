"""Firms and their financials in the REST interface."""

from decimal import Decimal
from typing import Any

import pytest

from apps.compliance.models import GroupMembership, Party
from apps.organisations.models import DisclosureGrant
from apps.reference.tables import editions
from apps.startups.models import Firm
from kernel.clock import utc_now, utc_today
from kernel.ids import uuid7
from tests.factories.cases import clean_document
from tests.factories.organisations import GrantFactory, OrganisationFactory, actor_of, client_of
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

        assert set(stranger) == {
            "id",
            "name",
            "name_uk",
            "is_pseudonym",
            "country",
            "standing",
            "staff_band",
            "financials",
        }
        assert set(granted) - set(stranger) == {"founded_on", "staff", "summary", "summary_uk", "group_countries"}
        assert set(own) - set(granted) == {"organisation", "region", "naming", "created_at", "group"}
        assert stranger["name"].startswith("Firm ")
        assert granted["name"] == own["name"] == "Vyriy"

    @pytest.mark.parametrize(("country", "is_shown"), [("UA", False), ("EE", True)])
    def test_shows_the_region_only_where_there_is_no_war(self, country: str, is_shown: bool) -> None:
        firm = FirmFactory(organisation__country=country, region=f"{country}-46")
        place = f"{BASE}/startups/{firm.pk}"

        strange, granted, own = (
            "region" in client.get(place).json() for client in (fund_client(), fund_client(firm), client_for(firm))
        )

        assert (strange, granted, own) == (is_shown, is_shown, True)

    def test_shows_regions_row_by_row(self) -> None:
        FirmFactory(organisation__country="UA")
        FirmFactory(organisation__country="PL", region="PL-14")

        rows = fund_client().get(f"{BASE}/startups").json()["results"]

        assert {row["country"]: row.get("region") for row in rows} == {"UA": None, "PL": "PL-14"}

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
            with django_assert_num_queries(2):  # firms, their newest figures
                assert len(client.get(f"{BASE}/startups").json()["results"]) >= size


class TestGroup:
    def declared(self, firm: Firm, role: str, name: str, country: str) -> Party:
        party: Party = Party.objects.create(
            kind="entity", entity_type="registered_entity", legal_name=name, country=country
        )
        GroupMembership.objects.create(organisation=firm.organisation, role=role, party=party)
        return party

    def test_is_told_whole_to_the_firm_and_by_country_to_whom_it_granted_that(self) -> None:
        firm = FirmFactory()
        top = self.declared(firm, "top_company", "Holding OÜ", "EE")
        self.declared(firm, "ip_owner", "Patents Ltd", "CY")
        place = f"{BASE}/startups/{firm.pk}"

        own, granted = (client.get(place).json() for client in (client_for(firm), fund_client(firm)))

        assert own["group"]["top_company"] == {
            "party": str(top.pk), "organisation": None, "name": "Holding OÜ", "country": "EE",
        }  # fmt: skip
        assert own["group"]["operating_company"] is None
        assert granted["group_countries"] == {"top_company": "EE", "ip_owner": "CY", "operating_company": None}
        assert "Holding" not in str(granted)
        assert "group" not in granted


class TestFinancials:
    body = {
        "year": 2025,
        "revenue": {"amount": "1200000.50", "currency": "EUR"},
        "customers": {"state": 0.6, "export": 0.4},
        "order_book_customers": {"state": 1.0},
        "cash_months": "7.5",
        "headcount": 41,
    }

    def test_are_stated_and_listed_by_the_own_firm(self) -> None:
        firm = FirmFactory()
        client = client_for(firm)

        answer = client.post(f"{BASE}/startups/{firm.pk}/financials", self.body)

        assert answer.status_code == 201, answer.json()
        assert answer.json()["revenue"] == {"amount": "1200000.50", "currency": "EUR"}
        assert answer.json()["debt"] is None
        assert (answer.json()["cash_months"], answer.json()["headcount"], answer.json()["tier"]) == ("7.5", 41, "E0")
        assert client.get(f"{BASE}/startups/{firm.pk}/financials").json()["results"] == [answer.json()]

    def test_are_exact_for_whom_the_firm_granted_it_but_for_the_document(self) -> None:
        firm = FirmFactory()
        paper = clean_document(firm.organisation)
        place = f"{BASE}/startups/{firm.pk}/financials"
        own = client_for(firm).post(place, {**self.body, "document": str(paper.pk)}).json()

        (granted,) = fund_client(firm).get(place).json()["results"]

        assert own["tier"] == "E1"
        assert set(own) - set(granted) == {"id", "document"}
        assert granted == {name: value for name, value in own.items() if name in granted}

    def test_are_withdrawn_by_the_own_firm(self) -> None:
        year = FinancialsFactory()
        place = f"{BASE}/startups/{year.firm_id}/financials"

        client = client_for(year.firm)

        assert client.post(f"{place}/2025/withdraw").status_code == 204
        assert client.get(place).json()["results"] == []
        assert fund_client().get(f"{BASE}/startups/{year.firm_id}").json()["financials"] is None
        for other in ("2025", "2024", "last", "20255"):
            assert client.post(f"{place}/{other}/withdraw").status_code == 404
        assert fund_client(year.firm).post(f"{place}/2025/withdraw").status_code == 403

    @pytest.mark.parametrize("kind", ["firm", "fund", "authority", "operator"])
    def test_are_not_there_for_who_has_no_grant(self, kind: str) -> None:
        financials = FinancialsFactory()
        client = client_of(actor_of(OrganisationFactory(kind=kind)))
        assert client.get(f"{BASE}/startups/{financials.firm_id}").status_code == 200

        hidden = client.get(f"{BASE}/startups/{financials.firm_id}/financials")
        unknown = client.get(f"{BASE}/startups/{uuid7()}/financials")

        assert hidden.status_code == unknown.status_code == 404
        assert {**hidden.json(), "request_id": ""} == {**unknown.json(), "request_id": ""}

    def test_are_not_for_attestors(self) -> None:
        financials = FinancialsFactory()
        client = client_of(actor_of(OrganisationFactory(kind="attestor")))

        assert client.get(f"{BASE}/startups/{financials.firm_id}/financials").status_code == 403

    @pytest.mark.parametrize("kind", ["firm", "fund", "authority"])
    def test_are_read_with_a_grant_and_not_written(self, kind: str) -> None:
        financials = FinancialsFactory()
        viewer = OrganisationFactory(kind=kind)
        GrantFactory(viewer=viewer, subject=financials.firm.organisation)
        client = client_of(actor_of(viewer))

        rows = client.get(f"{BASE}/startups/{financials.firm_id}/financials").json()["results"]

        assert [row["revenue"] for row in rows] == [{"amount": "1200000.00", "currency": "EUR"}]
        assert "id" not in rows[0]
        answer = client.post(f"{BASE}/startups/{financials.firm_id}/financials", self.body)
        assert answer.status_code == (404 if kind == "firm" else 403)

    def test_are_gone_with_the_grant(self) -> None:
        financials = FinancialsFactory()
        viewer = OrganisationFactory(kind="fund")
        grant = GrantFactory(viewer=viewer, subject=financials.firm.organisation)
        client = client_of(actor_of(viewer))
        assert client.get(f"{BASE}/startups/{financials.firm_id}/financials").status_code == 200

        DisclosureGrant.objects.filter(pk=grant.pk).update(until=utc_now())

        assert client.get(f"{BASE}/startups/{financials.firm_id}/financials").status_code == 404

    def test_need_the_undertaking(self) -> None:
        financials = FinancialsFactory()
        viewer = OrganisationFactory(kind="fund")
        GrantFactory(viewer=viewer, subject=financials.firm.organisation, undertaking=False)

        answer = client_of(actor_of(viewer)).get(f"{BASE}/startups/{financials.firm_id}/financials")

        assert answer.status_code == 404

    def test_are_shown_to_counterparts_in_bands(self) -> None:
        firm = FirmFactory()
        FinancialsFactory(firm=firm, year=2024, revenue="90000000.00")
        FinancialsFactory(
            firm=firm,
            year=2025,
            revenue="1200000.00",
            order_book="60000000.00",
            debt="5.00",
            largest_customer_share="0.400000",
            cash_months="7.5",
        )
        FinancialsFactory(firm=firm, year=2026, revenue="1.00", withdrawn_at=utc_now())

        shown = fund_client().get(f"{BASE}/startups/{firm.pk}").json()["financials"]

        assert shown == {
            "year": 2025,
            "currency": "EUR",
            "revenue": "500k-2M",
            "order_book": "50M+",
            "debt": "0-100k",
            "largest_customer_share": "25%-50%",
            "cash_months": "6-12",
        }

    def test_are_banded_in_euro_whatever_they_are_stated_in(self) -> None:
        firm = FirmFactory()
        rate = editions().table_at(utc_today()).fx_to_eur["UAH"]
        FinancialsFactory(firm=firm, currency="UAH", revenue=Decimal(600_000) / rate)

        shown = fund_client().get(f"{BASE}/startups/{firm.pk}").json()["financials"]

        assert (shown["revenue"], shown["currency"], shown["order_book"]) == ("500k-2M", "EUR", None)

    def test_that_were_never_stated_are_null(self) -> None:
        firm = FirmFactory()
        odd = FirmFactory()
        FinancialsFactory(firm=odd, currency="XXX")

        client = fund_client()

        assert client.get(f"{BASE}/startups/{firm.pk}").json()["financials"] is None
        assert client.get(f"{BASE}/startups/{odd.pk}").json()["financials"]["revenue"] is None

    @pytest.mark.parametrize(
        ("change", "pointer"),
        [
            ({"debt": {"amount": "1", "currency": "UAH"}}, "/debt/currency"),
            ({"revenue": {"amount": 12.5, "currency": "EUR"}}, "/revenue/amount"),
            ({"revenue": {"amount": "1"}}, "/revenue/currency"),
            ({"document": str(uuid7())}, "/document"),
            ({"cash_months": "-1"}, "/cash_months"),
            ({"order_book_customers": {"state": 1.5}}, "/order_book_customers/state"),
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
            with django_assert_num_queries(3):  # the firm, its newest figures, the years
                assert client.get(f"{BASE}/startups/{firm.pk}/financials").status_code == 200
