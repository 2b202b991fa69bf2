"""Who sees how much of whom: the viewer's tier of every row, decided inside the query."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Any

from django.db import models
from django.db.models import Case, IntegerField, Max, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest, Now

from apps.organisations.models import ApiKey, DisclosureGrant, Identifier, Membership, Organisation
from apps.organisations.states import Standing
from apps.permissions import Kind
from kernel.access import Actor


class Tier(IntEnum):
    """How much is open: teaser, verified counterpart, granted, deal room, one's own, the officer of the case."""

    T0 = 0
    T1 = 1
    T2 = 2
    T3 = 3
    T4 = 4
    T5 = 5


def with_tier(
    queryset: models.QuerySet[Any], actor: Actor, *, subject: str, counterpart: Tier = Tier.T1
) -> models.QuerySet[Any]:
    """The rows that the actor may see of verified organisations and its own, annotated with `viewer_tier`.

    `subject` is the path from the row to its organisation, `counterpart` what a verified stranger sees without a grant.
    Operators see what a verified counterpart sees, unless they are suspended; the system sees all.
    """
    rows: models.QuerySet[Any]
    if actor.is_system:
        rows = queryset.annotate(viewer_tier=_constant(Tier.T4))
        return rows
    if actor.organisation_id is None:
        rows = queryset.annotate(viewer_tier=_constant(Tier.T0)).none()
        return rows
    own = Q(**{f"{subject}_id": actor.organisation_id})
    visible = own
    if actor.standing == Standing.VERIFIED or (actor.kind == Kind.OPERATOR and actor.standing != Standing.SUSPENDED):
        visible |= Q(**{f"{subject}__standing": Standing.VERIFIED})
    floor = _constant(counterpart)
    granted = Greatest(floor, Coalesce(Subquery(_grants(actor, subject)), floor))
    rows = queryset.filter(visible).annotate(
        viewer_tier=Case(When(own, then=_constant(Tier.T4)), default=granted, output_field=IntegerField())
    )
    return rows


def _constant(tier: Tier) -> Value:
    return Value(int(tier), output_field=IntegerField())


def _grants(actor: Actor, subject: str) -> models.QuerySet[Any]:
    """The highest tier that the organisation of the row has granted the actor's, in force now."""
    return (
        DisclosureGrant.objects.filter(
            Q(viewer_id=actor.organisation_id), subject_id=OuterRef(f"{subject}_id"), since__lte=Now()
        )
        .filter(Q(until__isnull=True) | Q(until__gt=Now()))
        .order_by()
        .values("subject_id")
        .annotate(highest=Max("tier"))
        .values("highest")
    )


TIERS: Mapping[type[models.Model], Mapping[str, Tier]] = {
    Organisation: {
        "id": Tier.T1,
        "kind": Tier.T1,
        "legal_name": Tier.T1,
        "legal_name_uk": Tier.T1,
        "country": Tier.T1,
        "standing": Tier.T1,
        "basis": Tier.T4,
        "version": Tier.T4,
        "created_at": Tier.T4,
    },
    Identifier: {"id": Tier.T4, "organisation": Tier.T1, "scheme": Tier.T1, "value": Tier.T1},
    Membership: dict.fromkeys(("id", "organisation", "user", "roles", "created_at"), Tier.T4),
    ApiKey: dict.fromkeys(
        (
            "id",
            "organisation",
            "created_by",
            "name",
            "prefix",
            "secret_hash",
            "scopes",
            "created_at",
            "expires_at",
            "last_used_at",
            "revoked_at",
        ),
        Tier.T4,
    ),
    DisclosureGrant: dict.fromkeys(("id", "viewer", "subject", "tier", "cause", "since", "until"), Tier.T4),
}
"""The tier of every field. Which firms and funds appear at all as organisations is decided by the rows."""
