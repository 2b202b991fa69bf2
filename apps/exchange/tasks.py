"""Celery's entry points to imports and exports."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from apps.exchange import services


@shared_task(name="exchange.exports_expire", ignore_result=True)
def exports_expire(**_: Any) -> None:
    """Drop the content of exports past their time; whoever comes first takes each."""
    services.exports_expire()
