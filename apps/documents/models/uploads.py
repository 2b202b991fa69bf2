"""Uploads that are under way, and their chunks in quarantine."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from apps.documents.models.documents import Document, DocumentVersion
from apps.documents.states import TAKEN_MARKINGS, ExportMark, Marking, Purpose, UploadStatus
from apps.organisations.models import Organisation
from kernel.access import Actor
from kernel.digests import SHA256
from kernel.ids import uuid7
from kernel.models import Job, status_check


class UploadQuerySet(models.QuerySet["Upload"]):
    def visible_to(self, actor: Actor) -> models.QuerySet[Upload]:
        """The uploads of one's own organisation."""
        if actor.is_system:
            return self
        if actor.organisation_id is None or actor.preview is not None:
            return self.none()
        return self.filter(organisation_id=actor.organisation_id)


class Upload(models.Model):
    """A file on its way in: what its sender declares of it, and how many bytes of it have been received.

    `document` is null for a new document until there is one. `reason` is the code for which it failed. `wrapped_key`
    is the key of its chunks, gone as soon as they are.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="uploads")
    document = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="uploads")
    document_version = models.OneToOneField(DocumentVersion, null=True, on_delete=models.PROTECT, related_name="upload")
    name = models.CharField(max_length=200)
    title = models.CharField(max_length=200)
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    export_mark = models.CharField(max_length=8, choices=ExportMark.choices, default=ExportMark.UNKNOWN)
    export_code = models.CharField(max_length=20, blank=True)
    declared_marking = models.CharField(max_length=12, choices=Marking.choices, default=Marking.NONE)
    media_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    received = models.PositiveBigIntegerField(default=0)
    status = models.CharField(max_length=10, choices=UploadStatus.choices, default=UploadStatus.RECEIVING)
    reason = models.CharField(max_length=40, blank=True)
    wrapped_key = models.BinaryField(null=True)
    vault_key = models.ForeignKey("documents.VaultKey", null=True, on_delete=models.PROTECT, related_name="uploads")
    expires_at = models.DateTimeField()
    job = models.ForeignKey(Job, null=True, on_delete=models.PROTECT, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    objects = UploadQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            status_check("upload_status", UploadStatus),
            status_check("upload_purpose", Purpose, "purpose"),
            status_check("upload_export_mark", ExportMark, "export_mark"),
            models.CheckConstraint(name="upload_marking", condition=Q(declared_marking__in=TAKEN_MARKINGS)),
            models.CheckConstraint(name="upload_size", condition=Q(size__gte=1)),
            models.CheckConstraint(name="upload_received", condition=Q(received__lte=F("size"))),
            models.CheckConstraint(name="upload_sha256", condition=Q(sha256__regex=SHA256)),
            models.CheckConstraint(
                name="upload_completing_is_whole",
                condition=~Q(status__in=[UploadStatus.COMPLETING, UploadStatus.DONE]) | Q(received=F("size")),
            ),
            models.CheckConstraint(
                name="upload_done_has_version",
                condition=~Q(status=UploadStatus.DONE) | Q(document_version__isnull=False),
            ),
            models.CheckConstraint(
                name="upload_failed_with_reason", condition=~Q(status=UploadStatus.FAILED) | ~Q(reason="")
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "id"], name="upload_by_organisation"),
            models.Index(fields=["expires_at"], name="upload_expiring", condition=Q(status=UploadStatus.RECEIVING)),
            models.Index(fields=["vault_key", "id"], name="upload_by_vault_key"),
        ]


class UploadChunk(models.Model):
    """A received part: where in the file it belongs, and under which name it lies in quarantine."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="chunks")
    offset = models.PositiveBigIntegerField()
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    storage_key = models.CharField(max_length=200, unique=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["upload", "offset"], name="upload_chunk_once"),
            models.CheckConstraint(name="upload_chunk_size", condition=Q(size__gte=1)),
            models.CheckConstraint(name="upload_chunk_sha256", condition=Q(sha256__regex=SHA256)),
        ]
