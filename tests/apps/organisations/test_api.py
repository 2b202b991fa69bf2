"""The REST interface of callers and organisations."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from apps.organisations.models import Identifier, Registration
from apps.organisations.selectors import actor_for_user
from kernel.access import Actor
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
    def test_takes_in_a_registration_and_makes_the_applicant_the_owner(self) -> None:
        user = UserFactory()

        answer = client_of(Actor(user_id=user.pk)).post(f"{BASE}/organisations", NEW)

        assert answer.status_code == 202
        body = answer.json()
        assert (body["status"], body["organisation"], body["actions"]) == ("in_review", None, ["withdraw"])
        assert body["identifiers"] == [{"scheme": "UA-EDR", "value": "32855961"}]
        assert answer["Location"] == f"{BASE}/registrations/{body['id']}"
        found = client_of(Actor(user_id=user.pk)).get(answer["Location"]).json()
        assert found["status"] == "registered"
        owner = actor_for_user(user_id=user.pk)
        assert owner is not None
        assert client_of(owner).get(f"{BASE}/organisations/{found['organisation']}").json()["standing"] == "registered"

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

    def test_answers_alike_whether_or_not_the_number_or_the_name_is_taken(self) -> None:
        client_of(Actor(user_id=UserFactory().pk)).post(f"{BASE}/organisations", NEW)
        free = {**NEW, "identifiers": [{"scheme": "UA-EDR", "value": "14360570"}]}

        clients = [client_of(Actor(user_id=UserFactory().pk)) for _ in range(2)]
        answers = [
            client.post(f"{BASE}/organisations", body) for client, body in zip(clients, (NEW, free), strict=True)
        ]

        assert answers[0].status_code == 202
        assert normalised(answers[0], "32855961") == normalised(answers[1], "14360570")
        assert [Registration.objects.get(pk=answer.json()["id"]).status for answer in answers] == [
            "in_review",
            "registered",
        ]


def normalised(answer: Any, number: str) -> tuple[int, str, dict[str, str]]:
    """An answer without its id, number and times."""
    body = answer.json()
    text = answer.content.decode()
    for value in (body["id"], body["created_at"], number):
        text = text.replace(value, "-")
    skipped = {"X-Request-ID", "RateLimit", "Date"}
    headers = {name: value.replace(body["id"], "-") for name, value in answer.headers.items() if name not in skipped}
    return answer.status_code, text, headers


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

    def test_tells_of_no_number_whether_it_is_taken(self) -> None:
        Identifier.objects.create(organisation=OrganisationFactory(), scheme="UA-EDR", value="32855961")
        own = OrganisationFactory(standing="registered")
        client = client_of(actor_of(own))

        answers = [
            client.patch(
                f"{BASE}/organisations/{own.pk}", {"identifiers": [{"scheme": "UA-EDR", "value": value}]}
            ).json()
            for value in ("32855961", "14360570")
        ]

        assert {**answers[0], "request_id": ""} == {**answers[1], "request_id": ""}
        assert answers[0]["code"] == "numbers_come_by_registration"

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
        assert keys[str(own.pk)] - keys[str(other.pk)] == {"basis", "dark_since", "created_at"}

    def test_shows_the_native_name_in_latin_letters(self) -> None:
        own = OrganisationFactory(legal_name="Falcon LLC", legal_name_uk="ТОВ «Сокіл»")
        client = client_of(actor_of(own))

        assert client.get(f"{BASE}/organisations/{own.pk}").json()["legal_name_romanised"] == "TOV «Sokil»"
        assert client.get(f"{BASE}/me").json()["organisation"]["legal_name_romanised"] == "TOV «Sokil»"
        assert client.get(f"{BASE}/organisations").json()["results"][0]["legal_name_romanised"] == "TOV «Sokil»"

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
