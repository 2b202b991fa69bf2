"""What is kept about a person who takes data out."""

from __future__ import annotations

from typing import Any

from apps.accounts.models import User
from apps.accounts.personal_data import PersonalData, register
from apps.exchange.models import Export
from apps.exchange.services.exports import exports_drop
from kernel.access import Actor


def _export(user: User) -> list[dict[str, Any]]:
    rows = Export.objects.filter(requested_by=user).order_by("pk")
    names = ("id", "organisation_id", "what", "tables", "format", "status", "created_at", "expires_at")
    return [dict(row) for row in rows.values(*names)]


def _erase(user: User, _: Actor) -> None:
    exports_drop(user_id=user.pk)


register(PersonalData("exports", _export, _erase))
