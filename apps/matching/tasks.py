"""Matching's Celery entry points."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from apps.matching.services.touching import TASK


@shared_task(name=TASK, ignore_result=True)
def refresh(**_: Any) -> None:
    """Bring what was touched into the current lists; whoever comes while another does it leaves it to that one."""
    # Loads the compiled engine, which only the process that refreshes needs.
    from apps.matching.services.freshness import lists_refresh

    lists_refresh()


@shared_task(name="matching.digests", ignore_result=True)
def digests(**_: Any) -> None:
    """Queue the digests of this week, unless they were."""
    from apps.matching.services.digests import round_open

    round_open()


@shared_task(name="matching.previews", ignore_result=True)
def previews(**_: Any) -> None:
    """Remove old previews."""
    from apps.matching.services.previews import previews_tidy

    previews_tidy()


@shared_task(name="matching.impressions", ignore_result=True)
def impressions(**_: Any) -> None:
    """Remove old impressions."""
    from apps.matching.services.impressions import impressions_tidy

    impressions_tidy()


@shared_task(name="matching.prune", ignore_result=True)
def prune(**_: Any) -> None:
    """Remove what only older generations used."""
    from apps.matching.services.pruning import generations_prune

    generations_prune()


@shared_task(name="matching.introductions", ignore_result=True)
def introductions(**_: Any) -> None:
    """Remind of introductions that end soon, and end those that nobody answered."""
    from apps.matching.services.introductions import introductions_expire, introductions_remind

    introductions_remind()
    introductions_expire()
