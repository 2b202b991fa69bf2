"""The life of a match run."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import connection, transaction

from apps.matching import events
from apps.matching.models import MatchRun
from apps.matching.scoring_models import model_current, scoring_model
from apps.matching.states import RUN, RunStatus
from apps.reference.models import CapabilityArea
from apps.reference.tables import editions
from kernel.access import Actor
from kernel.clock import database_now, utc_today
from kernel.errors import Conflict, Invalid
from kernel.events import publish
from kernel.job_states import JobStatus
from kernel.jobs import job_cancel, job_enqueue
from kernel.models import Job

KIND = "matching.run"
START_LOCK = 0x7A4D_0002


class RunAlreadyUnderWay(Conflict):
    """A match run is under way."""


class AsOfInFuture(Invalid):
    """The date of a run cannot lie in the future."""


def run_start(*, actor: Actor, as_of: dt.date | None = None, model_id: str | None = None) -> MatchRun:
    """Queue a run over all active mandates and open raises as of a UTC date (today if left out), by the model in force
    unless another is named.

    Raises RunAlreadyUnderWay (409), AsOfInFuture (422), UnknownScoringModel (404).
    """
    today = utc_today()
    as_of = as_of or today
    if as_of > today:
        raise AsOfInFuture
    model = model_current() if model_id is None else scoring_model(model_id)
    reference = editions().table_at(as_of)
    taxonomy = editions().taxonomy_at(as_of)
    extra = CapabilityArea.objects.exclude(edition=taxonomy.id).order_by("code").values_list("code", "parent__code")
    with transaction.atomic():
        # One run at a time: the lock makes two simultaneous starts see each other.
        connection.cursor().execute("SELECT pg_advisory_xact_lock(%s)", [START_LOCK])
        if MatchRun.objects.filter(status__in=(RunStatus.QUEUED, RunStatus.RUNNING), is_shadow=False).exists():
            raise RunAlreadyUnderWay
        run = MatchRun.objects.create(
            as_of=as_of,
            model_id=model.id,
            model_sha256=model.sha256,
            areas_id=taxonomy.id,
            areas_sha256=taxonomy.sha256,
            extra_areas=[list(pair) for pair in extra],
            reference_id=reference.id,
            reference_sha256=reference.sha256,
        )
        publish(events.RUN_QUEUED, actor=actor, subject=run, data={"as_of": as_of.isoformat(), "model": model.id})
        run.job = job_enqueue(kind=KIND, actor=actor, payload={"run": str(run.pk)})
        run.save(update_fields=["job"])
    return run


def run_begin(*, run_id: UUID) -> MatchRun:
    """Mark a queued run as running; one that runs already stays as it is."""
    run = MatchRun.objects.get(pk=run_id)
    if run.status == RunStatus.QUEUED:
        with transaction.atomic():
            RUN.fire("start", instance=run, actor=Actor.system())
            # By the clock of the database, which tells what was touched since: before anything is read.
            run.started_at = database_now()
            run.save(update_fields=["started_at"])
    return run


def run_cancel(*, run: MatchRun, actor: Actor) -> MatchRun:
    """Stop a run that has not ended: nothing of it is published. Raises NotNow or JobAlreadyEnded (409)."""
    with transaction.atomic():
        # Job before run, as the workers lock them.
        Job.objects.select_for_update().filter(match_run=run).first()
        RUN.fire("cancel", instance=run, actor=actor)
        if run.job is not None:
            job_cancel(job=run.job, actor=actor)
    return run


def run_end(*, job_id: UUID, status: str) -> None:
    """Bring a run to the end its job came to, in the job's own transaction."""
    run = MatchRun.objects.filter(job=job_id).first()
    if run is None or run.status not in (RunStatus.QUEUED, RunStatus.RUNNING):
        return
    system = Actor.system()
    if status == JobStatus.CANCELLED:
        RUN.fire("cancel", instance=run, actor=system)
    elif status == JobStatus.PARTIAL and run.status == RunStatus.RUNNING:
        RUN.fire("leave_partial", instance=run, actor=system)
    elif status != JobStatus.SUCCEEDED:
        RUN.fire("fail", instance=run, actor=system)
