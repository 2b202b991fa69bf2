"""Reading organisations, members and keys, and resolving who acts for which organisation."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from django.db.models import BooleanField, Case, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Now

from apps.accounts.models import User
from apps.accounts.second_factor import has_factor
from apps.organisations.disclosure import UNDERTAKING, Tier
from apps.organisations.models import ApiKey, DisclosureGrant, Membership, Organisation, UndertakingAcceptance
from apps.organisations.rules import needs_second_factor, permissions_of
from apps.permissions import Kind
from kernel.access import Actor
from kernel.prepared import Prepared

PREFIX = "stand-in"
"""Stands for the prefix of a key in the statement that looks for it."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: the person (absent for software with a key), its memberships, and the organisation acted for."""

    user: User | None
    organisation: Organisation | None
    api_key: ApiKey | None
    roles: list[str]
    permissions: list[str]
    memberships: list[Membership]


def actor_for_member(*, membership: Membership, second_factor_at: dt.datetime | None = None) -> Actor:
    """The actor that a person is in this organisation, having shown a second factor at that moment if at all."""
    organisation = membership.organisation
    return Actor(
        user_id=membership.user_id,
        organisation_id=organisation.pk,
        kind=organisation.kind,
        standing=organisation.standing,
        roles=frozenset(membership.roles),
        permissions=permissions_of(kind=organisation.kind, roles=membership.roles, standing=organisation.standing),
        second_factor_at=second_factor_at,
        lacks_second_factor=second_factor_at is None and needs_second_factor(roles=membership.roles),
    )


def actor_for_user(
    *, user_id: UUID, organisation_id: UUID | None = None, second_factor_at: dt.datetime | None = None
) -> Actor | None:
    """The actor that a person is: for the organisation named, else for the only one there is; None if it is not theirs.

    A person with no membership, or with several and none named, acts for no organisation and holds no permission.
    """
    memberships = Membership.objects.filter(user_id=user_id).select_related("organisation")
    if organisation_id is not None:
        named = memberships.filter(organisation_id=organisation_id).first()
        return None if named is None else actor_for_member(membership=named, second_factor_at=second_factor_at)
    found = list(memberships[:2])
    if len(found) == 1:
        return actor_for_member(membership=found[0], second_factor_at=second_factor_at)
    return Actor(user_id=user_id, second_factor_at=second_factor_at)


def api_key_find(*, prefix: str) -> ApiKey | None:
    """The key with this prefix, with organisation, maker, the maker's present roles there as `maker_roles`, and
    `maker_has_factor`.
    """
    return next(iter(_keys().objects(prefix=prefix)), None)


@lru_cache(maxsize=1)
def _keys() -> Prepared:
    """Asked by every request of software."""
    roles = Membership.objects.filter(organisation=OuterRef("organisation"), user=OuterRef("created_by")).values(
        "roles"
    )
    rows = (
        ApiKey.objects.select_related("organisation", "created_by")
        .annotate(maker_roles=Subquery(roles), maker_has_factor=has_factor(person="created_by"))
        .filter(prefix=PREFIX)
    )
    return Prepared(rows[:1], prefix=PREFIX)


def actor_for_key(*, key: ApiKey) -> Actor:
    """The actor that a key from `api_key_find` is: its scopes, as far as its maker still holds them."""
    organisation = key.organisation
    maker_roles: list[str] = key.maker_roles  # type: ignore[attr-defined]
    has_maker_factor: bool = key.maker_has_factor  # type: ignore[attr-defined]
    held = permissions_of(kind=organisation.kind, roles=maker_roles, standing=organisation.standing)
    return Actor(
        user_id=key.created_by_id,
        organisation_id=organisation.pk,
        kind=organisation.kind,
        standing=organisation.standing,
        roles=frozenset(maker_roles),
        permissions=held & frozenset(key.scopes),
        api_key_id=key.pk,
        lacks_second_factor=needs_second_factor(roles=maker_roles) and not has_maker_factor,
    )


def caller_get(*, actor: Actor) -> Caller:
    """What `GET /me` tells; a key learns nothing of its maker's person or other memberships."""
    memberships: list[Membership] = []
    user = api_key = organisation = None
    if actor.api_key_id is not None:
        api_key = ApiKey.objects.select_related("organisation").get(pk=actor.api_key_id)
        organisation = api_key.organisation
    elif actor.user_id is not None:
        user = User.objects.get(pk=actor.user_id)
        memberships = list(Membership.objects.filter(user=user).select_related("organisation").order_by("id"))
        organisation = next(
            (item.organisation for item in memberships if item.organisation_id == actor.organisation_id), None
        )
    return Caller(
        user=user,
        organisation=organisation,
        api_key=api_key,
        roles=sorted(actor.roles),
        permissions=sorted(actor.permissions),
        memberships=memberships,
    )


def organisation_list(*, actor: Actor) -> QuerySet[Organisation]:
    """One's own organisation and the verified ones that have no name to protect, each with the viewer's tier.

    Firms are left out: whether their name is shown is their choice, which the registry keeps. Funds do not see one
    another here.
    """
    own = Q(pk=actor.organisation_id) | (~Q(pk__in=[]) if actor.is_system else Q(pk__in=[]))
    rows = Organisation.objects.visible_to(actor)
    if not actor.is_system and actor.kind != Kind.OPERATOR:
        hidden = Q(kind=Kind.FIRM) | (Q(kind=Kind.FUND) if actor.kind == Kind.FUND else Q(pk__in=[]))
        rows = rows.filter(own | ~hidden)
    tier = Case(When(own, then=Value(int(Tier.T4))), default=Value(int(Tier.T1)), output_field=IntegerField())
    return rows.annotate(viewer_tier=tier).prefetch_related("identifiers")


def member_list(*, actor: Actor, organisation_id: UUID) -> QuerySet[Membership]:
    """The members of one's own organisation with their accounts; of another's, none."""
    rows = Membership.objects.filter(organisation_id=organisation_id).select_related("user")
    return rows if actor.is_system else rows.filter(Q(organisation_id=actor.organisation_id))


def grant_list(*, actor: Actor) -> QuerySet[DisclosureGrant]:
    """What one's own organisation grants and is granted, each with `is_in_force`, by its time, and `is_bound`: whether
    the undertaking that it needs was accepted by its viewer. Where that is looked for, T2, it opens nothing before.
    """
    signed = UndertakingAcceptance.objects.filter(organisation_id=OuterRef("viewer_id"), undertaking=UNDERTAKING)
    needs_none = ~Q(tier=Tier.T2) | Q(person__isnull=False)
    in_force = Q(since__lte=Now()) & (Q(until__isnull=True) | Q(until__gt=Now()))
    return DisclosureGrant.objects.visible_to(actor).annotate(
        is_in_force=_holds(in_force), is_bound=_holds(needs_none | Q(Exists(signed)))
    )


def undertaking_acceptance(*, actor: Actor) -> UndertakingAcceptance | None:
    """The acceptance of the undertaking in force by the actor's organisation, None while there is none."""
    rows = UndertakingAcceptance.objects.filter(Q(organisation_id=actor.organisation_id), undertaking=UNDERTAKING)
    return rows.first()


def _holds(condition: Q) -> Case:
    return Case(When(condition, then=Value(value=True)), default=Value(value=False), output_field=BooleanField())
