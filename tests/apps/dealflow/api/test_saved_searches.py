"""Saved searches over HTTP: one's own and the shared ones of one's organisation, nobody else's."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from apps.dealflow.models import AlertHit, SavedSearch, SearchSubscription
from apps.dealflow.services.alerts import alerts_follow
from apps.organisations.models import Organisation
from apps.permissions import Kind
from apps.startups.models import Listing
from kernel.access import Actor
from kernel.clock import utc_now
from tests.apps.dealflow.services.test_alerts import listed, raising
from tests.factories.organisations import OrganisationFactory, actor_of, client_of, key_of

pytestmark = pytest.mark.django_db

URL = "/api/v1/saved-searches"
BODY = {"name": "Jammers", "query": {"stage": ["seed"], "trl_min": ["5"]}, "cadence": "instant"}


@pytest.fixture
def actor() -> Actor:
    return actor_of(OrganisationFactory(kind=Kind.FUND, country="EE"))


@pytest.fixture
def client(actor: Actor) -> APIClient:
    return client_of(actor)


def colleague_of(actor: Actor, *roles: str) -> APIClient:
    return client_of(actor_of(Organisation.objects.get(pk=actor.organisation_id), *roles))


def made(client: APIClient, **values: Any) -> Any:
    answer = client.post(URL, {**BODY, **values}, format="json")
    assert answer.status_code == 201, answer.content
    return answer.json()


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


class TestCreate:
    def test_keeps_the_parameters_of_the_search(self, client: APIClient) -> None:
        query = {
            "q": ["радар"],
            "stage": ["seed", "growth"],
            "trl_min": ["5"],
            "own": ["false"],
            "ordering": ["amount"],
        }

        search = made(client, query=query)

        assert search["query"] == query
        assert (search["is_shared"], search["is_own"], search["cadence"]) == (False, True, "instant")
        assert client.get(f"{URL}/{search['id']}").json() == search

    @pytest.mark.parametrize(
        ("query", "place"),
        [
            ({"nothing": ["x"]}, "/query/nothing"),
            ({"trl_min": ["12"]}, "/query/trl_min"),
            ({"q": ["!!"]}, "/query/q"),
            ({"ordering": ["price"]}, "/query/ordering"),
            ({"mandate": ["0" * 8 + "-0000-0000-0000-" + "0" * 12]}, "/query/mandate"),
            ({"stage": "seed"}, "/query/stage"),
        ],
    )
    def test_refuses_a_search_that_cannot_be_read(self, client: APIClient, query: Any, place: str) -> None:
        answer = client.post(URL, {**BODY, "query": query}, format="json")

        assert answer.status_code == 422
        assert any(error["pointer"].startswith(place) for error in answer.json()["errors"]), answer.json()

    def test_refuses_a_name_of_ones_own_twice(self, actor: Actor, client: APIClient) -> None:
        made(client)

        assert client.post(URL, BODY, format="json").json()["code"] == "saved_search_name_taken"
        assert made(colleague_of(actor))["name"] == "Jammers"

    def test_is_limited(self, client: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("apps.dealflow.services.saved_searches.MOST_SEARCHES", 1)
        made(client)

        assert client.post(URL, {**BODY, "name": "More"}, format="json").json()["code"] == "too_many_saved_searches"

    def test_lets_a_key_keep_shared_ones_only(self, actor: Actor, client: APIClient) -> None:
        made(client, name="Private")
        key = APIClient(headers={"Authorization": f"Bearer {key_of(actor).token}"})
        body = {**BODY, "cadence": "off"}

        assert key.post(URL, body, format="json").status_code == 422
        shared = made(key, **{**body, "is_shared": True})
        assert ids(key.get(URL)) == [shared["id"]]


class TestList:
    def test_shows_ones_own_and_what_colleagues_share(self, actor: Actor, client: APIClient) -> None:
        own = made(client)
        colleague, stranger = colleague_of(actor), client_of(actor_of(OrganisationFactory(kind=Kind.FUND)))
        shared = made(colleague, name="Shared", is_shared=True)
        private = made(colleague, name="Private")

        assert ids(client.get(URL)) == [shared["id"], own["id"]]
        assert ids(stranger.get(URL)) == []
        for search in (own, shared, private):
            assert stranger.get(f"{URL}/{search['id']}").status_code == 404
            assert stranger.get(f"{URL}/{search['id']}/results").status_code == 404
        assert client.get(f"{URL}/{private['id']}").status_code == 404
        assert client.get(f"{URL}/{private['id']}/results").status_code == 404

    def test_asks_as_much_for_many_as_for_one(self, client: APIClient) -> None:
        counts = []
        for start in (0, 3):
            for number in range(3):
                made(client, name=f"Search {start + number}")
            with CaptureQueriesContext(connection) as queries:
                ids(client.get(URL))
            counts.append(len(queries))

        assert counts[0] == counts[1] <= 2


class TestUpdate:
    def test_is_its_owners_right(self, actor: Actor, client: APIClient) -> None:
        search = made(client, is_shared=True)
        colleague = colleague_of(actor)
        address = f"{URL}/{search['id']}"

        assert colleague.patch(address, {"name": "Mine"}, format="json").json()["code"] == "not_your_search"
        assert colleague.delete(address).json()["code"] == "not_your_search"
        assert client.patch(address, {"name": "Yours"}, format="json").json()["name"] == "Yours"
        assert client.delete(address).status_code == 204
        assert client.get(address).status_code == 404

    def test_lets_each_say_how_often_it_is_told(self, actor: Actor, client: APIClient) -> None:
        search = made(client, is_shared=True, cadence="off")
        assert SavedSearch.objects.get().watched_since is None
        address = f"{URL}/{search['id']}"

        answer = colleague_of(actor).patch(address, {"cadence": "daily"}, format="json")

        assert (answer.json()["cadence"], answer.json()["is_own"]) == ("daily", False)
        assert client.get(address).json()["cadence"] == "off"
        assert SavedSearch.objects.get().watched_since is not None

    def test_takes_it_from_colleagues_once_it_is_private(self, actor: Actor, client: APIClient) -> None:
        search = made(client, is_shared=True, cadence="off")
        address = f"{URL}/{search['id']}"
        colleague_of(actor).patch(address, {"cadence": "daily"}, format="json")

        client.patch(address, {"is_shared": False}, format="json")

        assert set(SearchSubscription.objects.values_list("user_id", flat=True)) == {actor.user_id}
        assert SavedSearch.objects.get().watched_since is None

    def test_knows_what_a_changed_search_finds(self, client: APIClient) -> None:
        item = raising(stage="growth")
        search = made(client)

        client.patch(f"{URL}/{search['id']}", {"query": {"stage": ["growth"]}}, format="json")

        assert AlertHit.objects.filter(listing=item.pk, is_told=False).exists()
        assert alerts_follow(organisation_id=item.firm.organisation_id) == 0


class TestResults:
    def test_are_what_the_search_finds_now(self, client: APIClient) -> None:
        search = made(client)
        item = raising()
        raising(stage="growth")

        answer = client.get(f"{URL}/{search['id']}/results", {"with_count": "true"})

        assert ids(answer) == [str(item.pk)]
        assert answer.json()["count"] == 1

    def test_are_new_since_one_saw_them(self, actor: Actor, client: APIClient) -> None:
        search = made(client)
        address = f"{URL}/{search['id']}"
        old = raising()
        later = raising(stage="growth")
        Listing.objects.update(listed_at=utc_now() - dt.timedelta(days=1))
        assert client.post(f"{address}/seen", {}, format="json").json()["seen_at"] is not None
        assert ids(client.get(f"{address}/results", {"new": "true"})) == []

        later.stage = "seed"
        later.save()
        listed(later.firm)
        alerts_follow(organisation_id=later.firm.organisation_id)

        assert ids(client.get(f"{address}/results", {"new": "true"})) == [str(later.pk)]
        assert set(ids(client.get(f"{address}/results"))) == {str(old.pk), str(later.pk)}

    def test_are_marked_up_to_a_moment_that_has_been(self, client: APIClient) -> None:
        search = made(client)
        future = (utc_now() + dt.timedelta(days=9)).isoformat()

        answer = client.post(f"{URL}/{search['id']}/seen", {"until": future}, format="json")

        assert dt.datetime.fromisoformat(answer.json()["seen_at"]) <= utc_now()

    def test_are_not_marked_for_a_key(self, actor: Actor, client: APIClient) -> None:
        search = made(client, is_shared=True)
        key = APIClient(headers={"Authorization": f"Bearer {key_of(actor).token}"})

        assert key.post(f"{URL}/{search['id']}/seen", {}, format="json").status_code == 422
        assert key.get(f"{URL}/{search['id']}/results").status_code == 200
