"""What a firm opens to others by its own will: its data to a counterpart, and its name."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import models, transaction
from django.db.models import Q

from apps.organisations import events
from apps.organisations.disclosure import NAMING, Tier
from apps.organisations.models import DisclosureGrant, Organisation
from apps.organisations.rules import own_require
from apps.permissions import Kind
from kernel.access import Actor
from kernel.clock import database_now
from kernel.errors import Conflict, FieldProblem, Invalid
from kernel.events import publish

CONSENT = "grant"
"""The cause of a grant that the subject gave of its own will."""
REVOCABLE = frozenset({CONSENT, NAMING})
LONGEST_GRANT = dt.timedelta(days=731)
"""Two years, a leap year included."""
COUNTERPARTS = (Kind.FUND, Kind.AUTHORITY)
"""Not firms: they do not see one another as organisations, and an id must not tell that somebody is there."""


class NothingToGrant(Conflict):
    """Only firms hold data that a grant opens."""


class GrantNotAcceptable(Invalid):
    """The grant is not acceptable."""


class GrantNotRevocable(Conflict):
    """This grant is not one that you gave: it ends with what caused it."""


@transaction.atomic
def grant_create(
    *, actor: Actor, viewer_id: UUID, until: dt.datetime | None = None, now: dt.datetime | None = None
) -> DisclosureGrant:
    """Open the actor's own firm at T2 to a verified counterpart until a moment, without end if None.

    Where such a grant is in force already, its end becomes `until`. Raises NothingToGrant and GrantNotAcceptable, the
    same for every `viewer_id` that is no counterpart the actor sees.
    """
    if actor.kind != Kind.FIRM:
        raise NothingToGrant
    now = now or database_now()
    problems = []
    if until is not None and not now < until <= now + LONGEST_GRANT:
        problems.append(FieldProblem("/until", "out_of_range", "Later than now and at most two years ahead."))
    viewer = _counterpart(actor, viewer_id)
    if viewer is None:
        problems.append(FieldProblem("/viewer", "does_not_exist", "There is no such counterpart."))
    if viewer is None or problems:
        raise GrantNotAcceptable(errors=problems)
    return _grant(actor, viewer, Tier.T2, CONSENT, until, now)


@transaction.atomic
def name_reveal(*, actor: Actor, viewer_id: UUID, now: dt.datetime | None = None) -> DisclosureGrant:
    """Show the name of the actor's own firm to a verified counterpart, until revoked; again changes nothing.

    Raises NothingToGrant and GrantNotAcceptable, the same for every `viewer_id` that is no counterpart the actor sees.
    """
    if actor.kind != Kind.FIRM:
        raise NothingToGrant
    viewer = _counterpart(actor, viewer_id)
    if viewer is None:
        problem = FieldProblem("/organisation", "does_not_exist", "There is no such counterpart.")
        raise GrantNotAcceptable(errors=[problem])
    return _grant(actor, viewer, Tier.T1, NAMING, None, now or database_now())


@transaction.atomic
def name_show(*, actor: Actor, subject_id: UUID, viewer_id: UUID, now: dt.datetime | None = None) -> DisclosureGrant:
    """Show a firm's name to a counterpart that it agreed to meet, until the firm revokes it; again changes nothing.

    For the app in whose transaction the firm agreed; `actor` is whoever brought that about, of either side.
    """
    viewer = Organisation.objects.get(pk=viewer_id)
    return _grant(actor, viewer, Tier.T1, NAMING, None, now or database_now(), subject_id=subject_id)


@transaction.atomic
def grant_revoke(*, actor: Actor, grant: DisclosureGrant, now: dt.datetime | None = None) -> DisclosureGrant:
    """End a grant of one's own; in force from the next request. Revoking it again changes nothing.

    Raises NotYours and GrantNotRevocable.
    """
    own_require(actor=actor, organisation_id=grant.subject_id)
    if grant.cause not in REVOCABLE:
        raise GrantNotRevocable
    moment = now or database_now()
    if _live(moment).filter(pk=grant.pk).update(until=moment):
        grant.until = moment
        publish(
            events.GRANT_REVOKED,
            actor=actor,
            subject=grant,
            organisation_id=grant.subject_id,
            data={"viewer": str(grant.viewer_id), "tier": grant.tier, "cause": grant.cause},
        )
    return grant


def _counterpart(actor: Actor, viewer_id: UUID) -> Organisation | None:
    """Another organisation that data may be opened to, if the actor sees it: a firm sees the verified that are neither
    dark nor merged.
    """
    rows = Organisation.objects.visible_to(actor).exclude(Q(pk=actor.organisation_id))
    return rows.filter(pk=viewer_id, kind__in=COUNTERPARTS).first()


def _live(moment: dt.datetime) -> models.QuerySet[DisclosureGrant]:
    return DisclosureGrant.objects.filter(Q(until__isnull=True) | Q(until__gt=moment))


def _grant(
    actor: Actor,
    viewer: Organisation,
    tier: Tier,
    cause: str,
    until: dt.datetime | None,
    now: dt.datetime,
    *,
    subject_id: UUID | None = None,
) -> DisclosureGrant:
    """The one live grant of the subject, the actor's organisation if none is named, to the viewer for this cause, made
    or given its new end.
    """
    # One at a time for each subject: two calls at once find one another's grant.
    subject = Organisation.objects.select_for_update(no_key=True).get(Q(pk=subject_id or actor.organisation_id))
    grant = _live(now).filter(subject=subject, viewer=viewer, cause=cause, person=None).order_by("id").first()
    data = {
        "viewer": str(viewer.pk),
        "tier": int(tier),
        "cause": cause,
        "until": until and until.astimezone(dt.UTC).isoformat(),
    }
    if grant is None:
        grant = DisclosureGrant.objects.create(
            viewer=viewer, subject=subject, tier=tier, cause=cause, since=now, until=until
        )
        publish(events.GRANT_CREATED, actor=actor, subject=grant, organisation_id=subject.pk, data=data)
    elif grant.until != until:
        grant.until = until
        grant.save(update_fields=["until"])
        publish(
            events.GRANT_CHANGED,
            actor=actor,
            subject=grant,
            organisation_id=subject.pk,
            data={**data, "fields": ["until"]},
        )
    return grant
