"""Reading imports and exports, and who they are done for now."""

from __future__ import annotations

from uuid import UUID

from apps.accounts.models import User
from apps.organisations.models import ApiKey
from apps.organisations.selectors import actor_for_key, actor_for_user, api_key_find
from kernel.access import Actor
from kernel.clock import utc_now


def actor_now(*, label: str, organisation_id: UUID | None, permission: str) -> Actor | None:
    """The actor that the label of a job names, with what it may do now for the organisation.

    None for whoever has left, was blocked, whose key has ended, or who no longer holds `permission`.
    """
    kind, _, identifier = label.partition(":")
    found: Actor | None = None
    if kind == "user" and User.objects.filter(pk=identifier, is_active=True).exists():
        found = actor_for_user(user_id=UUID(identifier), organisation_id=organisation_id)
    elif kind == "key":
        key = ApiKey.objects.filter(pk=identifier, organisation=organisation_id, revoked_at=None).first()
        whole = api_key_find(prefix=key.prefix) if key is not None and key.expires_at > utc_now() else None
        is_member = whole is not None and whole.maker_roles is not None  # type: ignore[attr-defined]
        if whole is not None and is_member and whole.created_by.is_active:
            found = actor_for_key(key=whole)
    return found if found is not None and found.may(permission) else None
