"""Statuses of uploads and of documents' versions, and the vocabularies of documents."""

from django.db import models

from apps.documents import events
from apps.permissions import Permission
from kernel.states import Machine, Transition


class Purpose(models.TextChoices):
    """What a document is kept for."""

    VERIFICATION = "verification"
    EVIDENCE = "evidence"
    DILIGENCE = "diligence"
    OTHER = "other"


class ExportMark(models.TextChoices):
    """Whether export control covers the content; what is unknown is never granted abroad."""

    NONE = "none"
    DUAL_USE = "dual_use"
    MILITARY = "military"
    UNKNOWN = "unknown"


CONTROLLED = (ExportMark.DUAL_USE, ExportMark.MILITARY)
"""Marks that name an entry of a control list."""


class Marking(models.TextChoices):
    """The protective marking that the uploader declares. Above commercial confidence nothing is taken."""

    NONE = "none"
    COMMERCIAL = "commercial", "commercial in confidence"
    OFFICIAL_USE = "official_use", "for official use only"
    RESTRICTED = "restricted"
    CONFIDENTIAL = "confidential"
    SECRET = "secret"  # noqa: S105 - a marking
    TOP_SECRET = "top_secret"  # noqa: S105 - a marking


TAKEN_MARKINGS = (Marking.NONE, Marking.COMMERCIAL)


class ScanState(models.TextChoices):
    """What the scanner for malware said. Without a scanner a file is never called clean."""

    NOT_SCANNED = "not_scanned"
    CLEAN = "clean"
    INFECTED = "infected"


class AccessCause(models.TextChoices):
    """Why another organisation may read a document."""

    VERIFICATION = "verification"
    EVIDENCE = "evidence"
    ROOM = "room"


class UploadStatus(models.TextChoices):
    RECEIVING = "receiving"
    COMPLETING = "completing"
    DONE = "done"
    FAILED = "failed"
    ABORTED = "aborted"
    EXPIRED = "expired"


class VersionStatus(models.TextChoices):
    QUARANTINED = "quarantined"
    CLEAN = "clean"
    BLOCKED = "blocked"
    WITHDRAWN = "withdrawn"


ONCE_CLEAN = (VersionStatus.CLEAN, VersionStatus.WITHDRAWN)
OPEN_UPLOADS = (UploadStatus.RECEIVING, UploadStatus.COMPLETING)

UPLOAD = Machine(
    name="upload",
    statuses=UploadStatus,
    initial=UploadStatus.RECEIVING,
    transitions=(
        Transition(
            "complete",
            frozenset({UploadStatus.RECEIVING}),
            UploadStatus.COMPLETING,
            Permission.UPLOAD_CREATE,
            events.UPLOAD_COMPLETED,
        ),
        Transition("finish", frozenset({UploadStatus.COMPLETING}), UploadStatus.DONE, None, events.UPLOAD_FINISHED),
        Transition("fail", frozenset({UploadStatus.COMPLETING}), UploadStatus.FAILED, None, events.UPLOAD_FAILED),
        Transition(
            "abort",
            frozenset({UploadStatus.RECEIVING}),
            UploadStatus.ABORTED,
            Permission.UPLOAD_CANCEL,
            events.UPLOAD_ABORTED,
        ),
        Transition("expire", frozenset({UploadStatus.RECEIVING}), UploadStatus.EXPIRED, None, events.UPLOAD_EXPIRED),
    ),
)

DOCUMENT_VERSION = Machine(
    name="document_version",
    statuses=VersionStatus,
    initial=VersionStatus.QUARANTINED,
    transitions=(
        Transition("clear", frozenset({VersionStatus.QUARANTINED}), VersionStatus.CLEAN, None, events.VERSION_CLEARED),
        Transition(
            "block", frozenset({VersionStatus.QUARANTINED}), VersionStatus.BLOCKED, None, events.VERSION_BLOCKED
        ),
        Transition(
            "withdraw",
            frozenset({VersionStatus.CLEAN}),
            VersionStatus.WITHDRAWN,
            Permission.DOCUMENT_WITHDRAW,
            events.VERSION_WITHDRAWN,
        ),
    ),
)
