"""Capabilities, bills of materials and logs in the REST interface."""

from typing import Any

import pytest

from apps.startups.models import Component
from apps.startups.states import CapabilityStatus
from kernel.ids import uuid7
from tests.factories.cases import clean_document
from tests.factories.organisations import OrganisationFactory, actor_of, client_of
from tests.factories.reference import AreaFactory
from tests.factories.startups import (
    CapabilityFactory,
    ComponentFactory,
    FirmFactory,
    client_for,
    fund_client,
)

pytestmark = pytest.mark.django_db

BASE = "/api/v1"


class TestCapabilities:
    def body(self) -> dict[str, Any]:
        return {
            "area": AreaFactory(code="T1").code,
            "title": "Interceptor",
            "maturity": "tested",
            "trl": 6,
            "unit_cost": {"amount": "450.00", "currency": "EUR"},
            "flags": [],
        }

    def test_live_from_draft_to_archive(self) -> None:
        client = client_of(actor_of(OrganisationFactory(kind="firm")))

        made = client.post(f"{BASE}/capabilities", self.body())

        assert made.status_code == 201, made.json()
        place = made["Location"]
        assert made.json()["unit_cost"] == {"amount": "450.00", "currency": "EUR"}
        assert (made.json()["status"], made.json()["actions"]) == ("draft", ["publish"])
        assert client.patch(place, {"trl": 7}).json()["trl"] == 7
        assert client.post(f"{place}/publish").json()["actions"] == ["archive"]
        assert client.post(f"{place}/archive").json()["status"] == "archived"
        again = client.post(f"{place}/archive")
        assert (again.status_code, again.json()["code"]) == (409, "not_now")
        assert client.patch(place, {"trl": 8}).json()["code"] == "capability_archived"

    def test_change_only_what_is_sent(self) -> None:
        capability = CapabilityFactory()
        client = client_for(capability.firm)

        answer = client.patch(
            f"{BASE}/capabilities/{capability.pk}", {"unit_cost": {"amount": "9.00", "currency": "UAH"}}
        )

        assert answer.json()["unit_cost"] == {"amount": "9.00", "currency": "UAH"}
        assert answer.json()["title"] == capability.title
        cleared = client.patch(f"{BASE}/capabilities/{capability.pk}", {"unit_cost": None, "flags": None}).json()
        assert (cleared["unit_cost"], cleared["flags"]) == (None, None)

    def test_need_money_whole_also_in_a_change(self) -> None:
        capability = CapabilityFactory()

        answer = client_for(capability.firm).patch(
            f"{BASE}/capabilities/{capability.pk}", {"unit_cost": {"amount": "9.00"}}
        )

        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/unit_cost/currency"

    @pytest.mark.parametrize(
        ("code", "status"), [("ML10.c", 200), ("9A012", 200), ("none", 200), ("", 200), ("ML99", 422), ("drone", 422)]
    )
    def test_name_a_class_of_a_control_list(self, code: str, status: int) -> None:
        capability = CapabilityFactory()

        answer = client_for(capability.firm).patch(f"{BASE}/capabilities/{capability.pk}", {"export_class": code})

        assert answer.status_code == status
        assert status == 200 or answer.json()["errors"][0]["pointer"] == "/export_class"

    def test_show_each_viewer_what_its_tier_reaches(self) -> None:
        capability = CapabilityFactory()
        place = f"{BASE}/capabilities/{capability.pk}"

        stranger, granted, own = (
            client.get(place).json()
            for client in (fund_client(), fund_client(capability.firm), client_for(capability.firm))
        )

        assert set(stranger) == {
            "id", "startup", "area", "title", "title_uk", "maturity", "trl", "tier", "seeks", "status", "actions",
        }  # fmt: skip
        assert set(granted) - set(stranger) == {
            "description", "description_uk", "unit_cost", "output_per_month", "lead_time_days", "export_class",
            "confirmed_export_class", "flags", "standards", "codifications",
        }  # fmt: skip
        assert set(own) - set(granted) == {
            "created_at", "former_area", "documents", "export_class_reason", "export_class_confirmed_at",
        }  # fmt: skip
        assert stranger["actions"] == granted["actions"] == []
        assert own["actions"] == ["archive"]
        assert stranger["startup"]["is_pseudonym"]

    def test_carry_their_evidence_as_far_as_the_tier_reaches(self) -> None:
        capability = CapabilityFactory()
        place = f"{BASE}/capabilities/{capability.pk}"
        paper = clean_document(capability.firm.organisation, title="Certificate 12")

        answer = client_for(capability.firm).patch(
            place,
            {
                "title_uk": "Перехоплювач",
                "standards": [{"designation": "ISO 9001", "basis": "certified", "document": str(paper.pk)}],
                "codifications": [{"scheme": "nsn", "number": "1550123456789", "issued_on": "2026-01-05"}],
                "documents": [{"document": str(paper.pk), "purpose": "certificate"}],
            },
        )

        assert answer.status_code == 200, answer.json()
        own, granted, stranger = answer.json(), fund_client(capability.firm).get(place), fund_client().get(place)
        assert own["standards"] == [
            {"designation": "ISO 9001", "part": "", "basis": "certified", "document": str(paper.pk)}
        ]
        assert own["documents"] == [
            {
                "document": str(paper.pk),
                "purpose": "certificate",
                "title": "Certificate 12",
                "is_clean": True,
                "is_withdrawn": False,
            }
        ]
        assert granted.json()["standards"] == [{"designation": "ISO 9001", "part": "", "basis": "certified"}]
        assert granted.json()["codifications"] == [
            {"scheme": "nsn", "number": "1550-12-345-6789", "is_confirmed": False}
        ]
        assert stranger.json()["title_uk"] == "Перехоплювач"
        for hidden in (str(paper.pk), "Certificate 12", "2026-01-05"):
            assert hidden not in granted.content.decode()

    def test_point_at_the_line_that_is_wrong(self) -> None:
        capability = CapabilityFactory()

        answer = client_for(capability.firm).patch(
            f"{BASE}/capabilities/{capability.pk}",
            {
                "standards": [{"designation": "ISO 9001", "basis": "certified"}],
                "codifications": [],
                "title": "Kept out",
            },
        )

        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/standards/0/document"
        capability.refresh_from_db()
        assert capability.title != "Kept out"

    @pytest.mark.parametrize("status", [CapabilityStatus.DRAFT, CapabilityStatus.ARCHIVED])
    def test_are_seen_by_others_only_while_published(self, status: str) -> None:
        capability = CapabilityFactory(status=status)

        assert fund_client(capability.firm).get(f"{BASE}/capabilities/{capability.pk}").status_code == 404
        assert client_for(capability.firm).get(f"{BASE}/capabilities/{capability.pk}").status_code == 200

    @pytest.mark.parametrize(("method", "tail"), [("patch", ""), ("post", "/publish"), ("post", "/archive")])
    def test_are_not_there_to_be_changed_by_others(self, method: str, tail: str) -> None:
        capability = CapabilityFactory()
        client = client_for(FirmFactory())
        assert client.get(f"{BASE}/capabilities/{capability.pk}").status_code == 200

        theirs = getattr(client, method)(f"{BASE}/capabilities/{capability.pk}{tail}")
        nobodys = getattr(client, method)(f"{BASE}/capabilities/{uuid7()}{tail}")

        assert theirs.status_code == nobodys.status_code == 404
        assert {**theirs.json(), "request_id": ""} == {**nobodys.json(), "request_id": ""}

    @pytest.mark.parametrize(
        ("query", "titles"),
        [
            ("area=T1", {"root", "leaf"}),
            ("area=T1.A", {"leaf"}),
            ("area=T1.A&area=T2", {"leaf", "other"}),
            ("trl_min=5", {"leaf", "other"}),
            ("trl_max=4&maturity=concept", {"root"}),
            ("tier=E2", {"leaf", "other"}),
            ("country=PL", {"other"}),
            ("own=true", set()),
        ],
    )
    def test_are_filtered(self, query: str, titles: set[str]) -> None:
        root = AreaFactory(code="T1")
        firm = FirmFactory()
        CapabilityFactory(firm=firm, area=root, title="root", trl=3, maturity="concept", tier="E0")
        CapabilityFactory(firm=firm, area=AreaFactory(code="T1.A", parent=root), title="leaf", trl=6)
        CapabilityFactory(
            area=AreaFactory(code="T2"), title="other", trl=9, firm__organisation__country="PL", firm__region=""
        )

        rows = fund_client().get(f"{BASE}/capabilities?{query}").json()["results"]

        assert {row["title"] for row in rows} == titles

    @pytest.mark.parametrize(
        "query",
        ["unit_cost=1", "description=x", "flags=lethal", "ordering=unit_cost", "ordering=-created_at", "search=x"],
    )
    def test_offer_no_filter_or_order_on_hidden_fields(self, query: str) -> None:
        assert fund_client().get(f"{BASE}/capabilities?{query}").status_code == 400

    def test_keep_hidden_fields_hidden_when_chosen(self) -> None:
        capability = CapabilityFactory()

        answer = fund_client().get(f"{BASE}/capabilities/{capability.pk}?fields=title,unit_cost")

        assert set(answer.json()) == {"title"}

    def test_are_ordered(self) -> None:
        for title, trl in (("b", 3), ("a", 9), ("c", None)):
            CapabilityFactory(title=title, trl=trl)
        client = fund_client()

        def titles(order: str) -> list[str]:
            return [row["title"] for row in client.get(f"{BASE}/capabilities?ordering={order}").json()["results"]]

        assert titles("title") == ["a", "b", "c"]
        assert titles("-trl") == ["a", "b", "c"]

    def test_take_as_many_queries_for_many_as_for_few(self, django_assert_num_queries: Any) -> None:
        client = fund_client()
        for size in (2, 9):
            CapabilityFactory.create_batch(size)
            with django_assert_num_queries(1):
                assert len(client.get(f"{BASE}/capabilities").json()["results"]) >= size


class TestComponents:
    line = {"name": "Motor", "unit_cost": {"amount": "12.5001", "currency": "EUR"}, "quantity": "4", "origin": "CN"}

    def test_are_replaced_and_listed_by_the_own_firm(self) -> None:
        capability = ComponentFactory().capability
        place = f"{BASE}/capabilities/{capability.pk}/components"
        client = client_for(capability.firm)

        answer = client.put(place, {"components": [self.line, {**self.line, "name": "Frame", "origin": None}]})

        assert answer.status_code == 200, answer.json()
        assert [row["name"] for row in answer.json()["components"]] == ["Motor", "Frame"]
        listed = client.get(place).json()["results"]
        assert listed == answer.json()["components"]
        assert listed[0]["unit_cost"] == {"amount": "12.5001", "currency": "EUR"}
        assert listed[1]["origin"] is None

    def test_are_not_there_for_others(self) -> None:
        component = ComponentFactory()
        place = f"{BASE}/capabilities/{component.capability_id}/components"

        for client in (client_for(FirmFactory()), fund_client(component.capability.firm, tier=3)):
            assert client.get(place).status_code == 404
        assert client_for(FirmFactory()).put(place, {"components": []}).status_code == 404
        assert Component.objects.count() == 1

    def test_point_at_the_wrong_line(self) -> None:
        capability = CapabilityFactory()

        answer = client_for(capability.firm).put(
            f"{BASE}/capabilities/{capability.pk}/components",
            {"components": [self.line, {**self.line, "origin": "XX"}]},
        )

        assert answer.status_code == 422
        assert [problem["pointer"] for problem in answer.json()["errors"]] == ["/components/1/origin"]

    def test_take_as_many_queries_for_many_as_for_few(self, django_assert_num_queries: Any) -> None:
        capability = CapabilityFactory()
        client = client_for(capability.firm)
        for size in (2, 9):
            ComponentFactory.create_batch(size, capability=capability)
            with django_assert_num_queries(2):
                assert client.get(f"{BASE}/capabilities/{capability.pk}/components").status_code == 200
