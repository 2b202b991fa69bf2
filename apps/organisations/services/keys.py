"""Making and revoking API keys."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from apps.organisations import events
from apps.organisations.models import ApiKey, Membership
from apps.organisations.networks import network_clean
from apps.organisations.rules import NotYours, own_require
from apps.organisations.services.members import organisation_lock
from kernel.access import Actor
from kernel.clock import utc_now
from kernel.errors import FieldProblem, Forbidden, Invalid
from kernel.events import publish

LONGEST_KEY_LIFE = dt.timedelta(days=366)
"""A year, leap years included."""
MOST_NETWORKS = 20
KEY_FORM = "tdm_{prefix}_{secret}"


class ApiKeyNeedsPerson(Forbidden):
    """A person makes an API key, not software with a key."""


class ApiKeyNotAcceptable(Invalid):
    """The key's name, scopes, networks or expiry are not acceptable."""


@dataclass(frozen=True, slots=True)
class ApiKeyMade:
    """A new key and, this once, the text that its holder presents."""

    key: ApiKey
    token: str


@transaction.atomic
def api_key_create(
    *,
    actor: Actor,
    name: str,
    scopes: Collection[str],
    expires_at: dt.datetime,
    allowed_networks: Sequence[str] = (),
    now: dt.datetime | None = None,
) -> ApiKeyMade:
    """A key of the actor's organisation; its secret is returned this once and kept only as a hash.

    `allowed_networks`, if any are given, are the IPv4 and IPv6 networks (CIDR) from which alone it may be used. Raises
    ApiKeyNeedsPerson, NotYours to who is no member any more, and ApiKeyNotAcceptable when its maker does not hold a
    scope or it outlives a year.
    """
    if actor.api_key_id is not None or actor.user_id is None or actor.organisation_id is None:
        raise ApiKeyNeedsPerson
    now = now or utc_now()
    problems = []
    if not name.strip():
        problems.append(FieldProblem("/name", "blank", "A key needs a name."))
    if not scopes or not set(scopes) <= actor.permissions:
        problems.append(FieldProblem("/scopes", "not_held", "At least one scope, and only permissions that you hold."))
    if not now < expires_at <= now + LONGEST_KEY_LIFE:
        problems.append(FieldProblem("/expires_at", "out_of_range", "Later than now and at most a year ahead."))
    networks = _networks(allowed_networks, problems)
    if problems:
        raise ApiKeyNotAcceptable(errors=problems)
    # Who is being removed makes no key that would come to life again with a later membership.
    organisation_lock(organisation_id=actor.organisation_id)
    if not Membership.objects.filter(organisation_id=actor.organisation_id, user_id=actor.user_id).exists():
        raise NotYours
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        organisation_id=actor.organisation_id,
        created_by_id=actor.user_id,
        name=name.strip(),
        prefix=prefix,
        secret_hash=secret_hash(secret),
        scopes=sorted(set(scopes)),
        allowed_networks=networks,
        expires_at=expires_at,
    )
    publish(events.API_KEY_CREATED, actor=actor, subject=key, data={"scopes": key.scopes})
    return ApiKeyMade(key=key, token=KEY_FORM.format(prefix=prefix, secret=secret))


@transaction.atomic
def api_key_revoke(*, actor: Actor, key: ApiKey, now: dt.datetime | None = None) -> ApiKey:
    """End a key; in force from the next request. Revoking it again changes nothing. Raises NotYours."""
    own_require(actor=actor, organisation_id=key.organisation_id)
    moment = now or utc_now()
    if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=moment):
        key.revoked_at = moment
        publish(events.API_KEY_REVOKED, actor=actor, subject=key)
    return key


def api_keys_end(*, actor: Actor, organisation_id: UUID, user_id: UUID, now: dt.datetime) -> None:
    """Revoke the keys that this member made; call it in the transaction in which they leave."""
    for key in ApiKey.objects.filter(
        organisation_id=organisation_id, created_by_id=user_id, revoked_at=None, expires_at__gt=now
    ):
        if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now):
            publish(events.API_KEY_REVOKED, actor=actor, subject=key)


def secret_hash(secret: str) -> str:
    """How a key's secret is kept: SHA-256, which is enough for 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _networks(values: Sequence[str], problems: list[FieldProblem]) -> list[str]:
    """The networks as they are kept, each once; what is wrong with them is added to `problems`."""
    networks = []
    if len(values) > MOST_NETWORKS:
        problems.append(FieldProblem("/allowed_networks", "too_many", "At most 20 networks."))
    for index, value in enumerate(values[:MOST_NETWORKS]):
        network = network_clean(value=value)
        if network is None:
            place = f"/allowed_networks/{index}"
            problems.append(FieldProblem(place, "invalid", "Not an IPv4 or IPv6 network in CIDR notation."))
        else:
            networks.append(network)
    return list(dict.fromkeys(networks))
