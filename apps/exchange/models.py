"""Imports with the senders' keys of what they brought, and exports."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.exchange.states import ExportFormat, ExportScope, ExportStatus, ImportStatus
from apps.organisations.models import Organisation
from kernel.access import Actor
from kernel.ids import uuid7
from kernel.models import Job, status_check


class ImportQuerySet(models.QuerySet["Import"]):
    def visible_to(self, actor: Actor) -> models.QuerySet[Import]:
        """The imports of one's own organisation."""
        if actor.is_system:
            return self
        return self.none() if actor.organisation_id is None else self.filter(organisation=actor.organisation_id)


class Import(models.Model):
    """One folder or workbook: checked first (the dry run), loaded when confirmed. `problems` is the report by table,
    row and column.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="imports")
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField(
        null=True, help_text="the upload until it is loaded or rejected: a ZIP of CSV files, a CSV or a workbook"
    )
    verified = models.BooleanField(default=False)
    partial = models.BooleanField(default=False)
    status = models.CharField(max_length=10, choices=ImportStatus.choices, default=ImportStatus.UPLOADED)
    job = models.ForeignKey(Job, null=True, on_delete=models.PROTECT, related_name="+")
    counts = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    problem_count = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())

    objects = ImportQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="import_status", condition=Q(status__in=ImportStatus.values))
        ]
        indexes: ClassVar = [models.Index(fields=["organisation", "id"], name="import_by_organisation")]


class ImportKey(models.Model):
    """Which object a sender's key stands for, and the digest of the row last loaded: the same row again changes
    nothing.
    """

    id = models.BigAutoField(primary_key=True)
    sender = models.CharField(max_length=36, help_text="id of the sending organisation; empty for the console")
    table = models.CharField(max_length=24)
    key = models.CharField(max_length=200)
    object_id = models.UUIDField()
    sha256 = models.BinaryField(max_length=32)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["sender", "table", "key"], name="import_key_once")]


class ExportQuerySet(models.QuerySet["Export"]):
    def visible_to(self, actor: Actor) -> models.QuerySet[Export]:
        """The exports that the person asked for, or had asked for by a key, for the organisation it acts for."""
        if actor.is_system:
            return self
        if actor.user_id is None or actor.organisation_id is None:
            return self.none()
        return self.filter(organisation=actor.organisation_id, requested_by=actor.user_id)


class Export(models.Model):
    """Tables taken out, as whoever asked could read them when the job ran. The sealed content goes when it expires.

    `filters` are codes by name, or for the results of a search the whole of it as `query`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="exports")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=9, choices=ExportScope.choices)
    tables = ArrayField(models.CharField(max_length=24))
    format = models.CharField(max_length=5, choices=ExportFormat.choices)
    filters = models.JSONField(default=dict)
    status = models.CharField(max_length=9, choices=ExportStatus.choices, default=ExportStatus.QUEUED)
    job = models.ForeignKey(Job, null=True, on_delete=models.PROTECT, related_name="+")
    counts = models.JSONField(default=dict, help_text="rows by table")
    size = models.PositiveIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    content = models.BinaryField(null=True)
    expires_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())

    objects = ExportQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            status_check("export_status", ExportStatus),
            status_check("export_what", ExportScope, "what"),
            status_check("export_format", ExportFormat, "format"),
            models.CheckConstraint(
                name="export_content_ready", condition=Q(content__isnull=True) | Q(status=ExportStatus.READY)
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "requested_by", "id"], name="export_by_person"),
            models.Index(fields=["expires_at"], name="export_expiring", condition=Q(status=ExportStatus.READY)),
        ]


class ExportPart(models.Model):
    """One table of an export that is being made: sealed rows and whose guarded data they show. Gone with its end."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    export = models.ForeignKey(Export, on_delete=models.CASCADE, related_name="parts")
    table = models.CharField(max_length=24)
    rows = models.PositiveIntegerField()
    content = models.BinaryField()
    disclosed = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["export", "table"], name="export_part_once")]
