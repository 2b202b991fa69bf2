"""The registry's Celery entry points."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from apps.startups.services import attestation_requests, search_words, speed


@shared_task(name="startups.speed_refresh", ignore_result=True)
def speed_refresh(**_: Any) -> None:
    """Have all speed profiles made as of the new day; once a day, whoever comes first."""
    speed.speed_refresh()


@shared_task(name="startups.attestations_tidy", ignore_result=True)
def attestations_tidy(**_: Any) -> None:
    """Expire requests that nobody answered in time, and erase mail addresses that are no longer needed."""
    attestation_requests.attestation_requests_tidy()


@shared_task(name="startups.search_keep", ignore_result=True)
def search_keep(**_: Any) -> None:
    """Bring along vectors of an earlier edition, and the words by which mistyped ones are mended."""
    search_words.search_keep()
