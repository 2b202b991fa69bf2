"""Reads of runs."""

from __future__ import annotations

from typing import Any

from apps.matching.models import MatchRun
from apps.matching.states import RunStatus
from kernel.clock import utc_now
from kernel.jobs import job_progress


def run_current() -> MatchRun | None:
    """The run whose lists readers see."""
    return MatchRun.objects.filter(is_current=True).first()


def run_progress(*, run: MatchRun) -> float:
    """How far a run is, 0–1."""
    if run.status == RunStatus.PUBLISHED:
        return 1.0
    return float(job_progress(job=run.job)["fraction"]) if run.job is not None else 0.0


def run_seconds(*, run: MatchRun) -> float | None:
    """Seconds from the first work on the run to its publication, or until now; None before it begins."""
    if run.started_at is None:
        return None
    ended = run.published_at or (run.job.ended_at if run.job is not None else None) or utc_now()
    return float((ended - run.started_at).total_seconds())


def run_counts(*, run: MatchRun) -> dict[str, Any]:
    """Counts of mandates, raises, pairs, lists and failed gates, as far as the run has come."""
    return run.counts or (run.job.result if run.job is not None else {})
