"""What becomes of a completed upload: put together, inspected, scanned, encrypted as a version; or refused."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Max
from prometheus_client import Counter

from apps.documents import events, inspection, scanner
from apps.documents.encryption import ContentDamaged
from apps.documents.inspection import Verdict
from apps.documents.models import Document, DocumentVersion, Upload
from apps.documents.reasons import (
    CLASSIFIED,
    DAMAGED,
    DIGEST_MISMATCH,
    INFECTED,
    NOT_FINISHED,
    SIZE_MISMATCH,
    STORAGE_FULL,
    WITHDRAWN,
)
from apps.documents.services.content import Stored, content_store
from apps.documents.services.keys import vault_for
from apps.documents.services.quarantine import chunk_open, objects_forget, upload_shred
from apps.documents.services.uploads import bytes_used
from apps.documents.states import DOCUMENT_VERSION, UPLOAD, ScanState, UploadStatus, VersionStatus
from apps.documents.storage import ObjectMissing, full_disk_told
from kernel.access import Actor
from kernel.clock import database_now
from kernel.events import publish

log = structlog.get_logger(__name__)

walls_missing = Counter(
    "tandem_inspection_walls_missing", "Inspections in a child without one of its walls, by wall.", ["wall"]
)

WORK_FOLDER = "tandem-received-"
WORK_KEPT = dt.timedelta(hours=2)
"""Longer than any job may take: an older folder is of a worker that was killed."""

Check = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the work on an upload came to: `failure` where no version results, else what the version is to hold."""

    failure: str = ""
    reasons: tuple[dict[str, str | None], ...] = ()
    media_type: str = ""
    pages: int | None = None
    scan_state: ScanState = ScanState.NOT_SCANNED
    scan_engine: str = ""
    stored: Stored | None = None


class InspectionOverdue(Exception):
    """The inspection did not end in its time, perhaps because the machine was busy."""


class _Failed(Exception):
    """No version results; the code says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def upload_receive(*, upload_id: UUID, check: Check, is_last: bool = True) -> Outcome | None:
    """Do all that takes time with a completed upload, outside any transaction; None where there is nothing to do.

    `check` raises when the work is not wanted any more. Whatever is left of an attempt that dies is removed: a private
    folder here, a stored object without a row by the sweep. Raises StorageFull, and unless `is_last` InspectionOverdue;
    else a file that takes too long is blocked.
    """
    upload = Upload.objects.get(pk=upload_id)
    if upload.status != UploadStatus.COMPLETING:
        return None
    # Each machine has a folder of its own, and the hourly sweep comes to one of them only.
    folders_remove(now=database_now())
    with full_disk_told(), tempfile.TemporaryDirectory(prefix=WORK_FOLDER, dir=_work_folder()) as folder:
        received = Path(folder) / "received"
        try:
            _assemble(upload, received, check)
            return _judge(upload, received, check, is_last=is_last)
        except _Failed as reason:
            return Outcome(failure=reason.code)


@transaction.atomic
def upload_finish(*, upload_id: UUID, outcome: Outcome | None) -> Upload:
    """Record what an upload came to, once: its version is clean or blocked, or it failed; its chunks are destroyed."""
    upload = Upload.objects.select_for_update().get(pk=upload_id)
    if upload.status != UploadStatus.COMPLETING or outcome is None:
        if outcome is not None and outcome.stored is not None:
            objects_forget(keys=[outcome.stored.key])
        return upload
    if outcome.failure:
        _fail(upload, outcome.failure)
    else:
        _version_finish(upload, outcome)
        UPLOAD.fire("finish", instance=upload, actor=Actor.system(), data={"document": str(upload.document_id)})
    upload_shred(upload=upload)
    return upload


@transaction.atomic
def upload_abandon(*, job_id: UUID, reason: str = NOT_FINISHED) -> None:
    """Fail the upload whose job ended without an answer."""
    for upload in Upload.objects.select_for_update().filter(job_id=job_id, status=UploadStatus.COMPLETING):
        _fail(upload, reason)
        upload_shred(upload=upload)


def folders_remove(*, now: dt.datetime) -> int:
    """Remove the received files that killed workers of this machine left in the clear; returns how many folders."""
    removed = 0
    for folder in Path(settings.DOCUMENT_WORK_FOLDER).glob(f"{WORK_FOLDER}*"):
        try:
            is_old = folder.stat().st_mtime < (now - WORK_KEPT).timestamp()
        except FileNotFoundError:
            continue  # its worker was done just now
        if is_old:
            shutil.rmtree(folder, ignore_errors=True)
            removed += 1
    return removed


def _work_folder() -> Path:
    """Where received files lie in the clear while they are looked at: readable by this process's account only."""
    folder = Path(settings.DOCUMENT_WORK_FOLDER)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _assemble(upload: Upload, place: Path, check: Check) -> None:
    """Write the chunks one after another. Raises _Failed unless just what was promised comes out."""
    whole, size = hashlib.sha256(), 0
    with place.open("xb") as file:
        for chunk in upload.chunks.order_by("offset"):
            check()
            if chunk.offset != size:
                raise _Failed(DAMAGED)
            try:
                content = chunk_open(upload=upload, chunk=chunk)
            except (ContentDamaged, ObjectMissing):
                raise _Failed(DAMAGED) from None
            whole.update(content)
            size += len(content)
            file.write(content)
    if size != upload.size:
        raise _Failed(SIZE_MISMATCH)
    if whole.hexdigest() != upload.sha256:
        raise _Failed(DIGEST_MISMATCH)


def _judge(upload: Upload, received: Path, check: Check, *, is_last: bool) -> Outcome:
    check()
    found = inspection.inspect(
        received,
        name=upload.name,
        declared_type=upload.media_type,
        limits=inspection.Limits(file_bytes=settings.DOCUMENT_MAX_BYTES),
    )
    _walls_tell(found)
    if found.is_overdue and not is_last:
        raise InspectionOverdue
    if found.marking is not None:
        raise _Failed(CLASSIFIED)
    check()
    scan = scanner.scan(received)
    if found.sanitised is not None and scan.state is ScanState.CLEAN:
        # What is served is the other file: it is called clean only after it was scanned as well.
        scan = scanner.scan(found.sanitised)
    reasons = [{"code": item.code, "member": item.member} for item in found.reasons]
    if scan.state is ScanState.INFECTED:
        reasons.append({"code": INFECTED, "member": None})
    kept = found.sanitised or received
    is_clean = found.verdict is Verdict.CLEAN and not reasons
    check()
    version = _version_ensure(upload)
    stored = None
    if is_clean:
        with kept.open("rb") as plain:
            stored = content_store(
                plain,
                document_id=version.document_id,
                version=version.number,
                vault=vault_for(organisation_id=version.document.organisation_id),
            )
        if found.sanitised is None and stored.sha256 != upload.sha256:
            # Not the file any more that was inspected.
            objects_forget(keys=[stored.key])
            raise _Failed(DAMAGED)
    return Outcome(
        reasons=tuple(reasons),
        media_type=found.media_type or "",
        pages=found.pages,
        scan_state=scan.state,
        scan_engine=(scan.engine or "")[:100],
        stored=stored,
    )


def _walls_tell(found: inspection.Inspection) -> None:
    """Log and count the walls that the machine did not give the child."""
    for wall in found.walls_missing:
        walls_missing.labels(wall).inc()
    if found.walls_missing:
        log.warning("inspection_walls_missing", walls=list(found.walls_missing))


@transaction.atomic
def _version_ensure(upload: Upload) -> DocumentVersion:
    """The one version that comes of the upload, in quarantine; made once, however often the work is begun.

    Raises _Failed where the document was withdrawn meanwhile.
    """
    locked = Upload.objects.select_for_update().get(pk=upload.pk)
    if locked.document_version_id is not None:
        return DocumentVersion.objects.select_related("document").get(pk=locked.document_version_id)
    if locked.status != UploadStatus.COMPLETING:
        raise _Failed(NOT_FINISHED)
    system = Actor.system()
    if locked.document_id is None:
        document = Document.objects.create(
            organisation_id=locked.organisation_id,
            title=locked.title,
            purpose=locked.purpose,
            export_mark=locked.export_mark,
            export_code=locked.export_code,
            declared_marking=locked.declared_marking,
            created_by_id=locked.created_by_id,
        )
        publish(events.DOCUMENT_CREATED, actor=system, subject=document, data={"upload": str(locked.pk)})
    else:
        document = Document.objects.select_for_update().get(pk=locked.document_id)
        if document.withdrawn_at is not None:
            raise _Failed(WITHDRAWN)
    highest = document.versions.aggregate(highest=Max("number"))["highest"] or 0
    version = DocumentVersion.objects.create(
        document=document,
        number=highest + 1,
        name=locked.name,
        size=locked.size,
        sha256=locked.sha256,
        created_by_id=locked.created_by_id,
    )
    locked.document, locked.document_version = document, version
    locked.save(update_fields=["document", "document_version"])
    publish(
        events.VERSION_RECEIVED,
        actor=system,
        subject=version,
        organisation_id=document.organisation_id,
        data={"document": str(document.pk), "number": version.number, "upload": str(locked.pk)},
    )
    return version


def _version_finish(upload: Upload, outcome: Outcome) -> None:
    version = DocumentVersion.objects.select_for_update().get(upload=upload)
    document = Document.objects.select_for_update().get(pk=version.document_id)
    reasons = list(outcome.reasons)
    if document.withdrawn_at is not None and outcome.stored is not None:
        reasons.append({"code": WITHDRAWN, "member": None})
    stored = outcome.stored
    if stored is not None and not reasons and _is_over_quota(upload, version, stored):
        reasons.append({"code": STORAGE_FULL, "member": None})
    if stored is not None and reasons:
        objects_forget(keys=[stored.key])
        stored = None
    version.reasons = reasons
    version.media_type, version.pages = outcome.media_type, outcome.pages
    version.scan_state, version.scan_engine = outcome.scan_state, outcome.scan_engine
    fields = ["reasons", "media_type", "pages", "scan_state", "scan_engine"]
    if stored is not None:
        version.size, version.sha256, version.segments = stored.size, stored.sha256, stored.segments
        version.storage_key, version.wrapped_key = stored.key, stored.wrapped_key
        version.vault_key_id, version.stored_at = stored.vault_key_id, database_now()
        fields += ["size", "sha256", "segments", "storage_key", "wrapped_key", "vault_key", "stored_at"]
    version.save(update_fields=fields)
    DOCUMENT_VERSION.fire(
        "clear" if stored is not None else "block",
        instance=version,
        actor=Actor.system(),
        organisation_id=document.organisation_id,
        data={"document": str(document.pk), "number": version.number, "reasons": [item["code"] for item in reasons]},
    )


def _is_over_quota(upload: Upload, version: DocumentVersion, stored: Stored) -> bool:
    """Whether what is stored is larger than the sender promised, and more than the organisation may keep."""
    if stored.size <= upload.size:
        return False
    others = bytes_used(organisation_id=upload.organisation_id) - upload.size - version.size
    return others + stored.size > settings.DOCUMENT_QUOTA_BYTES


def _fail(upload: Upload, reason: str) -> None:
    """No version results: one that was begun is blocked for the same reason."""
    system = Actor.system()
    version = DocumentVersion.objects.filter(upload=upload, status=VersionStatus.QUARANTINED).first()
    if version is not None:
        version.reasons = [{"code": reason, "member": None}]
        version.save(update_fields=["reasons"])
        data = {"document": str(version.document_id), "number": version.number, "reasons": [reason]}
        DOCUMENT_VERSION.fire(
            "block", instance=version, actor=system, organisation_id=upload.organisation_id, data=data
        )
    upload.reason = reason
    upload.save(update_fields=["reason"])
    UPLOAD.fire("fail", instance=upload, actor=system, data={"reason": reason})
    if reason == CLASSIFIED:
        publish(events.UPLOAD_CLASSIFIED, actor=system, subject=upload)
