"""The world of the matrix: organisations of every kind in every standing, and a person or key for each way to call."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from uuid import uuid4

from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.organisations.models import Organisation
from apps.organisations.selectors import actor_for_key, api_key_find
from apps.organisations.services import api_key_create
from apps.organisations.states import Standing
from apps.permissions import ROLE_PERMISSIONS, SECOND_FACTOR_ROLES, Kind, Role
from kernel.access import Actor
from kernel.clock import utc_now
from tests.factories.accounts import UserFactory
from tests.factories.investors import FundFactory
from tests.factories.organisations import MembershipFactory, OrganisationFactory, actor_of
from tests.factories.startups import FirmFactory

LONG_AGO = dt.timedelta(hours=2)


@dataclass(frozen=True)
class Persona:
    """Somebody who calls. `label` names it in a failure; `place` is its organisation among those of its kind."""

    label: str
    actor: Actor
    kind: Kind | None = None
    place: str = ""
    organisation: Organisation | None = None
    user: User | None = None
    is_key: bool = False
    is_stale: bool = False


@dataclass
class World:
    """Organisations by kind and place, and the personas.

    Places: `home` has the personas, `other` is a verified stranger, `dark` has gone dark, `registered` is not verified,
    `suspended` no longer. The last two have personas too.
    """

    organisations: dict[tuple[Kind, str], Organisation] = field(default_factory=dict)
    personas: list[Persona] = field(default_factory=list)
    foreigner: Persona = field(init=False)
    """A person that is none of the personas."""
    clients: dict[str, APIClient] = field(default_factory=dict)

    def client_of(self, persona: Persona) -> APIClient:
        """A client that calls as the persona; its sign-in is not part of the matrix.

        A second factor that was fresh when the world was made is so at every call, however long the matrix takes.
        """
        client = self.clients.setdefault(persona.label, APIClient(raise_request_exception=False))
        if persona.actor.is_signed_in:
            actor = persona.actor
            if actor.second_factor_at is not None and not persona.is_stale:
                actor = replace(actor, second_factor_at=utc_now())
            client.force_authenticate(user=persona.user, token=actor)
        return client


def organisation_made(kind: Kind, **fields: object) -> Organisation:
    """An organisation of the kind, with its firm or fund."""
    if kind == Kind.FIRM:
        return FirmFactory(**{f"organisation__{name}": value for name, value in fields.items()}).organisation
    if kind == Kind.FUND:
        return FundFactory(**{f"organisation__{name}": value for name, value in fields.items()}).organisation
    return OrganisationFactory(kind=kind.value, **fields)


def world_made() -> World:
    """A new world."""
    world = World()
    for kind in Kind:
        world.organisations |= {
            (kind, "home"): organisation_made(kind),
            (kind, "other"): organisation_made(kind),
            (kind, "dark"): organisation_made(kind, dark_since=utc_now()),
            (kind, "registered"): organisation_made(kind, standing=Standing.REGISTERED),
            (kind, "suspended"): organisation_made(kind, standing=Standing.SUSPENDED),
        }
    for organisation in world.organisations.values():
        MembershipFactory(organisation=organisation)  # nobody is its last owner
    world.foreigner = _person("foreigner")
    world.personas = [Persona("nobody", Actor.anonymous()), _person("person without membership"), *_members(world)]
    users = User.objects.in_bulk([item.actor.user_id for item in world.personas if item.actor.user_id])
    world.personas = [replace(item, user=users.get(item.actor.user_id)) for item in world.personas]
    return world


def _person(label: str) -> Persona:
    user = UserFactory()
    return Persona(label, Actor(user_id=user.pk, second_factor_at=utc_now()), user=user)


def _members(world: World) -> Iterator[Persona]:
    for kind, role in ROLE_PERMISSIONS:
        home = world.organisations[kind, "home"]
        actor = actor_of(home, role)
        yield Persona(f"{kind} {role}", actor, kind, "home", home)
        if role in SECOND_FACTOR_ROLES:
            bare = replace(actor, second_factor_at=None, lacks_second_factor=True)
            yield Persona(f"{kind} {role} without a second factor", bare, kind, "home", home)
        stale = replace(actor, second_factor_at=utc_now() - LONG_AGO)
        yield Persona(f"{kind} {role} whose second factor is stale", stale, kind, "home", home, is_stale=True)
        if role == Role.OWNER:
            yield from _owners(world, kind, actor)


def _owners(world: World, kind: Kind, owner: Actor) -> Iterator[Persona]:
    """What an owner may do through a key, and while its organisation is not or no longer verified."""
    home = world.organisations[kind, "home"]
    whole = _through_key(owner, sorted(owner.permissions))
    yield Persona(f"{kind} owner's key", whole, kind, "home", home, is_key=True)
    narrow = _through_key(owner, ["organisations.organisation.read"])
    yield Persona(f"{kind} owner's key with one scope", narrow, kind, "home", home, is_key=True)
    for place in ("registered", "suspended"):
        organisation = world.organisations[kind, place]
        yield Persona(f"{kind} owner, {place}", actor_of(organisation, "owner"), kind, place, organisation)


def _through_key(actor: Actor, scopes: list[str]) -> Actor:
    made = api_key_create(actor=actor, name=uuid4().hex, scopes=scopes, expires_at=utc_now() + dt.timedelta(days=30))
    key = api_key_find(prefix=made.key.prefix)
    assert key is not None
    return actor_for_key(key=key)
