"""The sessions of a person: ending them, changing their keys, and when their person last proved to be it."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.headless.internal.sessionkit import lookup_session
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.http import HttpRequest

from apps.accounts.models import User


def sessions_end(*, user: User, keep: str | None = None) -> int:
    """End the person's sessions, except the one with the key `keep`; returns how many ended."""
    rows = UserSession.objects.filter(user_id=user.pk).exclude(session_key=keep or "")
    keys = list(rows.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    rows.delete()
    return len(keys)


def session_rotate(*, session: Any) -> None:
    """Give a session a new key; the old one is worth nothing from now on."""
    before = session.session_key
    session.cycle_key()
    if before:
        UserSession.objects.filter(session_key=before).update(session_key=session.session_key)


def session_of(request: HttpRequest) -> Any:
    """The session that a request calls with: the one of its `X-Session-Token`, else its cookie's; None without."""
    token = request.headers.get("X-Session-Token")
    return lookup_session(token) if token else getattr(request, "session", None)


def proved_at(*, session: Any, user: User) -> dt.datetime | None:
    """The moment at which the session last showed its person's password or second factor; None if it never did."""
    if session is None:
        return None
    moments = [record["at"] for record in get_authentication_records(SimpleNamespace(session=session), user)]
    return dt.datetime.fromtimestamp(max(moments), tz=dt.UTC) if moments else None
