"""What is kept about a person who introduces its organisation."""

from __future__ import annotations

from typing import Any

from apps.accounts.models import User
from apps.accounts.personal_data import PersonalData, register
from apps.matching.models import DecisionStep, Introduction
from kernel.access import Actor


def _export(user: User) -> dict[str, Any]:
    """The introductions that the person asked for, with what it wrote, those that it answered, and steps it recorded;
    who the other side is, is the organisation's to know.
    """
    return {
        "asked": list(Introduction.objects.filter(asked_by=user).order_by("pk").values("id", "message", "created_at")),
        "answered": list(
            Introduction.objects.filter(answered_by=user).order_by("pk").values("id", "status", "responded_at")
        ),
        "steps": list(
            DecisionStep.objects.filter(recorded_by=user).order_by("pk").values("id", "step", "on", "recorded_at")
        ),
    }


def _erase(_user: User, _actor: Actor) -> None:
    """Introductions are the record of two organisations; the ids name nobody once the account is scrubbed."""


register(PersonalData("introductions", _export, _erase))
