"""Disclosure grants over HTTP: who gives, who sees, and what they open from the next request on."""

import datetime as dt
from typing import Any

import pytest
from rest_framework.test import APIClient

from apps.organisations.models import DisclosureGrant
from kernel.clock import utc_now
from kernel.ids import uuid7
from tests.factories.organisations import (
    GrantFactory,
    MembershipFactory,
    OrganisationFactory,
    actor_of,
    client_of,
    key_of,
    undertaking_of,
)
from tests.factories.startups import CapabilityFactory, FirmFactory, client_for

pytestmark = pytest.mark.django_db

GRANTS = "/api/v1/disclosure-grants"


def body(viewer: Any, **fields: Any) -> dict[str, Any]:
    return {"viewer": str(getattr(viewer, "pk", viewer)), "tier": 2, **fields}


def ids(answer: Any) -> set[str]:
    return {row["id"] for row in answer.json()["results"]}


class TestCreate:
    @pytest.mark.parametrize("role", ["owner", "compliance"])
    def test_opens_the_firm_from_the_next_request(self, role: str) -> None:
        firm, fund = FirmFactory(), OrganisationFactory(kind="fund")
        undertaking_of(fund)
        reader, startup = client_of(actor_of(fund)), f"/api/v1/startups/{firm.pk}"
        before = reader.get(startup).json()

        answer = client_for(firm, role).post(GRANTS, body(fund))

        after = reader.get(startup).json()
        assert answer.status_code == 201
        assert (answer.json()["is_effective"], answer.json()["obstacle"]) == (True, None)
        assert "summary" not in before
        assert after["summary"] == firm.summary

    def test_opens_nothing_before_the_undertaking(self) -> None:
        firm, fund = FirmFactory(), OrganisationFactory(kind="fund")
        reader, startup = client_of(actor_of(fund)), f"/api/v1/startups/{firm.pk}"

        made = client_for(firm).post(GRANTS, body(fund)).json()
        before = reader.get(startup).json()
        undertaking_of(fund)

        assert (made["is_in_force"], made["is_effective"], made["obstacle"]) == (True, False, "undertaking_missing")
        assert "summary" not in before
        assert reader.get(startup).json()["summary"] == firm.summary
        (listed,) = client_for(firm).get(GRANTS).json()["results"]
        assert (listed["is_effective"], listed["obstacle"]) == (True, None)

    @pytest.mark.parametrize("role", ["editor", "viewer", "signatory"])
    def test_is_the_owners_and_the_compliance_roles(self, role: str) -> None:
        firm, fund = FirmFactory(), OrganisationFactory(kind="fund")

        answer = client_for(firm, role).post(GRANTS, body(fund))

        assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing")
        assert not DisclosureGrant.objects.exists()

    @pytest.mark.parametrize("kind", ["fund", "authority", "attestor", "operator"])
    def test_is_for_firms_only(self, kind: str) -> None:
        answer = client_of(actor_of(OrganisationFactory(kind=kind))).post(
            GRANTS, body(OrganisationFactory(kind="fund"))
        )

        assert answer.status_code == 403

    def test_a_key_gives_what_its_scopes_allow(self) -> None:
        firm, fund = FirmFactory(), OrganisationFactory(kind="fund")
        owner = actor_of(firm.organisation)
        narrow = key_of(owner, "organisations.grant.read").token
        wide = key_of(owner, "organisations.grant.create").token

        refused = APIClient().post(GRANTS, body(fund), headers={"Authorization": f"Bearer {narrow}"})
        taken = APIClient().post(GRANTS, body(fund), headers={"Authorization": f"Bearer {wide}"})

        assert (refused.status_code, taken.status_code) == (403, 201)

    def test_gives_every_id_that_is_no_counterpart_the_same_answer(self) -> None:
        firm = FirmFactory()
        client = client_for(firm)
        hidden = [
            firm.organisation,
            OrganisationFactory(kind="operator"),
            OrganisationFactory(kind="attestor"),
            OrganisationFactory(kind="fund", standing="registered"),
            OrganisationFactory(kind="fund", standing="suspended"),
            OrganisationFactory(kind="fund", dark_since=utc_now()),
        ]

        answers = [client.post(GRANTS, body(viewer)) for viewer in (uuid7(), *hidden)]

        told = {(answer.status_code, str({**answer.json(), "request_id": ""})) for answer in answers}
        assert len(told) == 1
        assert answers[0].status_code == 422
        assert [problem["pointer"] for problem in answers[0].json()["errors"]] == ["/viewer"]

    @pytest.mark.parametrize(
        ("change", "pointer"),
        [
            ({"tier": 1}, "/tier"),
            ({"tier": 3}, "/tier"),
            ({"tier": None}, "/tier"),
            ({"viewer": "x"}, "/viewer"),
            ({"until": "2020-01-01T00:00:00Z"}, "/until"),
            ({"until": "2099-01-01T00:00:00Z"}, "/until"),
            ({"until": "soon"}, "/until"),
            ({"until": "9999-12-31T23:59:59-23:59"}, "/until"),
            ({"until": "0001-01-01T00:00:00+23:59"}, "/until"),
        ],
    )
    def test_points_at_what_is_wrong(self, change: dict[str, Any], pointer: str) -> None:
        fund = OrganisationFactory(kind="fund")

        answer = client_for(FirmFactory()).post(GRANTS, {**body(fund), **change})

        assert answer.status_code == 422
        assert [problem["pointer"] for problem in answer.json()["errors"]] == [pointer]
        assert not DisclosureGrant.objects.exists()

    def test_takes_no_subject_cause_or_person_from_the_body(self) -> None:
        firm, other, fund = FirmFactory(), FirmFactory(), OrganisationFactory(kind="fund")
        smuggled = {"subject": str(other.organisation_id), "cause": "room", "person": str(uuid7())}

        client_for(firm).post(GRANTS, body(fund, **smuggled))

        grant = DisclosureGrant.objects.get()
        assert (grant.subject, grant.cause, grant.person) == (firm.organisation, "grant", None)

    def test_again_changes_the_end_of_the_one_in_force(self) -> None:
        firm, fund = FirmFactory(), OrganisationFactory(kind="fund")
        client = client_for(firm)
        until = (utc_now() + dt.timedelta(days=30)).isoformat()

        first, second = client.post(GRANTS, body(fund)).json(), client.post(GRANTS, body(fund, until=until)).json()

        assert first["id"] == second["id"]
        assert (first["until"], second["until"] is None) == (None, False)


class TestList:
    def test_shows_what_is_given_and_received(self) -> None:
        firm, fund = FirmFactory(), OrganisationFactory(kind="fund")
        grant = GrantFactory(viewer=fund, subject=firm.organisation)
        GrantFactory(viewer__kind="fund", subject__kind="firm")

        given, received = (client_of(actor_of(side)).get(GRANTS) for side in (firm.organisation, fund))

        assert ids(given) == ids(received) == {str(grant.pk)}
        (row,) = received.json()["results"]
        assert row == {
            "id": str(grant.pk),
            "subject": str(firm.organisation_id),
            "viewer": str(fund.pk),
            "person": None,
            "tier": 2,
            "cause": "grant",
            "since": row["since"],
            "until": None,
            "is_in_force": True,
            "is_effective": True,
            "obstacle": None,
        }

    def test_filters(self) -> None:
        firm, other, fund = (OrganisationFactory(kind=kind) for kind in ("firm", "firm", "fund"))
        given = str(GrantFactory(viewer=fund, subject=firm).pk)
        named = str(GrantFactory(viewer=fund, subject=firm, tier=1, cause="naming").pk)
        over = str(GrantFactory(viewer=other, subject=firm, until=utc_now()).pk)
        received = str(GrantFactory(viewer=firm, subject=other).pk)
        GrantFactory(viewer=fund, subject=other)
        client = client_of(actor_of(firm))

        def found(**query: Any) -> set[str]:
            return ids(client.get(GRANTS, query))

        assert found() == {given, named, over, received}
        assert found(direction="given") == {given, named, over}
        assert found(direction="received") == {received}
        assert found(direction=["given", "received"]) == {given, named, over, received}
        assert found(tier=1) == {named}
        assert found(in_force="false") == {over}
        assert found(in_force="true") == {given, named, received}
        assert found(organisation=fund.pk) == {given, named}
        assert found(organisation=other.pk) == {over, received}
        assert found(organisation=firm.pk) == found(organisation=uuid7()) == set()
        assert client.get(GRANTS, {"viewer": fund.pk}).status_code == 400

    def test_says_when_one_is_over_or_has_not_begun(self) -> None:
        firm = OrganisationFactory(kind="firm")
        GrantFactory(subject=firm, until=utc_now())
        GrantFactory(subject=firm, since=utc_now() + dt.timedelta(hours=1))

        rows = client_of(actor_of(firm)).get(GRANTS).json()["results"]

        assert [(row["is_in_force"], row["is_effective"], row["obstacle"]) for row in rows] == [
            (False, False, "not_in_force")
        ] * 2

    def test_a_name_needs_no_undertaking(self) -> None:
        firm = OrganisationFactory(kind="firm")
        GrantFactory(subject=firm, tier=1, cause="naming")

        (row,) = client_of(actor_of(firm)).get(GRANTS).json()["results"]

        assert row["is_effective"] is True

    def test_shows_who_breaks_glass_to_the_subject_alone(self) -> None:
        firm, operator = OrganisationFactory(kind="firm"), OrganisationFactory(kind="operator")
        person = MembershipFactory(organisation=operator).user
        GrantFactory(subject=firm, viewer=operator, person=person, tier=4, cause="break_glass:1")

        (row,) = client_of(actor_of(firm)).get(GRANTS).json()["results"]

        assert (row["person"], row["is_effective"]) == (str(person.pk), True)
        assert client_of(actor_of(operator)).get(GRANTS).status_code == 403

    @pytest.mark.parametrize("hidden", [{"dark_since": utc_now()}, {"standing": "suspended"}])
    def test_hides_what_comes_from_who_is_not_seen(self, hidden: dict[str, Any]) -> None:
        fund = OrganisationFactory(kind="fund")
        GrantFactory(viewer=fund, subject=OrganisationFactory(kind="firm", **hidden))
        shown = GrantFactory(viewer=fund, subject__kind="firm")
        client = client_of(actor_of(fund))

        assert ids(client.get(GRANTS)) == {str(shown.pk)}
        assert client.get(GRANTS, {"with_count": "true"}).json()["count"] == 1

    @pytest.mark.parametrize(("kind", "status"), [("firm", 200), ("fund", 200), ("authority", 200), ("attestor", 200)])
    def test_is_read_by_members(self, kind: str, status: int) -> None:
        assert client_of(actor_of(OrganisationFactory(kind=kind))).get(GRANTS).status_code == status
        assert APIClient().get(GRANTS).status_code == 401

    def test_costs_one_query(self, django_assert_num_queries) -> None:
        firm = OrganisationFactory(kind="firm")
        client = client_of(actor_of(firm))
        for count in (1, 6):
            for _ in range(count):
                GrantFactory(subject=firm, viewer__kind="fund")

            with django_assert_num_queries(1):
                client.get(GRANTS)


class TestRevoke:
    @pytest.mark.parametrize("role", ["owner", "compliance"])
    def test_is_in_force_at_the_next_request(self, role: str) -> None:
        capability = CapabilityFactory()
        fund = OrganisationFactory(kind="fund")
        grant = GrantFactory(viewer=fund, subject=capability.firm.organisation)
        reader, address = client_of(actor_of(fund)), f"/api/v1/capabilities/{capability.pk}"
        before = reader.get(address).json()

        answer = client_for(capability.firm, role).post(f"{GRANTS}/{grant.pk}/revoke")

        after = reader.get(address).json()
        assert (answer.status_code, answer.json()["obstacle"]) == (200, "not_in_force")
        assert before["unit_cost"] == {"amount": "450.00", "currency": "EUR"}
        assert "unit_cost" not in after

    def test_ends_at_its_time(self) -> None:
        firm, fund = FirmFactory(), OrganisationFactory(kind="fund")
        grant = GrantFactory(viewer=fund, subject=firm.organisation, until=utc_now() + dt.timedelta(hours=1))
        reader, address = client_of(actor_of(fund)), f"/api/v1/startups/{firm.pk}"
        before = reader.get(address).json()

        DisclosureGrant.objects.filter(pk=grant.pk).update(until=utc_now())

        assert "summary" in before
        assert "summary" not in reader.get(address).json()

    @pytest.mark.parametrize("role", ["editor", "viewer", "signatory"])
    def test_is_the_owners_and_the_compliance_roles(self, role: str) -> None:
        grant = GrantFactory(subject__kind="firm")

        assert client_of(actor_of(grant.subject, role)).post(f"{GRANTS}/{grant.pk}/revoke").status_code == 403

    def test_not_a_received_one_and_no_other_firms(self) -> None:
        grant = GrantFactory(viewer__kind="firm", subject__kind="firm")
        places = [
            client_of(actor_of(stranger)).post(f"{GRANTS}/{identifier}/revoke")
            for stranger in (grant.viewer, OrganisationFactory(kind="firm"))
            for identifier in (grant.pk, uuid7(), "x")
        ]

        assert {(answer.status_code, str({**answer.json(), "request_id": ""})) for answer in places} == {
            (404, str({**places[0].json(), "request_id": ""}))
        }
        grant.refresh_from_db()
        assert grant.until is None

    def test_not_what_another_cause_opened(self) -> None:
        grant = GrantFactory(subject__kind="firm", tier=3, cause="room")

        answer = client_of(actor_of(grant.subject)).post(f"{GRANTS}/{grant.pk}/revoke")

        assert (answer.status_code, answer.json()["code"]) == (409, "grant_not_revocable")

    def test_of_a_viewer_that_has_gone_dark(self) -> None:
        grant = GrantFactory(subject__kind="firm", viewer__dark_since=utc_now())

        answer = client_of(actor_of(grant.subject)).post(f"{GRANTS}/{grant.pk}/revoke")

        assert (answer.status_code, answer.json()["is_in_force"]) == (200, False)
