"""The REST interface of funds, levers and mandates."""

from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from apps.investors.models import Fund, Lever, Mandate
from apps.investors.services import levers_load, versions_record
from apps.investors.states import HoldStatus, MandateStatus
from kernel.access import Actor
from kernel.clock import database_now
from kernel.ids import uuid7
from tests.factories.investors import CapacityHoldFactory, FundFactory, LeverFactory, MandateFactory
from tests.factories.organisations import OrganisationFactory, actor_of, client_of
from tests.factories.reference import AreaFactory

pytestmark = pytest.mark.django_db

BASE = "/api/v1"


def client_for(fund: Fund, *roles: str) -> APIClient:
    return client_of(actor_of(fund.organisation, *roles))


def stranger(kind: str) -> APIClient:
    return client_of(actor_of(OrganisationFactory(kind=kind)))


class TestInvestors:
    def test_show_each_viewer_what_its_tier_reaches(self) -> None:
        fund = FundFactory()
        place = f"{BASE}/investors/{fund.pk}"

        firm, own = (client.get(place).json() for client in (stranger("firm"), client_for(fund)))

        assert set(firm) == {
            "id", "country", "fund_type", "areas", "name", "standing", "life_ends_on", "strategy", "strategy_uk",
        }  # fmt: skip
        assert set(own) - set(firm) == {"organisation", "investor_countries", "created_at"}

    def test_name_the_roots_of_active_areas_only(self) -> None:
        fund = FundFactory()
        AreaFactory(code="T1.A", parent=AreaFactory(code="T1"))
        AreaFactory(code="T2")
        MandateFactory(fund=fund, areas=[["T1.A", 1.0]])
        MandateFactory(fund=fund, areas=[["T2", 1.0]], status=MandateStatus.PAUSED)

        assert stranger("firm").get(f"{BASE}/investors/{fund.pk}").json()["areas"] == ["T1"]

    def test_are_not_there_for_one_another(self) -> None:
        fund = FundFactory()
        client = stranger("fund")
        unknown = client.get(f"{BASE}/investors/{uuid7()}")

        hidden = client.get(f"{BASE}/investors/{fund.pk}")

        assert hidden.status_code == unknown.status_code == 404
        assert {**hidden.json(), "request_id": ""} == {**unknown.json(), "request_id": ""}
        assert client.get(f"{BASE}/investors?with_count=true").json()["count"] == 0

    def test_are_changed_by_themselves_only(self) -> None:
        fund, other = FundFactory(), FundFactory()
        client = client_for(fund)

        answer = client.patch(f"{BASE}/investors/{fund.pk}", {"investor_countries": ["FI"], "fund_type": "bank"})

        assert (answer.status_code, answer.json()["investor_countries"]) == (200, ["FI"])
        assert client.patch(f"{BASE}/investors/{other.pk}", {"fund_type": "bank"}).status_code == 404
        assert client.patch(f"{BASE}/investors/{fund.pk}", {"investor_countries": ["XX"]}).status_code == 422

    @pytest.mark.parametrize("query", ["name=x", "investor_countries=DE", "ordering=name"])
    def test_offer_no_filter_or_order_on_hidden_fields(self, query: str) -> None:
        assert stranger("fund").get(f"{BASE}/investors?{query}").status_code == 400

    def test_take_as_many_queries_for_many_as_for_few(self, django_assert_num_queries: Any) -> None:
        client = stranger("firm")
        for size in (2, 9):
            MandateFactory.create_batch(size)
            with django_assert_num_queries(3):  # funds, their active mandates, the areas
                assert len(client.get(f"{BASE}/investors").json()["results"]) >= size


class TestLevers:
    body = {
        "kind": "guarantee",
        "issuer": "Office",
        "classes": ["equity"],
        "risk_cover": "0.7",
        "cover_cap": {"amount": "5000000.00", "currency": "EUR"},
    }

    def test_are_created_and_changed_by_a_fund(self) -> None:
        fund = FundFactory()
        client = client_for(fund)

        made = client.post(f"{BASE}/levers", self.body)

        assert made.status_code == 201, made.json()
        assert made.json()["cover_cap"] == self.body["cover_cap"]
        assert (made.json()["countries"], made.json()["is_public"]) == (None, False)
        changed = client.patch(made["Location"], {"cover_cap": None, "countries": ["UA"]}).json()
        assert (changed["cover_cap"], changed["countries"]) == (None, ["UA"])
        assert client_for(FundFactory()).get(made["Location"]).status_code == 404

    def test_of_the_public_are_read_only(self) -> None:
        lever = LeverFactory()
        client = client_for(FundFactory())

        assert client.get(f"{BASE}/levers/{lever.pk}").json()["is_public"] is True
        assert client.patch(f"{BASE}/levers/{lever.pk}", {"issuer": "Mine"}).status_code == 404

    def test_are_filtered(self) -> None:
        fund = FundFactory()
        own = LeverFactory(organisation=fund.organisation)
        LeverFactory(kind="insurance")
        client = client_for(fund)

        assert [row["id"] for row in client.get(f"{BASE}/levers?own=true").json()["results"]] == [str(own.pk)]
        assert [row["kind"] for row in client.get(f"{BASE}/levers?public=true").json()["results"]] == ["insurance"]
        assert client.get(f"{BASE}/levers?kind=tenor").json()["results"] == []

    def test_are_not_for_firms(self) -> None:
        assert stranger("firm").get(f"{BASE}/levers").status_code == 403

    def test_take_as_many_queries_for_many_as_for_few(self, django_assert_num_queries: Any) -> None:
        client = stranger("fund")
        for size in (2, 9):
            LeverFactory.create_batch(size)
            with django_assert_num_queries(1):
                assert len(client.get(f"{BASE}/levers").json()["results"]) >= size


class TestMandates:
    def body(self, **values: Any) -> dict[str, Any]:
        return {
            "name": "Early rounds",
            "areas": [{"area": AreaFactory(code="T1").code, "weight": 1}],
            "ticket_min": {"amount": "100000.00", "currency": "EUR"},
            "ticket_max": {"amount": "2000000.00", "currency": "EUR"},
            "instruments": ["equity", "convertible"],
            "stages": [{"stage": "seed", "weight": 1}],
            "max_foreign_share": "0.35",
            "perimeter": "EU+EEA",
            "terms": [{"term": "board_seat", "value": "yes", "required": True}],
            **values,
        }

    def test_live_from_draft_to_close(self) -> None:
        client = client_of(actor_of(OrganisationFactory(kind="fund")))

        made = client.post(f"{BASE}/mandates", self.body())

        assert made.status_code == 201, made.json()
        place = made["Location"]
        assert made.json()["areas"] == [{"area": "T1", "weight": 1.0}]
        assert made.json()["max_foreign_share"] == "0.350"
        assert (made.json()["status"], made.json()["actions"]) == ("draft", ["activate", "close"])
        assert client.patch(place, {"trl_min": 5}).json()["trl_min"] == 5
        assert client.post(f"{place}/activate").json()["actions"] == ["pause", "close"]
        assert client.post(f"{place}/pause").json()["status"] == "paused"
        assert client.post(f"{place}/close").json()["actions"] == []
        assert client.post(f"{place}/activate").status_code == 409
        assert client.patch(place, {"trl_min": 6}).json()["code"] == "mandate_ended"

    def test_show_each_viewer_what_its_tier_reaches(self) -> None:
        mandate = MandateFactory(lever=LeverFactory())
        place = f"{BASE}/mandates/{mandate.pk}"

        firm, own = (client.get(place).json() for client in (stranger("firm"), client_for(mandate.fund)))

        assert set(firm) == {
            "id", "investor", "name", "areas", "ticket_min", "ticket_typical", "ticket_max", "instruments", "stages",
            "countries", "trl_min", "trl_max", "offered_cost_of_capital", "offer_tier", "lever", "tenor_years", "terms",
            "follow_on_reserve", "thesis", "thesis_uk", "status", "actions",
        }  # fmt: skip
        assert set(own) - set(firm) == {
            "places", "capacity", "capacity_left", "max_foreign_share", "perimeter", "exclusions", "warnings",
            "created_at",
        }  # fmt: skip
        assert firm["lever"]["issuer"] == "Guarantee Office"
        assert firm["actions"] == []
        assert own["capacity"] == {"amount": "20000000.00", "currency": "EUR"}

    def test_are_not_there_for_other_funds(self) -> None:
        mandate = MandateFactory()
        client = client_for(FundFactory())
        unknown = client.get(f"{BASE}/mandates/{uuid7()}")

        hidden = client.get(f"{BASE}/mandates/{mandate.pk}")

        assert hidden.status_code == unknown.status_code == 404
        assert {**hidden.json(), "request_id": ""} == {**unknown.json(), "request_id": ""}
        for tail in ("activate", "pause", "close"):
            assert client.post(f"{BASE}/mandates/{mandate.pk}/{tail}").status_code == 404
        assert client.patch(f"{BASE}/mandates/{mandate.pk}", {"trl_min": 3}).status_code == 404

    @pytest.mark.parametrize("status", [MandateStatus.DRAFT, MandateStatus.PAUSED, MandateStatus.CLOSED])
    def test_are_seen_by_firms_only_while_active(self, status: str) -> None:
        mandate = MandateFactory(status=status)

        assert stranger("firm").get(f"{BASE}/mandates/{mandate.pk}").status_code == 404

    @pytest.mark.parametrize(
        ("change", "pointer"),
        [
            ({"areas": []}, "/areas"),
            ({"areas": [{"area": "T1"}]}, "/areas/0/weight"),
            ({"areas": [{"area": "NONE", "weight": 1}]}, "/areas/0/area"),
            ({"areas": [{"area": "T1", "weight": 0}]}, "/areas/0/weight"),
            ({"ticket_max": {"amount": "1.00", "currency": "EUR"}}, "/ticket_max"),
            ({"ticket_max": {"amount": "9000000.00", "currency": "USD"}}, "/ticket_max/currency"),
            ({"max_foreign_share": "0.3"}, "/max_foreign_share"),
            ({"lever": str(uuid7())}, "/lever"),
            ({"instruments": ["equity", "loan"]}, "/instruments"),
        ],
    )
    def test_point_at_what_is_wrong(self, change: dict[str, Any], pointer: str) -> None:
        answer = client_for(FundFactory()).post(f"{BASE}/mandates", self.body(**change))

        assert answer.status_code == 422
        assert [problem["pointer"] for problem in answer.json()["errors"]] == [pointer]
        assert not Mandate.objects.exists()

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("area=UMS", 1),
            ("area=T9&area=UMS", 1),
            ("area=UM", 0),
            ("instrument=equity", 1),
            ("instrument=loan", 0),
            ("country=DE&currency=EUR", 1),
            ("ticket_min_max=300000&ticket_max_min=1000000", 1),
            ("ticket_min_max=100000", 0),
            ("own=true", 0),
        ],
    )
    def test_are_filtered(self, query: str, found: int) -> None:
        MandateFactory()

        assert len(stranger("firm").get(f"{BASE}/mandates?{query}").json()["results"]) == found

    @pytest.mark.parametrize("query", ["capacity=1", "exclusions=lethal", "ordering=capacity", "perimeter=EU"])
    def test_offer_no_filter_or_order_on_hidden_fields(self, query: str) -> None:
        assert stranger("firm").get(f"{BASE}/mandates?{query}").status_code == 400

    def test_take_as_many_queries_for_many_as_for_few(self, django_assert_num_queries: Any) -> None:
        client = stranger("firm")
        for size in (2, 9):
            MandateFactory.create_batch(size, lever=LeverFactory())
            with django_assert_num_queries(1):
                assert len(client.get(f"{BASE}/mandates").json()["results"]) >= size


class TestCapacity:
    def test_left_is_shown_to_the_own_fund_alone(self) -> None:
        mandate = MandateFactory(capacity=Decimal(3_000_000))
        CapacityHoldFactory(mandate=mandate)
        CapacityHoldFactory(mandate=mandate, status=HoldStatus.CONSUMED, amount=Decimal("0.01"))
        CapacityHoldFactory(mandate=mandate, status=HoldStatus.RELEASED)
        CapacityHoldFactory(mandate=mandate, expires_at=database_now())
        place = f"{BASE}/mandates/{mandate.pk}"

        own, firm = (client.get(place).json() for client in (client_for(mandate.fund), stranger("firm")))

        assert own["capacity"] == {"amount": "3000000.00", "currency": "EUR"}
        assert own["capacity_left"] == {"amount": "1999999.99", "currency": "EUR"}
        assert {"capacity", "capacity_left"}.isdisjoint(firm)

    def test_left_is_unknown_where_none_is_stated(self) -> None:
        mandate = MandateFactory(capacity=None)
        CapacityHoldFactory(mandate=mandate)

        assert client_for(mandate.fund).get(f"{BASE}/mandates/{mandate.pk}").json()["capacity_left"] is None

    def test_is_shown_in_previews_as_little_as_to_strangers(self) -> None:
        mandate = MandateFactory()

        shown = client_for(mandate.fund).get(f"{BASE}/mandates/{mandate.pk}?as=T1").json()

        assert {"capacity", "capacity_left", "warnings"}.isdisjoint(shown)

    def test_takes_as_many_queries_for_many_as_for_few(self, django_assert_num_queries: Any) -> None:
        fund = FundFactory()
        client = client_for(fund)
        for size in (2, 9):
            for mandate in MandateFactory.create_batch(size, fund=fund, lever=LeverFactory()):
                CapacityHoldFactory.create_batch(2, mandate=mandate)
            with django_assert_num_queries(2):  # mandates, what is held of them
                assert len(client.get(f"{BASE}/mandates").json()["results"]) >= size


class TestWarnings:
    def warned(self, mandate: Mandate) -> list[tuple[str, str, str]]:
        answer = client_for(mandate.fund).patch(f"{BASE}/mandates/{mandate.pk}", {"thesis": "Anew"})
        assert answer.status_code == 200, answer.json()
        return [(item["pointer"], item["code"], item["answer"]) for item in answer.json()["warnings"]]

    def test_tell_at_each_save_what_the_lever_does_not_cover(self) -> None:
        lever = LeverFactory(classes=["debt"], countries=["PL"], excluded_flags=["lethal"], places=[])
        mandate = MandateFactory(lever=lever, countries=["UA", "PL"])

        assert self.warned(mandate) == [
            ("/lever/classes", "class_not_covered", "fail"),
            ("/lever/countries", "country_not_covered", "fail"),
            ("/lever/excluded_flags", "flag_excluded", "fail"),
        ]

    def test_are_silent_where_the_lever_covers_all(self) -> None:
        lever = LeverFactory(excluded_flags=["lethal"], places=[], tenor_max_years=Decimal(7))
        mandate = MandateFactory(lever=lever, countries=["UA"], exclusions=["lethal"], tenor_years=Decimal(7))

        assert self.warned(mandate) == []

    def test_say_what_is_unknown(self) -> None:
        mandate = MandateFactory(lever=LeverFactory(places=None), countries=["UA"])

        assert self.warned(mandate) == [("/lever/places", "not_declared", "unknown")]

    def test_are_not_there_without_a_lever_or_for_grants(self) -> None:
        lever = LeverFactory(classes=[])

        assert self.warned(MandateFactory(lever=None)) == []
        assert self.warned(MandateFactory(lever=lever, instruments=["grant"])) == []

    def test_are_a_sentence(self) -> None:
        mandate = MandateFactory(lever=LeverFactory(countries=["PL", "EE"], places=[]))

        (warning,) = client_for(mandate.fund).get(f"{BASE}/mandates/{mandate.pk}").json()["warnings"]

        assert warning["detail"] == "The lever covers EE, PL only."


class TestMandateVersions:
    def test_tell_the_own_fund_who_changed_what(self) -> None:
        fund = FundFactory()
        actor = actor_of(fund.organisation)
        client = client_of(actor)
        place = client.post(f"{BASE}/mandates", TestMandates().body())["Location"]
        client.patch(place, {"trl_min": 5})

        newest, first = client.get(f"{place}/versions").json()["results"]

        assert set(newest) == {"number", "at", "actor", "changes", "terms"}
        assert (newest["number"], first["number"], newest["actor"]) == (2, 1, f"user:{actor.user_id}")
        assert newest["changes"] == [{"field": "trl_min", "from": None, "to": 5}]
        assert newest["terms"]["ticket_max"] == "2000000.00"

    @pytest.mark.parametrize(("kind", "status"), [("fund", 404), ("firm", 403), ("authority", 403), ("operator", 403)])
    def test_are_nobody_elses(self, kind: str, status: int) -> None:
        mandate = MandateFactory()
        client = stranger(kind)

        answer = client.get(f"{BASE}/mandates/{mandate.pk}/versions")

        assert answer.status_code == client.get(f"{BASE}/mandates/{uuid7()}/versions").status_code == status

    def test_begin_for_every_mandate_with_its_own(self) -> None:
        fund = FundFactory()
        first, other = MandateFactory.create_batch(2, fund=fund)
        versions_record(actor=Actor.system(), mandate_ids=[first.pk, other.pk])

        (row,) = client_for(fund).get(f"{BASE}/mandates/{first.pk}/versions").json()["results"]

        assert row["terms"]["name"] == first.name

    @pytest.mark.long
    def test_take_as_many_queries_for_many_as_for_few(self, django_assert_num_queries: Any) -> None:
        mandate = MandateFactory(status=MandateStatus.DRAFT)
        client = client_for(mandate.fund)
        for size in (2, 9):
            for number in range(size):
                client.patch(f"{BASE}/mandates/{mandate.pk}", {"name": f"{size} {number}"})
            with django_assert_num_queries(3):  # the mandate, what is held of it, its versions
                assert len(client.get(f"{BASE}/mandates/{mandate.pk}/versions").json()["results"]) >= size


class TestPublicLevers:
    def test_are_shown_with_where_they_come_from(self) -> None:
        levers_load(actor=Actor.system())

        rows = stranger("fund").get(f"{BASE}/levers?public=true").json()["results"]

        assert len(rows) >= 3
        for row in rows:
            assert row["is_public"]
            assert row["confidence"] == "B"
            assert row["source"]
            assert {"code", "edition", "organisation"}.isdisjoint(row)

    @pytest.mark.parametrize(("kind", "status"), [("fund", 404), ("operator", 403)])
    def test_are_changed_by_nobody(self, kind: str, status: int) -> None:
        levers_load(actor=Actor.system())
        lever = Lever.objects.exclude(code=None).first()
        assert lever is not None

        answer = stranger(kind).patch(f"{BASE}/levers/{lever.pk}", {"confidence": "A"})

        assert answer.status_code == status
        assert Lever.objects.get(pk=lever.pk).version == 1


class TestTwoWorlds:
    """Two databases that differ only in hidden fields give a stranger the same bytes."""

    def test_look_alike_to_a_verified_firm(self) -> None:
        mandate = MandateFactory()
        client = stranger("firm")
        places = ["mandates?with_count=true", f"mandates/{mandate.pk}", "investors", f"investors/{mandate.fund_id}"]
        before = [
            (answer.content, answer.headers.get("ETag"))
            for answer in map(client.get, [f"{BASE}/{place}" for place in places])
        ]

        Mandate.objects.update(
            places=[], capacity=None, max_foreign_share=None, perimeter="", exclusions=["lethal"], version=9
        )
        Fund.objects.update(investor_countries=None, version=9)
        MandateFactory(fund=mandate.fund, status=MandateStatus.DRAFT, areas=[["T7", 1.0]])
        CapacityHoldFactory(mandate=mandate)
        versions_record(actor=Actor.system(), mandate_ids=[mandate.pk])

        after = [
            (answer.content, answer.headers.get("ETag"))
            for answer in map(client.get, [f"{BASE}/{place}" for place in places])
        ]
        assert before == after
