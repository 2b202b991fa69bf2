"""Raises in the REST interface."""

from typing import Any

import pytest

from apps.startups.models import Firm, Raise
from apps.startups.states import CapabilityStatus, RaiseStatus
from kernel.ids import uuid7
from kernel.models import Event
from tests.factories.cases import clean_document
from tests.factories.organisations import OrganisationFactory, actor_of, client_of
from tests.factories.startups import (
    CapabilityFactory,
    FirmFactory,
    RaiseFactory,
    client_for,
    fund_client,
)

pytestmark = pytest.mark.django_db

BASE = "/api/v1"


class TestRaises:
    def body(self, firm: Firm, **values: Any) -> dict[str, Any]:
        lead = CapabilityFactory(firm=firm)
        return {
            "lead_capability": str(lead.pk),
            "amount": {"amount": "2000000.00", "currency": "EUR"},
            "min_ticket": {"amount": "250000.00", "currency": "EUR"},
            "instruments": ["equity", "convertible"],
            "stage": "seed",
            "amount_left": {"amount": "1500000.00", "currency": "EUR"},
            "terms": [{"term": "holding", "value": "EE"}],
            **values,
        }

    def test_live_from_draft_to_close(self) -> None:
        firm = FirmFactory()
        client = client_for(firm)

        made = client.post(f"{BASE}/raises", self.body(firm))

        assert made.status_code == 201, made.json()
        place = made["Location"]
        assert made.json()["terms"] == [{"term": "holding", "value": "EE", "required": False}]
        assert made.json()["actions"] == ["open", "withdraw"]
        opened = client.post(f"{place}/open").json()
        assert (opened["status"], opened["actions"]) == ("open", ["commit-partly", "close", "withdraw"])
        assert opened["opened_on"]
        assert client.post(f"{place}/commit-partly").json()["status"] == "partly_committed"
        assert client.post(f"{place}/reopen").json()["status"] == "open"
        assert client.post(f"{place}/close").json()["actions"] == []
        assert client.patch(place, {"stage": "growth"}).json()["code"] == "raise_ended"
        names = list(Event.objects.filter(object_id=made.json()["id"]).order_by("id").values_list("name", flat=True))
        assert names == [
            f"startups.raise.{fact}" for fact in ("created", "opened", "partly_committed", "reopened", "closed")
        ]

    def test_say_all_that_they_were_told(self) -> None:
        firm = FirmFactory()
        fund, document = OrganisationFactory(kind="fund"), clean_document(firm.organisation)
        told = {
            "proceeds": [
                {"purpose": "A second line", "amount": "1200000.00", "share": None},
                {"purpose": "People", "amount": None, "share": "0.250000"},
            ],
            "marginal_cost_of_capital": "0.310000",
            "cost_tier": "E1",
            "cost_evidence": str(document.pk),
            "subsidised_loans": [
                {
                    "programme": "5-7-9",
                    "amount": {"amount": "500000.00", "currency": "UAH"},
                    "rate": "0.050000",
                    "until": "2027-03-01",
                }
            ],
            "blocked_organisations": [str(fund.pk)],
        }

        made = client_for(firm).post(f"{BASE}/raises", self.body(firm, **told))

        assert made.status_code == 201, made.json()
        shown = made.json()
        assert {name: shown[name] for name in told} == told
        assert shown["committed"] == {"amount": "500000.00", "currency": "EUR"}
        assert shown["capital_class"] == "equity"

    def test_are_grouped_into_rounds(self) -> None:
        first = RaiseFactory()
        client = client_for(first.firm)
        body = self.body(first.firm, tranche_of=str(first.pk), instruments=["loan"])
        made = client.post(f"{BASE}/raises", body).json()
        RaiseFactory()

        found = client.get(f"{BASE}/raises?round={first.round}").json()["results"]

        assert {item["id"] for item in found} == {made["id"], str(first.pk)}
        assert {item["capital_class"] for item in found} == {"equity", "debt"}

    def test_never_name_whom_they_block(self) -> None:
        item, fund = RaiseFactory(), OrganisationFactory(kind="fund")
        Raise.objects.filter(pk=item.pk).update(blocked_organisations=[fund.pk])

        for client in (fund_client(item.firm, tier=3), client_of(actor_of(fund))):
            assert str(fund.pk) not in client.get(f"{BASE}/raises/{item.pk}").content.decode()

    def test_are_not_partly_committed_while_all_is_left(self) -> None:
        item = RaiseFactory()

        answer = client_for(item.firm).post(f"{BASE}/raises/{item.pk}/commit-partly")

        assert (answer.status_code, answer.json()["code"]) == (409, "nothing_committed")

    def test_are_not_found_by_a_lead_that_is_hidden(self) -> None:
        item = RaiseFactory(lead_capability__status=CapabilityStatus.ARCHIVED)
        place = f"{BASE}/raises?area={item.lead_capability.area.code}"

        assert fund_client().get(f"{BASE}/raises").json()["results"][0]["lead_capability"] is None
        assert fund_client().get(place).json()["results"] == []
        assert len(client_for(item.firm).get(place).json()["results"]) == 1

    def test_do_not_open_without_a_published_lead(self) -> None:
        item = RaiseFactory(status=RaiseStatus.DRAFT, lead_capability__status=CapabilityStatus.DRAFT)
        client = client_for(item.firm)

        answer = client.post(f"{BASE}/raises/{item.pk}/open")

        assert (answer.status_code, answer.json()["code"]) == (409, "lead_not_published")
        assert client.get(f"{BASE}/raises/{item.pk}").json()["actions"] == ["withdraw"]

    def test_show_each_viewer_what_its_tier_reaches(self) -> None:
        item = RaiseFactory()
        place = f"{BASE}/raises/{item.pk}"

        stranger, granted, own = (
            client.get(place).json() for client in (fund_client(), fund_client(item.firm), client_for(item.firm))
        )

        assert set(stranger) == {
            "id", "startup", "lead_capability", "amount", "amount_left", "instruments", "stage", "syndicate",
            "tenor_years", "opened_on", "need_by", "status", "actions", "capital_class", "committed", "round",
        }  # fmt: skip
        assert set(granted) - set(stranger) == {"issuer", "terms", "use_of_proceeds", "proceeds"}
        assert set(own) - set(granted) == {
            "min_ticket", "marginal_cost_of_capital", "cost_tier", "cost_evidence", "subsidised_loans",
            "blocked_countries", "blocked_organisations", "created_at",
        }  # fmt: skip
        assert stranger["lead_capability"]["title"] == item.lead_capability.title

    @pytest.mark.parametrize("status", [RaiseStatus.DRAFT, RaiseStatus.CLOSED, RaiseStatus.WITHDRAWN])
    def test_are_seen_by_others_only_while_open(self, status: str) -> None:
        item = RaiseFactory(status=status)

        assert fund_client(item.firm).get(f"{BASE}/raises/{item.pk}").status_code == 404
        assert client_for(item.firm).get(f"{BASE}/raises/{item.pk}").status_code == 200

    @pytest.mark.parametrize("tail", ["open", "close", "withdraw", "commit-partly", "reopen"])
    def test_are_not_there_to_be_moved_by_others(self, tail: str) -> None:
        item = RaiseFactory()

        assert client_for(FirmFactory()).post(f"{BASE}/raises/{item.pk}/{tail}").status_code == 404
        assert fund_client().post(f"{BASE}/raises/{item.pk}/{tail}").status_code == 403
        item.refresh_from_db()
        assert (item.status, item.version) == ("open", 1)

    @pytest.mark.parametrize(
        ("change", "pointer"),
        [
            ({"instruments": ["equity", "loan"]}, "/instruments"),
            ({"min_ticket": {"amount": "1", "currency": "UAH"}}, "/min_ticket/currency"),
            ({"terms": [{"value": "EE"}]}, "/terms/0/term"),
            ({"terms": [{"term": "holding", "value": "Estonia"}]}, "/terms/0/value"),
            ({"lead_capability": str(uuid7())}, "/lead_capability"),
            ({"blocked_countries": ["BY", "BY"]}, "/blocked_countries/1"),
        ],
    )
    def test_point_at_what_is_wrong(self, change: dict[str, Any], pointer: str) -> None:
        firm = FirmFactory()

        answer = client_for(firm).post(f"{BASE}/raises", self.body(firm, **change))

        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"].startswith(pointer)
        assert not Raise.objects.exists()

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("instrument=equity", 1),
            ("instrument=loan&instrument=equity", 1),
            ("instrument=loan", 0),
            ("area=UMS", 1),
            ("stage=seed&currency=EUR&amount_min=1000000&amount_max=3000000", 1),
            ("amount_min=3000000", 0),
            ("status=open", 1),
            ("capital_class=equity", 1),
            ("capital_class=debt&capital_class=grant", 0),
            ("round=01990000-0000-7000-8000-000000000000", 0),
            ("own=true", 0),
        ],
    )
    def test_are_filtered(self, query: str, found: int) -> None:
        RaiseFactory()

        assert len(fund_client().get(f"{BASE}/raises?{query}").json()["results"]) == found

    @pytest.mark.parametrize(
        "query",
        [
            "min_ticket=1",
            "ordering=marginal_cost_of_capital",
            "blocked_countries=BY",
            "blocked_organisations=1",
            "cost_tier=E1",
        ],
    )
    def test_offer_no_filter_or_order_on_hidden_fields(self, query: str) -> None:
        assert fund_client().get(f"{BASE}/raises?{query}").status_code == 400

    def test_take_as_many_queries_for_many_as_for_few(self, django_assert_num_queries: Any) -> None:
        client = fund_client()
        for size in (2, 9):
            RaiseFactory.create_batch(size)
            with django_assert_num_queries(1):
                assert len(client.get(f"{BASE}/raises").json()["results"]) >= size
