"""Filters of the trail: each looks only at what the reader is shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from apps.audit import selectors
from apps.audit.disclosure import OPERATOR, SYSTEM, known_of
from apps.organisations.events import DISCLOSURE_READ
from apps.organisations.models import Organisation
from apps.permissions import Kind
from kernel.access import Actor
from kernel.api.filters import MomentFilter, StrictFilterSet, TextFilter, UuidFilter
from kernel.api.permissions import get_actor
from kernel.models import Event

UUID_TEXT = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
ACTOR = re.compile(rf"system|operator|(?:user|key|organisation):{UUID_TEXT}", re.ASCII)
TYPE = re.compile(r"[a-z_]+\.[a-z_]+", re.ASCII)
NAME = re.compile(r"[a-z_.]{1,100}", re.ASCII)


def any_of(rows: QuerySet[Event], values: list[Any] | None, condition: Callable[[Any], Q]) -> QuerySet[Event]:
    """The rows for which the condition of one of the values holds; all of them without values."""
    return rows.filter(reduce(or_, [condition(value) for value in values])) if values else rows


class NameFilter(TextFilter):
    message: ClassVar[Any] = _("A name, or the beginning of one: small letters, _ and dots.")

    def parse(self, text: str) -> str | None:
        return text if NAME.fullmatch(text) else None


class ActorFilter(TextFilter):
    """Who acted, in the words of the answers; others' people are found under no name."""

    message: ClassVar[Any] = _("system, operator, user:<id>, key:<id> or organisation:<id>.")

    def parse(self, text: str) -> str | None:
        return text if ACTOR.fullmatch(text) else None

    def filter(self, qs: QuerySet[Event], value: list[str] | None) -> QuerySet[Event]:
        if not value:
            return qs
        actor = get_actor(self.parent.request)
        ids = [UUID(text.partition(":")[2]) for text in value if ":" in text]
        known = known_of(ids=ids, actor=actor)

        def condition(text: str) -> Q:
            kind, _, found = text.partition(":")
            if text == SYSTEM:
                return Q(actor=SYSTEM)
            if text == OPERATOR:
                operators = Organisation.objects.filter(~Q(pk=actor.organisation_id), kind=Kind.OPERATOR)
                return Q(actor_organisation_id__in=operators.values("pk"))
            if kind == "organisation":
                is_told = UUID(found) in known.named
                by_others = Q(actor_organisation_id=found) & ~Q(name__in=selectors.PERSONAL)
                return by_others if is_told else Q(pk__in=[])
            own = Q(actor_organisation_id=actor.organisation_id)
            if kind == "user" and UUID(found) in known.people:
                own |= Q(actor_organisation_id__isnull=True) | Q(name__in=selectors.PERSONAL)
            return Q(actor=text) & own

        return any_of(qs, value, condition)


def about(*, actor: Actor, part: str, value: str, otherwise: Q) -> Q:
    """`otherwise`, or a read of an object of which `part` is `value`: any that one read, one's own that others read."""
    own = Q(data__objects__contains=[{part: value, "organisation": str(actor.organisation_id)}])
    by_oneself = Q(actor_organisation_id=actor.organisation_id, data__objects__contains=[{part: value}])
    return (Q(name=DISCLOSURE_READ) & (own | by_oneself)) | (otherwise & ~Q(name=DISCLOSURE_READ))


class ObjectFilter(UuidFilter):
    def filter(self, qs: QuerySet[Event], value: list[UUID] | None) -> QuerySet[Event]:
        actor = get_actor(self.parent.request)
        return any_of(
            qs, value, lambda item: about(actor=actor, part="id", value=str(item), otherwise=Q(object_id=item))
        )


class ObjectTypeFilter(TextFilter):
    message: ClassVar[Any] = _("A type of object, as the answers name it.")

    def parse(self, text: str) -> str | None:
        return text if len(text) <= 60 and TYPE.fullmatch(text) else None

    def filter(self, qs: QuerySet[Event], value: list[str] | None) -> QuerySet[Event]:
        actor = get_actor(self.parent.request)
        return any_of(
            qs, value, lambda item: about(actor=actor, part="type", value=item, otherwise=Q(object_type=item))
        )


class SinceFilter(MomentFilter):
    def filter(self, qs: QuerySet[Event], value: list[Any] | None) -> QuerySet[Event]:
        return any_of(qs, value, lambda item: selectors.since(moment=item))


class UntilFilter(MomentFilter):
    def filter(self, qs: QuerySet[Event], value: list[Any] | None) -> QuerySet[Event]:
        return any_of(qs, value, lambda item: selectors.until(moment=item))


class RequestFilter(TextFilter):
    """Requests of one's own organisation alone: others' ids are not shown."""

    def filter(self, qs: QuerySet[Event], value: list[str] | None) -> QuerySet[Event]:
        own = get_actor(self.parent.request).organisation_id
        return any_of(qs, value, lambda item: Q(actor_organisation_id=own, request_id=item))


class EventFilter(StrictFilterSet):
    name = NameFilter()
    about = NameFilter("name", "startswith")
    actor = ActorFilter()
    object_type = ObjectTypeFilter()
    object = ObjectFilter()
    since = SinceFilter()
    until = UntilFilter()
    request_id = RequestFilter()
