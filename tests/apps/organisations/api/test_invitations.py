"""The REST interface of invitations."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.organisations.models import Invitation, Membership, Organisation
from apps.organisations.services.invitations import INVITATION_LASTS
from kernel.access import Actor
from kernel.clock import utc_now
from kernel.ids import uuid7
from kernel.models import Delivery, Event
from kernel.outbox import delivery_make
from tests.apps.organisations.services.test_invitations import ADDRESS, TOKEN, invite, mailed, person
from tests.factories.organisations import MembershipFactory, OrganisationFactory, actor_of, client_of, key_of

pytestmark = pytest.mark.django_db

BASE = "/api/v1"
ACCEPT = f"{BASE}/invitations/accept"
FAR = uuid7()


@pytest.fixture
def owner() -> Actor:
    return actor_of(OrganisationFactory(kind="firm", legal_name="Vyriy"))


def place(actor: Actor) -> str:
    return f"{BASE}/organisations/{actor.organisation_id}/invitations"


def ask(client: APIClient, actor: Actor, *roles: str, email: str = ADDRESS) -> Any:
    return client.post(place(actor), {"email": email, "roles": list(roles) or ["viewer"]})


def plain(answer: Any) -> tuple[int, Any]:
    """Status and body without the request's own id."""
    return answer.status_code, {**answer.json(), "request_id": ""}


class TestCreate:
    def test_invites_and_mails_after_the_answer(self, owner: Actor) -> None:
        client = client_of(owner)

        answer = ask(client, owner, "editor", email="Olena@Example.org")

        assert answer.status_code == 201
        body = answer.json()
        assert (body["email"], body["roles"], body["is_open"], body["mailed_at"]) == (ADDRESS, ["editor"], True, None)
        assert not any("token" in name for name in body)
        assert mail.outbox == []
        delivery_make(delivery_id=Delivery.objects.get().pk)
        assert [message.to for message in mail.outbox] == [[ADDRESS]]
        assert client.get(place(owner)).json()["results"][0]["mailed_at"] is not None

    def test_answers_alike_whether_there_is_an_account(self, owner: Actor) -> None:
        MembershipFactory(user=person("known@example.org"))
        client = client_of(owner)
        shown = []
        for name in ("known", "unknown"):
            with CaptureQueriesContext(connection) as queries:
                answer = ask(client, owner, email=f"{name}@example.org")
            shown.append((answer.status_code, set(answer.json()), answer.json()["mailed_at"], len(queries)))

        assert shown[0] == shown[1]

    def test_refuses_a_member(self, owner: Actor) -> None:
        user = User.objects.get(pk=owner.user_id)

        answer = ask(client_of(owner), owner, email=user.email.upper())

        assert (answer.status_code, answer.json()["code"]) == (409, "already_member")

    @pytest.mark.parametrize(
        ("change", "pointer"),
        [
            ({"email": "nobody"}, "/email"),
            ({"email": None}, "/email"),
            ({"email": f"{'a' * 250}@example.org"}, "/email"),
            ({"roles": []}, "/roles"),
            ({"roles": ["officer"]}, "/roles"),
            ({"roles": ["king"]}, "/roles/0"),
        ],
    )
    def test_points_at_what_is_wrong(self, owner: Actor, change: dict[str, Any], pointer: str) -> None:
        answer = client_of(owner).post(place(owner), {"email": ADDRESS, "roles": ["viewer"], **change})

        assert answer.status_code == 422
        assert [problem["pointer"] for problem in answer.json()["errors"]] == [pointer]
        assert not Invitation.objects.exists()

    def test_takes_nothing_else_from_the_body(self, owner: Actor) -> None:
        other = OrganisationFactory()
        body = {"email": ADDRESS, "roles": ["viewer"], "organisation": str(other.pk), "token_hash": "0" * 64}

        client_of(owner).post(place(owner), {**body, "expires_at": "2099-01-01T00:00:00Z", "accepted_at": None})

        made = Invitation.objects.get()
        assert (made.organisation_id, made.expires_at - made.created_at) == (owner.organisation_id, INVITATION_LASTS)
        assert made.token_hash != "0" * 64

    @pytest.mark.parametrize("role", ["owner", "signatory", "compliance"])
    def test_needs_a_fresh_second_factor_for_the_strong_roles(self, owner: Actor, role: str) -> None:
        stale = client_of(dataclasses.replace(owner, second_factor_at=None))

        refused = ask(stale, owner, "viewer", role)

        assert (refused.status_code, refused.json()["code"]) == (403, "step_up_required")
        assert not Invitation.objects.exists()
        assert ask(stale, owner, "viewer", "editor").status_code == 201
        assert ask(client_of(owner), owner, "viewer", role).status_code == 201

    @pytest.mark.parametrize("role", ["viewer", "editor"])
    def test_needs_one_for_anybody_whom_an_operator_invites(self, role: str) -> None:
        owner = actor_of(OrganisationFactory(kind="operator"))

        assert ask(client_of(dataclasses.replace(owner, second_factor_at=None)), owner, role).status_code == 403
        assert ask(client_of(owner), owner, role).status_code == 201

    def test_needs_one_for_officers_too(self) -> None:
        owner = actor_of(OrganisationFactory(kind="authority"))

        assert ask(client_of(dataclasses.replace(owner, second_factor_at=None)), owner, "officer").status_code == 403
        assert ask(client_of(owner), owner, "officer").status_code == 201

    @pytest.mark.parametrize("role", ["editor", "viewer", "signatory", "compliance"])
    def test_is_for_owners(self, owner: Actor, role: str) -> None:
        client = client_of(actor_of(Organisation.objects.get(pk=owner.organisation_id), role))

        assert ask(client, owner).status_code == 403
        assert client.get(place(owner)).status_code == 403

    def test_is_not_for_software(self, owner: Actor) -> None:
        client = APIClient(headers={"Authorization": f"Bearer {key_of(owner).token}"})

        answer = ask(client, owner)

        assert (answer.status_code, answer.json()["code"]) == (403, "members_need_person")

    def test_finds_no_other_organisation(self, owner: Actor) -> None:
        client = client_of(actor_of(OrganisationFactory(kind="fund")))

        theirs, nobodys = ask(client, owner), ask(client, dataclasses.replace(owner, organisation_id=FAR))

        assert theirs.status_code == 404
        assert plain(theirs) == plain(nobodys)
        assert not Invitation.objects.exists()


class TestList:
    def test_shows_the_own_ones_without_token(self, owner: Actor) -> None:
        invitation = invite(owner)
        token = mailed(invitation)
        invite(actor_of(OrganisationFactory()))

        answer = client_of(owner).get(place(owner))

        assert [row["id"] for row in answer.json()["results"]] == [str(invitation.pk)]
        invitation.refresh_from_db()
        assert token not in answer.content.decode()
        assert invitation.token_hash not in answer.content.decode()

    def test_finds_no_other_organisation(self, owner: Actor) -> None:
        client = client_of(actor_of(OrganisationFactory(kind="fund")))

        found = [plain(client.get(f"{BASE}/organisations/{name}/invitations")) for name in (owner.organisation_id, FAR)]

        assert found[0][0] == 404
        assert found[0] == found[1]

    def test_takes_as_many_queries_for_many_as_for_few(self, owner: Actor, django_assert_num_queries: Any) -> None:
        client = client_of(owner)
        for size in (2, 9):
            for number in range(size):
                invite(owner, email=f"person{size}.{number}@example.org")

            with django_assert_num_queries(2):  # the organisation, the invitations
                assert len(client.get(place(owner)).json()["results"]) >= size

    def test_comes_in_pages(self, owner: Actor) -> None:
        made = [invite(owner, email=f"person{number}@example.org") for number in range(3)]
        client = client_of(owner)

        first = client.get(f"{place(owner)}?page_size=2").json()
        second = client.get(first["next"]).json()

        shown = [row["id"] for row in first["results"] + second["results"]]
        assert shown == [str(item.pk) for item in reversed(made)]


class TestRevoke:
    def test_is_in_force_at_once(self, owner: Actor) -> None:
        invitation = invite(owner)
        token = mailed(invitation)

        answer = client_of(owner).post(f"{place(owner)}/{invitation.pk}/revoke")

        assert (answer.status_code, answer.json()["is_open"]) == (200, False)
        assert answer.json()["revoked_at"] is not None
        assert client_of(Actor(user_id=person().pk)).post(ACCEPT, {"token": token}).status_code == 422

    def test_finds_no_other(self, owner: Actor) -> None:
        stranger = actor_of(OrganisationFactory(kind="fund"))
        client = client_of(stranger)
        invitation = invite(owner)

        found = [
            plain(client.post(path))
            for path in (
                f"{place(owner)}/{invitation.pk}/revoke",
                f"{place(stranger)}/{invitation.pk}/revoke",
                f"{place(stranger)}/{FAR}/revoke",
                f"{place(stranger)}/x/revoke",
            )
        ]

        assert found[0][0] == 404
        assert found == [found[0]] * 4
        assert Invitation.objects.get().is_open

    @pytest.mark.parametrize("role", ["editor", "viewer", "signatory", "compliance"])
    def test_is_for_owners(self, owner: Actor, role: str) -> None:
        invitation = invite(owner)
        client = client_of(actor_of(Organisation.objects.get(pk=owner.organisation_id), role))

        assert client.post(f"{place(owner)}/{invitation.pk}/revoke").status_code == 403
        assert Invitation.objects.get().is_open

    def test_is_not_for_software(self, owner: Actor) -> None:
        invitation = invite(owner)
        client = APIClient(headers={"Authorization": f"Bearer {key_of(owner).token}"})

        answer = client.post(f"{place(owner)}/{invitation.pk}/revoke")

        assert (answer.status_code, answer.json()["code"]) == (403, "members_need_person")

    def test_refuses_what_was_accepted(self, owner: Actor) -> None:
        invitation = invite(owner)
        client_of(Actor(user_id=person().pk)).post(ACCEPT, {"token": mailed(invitation)})

        answer = client_of(owner).post(f"{place(owner)}/{invitation.pk}/revoke")

        assert (answer.status_code, answer.json()["code"]) == (409, "invitation_accepted")


class TestAccept:
    def test_joins_whoever_confirmed_the_address(self, owner: Actor) -> None:
        ask(client_of(owner), owner, "editor")
        delivery_make(delivery_id=Delivery.objects.get().pk)
        found = TOKEN.search(str(mail.outbox[0].body))
        assert found is not None
        user = person()

        answer = client_of(Actor(user_id=user.pk)).post(ACCEPT, {"token": found.group(1)})

        assert answer.status_code == 200
        body = answer.json()
        assert (body["organisation"]["id"], body["roles"]) == (str(owner.organisation_id), ["editor"])
        assert Membership.objects.get(user=user).roles == ["editor"]

    def test_works_for_members_of_others(self, owner: Actor) -> None:
        member = MembershipFactory(user=person())
        actor = Actor(user_id=member.user_id, organisation_id=member.organisation_id)

        answer = client_of(actor).post(ACCEPT, {"token": mailed(invite(owner))})

        assert answer.status_code == 200
        assert Membership.objects.filter(user_id=member.user_id).count() == 2

    def test_refuses_all_that_is_wrong_alike(self, owner: Actor) -> None:
        user = person()
        EmailAddress.objects.create(user=user, email="unconfirmed@example.org", verified=False)
        client = client_of(Actor(user_id=user.pk))
        used = mailed(invite(owner))
        client.post(ACCEPT, {"token": used})
        Membership.objects.filter(user=user).delete()
        revoked = invite(owner)
        tokens = {"used": used, "forged": "A" * 43, "foreign": mailed(invite(owner, email="other@example.org"))}
        tokens["unconfirmed"] = mailed(invite(owner, email="unconfirmed@example.org"))
        tokens["revoked"] = mailed(revoked)
        Invitation.objects.filter(pk=revoked.pk).update(revoked_at=utc_now())
        expired = invite(owner)
        tokens["expired"] = mailed(expired)
        Invitation.objects.filter(pk=expired.pk).update(expires_at=utc_now())
        before = Event.objects.count()

        answers = {name: plain(client.post(ACCEPT, {"token": token})) for name, token in tokens.items()}

        assert answers["used"][0] == 422
        assert answers["used"][1]["code"] == "invitation_not_usable"
        assert answers == dict.fromkeys(answers, answers["used"])
        assert len(answers) == 6
        assert not Membership.objects.filter(user=user).exists()
        assert Event.objects.count() == before

    @pytest.mark.parametrize("body", [{}, {"token": None}, {"token": ""}, {"token": "A" * 201}, {"token": ["x"]}])
    def test_needs_a_token(self, owner: Actor, body: dict[str, Any]) -> None:
        answer = client_of(Actor(user_id=person().pk)).post(ACCEPT, body)

        assert answer.status_code == 422
        assert [problem["pointer"] for problem in answer.json()["errors"]] == ["/token"]

    def test_is_not_for_software(self, owner: Actor) -> None:
        client = APIClient(headers={"Authorization": f"Bearer {key_of(owner).token}"})

        answer = client.post(ACCEPT, {"token": mailed(invite(owner))})

        assert (answer.status_code, answer.json()["code"]) == (403, "accepting_needs_person")

    def test_is_for_those_signed_in(self, owner: Actor) -> None:
        assert APIClient().post(ACCEPT, {"token": mailed(invite(owner))}).status_code == 401
        assert Invitation.objects.get().is_open
