"""Quotes of the cost of capital in the REST interface."""

from copy import deepcopy
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from kernel.models import Event
from tests.authorisation.people import signed_in
from tests.factories.investors import FundFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.startups import FirmFactory

pytestmark = pytest.mark.django_db

PLACE = "/api/v1/capital-cost/quote"
READING = ("SELECT", "SAVEPOINT", "RELEASE")
ASKED: dict[str, Any] = {
    "capital_class": "debt",
    "amount": {"amount": "3000000.00", "currency": "EUR"},
    "country": "UA",
    "financials_tier": "E1",
    "offer": {"rate": "0.09", "currency": "EUR"},
    "marginal": {"rate": "0.2107", "currency": "EUR", "capital_class": "debt"},
    "lever": {"risk_cover": "0.5", "premium": "0.005"},
    "years": "5",
    "tranches": [
        {"capital_class": "debt", "amount": {"amount": "3000000.00", "currency": "EUR"}, "rate": "0.09"},
        {"capital_class": "grant", "amount": {"amount": "60000.00", "currency": "EUR"}},
    ],
}


@pytest.fixture
def client() -> APIClient:
    return signed_in(FundFactory().organisation, "viewer")


def asked(path: str = "", value: Any = None) -> dict[str, Any]:
    """The example with another value at a place like `offer/rate`."""
    body = deepcopy(ASKED)
    *parents, name = path.split("/")
    inner: Any = body
    for parent in parents:
        inner = inner[int(parent)] if isinstance(inner, list) else inner[parent]
    if path:
        inner[name] = value
    return body


class TestQuote:
    def test_answers_the_worked_example(self, client: APIClient) -> None:
        answer = client.post(PLACE, ASKED)
        saving = answer.json()["saving"]

        assert answer.status_code == 200
        assert saving["difference"]["value"] == "1207"
        assert saving["per_year"]["value"] == "362100.00"
        assert saving["worth_today"]["value"].startswith("105789")
        assert len(saving["years"]) == 5

    def test_shows_each_part(self, client: APIClient) -> None:
        answer = client.post(PLACE, ASKED).json()

        assert answer["edition"]["id"] == "reference-2025-01"
        assert len(answer["edition"]["sha256"]) == 64
        assert [(part["name"], part["value"], part["basis"]) for part in answer["parts"]] == [
            ("risk_free", "0.025", "assumption"),
            ("margin", "0.02", "assumption"),
            ("expected_loss", "0.06", "assumption"),
        ]
        # 1 050 bp; half of 6 % covered for 0.5 %: 800
        assert (answer["build_up"]["value"], answer["required"]["value"], answer["paid_for_risk"]["value"]) == (
            "1050",
            "800",
            "100",
        )
        assert answer["blend"]["comparable_with"] is None
        assert answer["blend"]["rate"]["value"] == "882"  # 3 000 · 900 / 3 060
        assert [item["purpose"] for item in answer["alternatives"]] == ["working_capital", "investment"]
        assert answer["alternatives"][0]["difference"]["value"] == "1164"
        assert answer["left_out"][0]["reason"] == "classes_mixed"

    def test_saves_nothing(self, client: APIClient) -> None:
        before = Event.objects.count()

        with CaptureQueriesContext(connection) as caught:
            assert client.post(PLACE, ASKED).status_code == 200

        assert Event.objects.count() == before
        assert [query["sql"] for query in caught if not query["sql"].startswith(READING)] == []

    def test_shows_the_unknown_as_unknown(self, client: APIClient) -> None:
        answer = client.post(
            PLACE, {"capital_class": "equity", "amount": {"amount": "1.00", "currency": "EUR"}, "country": "US"}
        ).json()

        assert answer["build_up"]["value"] is None
        assert answer["build_up"]["missing"] == ["country_risk_premium"]
        assert answer["saving"]["worth_today"]["value"] is None
        assert answer["alternatives"] == []

    def test_says_what_is_left_out_and_why(self, client: APIClient) -> None:
        answer = client.post(PLACE, ASKED).json()

        assert answer["left_out"] == [
            {
                "what": "blend",
                "reason": "classes_mixed",
                "detail": "A blend of several classes, or of grants, is not compared with a class's build-up.",
            }
        ]

    def test_takes_an_edition_by_name(self, client: APIClient) -> None:
        assert client.post(PLACE, asked("edition", "reference-2025-01")).status_code == 200


class TestWhoMayAsk:
    @pytest.mark.parametrize("kind", ["firm", "fund", "authority", "operator"])
    def test_verified_members(self, kind: str) -> None:
        made = {"firm": FirmFactory, "fund": FundFactory}.get(kind)
        organisation = made().organisation if made else OrganisationFactory(kind=kind, country="EE")

        assert signed_in(organisation, "viewer").post(PLACE, ASKED).status_code == 200

    def test_not_those_who_wait_for_verification(self) -> None:
        answer = signed_in(FirmFactory(organisation__standing="registered").organisation, "owner").post(PLACE, ASKED)

        assert (answer.status_code, answer.json()["code"]) == (403, "quote_needs_verification")

    def test_not_attestors(self) -> None:
        assert signed_in(OrganisationFactory(kind="attestor"), "owner").post(PLACE, ASKED).status_code == 403

    def test_nobody_unknown(self) -> None:
        assert APIClient().post(PLACE, ASKED).status_code == 401

    def test_not_more_often_than_the_rate_allows(self, client: APIClient, settings: Any) -> None:
        settings.API_RATES = {"capital_cost": "2/hour"}
        cache.clear()

        statuses = [client.post(PLACE, ASKED).status_code for _ in range(3)]

        assert statuses == [200, 200, 429]


class TestRefusals:
    @pytest.mark.parametrize(
        ("path", "value", "pointer"),
        [
            ("capital_class", "loan", "/capital_class"),
            ("capital_class", None, "/capital_class"),
            ("capital_class", "equity", "/marginal/capital_class"),
            ("amount", None, "/amount"),
            ("amount", "12", "/amount"),
            ("amount/amount", 12.5, "/amount/amount"),
            ("amount/amount", "0.00", "/amount/amount"),
            ("amount/amount", "-5.00", "/amount/amount"),
            ("amount/amount", "1e30", "/amount/amount"),
            ("amount/amount", "NaN", "/amount/amount"),
            ("amount/amount", "Infinity", "/amount/amount"),
            ("amount/amount", "9" * 400, "/amount/amount"),
            ("amount/amount", "1.001", "/amount/amount"),
            ("amount/currency", "XXX", "/amount/currency"),
            ("amount/currency", "eur", "/amount/currency"),
            ("amount/colour", "red", "/amount/colour"),
            ("country", "ZZ", "/country"),
            ("country", "ukraine", "/country"),
            ("financials_tier", "E9", "/financials_tier"),
            ("edition", "reference-1999", "/edition"),
            ("offer/rate", "-0.11", "/offer/rate"),
            ("offer/rate", "10.5", "/offer/rate"),
            ("offer/rate", "0.1234567", "/offer/rate"),
            ("offer/rate", True, "/offer/rate"),
            ("offer/rate", "1" * 2000, "/offer/rate"),
            ("offer/currency", "XAU", "/offer/currency"),
            ("marginal/capital_class", "equity", "/marginal/capital_class"),
            ("lever/risk_cover", "1.1", "/lever/risk_cover"),
            ("lever/premium", "-0.01", "/lever/premium"),
            ("lever/cover_cap", {"amount": "5.00", "currency": "XXX"}, "/lever/cover_cap/currency"),
            ("years", "0", "/years"),
            ("years", "-3", "/years"),
            ("years", "51", "/years"),
            ("years", "NaN", "/years"),
            ("repayment", {"kind": "balloon"}, "/repayment/kind"),
            ("repayment", {"kind": "given"}, "/repayment/repaid"),
            ("repayment", {"kind": "given", "repaid": ["1.00"]}, "/repayment/repaid"),
            ("repayment", {"kind": "given", "repaid": ["1.00", "-1.00"]}, "/repayment/repaid/1"),
            ("tranches/0/amount/currency", "XXX", "/tranches/0/amount/currency"),
            ("tranches/0/amount/amount", "0.00", "/tranches/0/amount/amount"),
            ("tranches/1/rate", "0.01", "/tranches/1/rate"),
            ("tranches", ASKED["tranches"] * 11, "/tranches"),
            ("tranche", [], "/tranche"),
        ],
        ids=str,
    )
    def test_point_at_the_place(self, client: APIClient, path: str, value: Any, pointer: str) -> None:
        answer = client.post(PLACE, asked(path, value))

        assert answer.status_code == 422
        assert pointer in [problem["pointer"] for problem in answer.json()["errors"]]

    @pytest.mark.parametrize("body", [[], "text", 5, None])
    def test_meet_bodies_that_are_no_objects(self, client: APIClient, body: Any) -> None:
        assert client.post(PLACE, body).status_code in {400, 422}

    def test_refuse_parameters(self, client: APIClient) -> None:
        assert client.post(f"{PLACE}?years=5", ASKED).status_code == 400


class TestExtremes:
    @pytest.mark.parametrize(
        "changes",
        [
            {"amount": {"amount": "9999999999999999.99", "currency": "GBP"}, "years": "50"},
            {"marginal": {"rate": "-0.1", "currency": "UAH", "capital_class": "debt"}, "years": "50"},
            {"marginal": {"rate": "10", "currency": "EUR", "capital_class": "debt"}, "years": "0.01"},
            {"marginal": {"rate": "0", "currency": "EUR", "capital_class": "debt"}},
            {"offer": {"rate": "-0.1", "currency": "UAH"}, "repayment": {"kind": "annuity"}, "years": "50"},
            {"offer": {"rate": "0", "currency": "EUR"}, "repayment": {"kind": "annuity"}},
            {"amount": {"amount": "0.01", "currency": "UAH"}, "repayment": {"kind": "linear"}},
        ],
        ids=str,
    )
    def test_are_worked_out(self, client: APIClient, changes: dict[str, Any]) -> None:
        answer = client.post(PLACE, ASKED | changes)

        assert answer.status_code == 200
        assert "E+" not in answer.content.decode()
