"""Celery's entry points to documents."""

from typing import Any

from celery import shared_task

from apps.documents.services import retention


@shared_task(name="documents.tidy", ignore_result=True)
def tidy(**_: Any) -> None:
    """Destroy what is past its time; once an hour, whoever comes first."""
    retention.tidy()
