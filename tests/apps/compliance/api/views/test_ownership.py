"""Ownership over HTTP."""

from typing import Any

import pytest

from kernel.models import Event
from tests.apps.compliance.rules.bods_files import declaration, interest, relationship
from tests.factories.compliance import owns
from tests.factories.organisations import OrganisationFactory, actor_of, client_of

pytestmark = pytest.mark.django_db

BODY = {
    "parties": [{"key": "o", "kind": "person", "legal_name": "Olena Test", "nationalities": ["UA"]}],
    "statements": [{"owner": "o", "share_min": "0.6", "share_max": "0.6"}],
}


def url(firm: Any, rest: str = "") -> str:
    return f"/api/v1/organisations/{firm.pk}/ownership{rest}"


@pytest.fixture
def firm() -> Any:
    return OrganisationFactory(legal_name="Firm")


@pytest.fixture
def client(firm: Any) -> Any:
    return client_of(actor_of(firm))


@pytest.fixture
def officer() -> Any:
    return client_of(actor_of(OrganisationFactory(kind="operator"), "compliance"))


class TestStatements:
    def test_states_lists_corrects_and_ends(self, firm: Any, client: Any) -> None:
        made = client.post(url(firm), BODY, format="json")
        assert made.status_code == 201
        [stated] = made.json()["statements"]
        assert (stated["owner"]["name"], stated["owned"]["name"], stated["share_min"]) == (
            "Olena Test",
            "Firm",
            "0.600000",
        )

        better = client.post(url(firm, f"/{stated['id']}/correct"), {"share_max": "0.7"}, format="json")
        assert (better.status_code, better.json()["supersedes"]) == (201, stated["id"])

        ended = client.post(url(firm, f"/{better.json()['id']}/end"), {"on": "2024-01-01"}, format="json")
        assert (ended.status_code, ended.json()["to_date"]) == (201, "2024-01-01")

        listed = client.get(url(firm)).json()["results"]
        assert [item["is_standing"] for item in listed] == [False, False, True]
        assert len(client.get(url(firm), {"standing": "true"}).json()["results"]) == 1

    def test_a_refusal_names_the_places(self, firm: Any, client: Any) -> None:
        body = {**BODY, "statements": [{"owner": "o", "share_min": "0.6", "from_date": "2999-01-01"}]}

        answer = client.post(url(firm), body, format="json")

        assert answer.status_code == 422
        assert [(item["pointer"], item["code"]) for item in answer.json()["errors"]] == [
            ("/statements/0/from_date", "in_the_future")
        ]

    def test_a_replaced_one_is_a_conflict(self, firm: Any, client: Any) -> None:
        [stated] = client.post(url(firm), BODY, format="json").json()["statements"]
        client.post(url(firm, f"/{stated['id']}/end"), {"on": None}, format="json")

        again = client.post(url(firm, f"/{stated['id']}/end"), {"on": None}, format="json")

        assert (again.status_code, again.json()["code"]) == (409, "statement_not_standing")

    def test_strangers_find_nothing(self, firm: Any) -> None:
        stranger = client_of(actor_of(OrganisationFactory(kind="fund")))

        for path in ("", "/figures", "/bods"):
            assert stranger.get(url(firm, path)).status_code == 404
        for path in ("", "/bods", "/group"):
            body = {"": BODY, "/bods": {"bods": declaration()}, "/group": {"role": "ip_owner", "party": None}}[path]
            assert stranger.post(url(firm, path), body, format="json").status_code == 404

    @pytest.mark.parametrize("role", ["editor", "viewer", "signatory"])
    def test_other_roles_may_not(self, firm: Any, role: str) -> None:
        member = client_of(actor_of(firm, role))

        assert member.get(url(firm)).status_code == 403
        assert member.post(url(firm), BODY, format="json").status_code == 403

    def test_an_officer_reads_on_the_record_and_does_not_write(self, firm: Any, officer: Any) -> None:
        owns(None, firm, name="Olena", share=1)

        assert len(officer.get(url(firm)).json()["results"]) == 1
        assert officer.post(url(firm), BODY, format="json").status_code == 403
        assert Event.objects.filter(name="organisations.disclosure.read", organisation_id=firm.pk).exists()

    def test_declares_the_group(self, firm: Any, client: Any) -> None:
        answer = client.post(url(firm, "/group"), {"role": "top_company", "party": str(firm.pk)}, format="json")

        assert (answer.status_code, answer.json()) == (200, {"role": "top_company", "party": str(firm.pk)})


class TestFigures:
    def test_shows_both_figures_with_paths_thresholds_and_parties(self, firm: Any, client: Any) -> None:
        client.post(url(firm), BODY, format="json")

        found = client.get(url(firm, "/figures"), {"perimeter": "EU", "as_of": "2026-06-01"}).json()

        [owner] = found["beneficial_owners"]
        assert owner["shares"] == {"stated": {"min": "0.600000", "max": "0.600000"}, "possible": "1.000000"}
        assert owner["answers"]["eu_aml"] == "yes"
        assert owner["paths"][0]["parties"] == [owner["party"], str(firm.pk)]
        assert (found["control"]["answer"], found["third_country"]["answer"]) == ("yes", "yes")
        assert found["open_shares"] == {"min": "0.400000", "max": "0.400000"}
        assert found["group"]["derived_top_company"] == str(firm.pk)
        assert {item["regime"] for item in found["thresholds"]} >= {"eu_aml", "us_sanctions"}
        assert {item["name"] for item in found["parties"]} == {"Firm", "Olena Test"}

    def test_the_owners_of_ones_owner_are_for_the_officer_only(self, firm: Any, client: Any, officer: Any) -> None:
        holding = OrganisationFactory(kind="fund")
        owns(holding, firm, share=1)
        owns(None, holding, name="Secret", share=1)

        own, whole = (each.get(url(firm, "/figures")).json() for each in (client, officer))

        assert [item["cause"] for item in own["open_branches"]] == ["no_owners_stated"]
        assert own["beneficial_owners"] == []
        assert len(whole["beneficial_owners"]) == 1

    @pytest.mark.parametrize("query", [{"as_of": "soon"}, {"perimeter": "Mars"}, {"when": "2026-01-01"}])
    def test_refuses_other_parameters(self, firm: Any, client: Any, query: dict[str, str]) -> None:
        assert client.get(url(firm, "/figures"), query).status_code == 400


class TestBods:
    def test_takes_in_and_gives_out(self, firm: Any, client: Any) -> None:
        tried = client.post(url(firm, "/bods"), {"bods": declaration(), "dry_run": True}, format="json")
        assert (tried.status_code, tried.json()["statements"]) == (200, 2)
        assert client.get(url(firm)).json()["results"] == []

        done = client.post(url(firm, "/bods"), {"bods": declaration()}, format="json")
        assert (done.status_code, done.json()["parties"]) == (201, 2)

        assert [item["recordType"] for item in client.get(url(firm, "/bods")).json()].count("relationship") == 2

    def test_names_row_and_reason(self, firm: Any, client: Any) -> None:
        bods = [*declaration(), relationship(6, "nobody", "olena", interest(1))]

        answer = client.post(url(firm, "/bods"), {"bods": bods}, format="json")

        assert answer.status_code == 422
        assert [(item["pointer"], item["code"]) for item in answer.json()["errors"]] == [
            ("/bods/5/recordDetails/subject", "unknown_record")
        ]
