"""The jobs of compliance: what they plan and do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from apps.compliance.services import list_loading, rescreening, watch_lists
from apps.compliance.services.screening import RESCREEN, SCREENING
from apps.compliance.states import ScreeningCause
from kernel.job_kinds import JobKind, Planned, Stage, Store, Work, register
from kernel.job_states import JobStatus
from kernel.models import Job


def _list_version(work: Work) -> UUID:
    return UUID(work.payload["list_version"])


def _version_of_job(job_id: UUID) -> UUID:
    return UUID(Job.objects.values_list("payload", flat=True).get(pk=job_id)["list_version"])


def _plan_whole(job_id: UUID) -> Sequence[Planned]:
    return [Planned(payload={"list_version": str(_version_of_job(job_id))})]


def _list_begin(work: Work) -> Store:
    def store() -> None:
        watch_lists.list_version_begin(version_id=_list_version(work))

    return store


def _plan_read(job_id: UUID) -> Sequence[Planned]:
    """One chunk for each part of a file that can be read so, else one for all of it."""
    version_id = _version_of_job(job_id)
    parts, is_dated = watch_lists.list_version_parts(version_id=version_id)
    planned = [Planned({"list_version": str(version_id), "part": part, "is_dated": is_dated}) for part in parts]
    return planned or _plan_whole(job_id)


def _list_read(work: Work) -> Store:
    return _list_read_whole(work) if "part" not in work.payload else _list_read_part(work)


def _list_read_part(work: Work) -> Store:
    version_id, number = _list_version(work), work.payload["part"]
    found = watch_lists.list_version_part_read(version_id=version_id, number=number, check=work.check)

    def store() -> None:
        is_dated = work.payload["is_dated"]
        watch_lists.list_version_part_store(version_id=version_id, number=number, is_dated=is_dated, found=found)

    return store


def _list_sum(work: Work) -> Store:
    def store() -> Mapping[str, Any]:
        return watch_lists.list_version_sum(version_id=_list_version(work))

    return store


def _list_read_whole(work: Work) -> Store:
    outcome = watch_lists.list_version_read(version_id=_list_version(work), check=work.check)

    def store() -> Mapping[str, Any]:
        return watch_lists.list_version_read_finish(version_id=_list_version(work), outcome=outcome)

    return store


def _plan_keys(job_id: UUID) -> Sequence[Planned]:
    version_id = _version_of_job(job_id)
    return [
        Planned(payload={"list_version": str(version_id), "first": str(first), "size": size}, weight=size)
        for first, size in watch_lists.list_version_ranges(version_id=version_id)
    ]


def _list_keys(work: Work) -> Store:
    rows = list_loading.keys_compute(
        version_id=_list_version(work),
        first=UUID(work.payload["first"]),
        size=work.payload["size"],
        check=work.check,
    )

    def store() -> Mapping[str, Any]:
        list_loading.keys_store(rows=rows)
        return {"names": len(rows)}

    return store


def _list_settle(work: Work) -> Store:
    list_loading.keys_settle(version_id=_list_version(work))

    def store() -> Mapping[str, Any]:
        return watch_lists.list_version_settle(version_id=_list_version(work))

    return store


def _list_clear(work: Work) -> None:
    list_loading.version_clear(version_id=_list_version(work), check=work.check)


def _list_ended(job_id: UUID, status: str) -> None:
    if status != JobStatus.SUCCEEDED:
        watch_lists.list_version_abandon(job_id=job_id, code=status)


def _nothing(job_id: UUID, status: str) -> None:
    """Clearing is taken up again with the next attempt; nobody waits for it."""


register(
    JobKind(
        watch_lists.LOAD,
        (
            Stage("begin", _plan_whole, _list_begin),
            Stage("read", _plan_read, _list_read),
            Stage("sum", _plan_whole, _list_sum),
            Stage("keys", _plan_keys, _list_keys),
            Stage("settle", _plan_whole, _list_settle),
        ),
        _list_ended,
    )
)
register(JobKind(watch_lists.CLEAR, (Stage("clear", _plan_whole, _list_clear),), _nothing))


def _payload(job_id: UUID) -> dict[str, Any]:
    return dict(Job.objects.values_list("payload", flat=True).get(pk=job_id))


def _gather_plan(_job_id: UUID) -> Sequence[Planned]:
    """One chunk that waits for a worker: until it is taken, whatever becomes due joins the job."""
    return [Planned({})]


def _gather(_work: Work) -> Store | None:
    return None


def _screen_plan(job_id: UUID) -> Sequence[Planned]:
    asked = _payload(job_id).get("organisation")
    if asked is not None:
        return [Planned({"organisations": [asked]})]
    portions = rescreening.due_take(job_id=job_id)
    return [Planned({"organisations": [str(item) for item in portion]}, len(portion)) for portion in portions]


def _screen(work: Work) -> Store:
    asked = "organisation" in _payload(work.job_id)
    organisations = [UUID(item) for item in work.payload["organisations"]]
    counts = rescreening.due_screen(
        organisation_ids=organisations,
        cause=ScreeningCause.REQUESTED if asked else None,
        job_id=work.job_id,
        check=work.check,
    )

    def store() -> dict[str, int]:
        rescreening.due_done(job_id=work.job_id, organisation_ids=organisations)
        return counts

    return store


def _find_plan(job_id: UUID) -> Sequence[Planned]:
    version = UUID(_payload(job_id)["list_version"])
    portions = rescreening.changes_plan(list_version_id=version)
    return [Planned({"first": str(first), "last": str(last)}, count) for first, last, count in portions]


def _find(work: Work) -> Store:
    version = UUID(_payload(work.job_id)["list_version"])
    entries = rescreening.changed_between(
        list_version_id=version, first=UUID(work.payload["first"]), last=UUID(work.payload["last"])
    )
    found = rescreening.uncovered(
        organisation_ids=rescreening.concerned(entry_ids=entries, check=work.check), list_version_id=version
    )

    def store() -> dict[str, int]:
        rescreening.due_mark(organisation_ids=found, cause=ScreeningCause.LIST_CHANGED)
        return {"entries": len(entries), "concerned": len(found)}

    return store


def _ended(job_id: UUID, _status: str) -> None:
    rescreening.due_release(job_id=job_id)


def _rescreen_plan(job_id: UUID) -> Sequence[Planned]:
    """Whom the changes concern, and whoever was never compared with any list."""
    rescreening.due_mark(organisation_ids=rescreening.unscreened(), cause=ScreeningCause.LIST_CHANGED)
    return _screen_plan(job_id)


register(JobKind(SCREENING, (Stage("gather", _gather_plan, _gather), Stage("screen", _screen_plan, _screen)), _ended))
register(JobKind(RESCREEN, (Stage("find", _find_plan, _find), Stage("screen", _rescreen_plan, _screen)), _ended))
