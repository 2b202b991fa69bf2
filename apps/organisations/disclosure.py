"""Who sees how much of whom: the viewer's tier of every row, decided inside the query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import IntEnum
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Case, Exists, F, IntegerField, Max, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest, Now

from apps.organisations.models import (
    ApiKey,
    BreakGlass,
    DisclosureGrant,
    Identifier,
    Invitation,
    Membership,
    Organisation,
    Registration,
    RegistrationClash,
    UndertakingAcceptance,
)
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


UNDERTAKING = "2026-1"
"""The version of the platform's undertaking in force; its text stands in `data/`."""
NAMING = "naming"
"""The cause of a grant that shows the subject's name to the viewer."""


COUNTERPARTS = frozenset({Kind.FIRM, Kind.FUND, Kind.AUTHORITY})
"""Who sees others at T1 once verified. Attestors see teasers, and what they are asked to attest."""


def with_tier(
    queryset: models.QuerySet[Any], actor: Actor, *, subject: str, counterpart: Tier = Tier.T1
) -> models.QuerySet[Any]:
    """The rows that the actor may see of verified organisations and its own, annotated with `viewer_tier`, and with
    `is_revealed` where the subject chose to show its name to the actor's organisation, and `disclosed_by`, the subject.

    `subject` is the path from the row to its organisation, `counterpart` what a verified stranger sees without a grant:
    a firm, fund or authority. Operators see what a verified counterpart sees, unless they are suspended; the system
    sees all. Who has gone dark is seen by nobody else but a person with a grant of its own. An actor with `preview`
    sees its own rows as a verified stranger of that tier would. `disclosed_by` is the row's organisation.
    """
    rows: models.QuerySet[Any]
    if actor.is_system:
        rows = queryset.annotate(viewer_tier=_constant(Tier.T4), is_revealed=Value(value=True))
        return rows
    if actor.organisation_id is None:
        rows = queryset.annotate(viewer_tier=_constant(Tier.T0), is_revealed=Value(value=False)).none()
        return rows
    own = Q(**{f"{subject}_id": actor.organisation_id})
    if actor.preview is not None:
        previewed = {"viewer_tier": _constant(Tier(actor.preview)), "is_revealed": Value(value=False)}
        rows = queryset.filter(own).annotate(**previewed, disclosed_by=F(f"{subject}_id"))
        return rows
    visible = own
    is_counterpart = actor.standing == Standing.VERIFIED and actor.kind in COUNTERPARTS
    if is_counterpart or (actor.kind == Kind.OPERATOR and actor.standing != Standing.SUSPENDED):
        shown = {"standing": Standing.VERIFIED, "dark_since": None, "merged_into": None}
        visible |= Q(**{f"{subject}__{name}": value for name, value in shown.items()})
    grants = _grants(actor, subject)
    if actor.kind == Kind.OPERATOR and actor.standing != Standing.SUSPENDED:
        visible |= Q(Exists(grants))
    floor = _constant(counterpart)
    highest = grants.order_by().values("subject_id").annotate(highest=Max("tier")).values("highest")
    rows = queryset.filter(visible).annotate(
        viewer_tier=Case(
            When(own, then=_constant(Tier.T4)),
            default=Greatest(floor, Coalesce(Subquery(highest), floor)),
            output_field=IntegerField(),
        ),
        is_revealed=Exists(grants.filter(cause=NAMING)),
        disclosed_by=F(f"{subject}_id"),
    )
    return rows


STAND_INS: Mapping[str, UUID] = {
    "organisation_id": UUID("00000000-0000-4000-8000-6f7267616e69"),
    "user_id": UUID("00000000-0000-4000-8000-000070657273"),
    "api_key_id": UUID("00000000-0000-4000-8000-0000006b6579"),
}
"""Ids that nobody has, for statements that are made once for all who see alike."""


def stand_in(actor: Actor) -> Actor:
    """Who sees rows as the actor does, with stand-ins for its ids: equal for all of whom `with_tier` makes the same
    statement but for these.
    """
    nothing: frozenset[str] = frozenset()
    return replace(
        actor,
        user_id=STAND_INS["user_id"] if actor.user_id is not None else None,
        organisation_id=STAND_INS["organisation_id"] if actor.organisation_id is not None else None,
        api_key_id=STAND_INS["api_key_id"] if actor.api_key_id is not None else None,
        roles=nothing,
        permissions=nothing,
        second_factor_at=None,
        lacks_second_factor=False,
    )


def stands_for(*, actor: Actor, params: Sequence[Any]) -> tuple[Any, ...]:
    """The parameters of a statement that was made for `stand_in(actor)`, with the actor's own ids."""
    ids = {value: getattr(actor, name) for name, value in STAND_INS.items()}
    return tuple(ids.get(param, param) if isinstance(param, UUID) else param for param in params)


def own_rows(actor: Actor, *, subject: str) -> Q:
    """The actor's own rows, which it sees in any state; none while it previews what others see."""
    if actor.preview is not None or actor.organisation_id is None:
        return Q(pk__in=[])
    return Q(**{f"{subject}_id": actor.organisation_id})


def _constant(tier: Tier) -> Value:
    return Value(int(tier), output_field=IntegerField())


def _grants(actor: Actor, subject: str) -> models.QuerySet[Any]:
    """What the organisation of the row has granted the actor, in force now.

    An operator has what was opened to it as a person, anybody else what its organisation was granted; T2 counts once
    the organisation is bound by the undertaking in force.
    """
    grants = DisclosureGrant.objects.filter(
        Q(until__isnull=True) | Q(until__gt=Now()),
        Q(viewer_id=actor.organisation_id),
        subject_id=OuterRef(f"{subject}_id"),
        since__lte=Now(),
    )
    if actor.kind == Kind.OPERATOR:
        # A key acts for its maker but is not the person whom two people let in.
        return grants.filter(person_id=actor.user_id) if actor.api_key_id is None else grants.none()
    signed = UndertakingAcceptance.objects.filter(Q(organisation_id=actor.organisation_id), undertaking=UNDERTAKING)
    bound = Exists(signed)
    return grants.filter(Q(person=None), ~Q(tier=Tier.T2) | bound)


TIERS: Mapping[type[models.Model], Mapping[str, Tier]] = {
    Organisation: {
        "id": Tier.T1,
        "kind": Tier.T1,
        "legal_name": Tier.T1,
        "legal_name_uk": Tier.T1,
        "country": Tier.T1,
        "name_key": Tier.T4,
        "standing": Tier.T1,
        "basis": Tier.T4,
        "dark_since": Tier.T4,
        "merged_into": Tier.T4,
        "version": Tier.T4,
        "created_at": Tier.T4,
    },
    Identifier: {"id": Tier.T4, "organisation": Tier.T1, "scheme": Tier.T1, "value": Tier.T1},
    Membership: dict.fromkeys(("id", "organisation", "user", "roles", "version", "created_at"), Tier.T4),
    Invitation: dict.fromkeys(
        (
            "id",
            "organisation",
            "email",
            "roles",
            "token_hash",
            "invited_by",
            "created_at",
            "expires_at",
            "mailed_at",
            "accepted_at",
            "accepted_by",
            "revoked_at",
        ),
        Tier.T4,
    ),
    ApiKey: dict.fromkeys(
        (
            "id",
            "organisation",
            "created_by",
            "name",
            "prefix",
            "secret_hash",
            "scopes",
            "allowed_networks",
            "created_at",
            "expires_at",
            "last_used_at",
            "revoked_at",
        ),
        Tier.T4,
    ),
    DisclosureGrant: dict.fromkeys(("id", "viewer", "person", "subject", "tier", "cause", "since", "until"), Tier.T4),
    UndertakingAcceptance: dict.fromkeys(
        ("id", "organisation", "undertaking", "sha256", "language", "accepted_by", "address", "accepted_at"), Tier.T4
    ),
    BreakGlass: dict.fromkeys(
        (
            "id",
            "operator",
            "subject",
            "tier",
            "reason",
            "requested_by",
            "requested_at",
            "approved_by",
            "approved_at",
            "until",
            "ended_at",
        ),
        Tier.T4,
    ),
    Registration: dict.fromkeys(
        (
            "id",
            "applicant",
            "kind",
            "legal_name",
            "legal_name_uk",
            "country",
            "identifiers",
            "status",
            "organisation",
            "created_at",
        ),
        Tier.T4,
    ),
    RegistrationClash: dict.fromkeys(
        (
            "id",
            "registration",
            "organisation",
            "cause",
            "similarity",
            "status",
            "version",
            "created_at",
            "decided_by",
            "decided_at",
            "reason",
        ),
        Tier.T4,
    ),
}
"""The tier of every field. Which firms and funds appear at all as organisations is decided by the rows."""
