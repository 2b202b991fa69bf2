"""What an officer must not read or judge: apps say in their module `conflicts` who has an interest in whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.db.models import Q, QuerySet

from apps.organisations.models import Membership
from kernel.access import Actor

Interests = Callable[[Actor], "QuerySet[Any, Any]"]
"""The ids of the organisations that the actor's person has an interest in, as one column without nulls."""
P = TypeVar("P", bound=Interests)

_parts: dict[str, Interests] = {}


def conflict_part(interests: P) -> P:
    """Let the decorated function bar an operator's people from documents. Raises ValueError when its module does so
    already.
    """
    name = str(getattr(interests, "__module__", ""))
    if name in _parts:
        raise ValueError(f"{name} bars people already")
    _parts[name] = interests
    return interests


def conflict_parts() -> Mapping[str, Interests]:
    """Every app's part by its module."""
    return dict(_parts)


def conflict_of(actor: Actor, *, owner: str) -> Q:
    """The rows of organisations that the actor's person belongs to or has an interest in.

    `owner` is the path from the row to its organisation's id.
    """
    member = Membership.objects.filter(Q(user_id=actor.user_id)).values_list("organisation_id")
    barred = Q(**{f"{owner}__in": member})
    for interests in conflict_parts().values():
        barred |= Q(**{f"{owner}__in": interests(actor)})
    return barred
