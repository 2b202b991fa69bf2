"""The REST interface of the capability areas."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from apps.reference.models import CapabilityArea
from kernel.access import Actor
from tests.factories.accounts import UserFactory
from tests.factories.organisations import client_of
from tests.factories.reference import AreaFactory

pytestmark = pytest.mark.django_db

PLACE = "/api/v1/capability-areas"


@pytest.fixture
def client() -> APIClient:
    CapabilityArea.objects.all().delete()
    root = AreaFactory(code="T1")
    AreaFactory(code="T2")
    for number in range(3):
        AreaFactory(code=f"T1.A{number}", parent=root)
    return client_of(Actor(user_id=UserFactory().pk))


class TestCapabilityAreasList:
    def test_is_open_to_every_signed_in_caller(self, client: APIClient) -> None:
        rows = client.get(PLACE).json()["results"]

        assert [(row["code"], row["parent"]) for row in rows][:2] == [("T1", None), ("T1.A0", "T1")]
        assert rows[0]["label_uk"] == "Напрям T1"
        assert APIClient().get(PLACE).status_code == 401

    @pytest.mark.parametrize(
        ("query", "codes"),
        [
            ("root=true", ["T1", "T2"]),
            ("parent=T1", ["T1.A0", "T1.A1", "T1.A2"]),
            ("root=false&ordering=-code&page_size=1", ["T1.A2"]),
            ("code=T2&code=T1", ["T1", "T2"]),
        ],
    )
    def test_filters(self, client: APIClient, query: str, codes: list[str]) -> None:
        assert [row["code"] for row in client.get(f"{PLACE}?{query}").json()["results"]] == codes

    def test_takes_as_many_queries_for_many_as_for_few(self, client: APIClient, django_assert_num_queries: Any) -> None:
        for query, size in (("root=true", 2), ("page_size=200", 5)):
            with django_assert_num_queries(1):
                assert len(client.get(f"{PLACE}?{query}").json()["results"]) == size


class TestExportClassesList:
    def test_is_open_to_every_signed_in_caller(self, client: APIClient) -> None:
        answer = client.get("/api/v1/export-classes", {"page_size": 200, "with_count": "true"}).json()

        assert answer["count"] == 72
        assert (answer["results"][9]["code"], answer["results"][9]["control_list"]) == ("ML10", "military")
        assert answer["results"][-1]["title_uk"]
        assert APIClient().get("/api/v1/export-classes").status_code == 401

    def test_pages_and_filters(self, client: APIClient) -> None:
        first = client.get("/api/v1/export-classes", {"control_list": "dual_use", "page_size": 30}).json()
        second = client.get(first["next"]).json()

        codes = [row["code"] for row in first["results"] + second["results"]]
        assert (len(codes), codes[0], codes[-1], second["next"]) == (50, "0A", "9E", None)
        assert client.get("/api/v1/export-classes", {"control_list": "nuclear"}).status_code == 400


class TestRetiredAreas:
    def test_tell_where_they_went(self, client: APIClient) -> None:
        CapabilityArea.objects.filter(code="T2").update(successors=["T1.A0", "T1.A1"])

        assert [row["code"] for row in client.get(f"{PLACE}?retired=true").json()["results"]] == ["T2"]
        assert client.get(f"{PLACE}?retired=true").json()["results"][0]["successors"] == ["T1.A0", "T1.A1"]
        assert "T2" not in [row["code"] for row in client.get(f"{PLACE}?retired=false").json()["results"]]
        assert len(client.get(f"{PLACE}?retired=false&retired=true").json()["results"]) == 5
