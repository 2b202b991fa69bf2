"""The job of a match run: record the inputs, score blocks of them, publish.

Every process knows this job, few compute it: the compiled engine, a second and 100 MB, is loaded where a chunk runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from apps.matching import services
from apps.matching.services.runs import KIND
from kernel.job_kinds import JobKind, Planned, Stage, Store, Work, register
from kernel.models import Job


def _run_of(job_id: UUID) -> UUID:
    return UUID(Job.objects.values_list("payload", flat=True).get(pk=job_id)["run"])


def _one(job_id: UUID) -> Sequence[Planned]:
    return [Planned({"run": str(_run_of(job_id))})]


def _blocks(job_id: UUID) -> Sequence[Planned]:
    from apps.matching.services.scoring import blocks_plan

    run_id = _run_of(job_id)
    return [Planned({"run": str(run_id), **block}, weight) for block, weight in blocks_plan(run_id=run_id)]


def _record(work: Work) -> Store:
    from apps.matching.services.inputs import inputs_record

    return inputs_record(run_id=UUID(work.payload["run"]))


def _score(work: Work) -> Store:
    from apps.matching.services.scoring import lists_score

    payload = work.payload
    return lists_score(
        run_id=UUID(payload["run"]),
        side=payload["side"],
        first=payload["first"],
        last=payload["last"],
        check=work.check,
    )


def _publish(work: Work) -> Store:
    from apps.matching.services.scoring import run_publish

    return run_publish(run_id=UUID(work.payload["run"]))


def _ended(job_id: UUID, status: str) -> None:
    services.run_end(job_id=job_id, status=status)


RUN = register(
    JobKind(
        name=KIND,
        stages=(Stage("record", _one, _record), Stage("score", _blocks, _score), Stage("publish", _one, _publish)),
        ended=_ended,
        queue="matching",
    )
)
