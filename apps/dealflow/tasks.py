"""The deal flow's Celery entry points."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from apps.dealflow.services import reminders


@shared_task(name="dealflow.reminders", ignore_result=True)
def reminders_tell(**_: Any) -> None:
    """Publish the reminders that are due, each once."""
    reminders.reminders_tell()
