"""The REST interface of merging."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from rest_framework.test import APIClient

from apps.organisations.models import Membership, Organisation
from kernel.clock import utc_now
from tests.factories.accounts import UserFactory
from tests.factories.organisations import OrganisationFactory, actor_of, client_of, key_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def merged() -> Organisation:
    organisation = OrganisationFactory()
    actor_of(organisation)
    return organisation


@pytest.fixture
def into() -> Organisation:
    return OrganisationFactory()


def place(organisation: Any) -> str:
    return f"/api/v1/organisations/{organisation.pk}/merge"


def body(into: Any, *, dry_run: bool) -> dict[str, Any]:
    return {"into": str(into.pk), "dry_run": dry_run}


class TestMerge:
    def test_counts_first_and_then_moves(self, merged: Organisation, into: Organisation) -> None:
        client = client_of(actor_of(OrganisationFactory(kind="operator"), "editor"))

        dry = client.post(place(merged), body(into, dry_run=True))
        assert Membership.objects.filter(organisation=merged).count() == 1
        real = client.post(place(merged), body(into, dry_run=False))

        assert (dry.status_code, real.status_code) == (200, 200)
        assert dry.json() == {**real.json(), "dry_run": True}
        assert real.json()["organisation"] == str(merged.pk)
        assert real.json()["into"] == str(into.pk)
        assert real.json()["moved"]["memberships"] == 1
        assert Membership.objects.filter(organisation=into).count() == 1

    @pytest.mark.parametrize("shown", [None, dt.timedelta(minutes=6)])
    def test_needs_a_fresh_second_factor(
        self, merged: Organisation, into: Organisation, shown: dt.timedelta | None
    ) -> None:
        actor = actor_of(OrganisationFactory(kind="operator"))
        client = client_of(replace(actor, second_factor_at=None if shown is None else utc_now() - shown))

        answers = [client.post(place(merged), body(into, dry_run=is_dry)) for is_dry in (True, False)]

        assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(403, "step_up_required")}
        merged.refresh_from_db()
        assert merged.merged_into is None

    def test_is_not_for_software(self, merged: Organisation, into: Organisation) -> None:
        token = key_of(actor_of(OrganisationFactory(kind="operator")), "organisations.organisation.merge").token
        headers = {"Authorization": f"Bearer {token}"}

        assert APIClient().post(place(merged), body(into, dry_run=True), headers=headers).status_code == 403
        assert APIClient().post(place(merged), body(into, dry_run=False), headers=headers).status_code == 403

    @pytest.mark.parametrize(
        ("kind", "role"),
        [
            *(("operator", "viewer"), ("operator", "compliance"), ("firm", "owner"), ("fund", "owner")),
            *(("authority", "owner"), ("attestor", "owner")),
        ],
    )
    def test_is_refused_to_others_dry_or_not(
        self, merged: Organisation, into: Organisation, kind: str, role: str
    ) -> None:
        client = client_of(actor_of(OrganisationFactory(kind=kind), role))
        nobody = OrganisationFactory.build()

        for organisation in (merged, into, nobody):
            for dry_run in (True, False):
                answer = client.post(place(organisation), body(into, dry_run=dry_run))
                assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing")

    def test_says_what_is_wrong(self, merged: Organisation, into: Organisation) -> None:
        client = client_of(actor_of(OrganisationFactory(kind="operator")))
        fund, unknown = OrganisationFactory(kind="fund"), str(UserFactory().pk)

        for given, pointer in (
            (body(merged, dry_run=True), "/into"),
            (body(fund, dry_run=True), "/into"),
            ({"into": unknown, "dry_run": True}, "/into"),
            ({"into": "x", "dry_run": True}, "/into"),
            ({"into": str(into.pk)}, "/dry_run"),
            ({"dry_run": False}, "/into"),
        ):
            answer = client.post(place(merged), given)
            assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)

    def test_answers_what_was_merged_with_a_conflict(self, merged: Organisation, into: Organisation) -> None:
        client = client_of(actor_of(OrganisationFactory(kind="operator")))
        client.post(place(merged), body(into, dry_run=False))

        for one, other in ((merged, into), (into, merged)):
            answer = client.post(place(one), body(other, dry_run=True))
            assert (answer.status_code, answer.json()["code"]) == (409, "already_merged")

    def test_finds_nothing_where_nothing_is(self, into: Organisation) -> None:
        client = client_of(actor_of(OrganisationFactory(kind="operator")))

        for identifier in (UserFactory().pk, "x"):
            answer = client.post(f"/api/v1/organisations/{identifier}/merge", body(into, dry_run=True))
            assert answer.status_code == 404

    def test_leaves_an_entry_for_operators_alone(self, merged: Organisation, into: Organisation) -> None:
        Organisation.objects.filter(pk__in=[merged.pk, into.pk]).update(kind="authority")
        operator = client_of(actor_of(OrganisationFactory(kind="operator")))
        firm = client_of(actor_of(OrganisationFactory(kind="firm")))
        read = f"/api/v1/organisations/{merged.pk}"
        assert firm.get(read).status_code == 200

        operator.post(place(merged), body(into, dry_run=False))

        assert firm.get(read).status_code == 404
        assert operator.get(read).status_code == 200
        listed = [row["id"] for row in firm.get("/api/v1/organisations").json()["results"]]
        assert str(into.pk) in listed
        assert str(merged.pk) not in listed
