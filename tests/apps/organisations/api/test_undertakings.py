"""The undertaking over HTTP."""

import dataclasses

import pytest
from rest_framework.test import APIClient

from apps.organisations.models import UndertakingAcceptance
from apps.organisations.undertakings import undertaking_sha256, undertaking_text
from tests.factories.organisations import OrganisationFactory, actor_of, client_of, key_of

pytestmark = pytest.mark.django_db

UNDERTAKING = "/api/v1/undertaking"
ACCEPT = f"{UNDERTAKING}/accept"
BODY = {"sha256": undertaking_sha256(), "language": "en"}


class TestRetrieve:
    @pytest.mark.parametrize(
        ("header", "language"), [("en", "en"), ("uk", "uk"), ("uk-UA,en;q=0.5", "uk"), ("de", "en")]
    )
    def test_speaks_the_callers_language(self, header: str, language: str) -> None:
        client = client_of(actor_of(OrganisationFactory(kind="fund"), "viewer"))

        answer = client.get(UNDERTAKING, headers={"Accept-Language": header})

        text = undertaking_text(language=language)
        assert answer.json() == {**dataclasses.asdict(text), "is_accepted": False, "acceptance": None}
        assert answer["Content-Language"] == language

    @pytest.mark.parametrize("kind", ["firm", "fund", "authority", "attestor", "operator"])
    def test_is_read_by_every_kind(self, kind: str) -> None:
        assert client_of(actor_of(OrganisationFactory(kind=kind))).get(UNDERTAKING).status_code == 200

    def test_is_not_read_by_strangers(self) -> None:
        assert APIClient().get(UNDERTAKING).status_code == 401

    def test_tells_only_of_the_own_organisation(self) -> None:
        signatory = actor_of(OrganisationFactory(kind="fund"), "signatory")
        client_of(signatory).post(ACCEPT, BODY)

        own = client_of(signatory).get(UNDERTAKING).json()
        other = client_of(actor_of(OrganisationFactory(kind="fund"))).get(UNDERTAKING).json()

        assert own["is_accepted"] is True
        assert own["acceptance"]["accepted_by"] == str(signatory.user_id)
        assert set(own["acceptance"]) == {"accepted_by", "accepted_at", "language"}
        assert (other["is_accepted"], other["acceptance"]) == (False, None)

    def test_costs_one_query(self, django_assert_num_queries) -> None:
        client = client_of(actor_of(OrganisationFactory(kind="fund")))

        with django_assert_num_queries(1):
            client.get(UNDERTAKING)


class TestAccept:
    @pytest.mark.parametrize("kind", ["firm", "fund", "authority"])
    def test_is_the_signatorys(self, kind: str) -> None:
        organisation = OrganisationFactory(kind=kind)

        answer = client_of(actor_of(organisation, "signatory")).post(ACCEPT, {**BODY, "language": "uk"})

        assert answer.status_code == 200
        assert answer.json()["acceptance"]["language"] == "uk"
        assert UndertakingAcceptance.objects.get().organisation == organisation
        assert UndertakingAcceptance.objects.get().address == "127.0.0.1"

    @pytest.mark.parametrize("role", ["owner", "editor", "viewer", "compliance"])
    def test_is_nobody_elses(self, role: str) -> None:
        answer = client_of(actor_of(OrganisationFactory(kind="fund"), role)).post(ACCEPT, BODY)

        assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing")
        assert not UndertakingAcceptance.objects.exists()

    def test_needs_a_fresh_second_factor(self) -> None:
        actor = actor_of(OrganisationFactory(kind="fund"), "signatory")
        stale = dataclasses.replace(actor, second_factor_at=actor.second_factor_at.replace(year=2020))

        answer = client_of(stale).post(ACCEPT, BODY)

        assert (answer.status_code, answer.json()["code"]) == (403, "step_up_required")
        assert client_of(actor).post(ACCEPT, BODY).status_code == 200

    def test_is_not_a_keys(self) -> None:
        token = key_of(actor_of(OrganisationFactory(kind="fund"), "owner", "signatory")).token

        answer = APIClient().post(ACCEPT, BODY, headers={"Authorization": f"Bearer {token}"})

        assert answer.status_code == 403
        assert not UndertakingAcceptance.objects.exists()

    def test_waits_for_verification(self) -> None:
        organisation = OrganisationFactory(kind="fund", standing="registered")

        answer = client_of(actor_of(organisation, "signatory")).post(ACCEPT, BODY)

        assert (answer.status_code, answer.json()["code"]) == (409, "undertaking_needs_verification")

    @pytest.mark.parametrize(
        ("change", "pointer"),
        [
            ({"sha256": "0" * 64}, "/sha256"),
            ({"sha256": "yes"}, "/sha256"),
            ({"sha256": None}, "/sha256"),
            ({"language": "de"}, "/language"),
        ],
    )
    def test_points_at_what_is_wrong(self, change: dict, pointer: str) -> None:
        answer = client_of(actor_of(OrganisationFactory(kind="fund"), "signatory")).post(ACCEPT, {**BODY, **change})

        assert answer.status_code == 422
        assert [problem["pointer"] for problem in answer.json()["errors"]] == [pointer]
        assert not UndertakingAcceptance.objects.exists()

    def test_takes_no_organisation_from_the_body(self) -> None:
        actor, other = actor_of(OrganisationFactory(kind="fund"), "signatory"), OrganisationFactory(kind="fund")

        client_of(actor).post(ACCEPT, {**BODY, "organisation": str(other.pk), "accepted_by": str(other.pk)})

        kept = UndertakingAcceptance.objects.get()
        assert (kept.organisation_id, kept.accepted_by_id) == (actor.organisation_id, actor.user_id)

    @pytest.mark.parametrize(
        ("address", "kept"),
        [("2001:db8::7", "2001:db8::7"), ("fe80::1%eth0", "fe80::1"), ("nonsense", None), ("", None)],
    )
    def test_keeps_an_address_that_is_one(self, address: str, kept: str | None) -> None:
        client = client_of(actor_of(OrganisationFactory(kind="fund"), "signatory"))

        assert client.post(ACCEPT, BODY, REMOTE_ADDR=address).status_code == 200

        assert UndertakingAcceptance.objects.get().address == kept
