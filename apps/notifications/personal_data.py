"""What messages keep of a person."""

from __future__ import annotations

from typing import Any

from apps.accounts.models import User
from apps.accounts.personal_data import PersonalData, register
from apps.notifications.models import Digest, Notification, Preference
from kernel.access import Actor


def _export(user: User) -> dict[str, Any]:
    told = Notification.objects.filter(user=user).order_by("pk")
    return {
        "messages": list(
            told.values("id", "organisation_id", "kind", "created_at", "mailed_at", "read_at", "archived_at")
        ),
        "preferences": list(Preference.objects.filter(user=user).order_by("kind").values("kind", "inbox", "mail")),
        "digests": list(Digest.objects.filter(user=user).order_by("pk").values("cadence", "period", "mailed_at")),
    }


def _erase(user: User, _actor: Actor) -> None:
    for model in (Notification, Preference, Digest):
        model._base_manager.filter(user=user).delete()


register(PersonalData("notifications", _export, _erase))
