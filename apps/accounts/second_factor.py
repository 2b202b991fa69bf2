"""When a session last showed a second factor."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef

from apps.accounts.models import User

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""Recovery codes stand in for one of these and exist only beside them."""


def shown_at(*, session: Any, user: User) -> dt.datetime | None:
    """The moment at which this session last showed a second factor that its person still has; None if it never did."""
    records = get_authentication_records(SimpleNamespace(session=session), user)
    shown = [record for record in records if record.get("method") == "mfa"]
    if not shown:
        return None
    present = set(Authenticator.objects.filter(user=user, type__in=FACTORS).values_list("pk", flat=True))
    if not present:
        return None
    moments = [
        record["at"]
        for record in shown
        if record.get("type") == Authenticator.Type.RECOVERY_CODES or record.get("id") in present
    ]
    return dt.datetime.fromtimestamp(max(moments), tz=dt.UTC) if moments else None


def has_factor(*, person: str) -> Exists:
    """Whether the person whose id stands under `person` in the outer query has a second factor."""
    return Exists(Authenticator.objects.filter(user_id=OuterRef(person), type__in=FACTORS))
