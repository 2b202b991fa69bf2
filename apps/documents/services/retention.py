"""What is destroyed because its time is over: uploads, withdrawn versions, documents past their day, orphans."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TypeVar
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q

from apps.documents import events
from apps.documents.models import Document, DocumentVersion, Upload
from apps.documents.services.content import content_destroy, orphans_remove
from apps.documents.services.documents import document_withdraw, held
from apps.documents.services.keys import vault_keys_erase
from apps.documents.services.quarantine import upload_shred
from apps.documents.services.receiving import folders_remove
from apps.documents.states import UPLOAD, UploadStatus
from kernel.access import Actor
from kernel.clock import database_now
from kernel.events import publish
from kernel.periodic import slot_take

EVERY = dt.timedelta(hours=1)
BATCH = 500

M = TypeVar("M", bound=models.Model)


def tidy(*, now: dt.datetime | None = None) -> dict[str, int]:
    """Everything below, once an hour, whoever comes first; what is left of a full batch waits for the next hour.

    Returns how many of each kind went.
    """
    now = now or database_now()
    if not slot_take(name="documents.tidy", every=EVERY, now=now):
        return {}
    return {
        "uploads": uploads_expire(now=now),
        "documents": documents_expire(now=now),
        "versions": versions_destroy(now=now),
        "folders": folders_remove(now=now),
        "objects": orphans_remove(now=now),
        "keys": vault_keys_erase(now=now),
    }


def uploads_expire(*, now: dt.datetime) -> int:
    """Drop the uploads that were not completed in time, and destroy what was received of them."""
    rows = Upload.objects.filter(status=UploadStatus.RECEIVING, expires_at__lte=now).order_by("expires_at")
    expired = 0
    for upload_id in list(rows.values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            upload = Upload.objects.select_for_update().get(pk=upload_id)
            if upload.status == UploadStatus.RECEIVING:
                UPLOAD.fire("expire", instance=upload, actor=Actor.system(), data={"received": upload.received})
                upload_shred(upload=upload)
                expired += 1
    return expired


def documents_expire(*, now: dt.datetime) -> int:
    """Withdraw the documents whose last day is over, and destroy their content at once.

    What a verification is recorded by is kept as long as that is.
    """
    content = _with_content().filter(document=OuterRef("pk"))
    over = Document.objects.filter(Q(withdrawn_at=None) | Exists(content), retain_until__lt=now.date())
    expired = 0
    for document_id in list(_not_held(over, "pk", now).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            # Locked and looked for again: it may have been opened for a verification meanwhile, or given a later day.
            Document.objects.select_for_update(no_key=True).get(pk=document_id)
            document = _not_held(over, "pk", now).filter(pk=document_id).first()
            if document is not None:
                document_withdraw(actor=Actor.system(), document=document, now=now)
                _destroy(_with_content().filter(document=document).values_list("pk", flat=True), now)
                expired += 1
    return expired


def versions_destroy(*, now: dt.datetime) -> int:
    """Destroy the content of versions that were withdrawn long enough ago, unless a verification is recorded by it."""
    before = now - dt.timedelta(days=settings.DOCUMENT_WITHDRAWN_DAYS)
    rows = _not_held(_with_content().filter(withdrawn_at__lte=before), "document_id", now)
    return _destroy(list(rows.order_by("withdrawn_at").values_list("pk", flat=True)[:BATCH]), now)


def _with_content() -> models.QuerySet[DocumentVersion]:
    return DocumentVersion.objects.filter(~Q(storage_key=""), destroyed_at=None)


def _not_held(rows: models.QuerySet[M], document: str, now: dt.datetime) -> models.QuerySet[M]:
    """The rows whose document, found by the path `document`, no verification is recorded by."""
    return rows.exclude(Exists(held(now=now).filter(document=OuterRef(document))))


def _destroy(version_ids: Iterable[UUID], now: dt.datetime) -> int:
    destroyed = 0
    for version_id in version_ids:
        with transaction.atomic():
            # The document first, as everywhere: under its lock nobody opens it for a verification.
            document = Document.objects.select_for_update(of=("self",), no_key=True).get(versions=version_id)
            version = DocumentVersion.objects.select_for_update().get(pk=version_id)
            if version.destroyed_at is not None or held(now=now).filter(document=document).exists():
                continue
            content_destroy(version)
            version.destroyed_at = now
            version.save(update_fields=["destroyed_at"])
            publish(
                events.VERSION_DESTROYED,
                actor=Actor.system(),
                subject=version,
                organisation_id=document.organisation_id,
                data={"document": str(document.pk), "number": version.number},
            )
            destroyed += 1
    return destroyed
