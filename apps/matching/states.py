"""The life of a match run; sides, sections and outcomes."""

from django.db import models

from apps.matching import events
from apps.permissions import Permission
from kernel.states import Machine, Transition


class Side(models.TextChoices):
    INVESTOR = "investor"
    STARTUP = "startup"


class Section(models.TextChoices):
    """A list's two parts: every gate passed, or none failed and some unknown."""

    RANKED = "ranked"
    NEEDS_DATA = "needs_data"


class InputKind(models.TextChoices):
    MANDATE = "mandate"
    RAISE = "raise"


class DealOutcome(models.TextChoices):
    CLOSED = "closed"
    PASSED = "passed"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


class RunStatus(models.TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    PUBLISHED = "published"
    PARTIAL = "partial"
    FAILED = "failed"
    CANCELLED = "cancelled"


_LIVE = frozenset({RunStatus.QUEUED, RunStatus.RUNNING})

RUN = Machine(
    name="match run",
    statuses=RunStatus,
    initial=RunStatus.QUEUED,
    transitions=(
        Transition("start", frozenset({RunStatus.QUEUED}), RunStatus.RUNNING, None, events.RUN_STARTED),
        Transition("publish", frozenset({RunStatus.RUNNING}), RunStatus.PUBLISHED, None, events.RUN_PUBLISHED),
        Transition("leave_partial", frozenset({RunStatus.RUNNING}), RunStatus.PARTIAL, None, events.RUN_PARTIAL),
        Transition("fail", _LIVE, RunStatus.FAILED, None, events.RUN_FAILED),
        Transition("cancel", _LIVE, RunStatus.CANCELLED, Permission.RUN_CANCEL, events.RUN_CANCELLED),
    ),
)
