"""Who is calling: keys, session tokens, browsers; for which organisation; and when no longer."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError
from django.test import Client
from rest_framework.test import APIClient

from apps.accounts.services import user_create
from apps.organisations import services
from apps.organisations.authentication import ApiKeyAuthentication
from apps.organisations.models import ApiKey, Membership
from apps.organisations.services import ApiKeyMade
from apps.organisations.states import Standing
from kernel.access import Actor
from kernel.clock import utc_now
from tests.factories.organisations import MembershipFactory, OrganisationFactory, actor_of, key_of

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
ME = "/api/v1/me"


def call(token: str, path: str = ME, **headers: str) -> Any:
    return APIClient().get(path, headers={"Authorization": f"Bearer {token}", **headers})


@pytest.fixture
def owner() -> Actor:
    return actor_of(OrganisationFactory(kind="firm"))


@pytest.fixture
def made(owner: Actor) -> ApiKeyMade:
    return key_of(owner)


class TestApiKeyAuthentication:
    def test_acts_for_the_keys_organisation_with_its_scopes(self, owner: Actor) -> None:
        answer = call(key_of(owner, "startups.firm.read", "startups.raise.read").token)

        assert answer.status_code == 200
        body = answer.json()
        assert body["permissions"] == ["startups.firm.read", "startups.raise.read"]
        assert body["organisation"]["id"] == str(owner.organisation_id)
        assert body["api_key"]["name"] == "test"
        assert body["user"] is None
        assert body["memberships"] == []

    def test_grants_no_more_than_its_maker_holds_now(self, owner: Actor, made: ApiKeyMade) -> None:
        Membership.objects.filter(user_id=owner.user_id).update(roles=["viewer"])

        held = call(made.token).json()["permissions"]

        assert "startups.raise.read" in held
        assert "startups.raise.create" not in held

    @pytest.mark.parametrize(
        "token",
        [
            "nonsense",
            "tdm_0123456789ab_" + "A" * 43,
            "tdm_0123456789ab_" + "é" * 43,
            "tdm__",
            "",
        ],
    )
    def test_refuses_what_is_no_key(self, token: str) -> None:
        answer = call(token)

        assert answer.status_code == 401
        assert answer["WWW-Authenticate"] == 'Bearer realm="api"'
        assert answer["Content-Type"] == "application/problem+json"

    def test_refuses_a_wrong_secret(self, made: ApiKeyMade) -> None:
        wrong = made.token[:-1] + ("A" if made.token[-1] != "A" else "B")

        assert call(wrong).status_code == 401

    def test_refuses_at_the_next_request_after_revocation(self, owner: Actor, made: ApiKeyMade) -> None:
        assert call(made.token).status_code == 200

        services.api_key_revoke(actor=owner, key=made.key)

        assert call(made.token).status_code == 401

    def test_refuses_after_expiry(self, made: ApiKeyMade) -> None:
        with time_machine.travel(made.key.expires_at + dt.timedelta(seconds=1), tick=False):
            assert call(made.token).status_code == 401

    def test_refuses_when_its_maker_is_disabled_or_gone(self, owner: Actor, made: ApiKeyMade) -> None:
        made.key.created_by.is_active = False
        made.key.created_by.save()
        assert call(made.token).status_code == 401
        made.key.created_by.is_active = True
        made.key.created_by.save()
        assert call(made.token).status_code == 200

        Membership.objects.filter(user_id=owner.user_id).delete()

        assert call(made.token).status_code == 401

    def test_leaves_a_suspended_organisation_what_protects_and_what_verifies_it(self, made: ApiKeyMade) -> None:
        services.organisation_standing_set(
            actor=Actor.system(), organisation=made.key.organisation, standing=Standing.SUSPENDED
        )

        held = call(made.token).json()["permissions"]

        assert held
        others = {name for name in held if name.rpartition(".")[2] not in {"read", "revoke", "remove", "go_dark"}}
        assert others == {
            "compliance.ownership.state",
            "documents.document.withdraw",
            *(f"compliance.verification.{what}" for what in ("open", "provide", "submit", "answer")),
            *(f"documents.upload.{what}" for what in ("create", "cancel")),
        }

    def test_is_of_one_organisation(self, made: ApiKeyMade) -> None:
        answer = call(made.token, **{"X-Organisation": str(OrganisationFactory().pk)})

        assert answer.status_code == 403
        assert answer.json()["code"] == "not_a_member"
        assert call(made.token, **{"X-Organisation": str(made.key.organisation_id)}).status_code == 200

    def test_counts_what_is_refused_for_its_organisation(self, made: ApiKeyMade, settings: Any) -> None:
        settings.API_RATES = {"anonymous": "2/minute"}
        headers = {"Authorization": f"Bearer {made.token}", "X-Organisation": str(made.key.pk)}

        found = [APIClient(REMOTE_ADDR="192.0.2.8").get(ME, headers=headers).status_code for _ in range(3)]

        assert found == [403, 403, 429]

    def test_takes_one_query_to_be_found(self, made: ApiKeyMade, django_assert_num_queries: Any) -> None:
        call(made.token)

        with django_assert_num_queries(2):  # the key; /me reads it again
            call(made.token)


class TestLastUse:
    def test_is_noted_at_most_once_a_minute(self, made: ApiKeyMade) -> None:
        start = utc_now()

        with time_machine.travel(start, tick=False) as clock:
            call(made.token)
            clock.shift(dt.timedelta(seconds=59))
            call(made.token)
            assert ApiKey.objects.get().last_used_at == start
            clock.shift(dt.timedelta(seconds=1))
            call(made.token)

        assert ApiKey.objects.get().last_used_at == start + dt.timedelta(seconds=60)

    def test_does_not_break_a_request_when_it_cannot_be_written(
        self, made: ApiKeyMade, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: Any, **__: Any) -> None:
            raise DatabaseError("cannot execute UPDATE in a read-only transaction")

        monkeypatch.setattr("django.db.models.query.QuerySet.update", refuse)

        assert call(made.token).status_code == 200


class TestSessionTokenAuthentication:
    def sign_in(self) -> tuple[Any, str]:
        user = user_create(actor=Actor.system(), email="olena@example.org", password=PASSWORD)
        answer = Client().post(
            "/_allauth/app/v1/auth/login",
            {"email": "olena@example.org", "password": PASSWORD},
            content_type="application/json",
        )
        return user, answer.json()["meta"]["session_token"]

    def me(self, token: str, **headers: str) -> Any:
        return APIClient().get(ME, headers={"X-Session-Token": token, **headers})

    def test_acts_for_the_only_membership(self) -> None:
        user, token = self.sign_in()
        membership = MembershipFactory(user=user, roles=["editor"])

        body = self.me(token).json()

        assert body["user"]["email"] == "olena@example.org"
        assert body["organisation"]["id"] == str(membership.organisation_id)
        assert body["roles"] == ["editor"]

    def test_lets_the_header_choose_among_several(self) -> None:
        user, token = self.sign_in()
        first, second = MembershipFactory.create_batch(2, user=user)

        unchosen = self.me(token).json()
        chosen = self.me(token, **{"X-Organisation": str(second.organisation_id)}).json()

        assert unchosen["organisation"] is None
        assert unchosen["permissions"] == []
        assert [item["organisation"]["id"] for item in unchosen["memberships"]] == [
            str(first.organisation_id),
            str(second.organisation_id),
        ]
        assert chosen["organisation"]["id"] == str(second.organisation_id)

    @pytest.mark.parametrize("named", ["another", "no-id", ""])
    def test_refuses_an_organisation_that_is_not_theirs(self, named: str) -> None:
        user, token = self.sign_in()
        MembershipFactory(user=user)
        value = str(OrganisationFactory().pk) if named == "another" else named

        answer = self.me(token, **{"X-Organisation": value})

        assert answer.status_code == 403
        assert answer.json()["code"] == "not_a_member"

    def test_ends_with_the_membership_and_with_the_account(self) -> None:
        user, token = self.sign_in()
        membership = MembershipFactory(user=user)
        assert self.me(token).json()["organisation"] is not None

        membership.delete()
        assert self.me(token).json()["organisation"] is None

        user.is_active = False
        user.save()
        assert self.me(token).status_code == 401

    def test_refuses_a_token_that_is_none(self) -> None:
        answer = self.me("nothing")

        assert answer.status_code == 401
        assert "WWW-Authenticate" in answer


class TestBrowserSessionAuthentication:
    def browser(self, *, checks: bool) -> tuple[APIClient, Actor]:
        actor = actor_of(OrganisationFactory(kind="firm"))
        client = APIClient(enforce_csrf_checks=checks)
        client.force_login(
            Membership.objects.get(user_id=actor.user_id).user, "allauth.account.auth_backends.AuthenticationBackend"
        )
        return client, actor

    def test_acts_for_the_membership(self) -> None:
        client, actor = self.browser(checks=True)

        assert client.get(ME).json()["organisation"]["id"] == str(actor.organisation_id)

    def test_needs_the_token_to_change_anything(self) -> None:
        client, actor = self.browser(checks=True)

        answer = client.patch(f"/api/v1/organisations/{actor.organisation_id}", {"legal_name_uk": "Назва"})

        assert answer.status_code == 403

    def test_changes_with_the_token(self) -> None:
        client, actor = self.browser(checks=False)

        answer = client.patch(f"/api/v1/organisations/{actor.organisation_id}", {"legal_name_uk": "Назва"})

        assert answer.status_code == 200


class TestNobody:
    def test_is_refused_before_any_lookup(self, django_assert_num_queries: Any) -> None:
        with django_assert_num_queries(0):
            answer = APIClient().get("/api/v1/organisations/00000000-0000-7000-8000-000000000000")

        assert answer.status_code == 401

    def test_basic_credentials_are_no_key(self) -> None:
        assert APIClient().get(ME, headers={"Authorization": "Basic YTpi"}).status_code == 401
        assert ApiKeyAuthentication().authenticate_header(None) == 'Bearer realm="api"'  # type: ignore[arg-type]
