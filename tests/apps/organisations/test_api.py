"""The REST interface of callers, organisations, members and keys."""

import datetime as dt
from typing import Any

import pytest
from rest_framework.test import APIClient

from apps.organisations.models import Identifier, Organisation
from kernel.access import Actor
from kernel.clock import utc_now
from tests.factories.accounts import UserFactory
from tests.factories.organisations import OrganisationFactory, actor_of, client_of, key_of

pytestmark = pytest.mark.django_db

BASE = "/api/v1"
NEW = {
    "kind": "firm",
    "legal_name": "Vyriy",
    "country": "UA",
    "identifiers": [{"scheme": "UA-EDR", "value": "32855961"}],
}


class TestMe:
    def test_tells_person_organisation_roles_and_permissions(self) -> None:
        actor = actor_of(OrganisationFactory(kind="fund"), "viewer", "signatory")

        body = client_of(actor).get(f"{BASE}/me").json()

        assert body["user"]["id"] == str(actor.user_id)
        assert body["organisation"]["kind"] == "fund"
        assert body["roles"] == ["signatory", "viewer"]
        assert body["permissions"] == sorted(actor.permissions)

    def test_takes_chosen_fields(self) -> None:
        client = client_of(actor_of(OrganisationFactory()))

        assert set(client.get(f"{BASE}/me?fields=roles,permissions").json()) == {"roles", "permissions"}
        assert client.get(f"{BASE}/me?fields=secret").status_code == 400


class TestOrganisationsCreate:
    def test_registers_and_shows_the_own_organisation(self) -> None:
        user = UserFactory()

        answer = client_of(Actor(user_id=user.pk)).post(f"{BASE}/organisations", NEW)

        assert answer.status_code == 201
        body = answer.json()
        assert body["standing"] == "registered"
        assert body["identifiers"] == [{"scheme": "UA-EDR", "value": "32855961"}]
        assert answer["Location"] == f"{BASE}/organisations/{body['id']}"
        owner = actor_of(Organisation.objects.get())
        assert client_of(owner).get(answer["Location"]).status_code == 200

    @pytest.mark.parametrize(
        ("change", "pointer"),
        [
            ({"kind": "operator"}, "/kind"),
            ({"country": "Ukraine"}, "/country"),
            ({"country": "XX"}, "/country"),
            ({"identifiers": [{"scheme": "LEI", "value": "1"}]}, "/identifiers/0/value"),
            ({"identifiers": [{"scheme": "LEI"}]}, "/identifiers/0/value"),
        ],
    )
    def test_points_at_what_is_wrong(self, change: dict[str, Any], pointer: str) -> None:
        answer = client_of(Actor(user_id=UserFactory().pk)).post(f"{BASE}/organisations", {**NEW, **change})

        assert answer.status_code == 422
        assert [problem["pointer"] for problem in answer.json()["errors"]] == [pointer]

    def test_refuses_software(self) -> None:
        token = key_of(actor_of(OrganisationFactory())).token

        answer = APIClient().post(f"{BASE}/organisations", NEW, headers={"Authorization": f"Bearer {token}"})

        assert (answer.status_code, answer.json()["code"]) == (403, "registration_needs_person")

    def test_answers_a_number_taken_with_a_conflict(self) -> None:
        client = client_of(Actor(user_id=UserFactory().pk))
        client.post(f"{BASE}/organisations", NEW)

        answer = client.post(f"{BASE}/organisations", {**NEW, "legal_name": "Copy"})

        assert (answer.status_code, answer.json()["code"]) == (409, "identifier_taken")


class TestOrganisationsPartialUpdate:
    def test_changes_the_own_one(self) -> None:
        own = OrganisationFactory()

        answer = client_of(actor_of(own)).patch(f"{BASE}/organisations/{own.pk}", {"legal_name_uk": "Вирій"})

        assert answer.status_code == 200
        assert answer.json()["legal_name_uk"] == "Вирій"

    def test_finds_no_other(self) -> None:
        other, own = OrganisationFactory(kind="fund"), OrganisationFactory(kind="firm")
        client = client_of(actor_of(own))
        assert client.get(f"{BASE}/organisations/{other.pk}").status_code == 200

        theirs = client.patch(f"{BASE}/organisations/{other.pk}", {"legal_name_uk": "Моє"})
        nobodys = client.patch(f"{BASE}/organisations/{UserFactory().pk}", {"legal_name_uk": "Моє"})

        assert theirs.status_code == nobodys.status_code == 404
        assert {**theirs.json(), "request_id": ""} == {**nobodys.json(), "request_id": ""}

    def test_needs_the_permission(self) -> None:
        own = OrganisationFactory()

        answer = client_of(actor_of(own, "editor")).patch(f"{BASE}/organisations/{own.pk}", {})

        assert answer.status_code == 403

    def test_refuses_a_stale_tag(self) -> None:
        own = OrganisationFactory()
        client = client_of(actor_of(own))
        place = f"{BASE}/organisations/{own.pk}"
        tag = client.get(place)["ETag"]
        client.patch(place, {"legal_name_uk": "Один"}, headers={"If-Match": tag})

        answer = client.patch(place, {"legal_name_uk": "Два"}, headers={"If-Match": tag})

        assert answer.status_code == 412


class TestOrganisationsList:
    def test_cuts_what_only_the_own_organisation_sees(self) -> None:
        own, other = OrganisationFactory(kind="firm"), OrganisationFactory(kind="fund")

        rows = client_of(actor_of(own)).get(f"{BASE}/organisations").json()["results"]

        keys = {row["id"]: set(row) for row in rows}
        assert keys[str(own.pk)] - keys[str(other.pk)] == {"basis", "created_at"}

    def test_filters_and_refuses_unknown_parameters(self) -> None:
        OrganisationFactory(kind="authority", country="FR")
        client = client_of(actor_of(OrganisationFactory(kind="firm")))

        found = client.get(f"{BASE}/organisations?kind=authority&kind=attestor&country=FR").json()["results"]

        assert [row["kind"] for row in found] == ["authority"]
        assert client.get(f"{BASE}/organisations?legal_name__regex=a").status_code == 400

    def test_takes_as_many_queries_for_many_as_for_few(self, django_assert_num_queries: Any) -> None:
        client = client_of(actor_of(OrganisationFactory(kind="firm")))
        for size in (2, 9):
            for fund in OrganisationFactory.create_batch(size, kind="fund"):
                Identifier.objects.create(organisation=fund, scheme="other", value=str(fund.pk))

            with django_assert_num_queries(2):
                assert len(client.get(f"{BASE}/organisations").json()["results"]) > size


class TestMembers:
    def test_lists_the_own_ones(self) -> None:
        own = OrganisationFactory()
        actor = actor_of(own)

        rows = client_of(actor).get(f"{BASE}/organisations/{own.pk}/members").json()["results"]

        assert [(row["user"]["id"], row["roles"]) for row in rows] == [(str(actor.user_id), ["owner"])]

    @pytest.mark.parametrize("which", ["visible", "unknown", "no-id"])
    def test_finds_no_others(self, which: str) -> None:
        other = OrganisationFactory(kind="fund")
        identifier = {"visible": other.pk, "unknown": UserFactory().pk, "no-id": "x"}[which]

        answer = client_of(actor_of(OrganisationFactory())).get(f"{BASE}/organisations/{identifier}/members")

        assert answer.status_code == 404

    def test_takes_as_many_queries_for_many_as_for_few(self, django_assert_num_queries: Any) -> None:
        own = OrganisationFactory()
        client = client_of(actor_of(own))
        for size in (2, 9):
            for _ in range(size):
                actor_of(own, "viewer")

            with django_assert_num_queries(3):  # the organisation, its numbers, the members with their accounts
                assert len(client.get(f"{BASE}/organisations/{own.pk}/members").json()["results"]) > size


class TestApiKeys:
    def body(self, *scopes: str) -> dict[str, Any]:
        expires_at = (utc_now() + dt.timedelta(days=90)).isoformat()
        return {"name": "CRM", "scopes": list(scopes), "expires_at": expires_at}

    def test_shows_the_secret_once(self) -> None:
        client = client_of(actor_of(OrganisationFactory(kind="fund")))

        made = client.post(f"{BASE}/api-keys", self.body("investors.mandate.read"))

        assert made.status_code == 201
        token = made.json()["token"]
        listed = client.get(f"{BASE}/api-keys").json()["results"]
        assert [row["id"] for row in listed] == [made.json()["key"]["id"]]
        assert token.rpartition("_")[2] not in str(listed)
        assert APIClient().get(f"{BASE}/me", headers={"Authorization": f"Bearer {token}"}).status_code == 200

    def test_refuses_scopes_that_its_maker_does_not_hold(self) -> None:
        client = client_of(actor_of(OrganisationFactory(kind="fund")))

        answer = client.post(f"{BASE}/api-keys", self.body("startups.raise.create"))

        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/scopes"

    def test_revokes(self) -> None:
        owner = actor_of(OrganisationFactory())
        made = key_of(owner)

        answer = client_of(owner).post(f"{BASE}/api-keys/{made.key.pk}/revoke")

        assert answer.status_code == 200
        assert answer.json()["revoked_at"]
        assert APIClient().get(f"{BASE}/me", headers={"Authorization": f"Bearer {made.token}"}).status_code == 401

    def test_finds_no_key_of_another(self) -> None:
        made = key_of(actor_of(OrganisationFactory()))
        stranger = client_of(actor_of(OrganisationFactory()))

        assert stranger.post(f"{BASE}/api-keys/{made.key.pk}/revoke").status_code == 404
        assert stranger.get(f"{BASE}/api-keys").json()["results"] == []

    def test_is_for_owners(self) -> None:
        client = client_of(actor_of(OrganisationFactory(kind="firm"), "editor"))

        assert client.get(f"{BASE}/api-keys").status_code == 403
        assert client.post(f"{BASE}/api-keys", self.body("startups.firm.read")).status_code == 403

    def test_takes_as_many_queries_for_many_as_for_few(self, django_assert_num_queries: Any) -> None:
        owner = actor_of(OrganisationFactory())
        client = client_of(owner)
        for size in (2, 9):
            for _ in range(size):
                key_of(owner)

            with django_assert_num_queries(1):
                assert len(client.get(f"{BASE}/api-keys").json()["results"]) >= size
