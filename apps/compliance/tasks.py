"""Compliance's Celery entry points."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from apps.compliance.services import renewals as renewing
from apps.compliance.services import rescreening


@shared_task(name="compliance.screening_sweep", ignore_result=True)
def screening_sweep(**_: Any) -> None:
    """Queue whoever is to be screened again because a year has passed or nobody has done it yet."""
    rescreening.screening_sweep()


@shared_task(name="compliance.renewals", ignore_result=True)
def renewals(**_: Any) -> None:
    """Open, remind of and enforce renewals of verifications; once an hour, whoever comes first."""
    renewing.renewals_tick()
