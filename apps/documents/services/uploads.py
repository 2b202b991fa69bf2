"""Uploads: opened with what is promised, received chunk by chunk, completed or given up."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, Sum

from apps.documents import events
from apps.documents.inspection import markings, names
from apps.documents.inspection.outcome import TEXTS
from apps.documents.models import Document, DocumentVersion, Upload, UploadChunk
from apps.documents.services.quarantine import chunk_seal, upload_key_make, upload_shred
from apps.documents.states import (
    CONTROLLED,
    OPEN_UPLOADS,
    TAKEN_MARKINGS,
    UPLOAD,
    ExportMark,
    Marking,
    Purpose,
    UploadStatus,
    VersionStatus,
)
from apps.documents.storage import storage, storage_key_new
from apps.organisations.models import Organisation
from apps.organisations.rules import own_require
from apps.organisations.states import Standing
from apps.reference.export_classes import export_class_of
from kernel.access import Actor
from kernel.clock import database_now
from kernel.digests import SHA256
from kernel.errors import Conflict, FieldProblem, Forbidden, Invalid, NotFound
from kernel.events import publish
from kernel.jobs import job_enqueue

RECEIVE = "documents.receive"
"""The kind of job that inspects and stores what was uploaded."""
MAX_CHUNK = 8 * 1024 * 1024
MAX_CHUNKS = 20_000
OF_THE_DOCUMENT = ("title", "purpose", "export_mark", "export_code", "declared_marking")
"""What a document states once, whatever its versions."""


class UploadNotAcceptable(Invalid):
    """The upload is not acceptable."""


class MarkingNotTaken(Invalid):
    """Nothing marked above commercial confidence may be brought here. Nothing of it was kept."""


class ForVerificationOnly(Forbidden):
    """A suspended organisation brings documents for its verification only."""


class QuotaExceeded(Conflict):
    """Your organisation may keep {quota} bytes and has {used} of them in use."""


class TooManyUploads(Conflict):
    """Your organisation has {count} uploads under way, which is as many as it may have."""


class DocumentIsWithdrawn(Conflict):
    """The document is withdrawn and takes no new version."""


class UploadClosed(Conflict):
    """The upload takes no more chunks: it is {status}."""


class OffsetUnexpected(Conflict):
    """The next chunk begins at byte {expected}."""


class ChunkDiffers(Conflict):
    """Other bytes were received at this place."""


class ChunkNotAcceptable(Invalid):
    """The chunk is not acceptable."""


class DigestMismatch(Invalid):
    """The bytes that arrived are not those of the Content-Digest header. Send them again."""


class TooManyChunks(Conflict):
    """The upload is cut into too many chunks. Begin again with larger ones."""


class UploadIncomplete(Conflict):
    """{received} of {size} bytes have been received."""


@transaction.atomic
def upload_open(
    *,
    actor: Actor,
    name: str,
    size: int,
    sha256: str,
    document: Document | None = None,
    media_type: str = "",
    now: dt.datetime | None = None,
    **stated: Any,
) -> Upload:
    """Begin an upload of `size` bytes whose SHA-256 is promised: of a new document, or of a document's next version.

    `stated` are title, purpose, export_mark, export_code and declared_marking of a new document; a document has stated
    them. Raises NotYours, UploadNotAcceptable, MarkingNotTaken, ForVerificationOnly, DocumentIsWithdrawn, QuotaExceeded
    and TooManyUploads.
    """
    if actor.organisation_id is None:
        raise NotFound
    if document is not None:
        own_require(actor=actor, organisation_id=document.organisation_id)
        if document.withdrawn_at is not None:
            raise DocumentIsWithdrawn
    values = _stated(document, stated)
    problems = _upload_problems(name=name, size=size, sha256=sha256, values=values)
    if problems:
        raise UploadNotAcceptable(errors=problems)
    _marking_require(name=name, values=values)
    _standing_require(actor, values["purpose"])
    now = now or database_now()
    # One at a time for each organisation: two at once would both find room.
    organisation = Organisation.objects.select_for_update(no_key=True).get(Q(pk=actor.organisation_id))
    _quota_require(organisation, size)
    upload = Upload(
        organisation=organisation,
        document=document,
        name=name,
        media_type=media_type,
        size=size,
        sha256=sha256,
        expires_at=now + dt.timedelta(hours=settings.DOCUMENT_UPLOAD_HOURS),
        created_by_id=actor.user_id,
        **values,
    )
    upload_key_make(upload=upload)
    upload.save(force_insert=True)
    data = {"size": size, "document": str(document.pk) if document else None}
    publish(events.UPLOAD_OPENED, actor=actor, subject=upload, data=data)
    return upload


@transaction.atomic
def marking_refused(*, actor: Actor, refused: MarkingNotTaken) -> None:
    """Record that an upload was refused at its opening for a marking, so that the compliance role is told.

    Called once the refused transaction is undone: its record must outlast it. Nothing of the name is kept; the number
    is that of the upload which did not come to be. Raises NotFound for who acts for no organisation.
    """
    if actor.organisation_id is None:
        raise NotFound
    data = {"at_opening": True, "fields": sorted(problem.pointer for problem in refused.errors)}
    publish(
        events.UPLOAD_CLASSIFIED,
        actor=actor,
        subject=Upload(organisation_id=actor.organisation_id),
        data=data,
    )


@transaction.atomic
def chunk_put(
    *, actor: Actor, upload: Upload, offset: int, content: bytes, digest: bytes, now: dt.datetime | None = None
) -> Upload:
    """Keep the bytes that follow what was received; the same chunk again changes nothing.

    `digest` is the SHA-256 that the sender computed. The chunk lies in quarantine before its row commits. Raises
    NotYours, ChunkNotAcceptable, DigestMismatch, UploadClosed, OffsetUnexpected, ChunkDiffers, TooManyChunks and
    StorageFull.
    """
    own_require(actor=actor, organisation_id=upload.organisation_id)
    if not 0 < len(content) <= MAX_CHUNK:
        raise ChunkNotAcceptable("A chunk has between one and {most} bytes.", most=MAX_CHUNK)
    sha256 = hashlib.sha256(content)
    if sha256.digest() != digest:
        raise DigestMismatch
    locked = Upload.objects.select_for_update().get(pk=upload.pk)
    if locked.status != UploadStatus.RECEIVING:
        raise UploadClosed(status=locked.status)
    if locked.expires_at <= (now or database_now()):
        raise UploadClosed(status=UploadStatus.EXPIRED.value)
    if offset < locked.received:
        _repeated_require(locked, offset, len(content), sha256.hexdigest())
        return locked
    if offset > locked.received:
        raise OffsetUnexpected(expected=locked.received)
    if offset + len(content) > locked.size:
        raise ChunkNotAcceptable("The chunk reaches beyond the {size} bytes of the upload.", size=locked.size)
    if locked.chunks.count() >= MAX_CHUNKS:
        raise TooManyChunks
    key = storage_key_new()
    storage().put(key, [chunk_seal(upload=locked, offset=offset, content=content)])
    UploadChunk.objects.create(
        upload=locked, offset=offset, size=len(content), sha256=sha256.hexdigest(), storage_key=key
    )
    locked.received += len(content)
    locked.save(update_fields=["received"])
    return locked


@transaction.atomic
def upload_complete(*, actor: Actor, upload: Upload) -> Upload:
    """Queue the inspection of what was received.

    Raises NotYours, NotPermitted, NotNow, ForVerificationOnly and UploadIncomplete.
    """
    own_require(actor=actor, organisation_id=upload.organisation_id)
    locked = Upload.objects.select_for_update().get(pk=upload.pk)
    _standing_require(actor, locked.purpose)
    if locked.status == UploadStatus.RECEIVING and locked.received < locked.size:
        raise UploadIncomplete(received=locked.received, size=locked.size)
    UPLOAD.fire("complete", instance=locked, actor=actor)
    locked.job = job_enqueue(
        kind=RECEIVE, actor=actor, payload={"upload": str(locked.pk)}, organisation_id=locked.organisation_id
    )
    locked.save(update_fields=["job"])
    return locked


@transaction.atomic
def upload_abort(*, actor: Actor, upload: Upload) -> Upload:
    """Give the upload up; what was received is destroyed. Raises NotYours, NotPermitted and NotNow."""
    own_require(actor=actor, organisation_id=upload.organisation_id)
    UPLOAD.fire("abort", instance=upload, actor=actor)
    upload_shred(upload=upload)
    return upload


def bytes_used(*, organisation_id: Any) -> int:
    """What counts against the organisation's quota: stored versions, and what its uploads under way promise."""
    stored = DocumentVersion.objects.filter(
        Q(document__organisation_id=organisation_id), ~Q(status=VersionStatus.BLOCKED), destroyed_at=None
    )
    coming = Upload.objects.filter(Q(organisation_id=organisation_id), status__in=OPEN_UPLOADS)
    return sum(rows.aggregate(total=Sum("size"))["total"] or 0 for rows in (stored, coming))


def export_problems(*, mark: str, code: str) -> list[FieldProblem]:
    """What is wrong with a mark of export control and the entry it names."""
    if mark not in CONTROLLED:
        if code:
            text = "Only a controlled document has an entry of a list."
            return [FieldProblem("/export_code", "not_controlled", text)]
        return []
    if not code:
        return [FieldProblem("/export_code", "required", "Name the entry of the control list.")]
    found = export_class_of(code=code)
    if found is None or found.control_list != mark:
        text = "The control list has no such entry: ML10.c of the military list, say, or 9A012 of the dual-use list."
        return [FieldProblem("/export_code", "unknown_entry", text)]
    return []


def marking_problems(**named: str) -> list[FieldProblem]:
    """What is wrong with names and titles, given by their fields: which of them bear a marking."""
    return [
        FieldProblem(f"/{field}", "marked_classified", "It bears a marking of classified information.")
        for field, text in named.items()
        if markings.in_name(text) is not None
    ]


def _stated(document: Document | None, stated: dict[str, Any]) -> dict[str, Any]:
    if document is not None:
        problems = [
            FieldProblem(f"/{name}", "stated_by_document", "The document states this; change it there.")
            for name in stated
        ]
        if problems:
            raise UploadNotAcceptable(errors=problems)
        return {name: getattr(document, name) for name in OF_THE_DOCUMENT}
    missing = [FieldProblem(f"/{name}", "required", "Required.") for name in ("title", "purpose") if name not in stated]
    if missing:
        raise UploadNotAcceptable(errors=missing)
    defaults = {"export_mark": ExportMark.UNKNOWN, "export_code": "", "declared_marking": Marking.NONE}
    return defaults | stated


def _upload_problems(*, name: str, size: int, sha256: str, values: dict[str, Any]) -> list[FieldProblem]:
    problems = []
    odd = names.problem(name)
    if odd is not None:
        problems.append(FieldProblem("/name", odd.value, TEXTS[odd]))
    if not values["title"].strip():
        problems.append(FieldProblem("/title", "required", "Required."))
    if values["purpose"] not in Purpose.values:
        problems.append(FieldProblem("/purpose", "invalid_choice", "There is no such purpose."))
    if not 0 < size <= settings.DOCUMENT_MAX_BYTES:
        most = settings.DOCUMENT_MAX_BYTES
        problems.append(FieldProblem("/size", "out_of_range", "Between one and {most} bytes.", {"most": most}))
    if not re.fullmatch(SHA256, sha256):
        problems.append(FieldProblem("/sha256", "malformed", "The SHA-256 of the file in 64 hexadecimal digits."))
    return problems + export_problems(mark=values["export_mark"], code=values["export_code"])


def _standing_require(actor: Actor, purpose: str) -> None:
    if actor.standing == Standing.SUSPENDED and purpose != Purpose.VERIFICATION:
        raise ForVerificationOnly


def _marking_require(*, name: str, values: dict[str, Any]) -> None:
    """Raises MarkingNotTaken for what is declared, or named as if it were, above commercial confidence."""
    problems = []
    if values["declared_marking"] not in TAKEN_MARKINGS:
        problems.append(FieldProblem("/declared_marking", "not_taken", "At most commercial in confidence."))
    problems += marking_problems(name=name, title=values["title"])
    if problems:
        raise MarkingNotTaken(errors=problems)


def _quota_require(organisation: Organisation, size: int) -> None:
    count = Upload.objects.filter(organisation=organisation, status__in=OPEN_UPLOADS).count()
    if count >= settings.DOCUMENT_UPLOADS_OPEN:
        raise TooManyUploads(count=count)
    used = bytes_used(organisation_id=organisation.pk)
    if used + size > settings.DOCUMENT_QUOTA_BYTES:
        raise QuotaExceeded(quota=settings.DOCUMENT_QUOTA_BYTES, used=used)


def _repeated_require(upload: Upload, offset: int, size: int, sha256: str) -> None:
    """Raises unless just this chunk was received before."""
    known = upload.chunks.filter(offset=offset).first()
    if known is None:
        raise OffsetUnexpected(expected=upload.received)
    if (known.size, known.sha256) != (size, sha256):
        raise ChunkDiffers
