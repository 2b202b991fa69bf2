"""Reads of runs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from apps.matching.models import MatchRun
from apps.matching.rules.phases import Phase, phases
from apps.matching.states import RunStatus
from kernel.clock import utc_now
from kernel.ids import made_at
from kernel.job_kinds import kind_of
from kernel.jobs import job_progress
from kernel.models import Chunk

INPUTS = ("mandate_versions", "raise_versions", "extra_areas")
"""Columns that grow with the pool: read where an explanation needs them, never in lists."""


def run_list() -> QuerySet[MatchRun]:
    """All runs with their jobs, without what grows with the pool."""
    return MatchRun.objects.select_related("job").defer(*INPUTS)


def run_current() -> MatchRun | None:
    """The run whose lists readers see."""
    return MatchRun.objects.defer(*INPUTS).filter(is_current=True).first()


def run_readable(*, run_id: UUID) -> MatchRun | None:
    """A published run whose lists are still kept: the current or the previous one."""
    run = MatchRun.objects.defer(*INPUTS).filter(pk=run_id, status=RunStatus.PUBLISHED, is_shadow=False).first()
    if run is None or run.is_current or run.lists.exists():
        return run
    return None


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


def run_phases(*, run: MatchRun) -> tuple[Phase, ...]:
    """The phases of a run's job with their seconds so far; none without a job. One query.

    A phase opens when its chunks are planned: their ids tell when that was.
    """
    if run.job is None:
        return ()
    planned = Chunk.objects.filter(job=run.job, position=0).values_list("stage", "id")
    opened = {stage: made_at(first) for stage, first in planned}
    names = [stage.name for stage in kind_of(run.job.kind).stages]
    return phases(
        names=names,
        opened=[opened.get(place) for place in range(len(names))],
        ended=run.job.ended_at,
        now=utc_now(),
    )


def run_counts(*, run: MatchRun) -> dict[str, Any]:
    """Counts of mandates, raises, pairs, lists and failed gates, as far as the run has come."""
    return run.counts or (run.job.result if run.job is not None else {})
