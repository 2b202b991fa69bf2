"""What was taken away is gone at the very next request: a hundred times out of a hundred, with real credentials."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.organisations import services
from apps.organisations.models import ApiKey, DisclosureGrant, Membership, Organisation
from apps.organisations.states import Standing
from kernel.access import Actor
from kernel.clock import utc_now
from tests.factories.organisations import (
    GrantFactory,
    MembershipFactory,
    OrganisationFactory,
    actor_of,
    client_of,
    key_of,
    undertaking_of,
)
from tests.factories.startups import CapabilityFactory, FirmFactory

pytestmark = pytest.mark.django_db

ROUNDS = 100


@pytest.fixture(autouse=True)
def unlimited(settings: Any) -> None:
    settings.API_RATES = {}


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Callable[[str, int], None]:
    """Says how often it held."""

    def say(what: str, held: int) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\nrevocation: {what}: {held} of {ROUNDS}\n")
        assert held == ROUNDS

    return say


class Market:
    """A firm with a published capability, its owner; a fund with a grant, a member with a session and a key."""

    def __init__(self) -> None:
        self.firm = FirmFactory(naming="all_verified")
        self.capability = CapabilityFactory(firm=self.firm)
        self.owner = actor_of(self.firm.organisation)
        self.fund = OrganisationFactory(kind="fund", country="DE")
        self.fund_owner = actor_of(self.fund)
        self.grant = GrantFactory(viewer=self.fund, subject=self.firm.organisation)
        self.member = MembershipFactory(organisation=self.fund, roles=["editor"])

    @property
    def place(self) -> str:
        return f"/api/v1/capabilities/{self.capability.pk}"


@pytest.fixture
def market(db: None) -> Market:
    return Market()


def with_session(user: User) -> APIClient:
    """A client with a session of the person, as a sign-in leaves it."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    client = APIClient()
    client.credentials(HTTP_X_SESSION_TOKEN=session.session_key)
    return client


def with_key(token: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def done(response: Any) -> Any:
    """The response of a call that had to work."""
    assert response.status_code in {200, 201, 204}, response.content
    return response


class TestOrganisations:
    def test_gone_dark(self, market: Market, tell: Callable[[str, int], None]) -> None:
        viewer, owner, held = with_session(market.member.user), client_of(market.owner), 0
        organisation = f"/api/v1/organisations/{market.firm.organisation_id}"

        for _ in range(ROUNDS):
            assert viewer.get(market.place).status_code == 200
            done(owner.post(f"{organisation}/go-dark"))
            listed = viewer.get("/api/v1/startups?with_count=true").json()
            is_gone = viewer.get(market.place).status_code == 404
            held += is_gone and listed["count"] == 0 and listed["results"] == []
            done(owner.post(f"{organisation}/return"))

        tell("organisation gone dark", held)

    def test_suspended(self, market: Market, tell: Callable[[str, int], None]) -> None:
        viewer, own, held = with_session(market.member.user), with_key(key_of(market.owner).token), 0

        def standing_set(standing: str) -> None:
            organisation = Organisation.objects.get(pk=market.firm.organisation_id)
            services.organisation_standing_set(actor=Actor.system(), organisation=organisation, standing=standing)

        for number in range(ROUNDS):
            assert viewer.get(market.place).status_code == 200
            assert own.patch(market.place, {"title": f"Before {number}"}).status_code == 200
            standing_set(Standing.SUSPENDED)
            refused = own.patch(market.place, {"title": "After"}).status_code == 403
            held += refused and viewer.get(market.place).status_code == 404
            standing_set(Standing.VERIFIED)

        tell("organisation suspended", held)


class TestPeople:
    def test_membership_removed(self, market: Market, tell: Callable[[str, int], None]) -> None:
        owner, held = client_of(market.fund_owner), 0

        for _ in range(ROUNDS):
            member = MembershipFactory(organisation=market.fund, roles=["editor"])
            session = with_session(member.user)
            assert session.get(market.place).status_code == 200
            done(owner.delete(f"/api/v1/organisations/{market.fund.pk}/members/{member.pk}"))
            held += session.get(market.place).status_code == 403

        tell("membership removed, session", held)

    def test_key_of_a_removed_member(self, market: Market, tell: Callable[[str, int], None]) -> None:
        owner, held = client_of(market.fund_owner), 0

        for _ in range(ROUNDS):
            actor = actor_of(market.fund)
            member = Membership.objects.get(user_id=actor.user_id)
            key = with_key(key_of(actor).token)
            assert key.get(market.place).status_code == 200
            done(owner.delete(f"/api/v1/organisations/{market.fund.pk}/members/{member.pk}"))
            held += key.get(market.place).status_code == 401

        tell("membership removed, key", held)

    def test_role_lost(self, market: Market, tell: Callable[[str, int], None]) -> None:
        owner, held = client_of(market.owner), 0
        member = MembershipFactory(organisation=market.firm.organisation, roles=["editor"])
        session = with_session(member.user)
        place = f"/api/v1/organisations/{market.firm.organisation_id}/members/{member.pk}"

        for number in range(ROUNDS):
            assert session.patch(market.place, {"title": f"Title {number}"}).status_code == 200
            done(owner.patch(place, {"roles": ["viewer"]}))
            held += session.patch(market.place, {"title": "After"}).status_code == 403
            done(owner.patch(place, {"roles": ["editor"]}))

        tell("role lost", held)

    @pytest.mark.parametrize("means", ["session", "key"])
    def test_person_disabled(self, market: Market, tell: Callable[[str, int], None], means: str) -> None:
        held = 0

        for _ in range(ROUNDS):
            actor = actor_of(market.fund)
            user = User.objects.get(pk=actor.user_id)
            client = with_session(user) if means == "session" else with_key(key_of(actor).token)
            assert client.get(market.place).status_code == 200
            User.objects.filter(pk=user.pk).update(is_active=False)
            held += client.get(market.place).status_code == 401

        tell(f"person disabled, {means}", held)


class TestKeys:
    def test_revoked(self, market: Market, tell: Callable[[str, int], None]) -> None:
        owner, held = client_of(market.fund_owner), 0

        for _ in range(ROUNDS):
            made = key_of(market.fund_owner)
            client = with_key(made.token)
            assert client.get(market.place).status_code == 200
            done(owner.post(f"/api/v1/api-keys/{made.key.pk}/revoke"))
            held += client.get(market.place).status_code == 401

        tell("key revoked", held)

    def test_expired(self, market: Market, tell: Callable[[str, int], None]) -> None:
        held = 0

        for _ in range(ROUNDS):
            made = key_of(market.fund_owner)
            client = with_key(made.token)
            assert client.get(market.place).status_code == 200
            ApiKey.objects.filter(pk=made.key.pk).update(expires_at=utc_now())
            held += client.get(market.place).status_code == 401

        tell("key expired", held)


class TestDisclosure:
    def test_grant_revoked(self, market: Market, tell: Callable[[str, int], None]) -> None:
        viewer, owner, held = with_session(market.member.user), client_of(market.owner), 0
        market.grant.delete()

        for _ in range(ROUNDS):
            given = done(owner.post("/api/v1/disclosure-grants", {"viewer": str(market.fund.pk), "tier": 2})).json()
            assert "description" in viewer.get(market.place).json()
            done(owner.post(f"/api/v1/disclosure-grants/{given['id']}/revoke"))
            held += _is_t1(viewer.get(market.place))

        tell("grant revoked", held)

    def test_grant_run_out(self, market: Market, tell: Callable[[str, int], None]) -> None:
        viewer, held = with_session(market.member.user), 0
        grant = DisclosureGrant.objects.filter(pk=market.grant.pk)

        for _ in range(ROUNDS):
            grant.update(until=utc_now() + dt.timedelta(days=1))
            assert "description" in viewer.get(market.place).json()
            grant.update(since=utc_now() - dt.timedelta(days=2), until=utc_now() - dt.timedelta(days=1))
            held += _is_t1(viewer.get(market.place))

        tell("grant run out", held)

    def test_new_version_of_the_undertaking(
        self, market: Market, tell: Callable[[str, int], None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        viewer, held = with_session(market.member.user), 0

        for number in range(ROUNDS):
            undertaking_of(market.fund)
            assert "description" in viewer.get(market.place).json()
            with monkeypatch.context() as context:
                context.setattr("apps.organisations.disclosure.UNDERTAKING", f"2027-{number}")
                held += _is_t1(viewer.get(market.place))

        tell("new version of the undertaking", held)


def _is_t1(response: Any) -> bool:
    shown = response.json()
    return response.status_code == 200 and "title" in shown and "description" not in shown and "unit_cost" not in shown
