"""The REST interface of API keys."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from rest_framework.settings import api_settings
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.organisations import services
from apps.organisations.models import ApiKey, Membership, Organisation
from kernel.access import Actor
from kernel.api.permissions import STEP_UP_LASTS
from kernel.clock import utc_now
from kernel.ids import uuid7
from tests.factories.organisations import OrganisationFactory, actor_of, client_of, key_of

pytestmark = pytest.mark.django_db

BASE = "/api/v1"
PLACE = f"{BASE}/api-keys"


@pytest.fixture(autouse=True)
def _uncounted() -> None:
    """Refused keys are counted by address, all tests together."""
    cache.clear()


def body(*scopes: str, **more: Any) -> dict[str, Any]:
    expires_at = (utc_now() + dt.timedelta(days=90)).isoformat()
    return {"name": "CRM", "scopes": list(scopes) or ["startups.firm.read"], "expires_at": expires_at, **more}


def me(token: str, **meta: str) -> Any:
    return APIClient().get(f"{BASE}/me", headers={"Authorization": f"Bearer {token}"}, **meta)


def plain(answer: Any) -> tuple[int, Any]:
    """Status and body without the request's own id."""
    return answer.status_code, {**answer.json(), "request_id": ""}


class TestCreate:
    def test_shows_the_secret_once(self) -> None:
        client = client_of(actor_of(OrganisationFactory(kind="fund")))

        made = client.post(PLACE, body("investors.mandate.read"))

        assert made.status_code == 201
        token, key = made.json()["token"], made.json()["key"]
        assert (key["is_usable"], key["allowed_networks"], key["last_used_at"]) == (True, [], None)
        listed = client.get(PLACE).json()["results"]
        assert listed == [key]
        assert token.split("_")[1] == key["prefix"]
        assert token.split("_", 2)[2] not in str(listed)
        assert ApiKey.objects.get().secret_hash not in str(listed)
        assert me(token).json()["permissions"] == ["investors.mandate.read"]

    def test_shows_the_last_use(self) -> None:
        client = client_of(actor_of(OrganisationFactory(kind="fund")))
        me(client.post(PLACE, body()).json()["token"])

        assert client.get(PLACE).json()["results"][0]["last_used_at"] is not None

    def test_refuses_scopes_that_its_maker_does_not_hold(self) -> None:
        client = client_of(actor_of(OrganisationFactory(kind="fund")))

        answer = client.post(PLACE, body("startups.firm.read", "startups.raise.create"))

        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/scopes"

    @pytest.mark.parametrize(
        ("networks", "pointer"),
        [
            (["x"], "/allowed_networks/0"),
            (["192.0.2.0/24", "192.0.2.1/24"], "/allowed_networks/1"),
            (["192.0.2.0"] * 21, "/allowed_networks"),
            ("192.0.2.0/24", "/allowed_networks"),
            ([None], "/allowed_networks/0"),
            (["1" * 65], "/allowed_networks/0"),
        ],
    )
    def test_points_at_networks_that_are_none(self, networks: Any, pointer: str) -> None:
        client = client_of(actor_of(OrganisationFactory(kind="firm")))

        answer = client.post(PLACE, body(allowed_networks=networks))

        assert answer.status_code == 422
        assert [problem["pointer"] for problem in answer.json()["errors"]] == [pointer]

    def test_takes_nothing_else_from_the_body(self) -> None:
        actor = actor_of(OrganisationFactory(kind="firm"))
        stray = {"organisation": str(OrganisationFactory().pk), "prefix": "0" * 12, "created_by": str(uuid7())}

        client_of(actor).post(PLACE, body(**stray, secret_hash="0" * 64, last_used_at="2020-01-01T00:00:00Z"))

        key = ApiKey.objects.get()
        assert (key.organisation_id, key.created_by_id) == (actor.organisation_id, actor.user_id)
        assert key.last_used_at is None
        assert "0" * 12 not in (key.prefix, key.secret_hash[:12])

    @pytest.mark.parametrize("age", [None, STEP_UP_LASTS + dt.timedelta(seconds=1)])
    def test_needs_a_fresh_second_factor(self, age: dt.timedelta | None) -> None:
        shown_at = None if age is None else utc_now() - age
        actor = dataclasses.replace(actor_of(OrganisationFactory(kind="firm")), second_factor_at=shown_at)

        answer = client_of(actor).post(PLACE, body())

        assert (answer.status_code, answer.json()["code"]) == (403, "step_up_required")
        assert not ApiKey.objects.exists()

    def test_is_not_for_software(self) -> None:
        token = key_of(actor_of(OrganisationFactory(kind="firm"))).token

        answer = APIClient().post(PLACE, body(), headers={"Authorization": f"Bearer {token}"})

        assert answer.status_code == 403
        assert ApiKey.objects.count() == 1

    @pytest.mark.parametrize("role", ["editor", "viewer", "signatory", "compliance"])
    def test_is_for_owners(self, role: str) -> None:
        client = client_of(actor_of(OrganisationFactory(kind="firm"), role))

        answer = client.post(PLACE, body())

        assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing")


class TestList:
    @pytest.mark.parametrize("role", ["owner", "compliance"])
    def test_is_for_owners_and_compliance(self, role: str) -> None:
        own = OrganisationFactory(kind="fund")
        made = key_of(actor_of(own))
        key_of(actor_of(OrganisationFactory(kind="fund")))

        rows = client_of(actor_of(own, role)).get(PLACE).json()["results"]

        assert [row["id"] for row in rows] == [str(made.key.pk)]

    @pytest.mark.parametrize("role", ["editor", "viewer", "signatory"])
    def test_is_for_no_other_role(self, role: str) -> None:
        assert client_of(actor_of(OrganisationFactory(kind="fund"), role)).get(PLACE).status_code == 403

    def test_shows_which_keys_are_void(self) -> None:
        own = OrganisationFactory(kind="fund")
        owner, gone, disabled = (actor_of(own) for _ in range(3))
        keys = {name: key_of(owner).key for name in ("good", "expired", "revoked")}
        keys |= {"gone": key_of(gone).key, "disabled": key_of(disabled).key}
        ApiKey.objects.filter(pk=keys["expired"].pk).update(expires_at=utc_now())
        services.api_key_revoke(actor=owner, key=keys["revoked"])
        Membership.objects.filter(user_id=gone.user_id).delete()
        User.objects.filter(pk=disabled.user_id).update(is_active=False)

        rows = client_of(owner).get(PLACE).json()["results"]

        usable = {row["id"]: row["is_usable"] for row in rows}
        assert {name: usable[str(key.pk)] for name, key in keys.items()} == {
            "good": True,
            "expired": False,
            "revoked": False,
            "gone": False,
            "disabled": False,
        }

    def test_takes_as_many_queries_for_many_as_for_few(self, django_assert_num_queries: Any) -> None:
        owner = actor_of(OrganisationFactory())
        client = client_of(owner)
        for size in (2, 9):
            for _ in range(size):
                key_of(owner)

            with django_assert_num_queries(1):
                assert len(client.get(PLACE).json()["results"]) >= size


class TestRevoke:
    @pytest.mark.parametrize("role", ["owner", "compliance"])
    def test_is_in_force_at_the_next_request(self, role: str) -> None:
        own = OrganisationFactory(kind="firm")
        made = key_of(actor_of(own))
        assert me(made.token).status_code == 200

        answer = client_of(dataclasses.replace(actor_of(own, role), second_factor_at=None)).post(
            f"{PLACE}/{made.key.pk}/revoke"
        )

        assert (answer.status_code, answer.json()["is_usable"]) == (200, False)
        assert answer.json()["revoked_at"]
        assert me(made.token).status_code == 401

    @pytest.mark.parametrize("role", ["editor", "viewer", "signatory"])
    def test_is_for_no_other_role(self, role: str) -> None:
        own = OrganisationFactory(kind="firm")
        made = key_of(actor_of(own))

        assert client_of(actor_of(own, role)).post(f"{PLACE}/{made.key.pk}/revoke").status_code == 403
        assert me(made.token).status_code == 200

    def test_finds_no_key_of_another(self) -> None:
        made = key_of(actor_of(OrganisationFactory()))
        stranger = client_of(actor_of(OrganisationFactory()))

        found = [plain(stranger.post(f"{PLACE}/{name}/revoke")) for name in (made.key.pk, uuid7(), "x")]

        assert found[0][0] == 404
        assert found == [found[0]] * 3
        assert stranger.get(PLACE).json()["results"] == []
        assert me(made.token).status_code == 200


class TestAllowedNetworks:
    @pytest.fixture
    def token(self) -> str:
        client = client_of(actor_of(OrganisationFactory(kind="firm")))
        made = client.post(PLACE, body(allowed_networks=["192.0.2.0/24", "2001:db8::/32"]))
        assert made.json()["key"]["allowed_networks"] == ["192.0.2.0/24", "2001:db8::/32"]
        return str(made.json()["token"])

    @pytest.mark.parametrize("address", ["192.0.2.1", "::ffff:192.0.2.255", "2001:db8:1::1"])
    def test_let_in(self, token: str, address: str) -> None:
        assert me(token, REMOTE_ADDR=address).status_code == 200

    @pytest.mark.parametrize("address", ["192.0.3.1", "127.0.0.1", "2001:db9::1", "", "unix"])
    def test_keep_out_like_a_wrong_key(self, token: str, address: str) -> None:
        refused = me(token, REMOTE_ADDR=address)
        unknown = me("tdm_0123456789ab_" + "A" * 43, REMOTE_ADDR=address)

        assert refused.status_code == 401
        assert plain(refused) == plain(unknown)
        assert refused["WWW-Authenticate"] == unknown["WWW-Authenticate"]
        assert ApiKey.objects.get().last_used_at is None

    def test_believe_a_forwarded_address_only_behind_a_proxy(self, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
        forwarded = {"REMOTE_ADDR": "198.51.100.1", "HTTP_X_FORWARDED_FOR": "203.0.113.9, 192.0.2.1"}

        assert me(token, **forwarded).status_code == 401
        monkeypatch.setattr(api_settings, "NUM_PROXIES", 1)
        assert me(token, **forwarded).status_code == 200
        assert me(token, **{**forwarded, "HTTP_X_FORWARDED_FOR": "192.0.2.1, 203.0.113.9"}).status_code == 401


def disable(actor: Actor) -> None:
    User.objects.filter(pk=actor.user_id).update(is_active=False)


def remove(actor: Actor) -> None:
    services.membership_remove(actor=Actor.system(), membership=Membership.objects.get(user_id=actor.user_id))


def revoke(actor: Actor) -> None:
    services.api_key_revoke(actor=actor, key=ApiKey.objects.get(created_by_id=actor.user_id))


def demote(actor: Actor) -> None:
    services.membership_change(
        actor=Actor.system(), membership=Membership.objects.get(user_id=actor.user_id), roles=["viewer"]
    )


class TestVoidness:
    @pytest.mark.long
    @pytest.mark.parametrize("end", [disable, remove, revoke])
    def test_is_in_force_at_the_next_request(self, end: Callable[[Actor], None]) -> None:
        own = OrganisationFactory(kind="firm")
        makers = [actor_of(own) for _ in range(20)]
        actor_of(own)
        tokens = [(maker, key_of(maker).token) for maker in makers]
        assert {me(token).status_code for _, token in tokens} == {200}

        answers = []
        for maker, token in tokens:
            end(maker)
            answers.append(me(token).status_code)

        assert answers == [401] * 20

    def test_narrows_with_a_lost_role(self) -> None:
        own = OrganisationFactory(kind="firm")
        maker = actor_of(own)
        actor_of(own)
        token = key_of(maker, "startups.firm.update", "startups.firm.read").token

        demote(maker)

        assert me(token).json()["permissions"] == ["startups.firm.read"]

    def test_does_not_end_with_a_new_membership(self) -> None:
        own = OrganisationFactory(kind="firm")
        maker = actor_of(own)
        actor_of(own)
        token = key_of(maker).token
        remove(maker)
        assert maker.user_id is not None

        services.membership_add(
            actor=Actor.system(), organisation=Organisation.objects.get(), user_id=maker.user_id, roles=["owner"]
        )

        assert me(token).status_code == 401
