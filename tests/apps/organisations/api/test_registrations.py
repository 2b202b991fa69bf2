"""The REST interface of registrations and of the operator's queue."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from apps.organisations.models import Identifier, RegistrationClash
from kernel.access import Actor
from tests.factories.accounts import UserFactory
from tests.factories.organisations import OrganisationFactory, actor_of, client_of, key_of

pytestmark = pytest.mark.django_db

BASE = "/api/v1"
NUMBER = {"scheme": "UA-EDR", "value": "32855961"}


def applicant() -> APIClient:
    return client_of(Actor(user_id=UserFactory().pk))


def operator(*roles: str) -> APIClient:
    return client_of(actor_of(OrganisationFactory(kind="operator"), *roles))


def sent(client: APIClient, *numbers: dict[str, str], name: str = "Sokil Dron LLC") -> str:
    """The place of a new registration."""
    body = {"kind": "firm", "legal_name": name, "country": "UA", "identifiers": list(numbers)}
    return str(client.post(f"{BASE}/organisations", body)["Location"])


def held() -> None:
    """The number is taken."""
    Identifier.objects.create(organisation=OrganisationFactory(legal_name="Held LLC"), **NUMBER)


def same_but_for_the_request(one: Any, other: Any) -> bool:
    return (one.status_code, {**one.json(), "request_id": ""}) == (
        other.status_code,
        {**other.json(), "request_id": ""},
    )


class TestRegistrations:
    def test_show_the_own_ones_with_what_became_of_them(self) -> None:
        held()
        client = applicant()
        waiting, made = sent(client, NUMBER), sent(client)
        sent(applicant())

        rows = client.get(f"{BASE}/registrations").json()["results"]

        assert [f"{BASE}/registrations/{row['id']}" for row in rows] == [made, waiting]
        assert [(row["status"], row["actions"]) for row in rows] == [("registered", []), ("in_review", ["withdraw"])]
        assert rows[0]["organisation"] is not None
        assert rows[1]["organisation"] is None
        assert client.get(made).json() == rows[0]
        assert [row["id"] for row in client.get(f"{BASE}/registrations?status=registered").json()["results"]] == [
            rows[0]["id"]
        ]

    def test_show_nothing_of_whom_they_clash_with(self) -> None:
        held()
        client = applicant()

        shown = client.get(sent(client, NUMBER))

        assert "Held" not in shown.content.decode()
        assert set(shown.json()) == {
            *("id", "kind", "legal_name", "legal_name_uk", "legal_name_romanised", "country", "identifiers"),
            *("status", "actions", "organisation", "created_at"),
        }

    def test_show_where_a_merged_one_went(self) -> None:
        client = applicant()
        place = sent(client)
        made = client.get(place).json()["organisation"]
        into = OrganisationFactory()
        operator().post(f"{BASE}/organisations/{made}/merge", {"into": str(into.pk), "dry_run": False})

        assert client.get(place).json()["organisation"] == str(into.pk)

    def test_tell_nothing_of_where_one_went_whose_people_stayed_behind(self) -> None:
        client = applicant()
        place = sent(client)
        made = client.get(place).json()["organisation"]
        into = OrganisationFactory()
        actor_of(into)
        operator().post(f"{BASE}/organisations/{made}/merge", {"into": str(into.pk), "dry_run": False})

        assert client.get(place).json()["organisation"] == made
        assert str(into.pk) not in client.get(f"{BASE}/registrations").content.decode()

    def test_of_others_are_not_there(self) -> None:
        held()
        place = sent(applicant(), NUMBER)
        nothing = f"{BASE}/registrations/{UserFactory().pk}"

        for stranger in (applicant(), operator(), client_of(actor_of(OrganisationFactory()))):
            assert same_but_for_the_request(stranger.get(place), stranger.get(nothing))
            assert same_but_for_the_request(stranger.post(f"{place}/withdraw"), stranger.post(f"{nothing}/withdraw"))
            assert stranger.get(place).status_code == 404
            assert stranger.get(f"{BASE}/registrations").json()["results"] == []

    def test_are_the_persons_and_not_its_keys(self) -> None:
        actor = actor_of(OrganisationFactory())
        place = sent(client_of(actor))
        headers = {"Authorization": f"Bearer {key_of(actor).token}"}

        assert client_of(actor).get(place).status_code == 200
        assert APIClient().get(place, headers=headers).status_code == 404
        assert APIClient().get(f"{BASE}/registrations", headers=headers).json()["results"] == []

    def test_need_a_sign_in(self) -> None:
        place = sent(applicant())

        for path in (place, f"{BASE}/registrations"):
            assert APIClient().get(path).status_code == 401

    def test_are_withdrawn_once(self) -> None:
        held()
        client = applicant()
        place = sent(client, NUMBER)

        first, second = client.post(f"{place}/withdraw"), client.post(f"{place}/withdraw")

        assert (first.status_code, first.json()["status"], first.json()["actions"]) == (200, "withdrawn", [])
        assert (second.status_code, second.json()["code"]) == (409, "not_now")

    @pytest.mark.long
    def test_have_limits_with_names(self) -> None:
        held()
        client = applicant()
        for _ in range(10):
            sent(client, NUMBER)

        answer = client.post(f"{BASE}/organisations", {"kind": "firm", "legal_name": "One more", "country": "UA"})

        assert (answer.status_code, answer.json()["code"]) == (409, "too_many_in_review")

    @pytest.mark.long
    def test_take_as_many_queries_for_many_as_for_few(self, django_assert_num_queries: Any) -> None:
        client = applicant()
        for size in (1, 5):
            for _ in range(size):
                sent(client)

            with django_assert_num_queries(1):
                assert len(client.get(f"{BASE}/registrations").json()["results"]) >= size


class TestRegistrationClashes:
    def test_show_both_sides_to_operators(self) -> None:
        held()
        OrganisationFactory(legal_name_uk="ТОВ «Сокіл Дрон»", name_key="sokil dron")
        sent(applicant(), NUMBER)

        rows = operator("viewer").get(f"{BASE}/registration-clashes").json()["results"]

        assert [(row["cause"], row["similarity"], row["status"]) for row in rows] == [
            ("identifier", None, "open"),
            ("name", "1.000", "open"),
        ]
        assert rows[0]["registration"]["legal_name"] == "Sokil Dron LLC"
        assert rows[0]["registration"]["identifiers"] == [NUMBER]
        assert rows[0]["organisation"]["legal_name"] == "Held LLC"
        assert rows[0]["organisation"]["identifiers"] == [NUMBER]
        assert rows[1]["organisation"]["legal_name_romanised"] == "TOV «Sokil Dron»"
        assert [row["actions"] for row in rows] == [[], []]

    def test_are_filtered_and_ordered(self) -> None:
        held()
        OrganisationFactory(name_key="sokil dron")
        OrganisationFactory(name_key="sokil drone")
        sent(applicant(), NUMBER)
        client = operator()

        def causes(query: str) -> list[str]:
            return [row["cause"] for row in client.get(f"{BASE}/registration-clashes?{query}").json()["results"]]

        assert causes("cause=identifier") == ["identifier"]
        assert causes("cause=name&status=open") == ["name", "name"]
        assert causes("status=same") == []
        assert causes("registration_status=registered") == []
        ordered = client.get(f"{BASE}/registration-clashes?cause=name&ordering=-similarity").json()["results"]
        assert [row["similarity"] for row in ordered] == ["1.000", "0.769"]
        assert client.get(f"{BASE}/registration-clashes?applicant=x").status_code == 400

    @pytest.mark.parametrize("kind", ["firm", "fund", "authority", "attestor"])
    def test_are_refused_to_others(self, kind: str) -> None:
        held()
        sent(applicant(), NUMBER)
        clash = RegistrationClash.objects.get()
        client = client_of(actor_of(OrganisationFactory(kind=kind)))
        place = f"{BASE}/registration-clashes/{clash.pk}"

        for answer in (
            client.get(f"{BASE}/registration-clashes"),
            client.get(place),
            client.post(f"{place}/judge-same", {"reason": "x"}),
            client.post(f"{place}/judge-distinct", {"reason": "x"}),
        ):
            assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing")

    def test_are_hidden_from_suspended_operators(self) -> None:
        held()
        sent(applicant(), NUMBER)
        client = client_of(actor_of(OrganisationFactory(kind="operator", standing="suspended")))

        assert client.get(f"{BASE}/registration-clashes").json()["results"] == []
        assert client.get(f"{BASE}/registration-clashes/{RegistrationClash.objects.get().pk}").status_code == 404

    def test_take_as_many_queries_for_many_as_for_few(self, django_assert_num_queries: Any) -> None:
        held()
        client = operator()
        for size in (1, 5):
            for _ in range(size):
                sent(applicant(), NUMBER)

            with django_assert_num_queries(2):
                assert len(client.get(f"{BASE}/registration-clashes").json()["results"]) >= size


class TestJudging:
    def place(self) -> str:
        held()
        sent(applicant(), NUMBER)
        return f"{BASE}/registration-clashes/{RegistrationClash.objects.get().pk}"

    @pytest.mark.parametrize("verdict", ["judge-same", "judge-distinct"])
    def test_needs_what_was_read(self, verdict: str) -> None:
        place, client = self.place(), operator()

        assert client.post(f"{place}/{verdict}", {"reason": "x"}).status_code == 428
        stale = client.post(f"{place}/{verdict}", {"reason": "x"}, headers={"If-Match": '"stale"'})
        assert stale.status_code == 412
        assert RegistrationClash.objects.get().status == "open"

    @pytest.mark.parametrize("role", ["owner", "editor", "compliance"])
    def test_refuses_what_is_the_same(self, role: str) -> None:
        place, client = self.place(), operator(role)
        read = client.get(place)
        assert read.json()["actions"] == ["judge_distinct", "judge_same"]

        answer = client.post(f"{place}/judge-same", {"reason": "the same"}, headers={"If-Match": read["ETag"]})

        body = answer.json()
        assert (answer.status_code, body["status"], body["reason"], body["actions"]) == (200, "same", "the same", [])
        assert body["registration"]["status"] == "refused"

    def test_names_what_to_do_while_the_number_is_held_and_completes_after(self) -> None:
        place, client = self.place(), operator()
        headers = {"If-Match": client.get(place)["ETag"]}

        refused = client.post(f"{place}/judge-distinct", {"reason": "another"}, headers=headers)
        Identifier.objects.all().delete()
        headers = {"If-Match": client.get(place)["ETag"]}
        answer = client.post(f"{place}/judge-distinct", {"reason": "another"}, headers=headers)

        assert (refused.status_code, refused.json()["code"]) == (409, "number_still_held")
        assert (answer.status_code, answer.json()["status"]) == (200, "distinct")
        assert answer.json()["registration"]["status"] == "registered"

    @pytest.mark.parametrize("verdict", ["judge-same", "judge-distinct"])
    def test_is_not_for_viewers_nor_without_a_reason(self, verdict: str) -> None:
        place = self.place()
        viewer, client = operator("viewer"), operator()
        headers = {"If-Match": client.get(place)["ETag"]}

        assert viewer.post(f"{place}/{verdict}", {"reason": "x"}, headers=headers).status_code == 403
        for body in ({}, {"reason": "  "}, {"reason": "x" * 501}):
            answer = client.post(f"{place}/{verdict}", body, headers=headers)
            assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/reason")

    def test_finds_nothing_where_nothing_is(self) -> None:
        self.place()

        for identifier in (UserFactory().pk, "x"):
            path = f"{BASE}/registration-clashes/{identifier}"
            assert operator().get(path).status_code == 404
            answer = operator().post(f"{path}/judge-same", {"reason": "x"}, headers={"If-Match": '"x"'})
            assert answer.status_code == 404
