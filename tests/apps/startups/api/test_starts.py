"""The start of a firm in the REST interface."""

from typing import Any

import pytest

from tests.factories.organisations import OrganisationFactory, actor_of, client_of
from tests.factories.reference import AreaFactory
from tests.factories.startups import StartDraftFactory, client_for, fund_client

pytestmark = pytest.mark.django_db

BASE = "/api/v1/startups/start"


class TestStart:
    def fields(self) -> dict[str, Any]:
        return {
            "area": AreaFactory(code="T1").code,
            "title": "Interceptor",
            "maturity": "tested",
            "trl": 6,
            "staff": 12,
            "amount": {"amount": "500000.00", "currency": "EUR"},
            "instruments": ["equity"],
            "stage": "seed",
        }

    @pytest.mark.long
    def test_goes_field_by_field_from_nothing_to_a_teaser(self) -> None:
        organisation = OrganisationFactory(kind="firm")
        client = client_of(actor_of(organisation))
        fields = self.fields()
        assert client.get(BASE).json()["missing"] == list(fields)
        assert client.post(f"{BASE}/publish").status_code == 422

        for name, value in fields.items():
            answer = client.patch(BASE, {name: value})
            assert (answer.status_code, answer.json()[name]) == (200, value)
        assert client.get(BASE).json() == {**fields, "missing": []}
        made = client.post(f"{BASE}/publish")

        assert made.status_code == 201, made.json()
        capability = client.get(f"/api/v1/capabilities/{made.json()['capability']}").json()
        item = client.get(made["Location"]).json()
        assert (capability["status"], capability["trl"]) == ("published", 6)
        assert (item["id"], item["status"], item["lead_capability"]["id"]) == (
            made.json()["draft_raise"], "draft", capability["id"],
        )  # fmt: skip
        assert len(fund_client().get("/api/v1/teasers?area=T1").json()["results"]) == 1
        assert client.get(BASE).json()["missing"] == list(fields)

    @pytest.mark.parametrize(
        ("wrong", "pointer"),
        [
            ({"trl": 10}, "/trl"),
            ({"area": "NONE"}, "/area"),
            ({"maturity": "new"}, "/maturity"),
            ({"staff": -1}, "/staff"),
        ],
    )
    def test_loses_nothing_over_a_wrong_value(self, wrong: dict[str, Any], pointer: str) -> None:
        draft = StartDraftFactory(title="Kept")
        client = client_for(draft.firm)

        answer = client.patch(BASE, {"title": "Another", **wrong})

        assert answer.status_code == 422
        assert [problem["pointer"] for problem in answer.json()["errors"]] == [pointer]
        assert client.get(BASE).json()["title"] == "Kept"

    def test_points_at_what_is_missing(self) -> None:
        draft = StartDraftFactory(stage=None, amount=None, currency=None)

        answer = client_for(draft.firm).post(f"{BASE}/publish")

        assert (answer.status_code, answer.json()["code"]) == (422, "start_incomplete")
        assert [problem["pointer"] for problem in answer.json()["errors"]] == ["/amount", "/stage"]

    def test_is_the_own_firms_alone(self) -> None:
        StartDraftFactory()

        assert client_for(StartDraftFactory(title="Mine").firm).get(BASE).json()["title"] == "Mine"
        assert fund_client().get(BASE).status_code == 403

    def test_holds_a_change_to_what_was_read(self) -> None:
        draft = StartDraftFactory()
        client = client_for(draft.firm)
        tag = client.get(BASE)["ETag"]

        assert client.get(BASE, headers={"If-None-Match": tag}).status_code == 304
