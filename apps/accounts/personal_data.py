"""What the product keeps about a person: each app registers its part, to be exported and to be scrubbed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from apps.accounts.models import User
from apps.accounts.sessions import sessions_end
from kernel.access import Actor
from kernel.models import Event

ERASED = "erased-{id}@erased.invalid"
"""What stands where an e-mail address stood; `.invalid` is reserved and receives no mail (RFC 2606)."""

Export = Callable[[User], Any]
Erase = Callable[[User, Actor], None]


@dataclass(frozen=True, slots=True)
class PersonalData:
    """One app's part: `export` gives plain data, `erase` scrubs and raises a Conflict while that is impossible."""

    section: str
    export: Export
    erase: Erase


_parts: dict[str, PersonalData] = {}


def register(part: PersonalData) -> None:
    """Make a part known, from an app's module `personal_data`. Raises ValueError on a repeated section."""
    if part.section in _parts:
        raise ValueError(f"{part.section!r} is registered twice")
    _parts[part.section] = part


def parts() -> Iterator[PersonalData]:
    """All parts, the account last: the others still need to know whose they are."""
    yield from sorted(_parts.values(), key=lambda part: part.section == "account")


def addresses_of(user: User) -> set[str]:
    """The e-mail addresses of the person, confirmed or not."""
    return {user.email, *EmailAddress.objects.filter(user=user).values_list("email", flat=True)}


def _export(user: User) -> dict[str, Any]:
    own = Event.objects.filter(actor=Actor(user_id=user.pk).label()).order_by("id")
    return {
        "id": user.pk,
        "email": user.email,
        "name": user.name,
        "language": user.language,
        "joined_at": user.joined_at,
        "last_login": user.last_login,
        "addresses": list(EmailAddress.objects.filter(user=user).order_by("pk").values("email", "verified", "primary")),
        "sessions": list(UserSession.objects.filter(user=user).order_by("pk").values("created_at", "ip", "user_agent")),
        "second_factors": [
            {
                "kind": item.type,
                "name": item.data.get("name"),
                "created_at": item.created_at,
                "last_used_at": item.last_used_at,
            }
            for item in Authenticator.objects.filter(user=user).order_by("pk")
        ],
        "events": list(own.values_list("id", flat=True)),
    }


def _erase(user: User, _actor: Actor) -> None:
    marks = {*addresses_of(user), str(user.pk), user.pk.hex}
    sessions_end(user=user)
    Session.objects.filter(pk__in=[row.pk for row in Session.objects.iterator() if _names(row, marks)]).delete()
    Authenticator.objects.filter(user=user).delete()
    EmailAddress.objects.filter(user=user).delete()
    user.email, user.name = ERASED.format(id=user.pk), ""
    user.is_active = user.is_staff = user.is_superuser = False
    user.last_login = None
    user.set_unusable_password()
    user.save()


def _names(row: Session, marks: set[str]) -> bool:
    """Whether a session, also one in which nobody is signed in yet, holds one of the marks."""
    text = json.dumps(row.get_decoded())
    return any(mark in text for mark in marks)


register(PersonalData("account", _export, _erase))
