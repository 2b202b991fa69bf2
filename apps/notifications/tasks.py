"""The Celery entry points of messages."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from apps.notifications.services import digests, retention


@shared_task(name="notifications.digests", ignore_result=True)
def plan_digests(**_: Any) -> None:
    """Plan the digests that are due."""
    digests.digests_plan()


@shared_task(name="notifications.tidy", ignore_result=True)
def tidy(**_: Any) -> None:
    """Remove old messages."""
    retention.notifications_tidy()
