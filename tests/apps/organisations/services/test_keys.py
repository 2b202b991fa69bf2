"""Making and revoking API keys."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import pytest

from apps.organisations import services
from apps.organisations.models import ApiKey
from apps.organisations.rules import NotYours
from apps.organisations.services.keys import MOST_NETWORKS
from kernel.access import Actor
from kernel.clock import utc_now
from kernel.models import Event
from tests.factories.organisations import OrganisationFactory, actor_of, key_of

pytestmark = pytest.mark.django_db


def make(actor: Actor, **values: Any) -> ApiKey:
    given = {"name": "k", "scopes": ["startups.firm.read"], "expires_at": utc_now() + dt.timedelta(days=1)}
    return services.api_key_create(actor=actor, **{**given, **values}).key


class TestApiKeyCreate:
    def test_keeps_only_the_hash_of_the_secret(self) -> None:
        made = key_of(actor_of(OrganisationFactory()))

        _, prefix, secret = made.token.split("_", 2)
        assert made.key.prefix == prefix
        assert made.key.secret_hash == hashlib.sha256(secret.encode()).hexdigest()
        assert secret not in str(ApiKey.objects.values().get())
        assert len(secret) == 43

    @pytest.mark.parametrize(
        ("values", "pointer"),
        [
            ({"name": " "}, "/name"),
            ({"scopes": []}, "/scopes"),
            ({"scopes": ["investors.mandate.create"]}, "/scopes"),
            ({"expires_at": utc_now() - dt.timedelta(seconds=1)}, "/expires_at"),
            ({"expires_at": utc_now() + dt.timedelta(days=400)}, "/expires_at"),
            ({"allowed_networks": ["192.0.2.0/24", "192.0.2.1/24"]}, "/allowed_networks/1"),
            ({"allowed_networks": [f"192.0.2.{n}" for n in range(MOST_NETWORKS + 1)]}, "/allowed_networks"),
        ],
    )
    def test_says_what_is_wrong(self, values: dict[str, Any], pointer: str) -> None:
        with pytest.raises(services.ApiKeyNotAcceptable) as refusal:
            make(actor_of(OrganisationFactory(kind="firm")), **values)

        assert [problem.pointer for problem in refusal.value.errors] == [pointer]
        assert not ApiKey.objects.exists()

    def test_keeps_networks_in_one_form_and_each_once(self) -> None:
        given = ["192.0.2.7", " 192.0.2.7/32", "2001:DB8:0::/32", "::ffff:198.51.100.0/120"]

        key = make(actor_of(OrganisationFactory(kind="firm")), allowed_networks=given)

        key.refresh_from_db()
        assert key.allowed_networks == ["192.0.2.7/32", "2001:db8::/32", "198.51.100.0/24"]

    def test_takes_as_many_networks_as_it_says(self) -> None:
        networks = [f"192.0.2.{number}/32" for number in range(MOST_NETWORKS)]

        assert make(actor_of(OrganisationFactory(kind="firm")), allowed_networks=networks).allowed_networks == networks

    def test_is_not_for_software(self) -> None:
        key = key_of(actor_of(OrganisationFactory())).key
        software = Actor(user_id=key.created_by_id, organisation_id=key.organisation_id, api_key_id=key.pk)

        with pytest.raises(services.ApiKeyNeedsPerson):
            key_of(software, "startups.firm.read")

    def test_tells_the_scopes(self) -> None:
        key = make(actor_of(OrganisationFactory(kind="firm")), allowed_networks=["192.0.2.7"])

        event = Event.objects.get(name="organisations.api_key.created")
        assert (event.object_id, event.data) == (key.pk, {"scopes": ["startups.firm.read"]})


class TestApiKeyRevoke:
    def test_revokes_once_and_tells_once(self) -> None:
        actor = actor_of(OrganisationFactory())
        key = key_of(actor).key

        first = services.api_key_revoke(actor=actor, key=key).revoked_at
        services.api_key_revoke(actor=actor, key=key)

        key.refresh_from_db()
        assert key.revoked_at == first
        assert Event.objects.filter(name="organisations.api_key.revoked").count() == 1

    def test_is_for_the_own_organisation_only(self) -> None:
        key = key_of(actor_of(OrganisationFactory())).key

        with pytest.raises(NotYours):
            services.api_key_revoke(actor=actor_of(OrganisationFactory()), key=key)

        key.refresh_from_db()
        assert key.revoked_at is None
