"""Who may call which operation: each view declares a permission per action; what is not declared is refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from rest_framework.exceptions import MethodNotAllowed, NotAuthenticated
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from kernel.access import Actor
from kernel.api.problems import PermissionMissing, PermissionUndeclared, SecondFactorRequired, StepUpRequired
from kernel.clock import utc_now

PUBLIC: Final = "*public*"
"""Anybody may call the operation, signed in or not."""
SIGNED_IN: Final = "*signed-in*"
"""Any signed-in caller may; the rows decide what is seen."""
STEP_UP_LASTS: Final = dt.timedelta(minutes=5)
"""How long a second factor counts as fresh."""


def get_actor(request: Any) -> Actor:
    """The caller of a request: what its authentication resolved, nobody otherwise."""
    actor = request.auth if isinstance(request, Request) else getattr(request, "actor", None)
    return actor if isinstance(actor, Actor) else Actor.anonymous()


def declared_permission(view: Any, action: str) -> str | None:
    """The permission that `view` declares for `action`; None where it declares none."""
    table: Mapping[str, str] = getattr(view, "permissions", {})
    permission = table.get(action)
    return None if permission is None else str(permission)


def undeclared_actions(view: Any, actions: Mapping[str, str]) -> list[str]:
    """The actions of a route (`{"get": "list"}`) that `view` declares no permission for, sorted."""
    return sorted({action for action in actions.values() if declared_permission(view, action) is None})


def is_fresh(actor: Actor, now: dt.datetime | None = None) -> bool:
    """Whether the actor showed a second factor within the last minutes; software with a key never does."""
    if actor.is_system:
        return True
    return actor.second_factor_at is not None and (now or utc_now()) - actor.second_factor_at <= STEP_UP_LASTS


class DeclaredPermission(BasePermission):
    """Grants what the view's `permissions` table grants; 401 comes before 405, and both before any look-up."""

    def has_permission(self, request: Request, view: Any) -> bool:
        actor = get_actor(request)
        action = getattr(view, "action", None)
        if action is None or action == "metadata":
            self._probe(request, view, actor, is_known=action is not None)
            return True
        permission = declared_permission(view, action)
        if permission == PUBLIC:
            return True
        if not actor.is_signed_in:
            raise NotAuthenticated
        if permission is None:
            raise PermissionUndeclared
        if permission != SIGNED_IN and not actor.may(permission):
            raise PermissionMissing
        if permission != SIGNED_IN and actor.lacks_second_factor:
            raise SecondFactorRequired
        if action in getattr(view, "step_up", ()) and not is_fresh(actor):
            raise StepUpRequired
        return True

    def _probe(self, request: Request, view: Any, actor: Actor, *, is_known: bool) -> None:
        """A method the route does not have, or OPTIONS: told only to those who may call something here."""
        routed = set(getattr(view, "action_map", None) or {})
        actions = {view.action_map[method] for method in routed} if routed else set(getattr(view, "permissions", {}))
        is_public = any(declared_permission(view, action) == PUBLIC for action in actions)
        if not actor.is_signed_in and not is_public:
            raise NotAuthenticated
        if not is_known:
            raise MethodNotAllowed(str(request.method))
