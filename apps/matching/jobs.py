"""The jobs of matching: runs (record the inputs, score blocks of them, publish), comparisons, previews, digests.

Every process knows these jobs, few compute them: the engine, a second and 100 MB, is loaded where a chunk runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from apps.matching import services
from apps.matching.services.runs import KIND
from apps.matching.states import InputKind
from kernel.job_kinds import JobKind, Planned, Stage, Store, Work, register
from kernel.models import Job


def _run_of(job_id: UUID) -> UUID:
    return UUID(Job.objects.values_list("payload", flat=True).get(pk=job_id)["run"])


def _one(job_id: UUID) -> Sequence[Planned]:
    return [Planned({"run": str(_run_of(job_id))})]


def _parts(job_id: UUID) -> Sequence[Planned]:
    from apps.matching.services.parts import parts_plan

    return [Planned(part, weight) for part, weight in parts_plan(run_id=_run_of(job_id))]


def _blocks(job_id: UUID) -> Sequence[Planned]:
    from apps.matching.services.scoring import blocks_plan

    run_id = _run_of(job_id)
    return [Planned({"run": str(run_id), **block}, weight) for block, weight in blocks_plan(run_id=run_id)]


def _record(work: Work) -> Store:
    from apps.matching.services.inputs import inputs_record

    payload = work.payload
    if "kind" not in payload:
        # Planned before there were parts: one chunk reads everything.
        stores = [
            inputs_record(run_id=UUID(payload["run"]), kind=kind, place=0, after=None, until=None)
            for kind in InputKind.values
        ]
        return lambda: {name: count for store in stores for name, count in store().items()}
    return inputs_record(
        run_id=UUID(payload["run"]),
        kind=payload["kind"],
        place=payload["place"],
        after=payload["after"],
        until=payload["until"],
        check=work.check,
    )


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
    from apps.matching.services.publishing import run_publish

    return run_publish(run_id=UUID(work.payload["run"]))


def _ended(job_id: UUID, status: str) -> None:
    services.run_end(job_id=job_id, status=status)


RUN = register(
    JobKind(
        name=KIND,
        stages=(Stage("record", _parts, _record), Stage("score", _blocks, _score), Stage("publish", _one, _publish)),
        ended=_ended,
        version=2,
        queue="matching",
    )
)


def _no_end(job_id: UUID, status: str) -> None:
    """Whoever asks reads the job's own end."""


def _comparison_chunks(job_id: UUID) -> Sequence[Planned]:
    from apps.matching.services.comparisons import comparison_chunks

    return comparison_chunks(job_id=job_id)


def _compare(work: Work) -> Store:
    from apps.matching.services.comparisons import comparison_work

    return comparison_work(payload=work.payload, check=work.check)


def _preview_chunk(job_id: UUID) -> Sequence[Planned]:
    return [Planned(Job.objects.values_list("payload", flat=True).get(pk=job_id))]


def _preview(work: Work) -> Store:
    from apps.matching.services.preview_scoring import preview_work

    return preview_work(payload=work.payload, check=work.check)


def _digest_sides(job_id: UUID) -> Sequence[Planned]:
    from apps.matching.services.digests import sides_chunks

    return sides_chunks(job_id=job_id)


def _digest(work: Work) -> Store:
    from apps.matching.services.digests import digests_make

    return digests_make(payload=work.payload, check=work.check)


def _digest_lists(job_id: UUID) -> Sequence[Planned]:
    from apps.matching.services.digests import lists_chunks

    return lists_chunks(job_id=job_id)


def _tell(work: Work) -> Store:
    from apps.matching.services.digests import digests_tell

    return digests_tell(payload=work.payload)


COMPARISON = register(
    JobKind("matching.comparison", (Stage("compare", _comparison_chunks, _compare),), _no_end, queue="matching")
)
PREVIEW = register(JobKind("matching.preview", (Stage("score", _preview_chunk, _preview),), _no_end, queue="matching"))
DIGESTS = register(
    JobKind(
        "matching.digests",
        (Stage("choose", _digest_sides, _digest), Stage("tell", _digest_lists, _tell)),
        _no_end,
        queue="matching",
    )
)
