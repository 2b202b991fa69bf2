"""The jobs of documents."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from apps.documents.reasons import NOT_FINISHED, STORAGE_FULL
from apps.documents.services import receiving, rotation, uploads
from kernel.errors import StorageFull
from kernel.job_kinds import JobKind, Planned, Stage, Store, Work, register
from kernel.job_states import JobStatus
from kernel.models import Chunk, Job


def _payload(job_id: UUID, name: str) -> str:
    return str(Job.objects.values_list("payload", flat=True).get(pk=job_id)[name])


def _planned(span: rotation.Span, **more: str) -> Planned:
    return Planned({"first": str(span[0]), "last": str(span[1]), **more})


def _span(work: Work) -> rotation.Span:
    return UUID(work.payload["first"]), UUID(work.payload["last"])


def _one(job_id: UUID) -> Sequence[Planned]:
    return [Planned({"job": str(job_id)})]


def _master_plan(job_id: UUID) -> Sequence[Planned]:
    return [_planned(span) for span in rotation.master_spans(master=_payload(job_id, "master"))]


def _master_rewrap(work: Work) -> Store:
    master, span = _payload(work.job_id, "master"), _span(work)
    return lambda: {"rewrapped": rotation.vault_keys_rewrap(master=master, span=span)}


def _master_finish(work: Work) -> Store:
    master = _payload(work.job_id, "master")
    return lambda: {"rewrapped": rotation.master_finish(job_id=work.job_id, master=master)}


def _vault_begin(work: Work) -> Store:
    vault_id = UUID(_payload(work.job_id, "vault"))
    return lambda: {"number": rotation.vault_begin(vault_id=vault_id)}


def _vault_plan(job_id: UUID) -> Sequence[Planned]:
    return [_planned(span, of=of) for of, span in rotation.vault_spans(vault_id=UUID(_payload(job_id, "vault")))]


def _vault_rewrap(work: Work) -> Store:
    vault_id, of, span = UUID(_payload(work.job_id, "vault")), work.payload["of"], _span(work)
    return lambda: {"rewrapped": rotation.data_keys_rewrap(vault_id=vault_id, of=of, span=span)}


def _vault_finish(work: Work) -> Store:
    vault_id = UUID(_payload(work.job_id, "vault"))
    return lambda: {"rewrapped": rotation.vault_finish(vault_id=vault_id)}


def _nothing(job_id: UUID, status: str) -> None:
    """A rotation that did not end well leaves every document readable, and the next one goes on from there."""


register(
    JobKind(
        rotation.ROTATE_MASTER,
        (Stage("rewrap", _master_plan, _master_rewrap), Stage("finish", _one, _master_finish)),
        _nothing,
    )
)
register(
    JobKind(
        rotation.ROTATE_VAULT,
        (
            Stage("key", _one, _vault_begin),
            Stage("rewrap", _vault_plan, _vault_rewrap),
            Stage("retire", _one, _vault_finish),
        ),
        _nothing,
    )
)


def _receive_plan(job_id: UUID) -> Sequence[Planned]:
    return [Planned({"upload": _payload(job_id, "upload")})]


def _receive(work: Work) -> Store:
    upload_id = UUID(work.payload["upload"])
    # A chunk keeps the name of what it failed by last.
    overdue = Chunk.objects.filter(pk=work.chunk_id, error__startswith=receiving.InspectionOverdue.__name__)
    outcome = receiving.upload_receive(upload_id=upload_id, check=work.check, is_last=overdue.exists())

    def store() -> None:
        receiving.upload_finish(upload_id=upload_id, outcome=outcome)

    return store


def _received(job_id: UUID, status: str) -> None:
    if status == JobStatus.SUCCEEDED:
        return
    is_full = Chunk.objects.filter(job_id=job_id, error__startswith=StorageFull.__name__).exists()
    receiving.upload_abandon(job_id=job_id, reason=STORAGE_FULL if is_full else NOT_FINISHED)


register(JobKind(uploads.RECEIVE, (Stage("receive", _receive_plan, _receive),), _received))
