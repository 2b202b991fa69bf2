"""The T0 faces of funds: to all who are signed in, of verified funds that offer something."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from apps.investors.models import Fund, Mandate
from apps.investors.states import MandateStatus
from apps.organisations.models import Organisation
from apps.organisations.states import Standing
from apps.permissions import ROLE_PERMISSIONS
from kernel.access import Actor
from kernel.clock import utc_now
from kernel.ids import uuid7
from tests.factories.accounts import UserFactory
from tests.factories.investors import FundFactory, MandateFactory
from tests.factories.organisations import OrganisationFactory, actor_of, client_of
from tests.factories.reference import AreaFactory

pytestmark = pytest.mark.django_db

PLACE = "/api/v1/investor-teasers"
FIELDS = {"id", "fund_type", "country", "areas"}


def reader(kind: str = "fund", **fields: Any) -> APIClient:
    return client_of(actor_of(OrganisationFactory(kind=kind, **fields)))


def rows(client: APIClient, query: str = "") -> list[dict[str, Any]]:
    answer = client.get(f"{PLACE}?{query}")
    assert answer.status_code == 200, answer.json()
    return answer.json()["results"]  # type: ignore[no-any-return]


class TestReaders:
    @pytest.mark.parametrize(("kind", "role"), sorted(ROLE_PERMISSIONS))
    def test_are_every_role_of_every_kind(self, kind: str, role: str) -> None:
        fund = MandateFactory().fund
        client = client_of(actor_of(OrganisationFactory(kind=kind), role))

        assert [row["id"] for row in rows(client)] == [str(fund.teaser_id)]
        assert set(client.get(f"{PLACE}/{fund.teaser_id}").json()) == FIELDS

    @pytest.mark.parametrize("standing", Standing.values)
    def test_are_in_any_standing(self, standing: str) -> None:
        MandateFactory()

        assert len(rows(reader(standing=standing))) == 1

    def test_are_nobody_without_sign_in_or_organisation(self) -> None:
        assert APIClient().get(PLACE).status_code == 401
        assert client_of(Actor(user_id=UserFactory().pk)).get(PLACE).status_code == 403


class TestPopulation:
    @pytest.mark.parametrize("standing", Standing.values)
    def test_is_verified(self, standing: str) -> None:
        MandateFactory(fund__organisation__standing=standing)

        assert len(rows(reader())) == (standing == Standing.VERIFIED)

    @pytest.mark.parametrize("status", MandateStatus.values)
    def test_offers_something(self, status: str) -> None:
        MandateFactory(status=status)
        FundFactory()

        assert len(rows(reader())) == (status == MandateStatus.ACTIVE)

    def test_leaves_out_the_dark_and_the_merged(self) -> None:
        dark, merged, kept = (MandateFactory().fund for _ in range(3))
        client = reader()
        Organisation.objects.filter(pk=dark.organisation_id).update(dark_since=utc_now())
        Organisation.objects.filter(pk=merged.organisation_id).update(merged_into=kept.organisation_id)

        assert [row["id"] for row in rows(client)] == [str(kept.teaser_id)]
        assert client.get(f"{PLACE}/{dark.teaser_id}").status_code == 404

    def test_has_the_own_one_like_any_other(self) -> None:
        fund = MandateFactory().fund

        assert rows(client_of(actor_of(fund.organisation))) == rows(reader())

    def test_hidden_and_unknown_are_the_same_404(self) -> None:
        hidden, fund = FundFactory(), MandateFactory().fund
        client = reader("firm")

        answers = [client.get(f"{PLACE}/{item}") for item in (hidden.teaser_id, uuid7(), "no-id", fund.pk)]

        assert {answer.status_code for answer in answers} == {404}
        assert len({str({**answer.json(), "request_id": ""}) for answer in answers}) == 1


class TestFace:
    def test_tells_type_country_and_the_roots_of_active_mandates(self) -> None:
        AreaFactory(code="T1.A", parent=AreaFactory(code="T1"))
        fund = FundFactory(fund_type="bank", organisation__country="FI")
        MandateFactory(fund=fund, areas=[["T1.A", 1.0], ["T1", 0.5]])
        MandateFactory(fund=fund, areas=[["T2", 1.0]], status=MandateStatus.PAUSED)

        assert rows(reader()) == [{"id": str(fund.teaser_id), "fund_type": "bank", "country": "FI", "areas": ["T1"]}]

    def test_leads_to_nothing_at_t1(self) -> None:
        fund = MandateFactory().fund
        client = reader("firm")

        body = client.get(PLACE).content.decode() + client.get(f"{PLACE}/{fund.teaser_id}").content.decode()

        assert not any(str(text) in body for text in (fund.pk, fund.organisation_id, fund.organisation.legal_name))

    def test_two_worlds_that_differ_above_t0_look_alike(self) -> None:
        mandate = MandateFactory()
        MandateFactory()
        client = reader()
        places = [f"{PLACE}?with_count=true&page_size=1", f"{PLACE}/{mandate.fund.teaser_id}"]
        before = [(answer.content, answer.headers.get("ETag")) for answer in map(client.get, places)]

        Fund.objects.update(investor_countries=None, version=9)
        Mandate.objects.update(name="Else", ticket_max="9000000.00", offered_cost_of_capital=None, capacity=None)
        Organisation.objects.filter(kind="fund", fund__isnull=False).update(legal_name="Else", version=9)
        MandateFactory(fund=mandate.fund, status=MandateStatus.DRAFT, areas=[["T9", 1.0]])

        assert before == [(answer.content, answer.headers.get("ETag")) for answer in map(client.get, places)]


class TestFilters:
    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("area=T1", 1),
            ("area=T1.A", 0),
            ("area=T2", 0),
            ("area=T9", 0),
            ("area=T1&area=UMS", 2),
            ("country=DE", 2),
            ("country=FI", 0),
            ("fund_type=venture", 2),
        ],
    )
    def test_act_on_what_is_shown(self, query: str, found: int) -> None:
        AreaFactory(code="T1.A", parent=AreaFactory(code="T1"))
        fund = MandateFactory(areas=[["T1.A", 1.0]]).fund
        MandateFactory(fund=fund, areas=[["T2", 1.0]], status=MandateStatus.DRAFT)
        MandateFactory()

        assert len(rows(reader(), query)) == found

    @pytest.mark.parametrize("query", ["name=x", "own=true", "ordering=created_at", "ordering=country", "as=T1"])
    def test_are_no_others(self, query: str) -> None:
        assert reader().get(f"{PLACE}?{query}").status_code == 400


class TestQueries:
    def test_are_as_many_for_many_as_for_few(self) -> None:
        client = reader()
        taken = []
        for size in (2, 30):
            MandateFactory.create_batch(size)
            with CaptureQueriesContext(connection) as queries:
                rows(client)
            taken.append(len(queries))

        assert taken == [3, 3]  # funds, their active mandates, the areas
