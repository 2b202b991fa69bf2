"""The lives of imports and of exports."""

from django.db import models

from apps.exchange import events
from apps.permissions import Permission
from kernel.states import Machine, Transition


class ImportStatus(models.TextChoices):
    UPLOADED = "uploaded"
    CHECKED = "checked"
    REJECTED = "rejected"
    LOADING = "loading"
    LOADED = "loaded"
    FAILED = "failed"


IMPORT = Machine(
    name="import",
    statuses=ImportStatus,
    initial=ImportStatus.UPLOADED,
    transitions=(
        Transition("pass_check", frozenset({ImportStatus.UPLOADED}), ImportStatus.CHECKED, None, events.IMPORT_CHECKED),
        Transition("reject", frozenset({ImportStatus.UPLOADED}), ImportStatus.REJECTED, None, events.IMPORT_REJECTED),
        Transition(
            "confirm",
            frozenset({ImportStatus.CHECKED}),
            ImportStatus.LOADING,
            Permission.IMPORT_CONFIRM,
            events.IMPORT_CONFIRMED,
        ),
        Transition("finish", frozenset({ImportStatus.LOADING}), ImportStatus.LOADED, None, events.IMPORT_LOADED),
        Transition(
            "fail",
            frozenset({ImportStatus.UPLOADED, ImportStatus.LOADING}),
            ImportStatus.FAILED,
            None,
            events.IMPORT_FAILED,
        ),
    ),
)


class ExportStatus(models.TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class ExportScope(models.TextChoices):
    """What an export tells of: one's own organisation, what one may see of others, or the results of a search."""

    OWN = "own"
    VISIBLE = "visible"
    DEAL_FLOW = "deal_flow"


class ExportFormat(models.TextChoices):
    CSV = "csv", "a ZIP of CSV files"
    XLSX = "xlsx", "a workbook"
    JSONL = "jsonl", "a ZIP of JSON Lines files"


_LIVE = frozenset({ExportStatus.QUEUED, ExportStatus.RUNNING})

EXPORT = Machine(
    name="export",
    statuses=ExportStatus,
    initial=ExportStatus.QUEUED,
    transitions=(
        Transition("start", frozenset({ExportStatus.QUEUED}), ExportStatus.RUNNING, None, events.EXPORT_STARTED),
        Transition("finish", frozenset({ExportStatus.RUNNING}), ExportStatus.READY, None, events.EXPORT_READY),
        Transition("fail", _LIVE, ExportStatus.FAILED, None, events.EXPORT_FAILED),
        Transition("cancel", _LIVE, ExportStatus.CANCELLED, None, events.EXPORT_CANCELLED),
        Transition("expire", frozenset({ExportStatus.READY}), ExportStatus.EXPIRED, None, events.EXPORT_EXPIRED),
    ),
)
