"""The trail of one organisation, in three parts that do not overlap, each in the order of an index of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from apps.organisations import events
from apps.permissions import Kind
from kernel.access import Actor
from kernel.models import Event

CLOSED = frozenset({events.CLASH_FOUND, events.CLASH_JUDGED_DISTINCT, events.CLASH_JUDGED_SAME})
"""Facts that the organisation they are about is not told: who else registers is not its business."""
PERSONAL = frozenset(
    {
        events.ORGANISATION_REGISTERED,
        events.REGISTRATION_RECEIVED,
        events.REGISTRATION_REGISTERED,
        events.REGISTRATION_REFUSED,
        events.REGISTRATION_WITHDRAWN,
        events.INVITATION_ACCEPTED,
        events.MEMBERSHIP_ADDED,
        events.MEMBERSHIP_LEFT,
    }
)
"""What people do for themselves: of no concern to another organisation that they belong to."""
SLACK = dt.timedelta(days=1)
"""By how much a fact's id may be older or younger than its moment: transactions last, clocks differ."""


def acts(*, actor: Actor) -> Q:
    """What the actor's organisation did."""
    own = Q(actor_organisation_id=actor.organisation_id)
    if actor.kind == Kind.OPERATOR:
        return own
    return own & ~(Q(name__in=PERSONAL) & ~Q(organisation_id=actor.organisation_id))


def concerns(*, actor: Actor) -> Q:
    """What others did about the actor's organisation alone."""
    return Q(organisation_id=actor.organisation_id) & _by_others(actor) & ~Q(name__in=CLOSED)


def shared(*, actor: Actor) -> Q:
    """What others did about the actor's organisation and further ones at once."""
    # The first two conditions are those of the index.
    several = Q(organisation_id__isnull=True, data__has_key="subjects")
    return several & Q(data__subjects__contains=[str(actor.organisation_id)]) & _by_others(actor)


def _by_others(actor: Actor) -> Q:
    return Q(actor_organisation_id__isnull=True) | ~Q(actor_organisation_id=actor.organisation_id)


def trail_parts(*, actor: Actor) -> list[QuerySet[Event]]:
    """The parts of the trail of the actor's organisation; none for an actor without one."""
    if actor.organisation_id is None:
        return [Event.objects.none()]
    return [Event.objects.filter(part(actor=actor)) for part in (acts, concerns, shared)]


def trail(*, actor: Actor) -> QuerySet[Event]:
    """The whole trail of the actor's organisation, to find single facts in."""
    if actor.organisation_id is None:
        return Event.objects.none()
    return Event.objects.filter(reduce(or_, [part(actor=actor) for part in (acts, concerns, shared)]))


class Trail:
    """Parts that share no row, read as one list: what a page needs of a queryset, each part using its own index."""

    model = Event

    def __init__(self, parts: Sequence[QuerySet[Event]], order: Sequence[Any] = ()) -> None:
        self.parts = list(parts)
        self.order = tuple(order)
        self.query = self.parts[0].query

    def filter(self, *conditions: Q) -> Trail:
        return Trail([part.filter(*conditions) for part in self.parts], self.order)

    def order_by(self, *order: Any) -> Trail:
        return Trail(self.parts, order)

    def count(self) -> int:
        return sum(part.count() for part in self.parts)

    def __getitem__(self, window: slice) -> QuerySet[Event]:
        """The first rows, up to `window.stop`."""
        first, *others = [part.order_by(*self.order)[: window.stop] for part in self.parts]
        if not others:
            return first
        return first.union(*others, all=True).order_by(*self.order)[: window.stop]


def id_at(*, moment: dt.datetime) -> UUID:
    """The least id (UUIDv7) that a fact of this moment can have."""
    milliseconds = min(max(int(moment.timestamp() * 1000), 0), 2**48 - 1)
    return UUID(int=milliseconds << 80 | 7 << 76 | 2 << 62)


def since(*, moment: dt.datetime) -> Q:
    """Facts from `moment` on; the bound of the id lets the index start there."""
    earliest = moment if moment < dt.datetime.min.replace(tzinfo=dt.UTC) + SLACK else moment - SLACK
    return Q(at__gte=moment, id__gte=id_at(moment=earliest))


def until(*, moment: dt.datetime) -> Q:
    """Facts up to and including `moment`; the bound of the id lets the index start there."""
    latest = moment if moment > dt.datetime.max.replace(tzinfo=dt.UTC) - SLACK else moment + SLACK
    return Q(at__lte=moment, id__lte=id_at(moment=latest))
