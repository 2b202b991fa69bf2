"""The REST interface of members."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest
from rest_framework.test import APIClient

from apps.organisations.models import ApiKey, Membership
from apps.organisations.selectors import actor_for_user
from kernel.access import Actor
from kernel.api.permissions import STEP_UP_LASTS
from kernel.clock import utc_now
from kernel.ids import uuid7
from kernel.models import Event
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory, OrganisationFactory, actor_of, client_of, key_of

pytestmark = pytest.mark.django_db

BASE = "/api/v1"
FAR = uuid7()


def place(member: Membership) -> str:
    return f"{BASE}/organisations/{member.organisation_id}/members/{member.pk}"


def plain(answer: Any) -> tuple[int, Any]:
    """Status and body without the request's own id."""
    return answer.status_code, {**answer.json(), "request_id": ""}


class TestList:
    def test_shows_the_own_ones(self) -> None:
        own = OrganisationFactory()
        actor = actor_of(own)
        actor_of(OrganisationFactory())

        rows = client_of(actor).get(f"{BASE}/organisations/{own.pk}/members").json()["results"]

        assert [(row["user"]["id"], row["roles"]) for row in rows] == [(str(actor.user_id), ["owner"])]
        assert set(rows[0]) == {"id", "user", "roles", "created_at"}
        assert set(rows[0]["user"]) == {"id", "email", "name"}

    @pytest.mark.parametrize("which", ["visible", "unknown", "no-id"])
    def test_finds_no_others(self, which: str) -> None:
        other = OrganisationFactory(kind="fund")
        identifier = {"visible": other.pk, "unknown": FAR, "no-id": "x"}[which]
        client = client_of(actor_of(OrganisationFactory()))

        answer = client.get(f"{BASE}/organisations/{identifier}/members")

        assert answer.status_code == 404
        assert plain(answer) == plain(client.get(f"{BASE}/organisations/{FAR}/members"))

    def test_needs_the_permission(self) -> None:
        own = OrganisationFactory(kind="attestor")

        assert client_of(actor_of(own, "viewer")).get(f"{BASE}/organisations/{own.pk}/members").status_code == 403
        assert client_of(actor_of(own)).get(f"{BASE}/organisations/{own.pk}/members").status_code == 200

    def test_takes_as_many_queries_for_many_as_for_few(self, django_assert_num_queries: Any) -> None:
        own = OrganisationFactory()
        client = client_of(actor_of(own))
        for size in (2, 9):
            for _ in range(size):
                actor_of(own, "viewer")

            with django_assert_num_queries(2):  # the organisation, the members with their accounts
                assert len(client.get(f"{BASE}/organisations/{own.pk}/members").json()["results"]) > size


class TestRetrieve:
    def test_shows_one_with_its_tag(self) -> None:
        own = OrganisationFactory()
        member = MembershipFactory(organisation=own, roles=["viewer"])

        answer = client_of(actor_of(own, "viewer")).get(place(member))

        assert (answer.status_code, answer.json()["roles"]) == (200, ["viewer"])
        assert answer["ETag"]

    def test_finds_no_other(self) -> None:
        own = OrganisationFactory()
        theirs = MembershipFactory(organisation=OrganisationFactory(kind="fund"))
        client = client_of(actor_of(own))

        found = [
            plain(client.get(path))
            for path in (
                place(theirs),
                f"{BASE}/organisations/{own.pk}/members/{theirs.pk}",
                f"{BASE}/organisations/{own.pk}/members/{FAR}",
                f"{BASE}/organisations/{own.pk}/members/x",
            )
        ]

        assert found[0][0] == 404
        assert found == [found[0]] * 4


class TestPartialUpdate:
    def test_is_in_force_at_the_next_request(self) -> None:
        own = OrganisationFactory(kind="firm")
        member = MembershipFactory(organisation=own, roles=["viewer"])

        answer = client_of(actor_of(own)).patch(place(member), {"roles": ["editor", "editor"]})

        assert (answer.status_code, answer.json()["roles"]) == (200, ["editor"])
        actor = actor_for_user(user_id=member.user_id)
        assert actor is not None
        assert "startups.firm.update" in actor.permissions

    def test_changes_nothing_but_the_roles(self) -> None:
        own = OrganisationFactory(kind="firm")
        member = MembershipFactory(organisation=own, roles=["viewer"])
        other = OrganisationFactory()

        client_of(actor_of(own)).patch(
            place(member), {"roles": ["editor"], "organisation": str(other.pk), "user": {"id": str(FAR)}, "version": 9}
        )

        present = Membership.objects.get(pk=member.pk)
        assert (present.organisation_id, present.user_id, present.version) == (own.pk, member.user_id, 2)

    def test_leaves_what_is_not_named(self) -> None:
        own = OrganisationFactory()
        member = MembershipFactory(organisation=own, roles=["viewer"])

        answer = client_of(actor_of(own)).patch(place(member), {})

        assert (answer.status_code, answer.json()["roles"]) == (200, ["viewer"])

    @pytest.mark.parametrize("roles", [[], ["king"], ["officer"], "owner", None, [None], [["owner"]], {"owner": 1}])
    def test_points_at_roles_that_are_none(self, roles: Any) -> None:
        own = OrganisationFactory(kind="firm")
        member = MembershipFactory(organisation=own, roles=["viewer"])

        answer = client_of(actor_of(own)).patch(place(member), {"roles": roles})

        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"].startswith("/roles")
        member.refresh_from_db()
        assert member.roles == ["viewer"]

    def test_refuses_a_stale_tag(self) -> None:
        own = OrganisationFactory(kind="firm")
        member = MembershipFactory(organisation=own, roles=["viewer"])
        client = client_of(actor_of(own))
        tag = client.get(place(member))["ETag"]

        first = client.patch(place(member), {"roles": ["editor"]}, headers={"If-Match": tag})
        second = client.patch(place(member), {"roles": ["owner"]}, headers={"If-Match": tag})
        third = client.patch(place(member), {"roles": ["owner"]}, headers={"If-Match": first["ETag"]})

        assert [first.status_code, second.status_code, third.status_code] == [200, 412, 200]

    def test_keeps_the_last_owner(self) -> None:
        actor = actor_of(OrganisationFactory())
        member = Membership.objects.get(user_id=actor.user_id)

        answer = client_of(actor).patch(place(member), {"roles": ["editor"]})

        assert (answer.status_code, answer.json()["code"]) == (409, "last_owner")

    def test_finds_no_other(self) -> None:
        own = OrganisationFactory()
        theirs = MembershipFactory(organisation=OrganisationFactory(kind="fund"), roles=["viewer"])
        client = client_of(actor_of(own))

        found = [
            plain(client.patch(path, {"roles": ["editor"]}))
            for path in (
                place(theirs),
                f"{BASE}/organisations/{own.pk}/members/{theirs.pk}",
                f"{BASE}/organisations/{own.pk}/members/{FAR}",
            )
        ]

        assert found[0][0] == 404
        assert found == [found[0]] * 3
        theirs.refresh_from_db()
        assert theirs.roles == ["viewer"]


class TestDestroy:
    def test_is_in_force_at_the_next_request(self) -> None:
        own = OrganisationFactory()
        leaver = actor_of(own)
        token = key_of(leaver).token
        member = Membership.objects.get(user_id=leaver.user_id)

        answer = client_of(actor_of(own)).delete(place(member))

        assert (answer.status_code, answer.content) == (204, b"")
        actor = actor_for_user(user_id=member.user_id)
        assert actor == Actor(user_id=member.user_id)
        assert APIClient().get(f"{BASE}/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401

    def test_keeps_the_last_owner(self) -> None:
        actor = actor_of(OrganisationFactory())

        answer = client_of(actor).delete(place(Membership.objects.get(user_id=actor.user_id)))

        assert (answer.status_code, answer.json()["code"]) == (409, "last_owner")
        assert Membership.objects.filter(user_id=actor.user_id).exists()

    def test_finds_no_other(self) -> None:
        own = OrganisationFactory()
        theirs = MembershipFactory(organisation=OrganisationFactory(kind="fund"), roles=["viewer"])
        client = client_of(actor_of(own))

        found = [
            plain(client.delete(path))
            for path in (
                place(theirs),
                f"{BASE}/organisations/{own.pk}/members/{theirs.pk}",
                f"{BASE}/organisations/{own.pk}/members/{FAR}",
            )
        ]

        assert found[0][0] == 404
        assert found == [found[0]] * 3
        assert Membership.objects.filter(pk=theirs.pk).exists()

    def test_refuses_a_stale_tag(self) -> None:
        own = OrganisationFactory(kind="firm")
        member = MembershipFactory(organisation=own, roles=["viewer"])
        client = client_of(actor_of(own))
        tag = client.get(place(member))["ETag"]
        Membership.objects.filter(pk=member.pk).update(roles=["editor"], version=2)

        answer = client.delete(place(member), headers={"If-Match": tag})

        assert answer.status_code == 412
        assert Membership.objects.filter(pk=member.pk).exists()


@pytest.mark.parametrize("method", ["patch", "delete"])
class TestManaging:
    def call(self, client: APIClient, method: str, member: Membership) -> Any:
        return client.patch(place(member), {"roles": ["editor"]}) if method == "patch" else client.delete(place(member))

    @pytest.mark.parametrize("role", ["editor", "viewer", "signatory", "compliance"])
    def test_is_for_owners(self, method: str, role: str) -> None:
        own = OrganisationFactory(kind="firm")
        member = MembershipFactory(organisation=own, roles=["viewer"])

        answer = self.call(client_of(actor_of(own, role)), method, member)

        assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing")
        member.refresh_from_db()
        assert member.roles == ["viewer"]

    @pytest.mark.parametrize("age", [None, STEP_UP_LASTS + dt.timedelta(seconds=1)])
    def test_needs_a_fresh_second_factor(self, method: str, age: dt.timedelta | None) -> None:
        own = OrganisationFactory(kind="firm")
        member = MembershipFactory(organisation=own, roles=["viewer"])
        shown_at = None if age is None else utc_now() - age
        client = client_of(dataclasses.replace(actor_of(own), second_factor_at=shown_at))

        answer = self.call(client, method, member)

        assert (answer.status_code, answer.json()["code"]) == (403, "step_up_required")
        member.refresh_from_db()
        assert member.roles == ["viewer"]

    def test_is_not_for_software(self, method: str) -> None:
        own = OrganisationFactory(kind="firm")
        member = MembershipFactory(organisation=own, roles=["viewer"])
        token = key_of(actor_of(own)).token
        client = APIClient(headers={"Authorization": f"Bearer {token}"})

        answer = self.call(client, method, member)

        assert answer.status_code == 403
        member.refresh_from_db()
        assert member.roles == ["viewer"]

    def test_is_for_those_signed_in(self, method: str) -> None:
        assert self.call(APIClient(), method, MembershipFactory(roles=["viewer"])).status_code == 401


class TestLeave:
    @pytest.mark.parametrize("role", ["editor", "viewer", "signatory", "compliance"])
    def test_ends_the_own_membership(self, role: str) -> None:
        own = OrganisationFactory(kind="firm")
        actor = actor_of(own, role)

        answer = client_of(dataclasses.replace(actor, second_factor_at=None)).post(
            f"{BASE}/organisations/{own.pk}/leave"
        )

        assert (answer.status_code, answer.content) == (204, b"")
        assert not Membership.objects.filter(user_id=actor.user_id).exists()
        assert Event.objects.get(name="organisations.membership.left").actor == f"user:{actor.user_id}"

    def test_works_once(self) -> None:
        own = OrganisationFactory()
        client = client_of(actor_of(own, "viewer"))
        client.post(f"{BASE}/organisations/{own.pk}/leave")

        assert client.post(f"{BASE}/organisations/{own.pk}/leave").status_code == 404

    def test_keeps_the_last_owner(self) -> None:
        own = OrganisationFactory()
        actor = actor_of(own)
        actor_of(own, "editor")

        answer = client_of(actor).post(f"{BASE}/organisations/{own.pk}/leave")

        assert (answer.status_code, answer.json()["code"]) == (409, "last_owner")

    def test_finds_no_other(self) -> None:
        other = OrganisationFactory(kind="fund")
        client = client_of(actor_of(OrganisationFactory()))

        found = [plain(client.post(f"{BASE}/organisations/{name}/leave")) for name in (other.pk, FAR, "x")]

        assert found[0][0] == 404
        assert found == [found[0]] * 3

    def test_works_while_acting_for_another(self) -> None:
        user = UserFactory()
        first, second = (MembershipFactory(user=user, roles=["viewer"]) for _ in range(2))
        actor = actor_for_user(user_id=user.pk, organisation_id=first.organisation_id)
        assert actor is not None

        assert client_of(actor).post(f"{BASE}/organisations/{second.organisation_id}/leave").status_code == 204

        assert list(Membership.objects.filter(user=user)) == [first]

    def test_is_not_for_software(self) -> None:
        own = OrganisationFactory()
        token = key_of(actor_of(own)).token
        actor_of(own)

        answer = APIClient().post(f"{BASE}/organisations/{own.pk}/leave", headers={"Authorization": f"Bearer {token}"})

        assert (answer.status_code, answer.json()["code"]) == (403, "leaving_needs_person")
        assert ApiKey.objects.get().revoked_at is None

    def test_tells_software_nothing_of_its_makers_memberships(self) -> None:
        maker = actor_of(OrganisationFactory())
        elsewhere, stranger = OrganisationFactory(kind="fund"), OrganisationFactory(kind="fund")
        MembershipFactory(organisation=elsewhere, user_id=maker.user_id)
        client = APIClient(headers={"Authorization": f"Bearer {key_of(maker).token}"})

        found = [plain(client.post(f"{BASE}/organisations/{name}/leave")) for name in (elsewhere.pk, stranger.pk, FAR)]

        assert found[0][0] == 403
        assert found == [found[0]] * 3

    def test_is_for_those_signed_in(self) -> None:
        assert APIClient().post(f"{BASE}/organisations/{FAR}/leave").status_code == 401
