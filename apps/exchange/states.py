"""The life of an import."""

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
