"""Whose list a request asks for: `?mandate=` or `?raise=`, one's own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.matching.selectors import matches
from kernel.access import Actor
from kernel.api.problems import query_problem


def owner_asked(*, request: Any, actor: Actor) -> tuple[str, UUID]:
    """The side and the id of the one mandate or raise named. Raises QueryInvalid, and NotFound for another's."""
    mandate_id, raise_id = (identifier(request=request, name=name) for name in ("mandate", "raise"))
    if (mandate_id is None) == (raise_id is None):
        raise query_problem("mandate", _("Name either a mandate or a raise of yours."), "required")
    return matches.side_of(actor=actor, mandate_id=mandate_id, raise_id=raise_id)


def identifier(*, request: Any, name: str) -> UUID | None:
    """The id that a parameter holds, None without it. Raises QueryInvalid."""
    value = single(request=request, name=name)
    if value is None:
        return None
    try:
        return UUID(value)
    except ValueError:
        raise query_problem(name, _("An id (UUID).")) from None


def single(*, request: Any, name: str) -> str | None:
    """The value of a parameter that stands at most once. Raises QueryInvalid."""
    values = request.query_params.getlist(name)
    if len(values) > 1:
        raise query_problem(name, _("At most once."))
    return values[0] if values else None
