"""Celery's entry points to funds and mandates."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from apps.investors import services


@shared_task(name="investors.capacity_expire", ignore_result=True)
def capacity_expire(**_: Any) -> None:
    """Release what was reserved of mandates for a time that is over; whoever comes first takes each."""
    services.capacity_expire()
