"""The lives of match runs and introductions; sides, sections and outcomes."""

from typing import Any

from django.db import models

from apps.matching import events
from apps.permissions import Kind, Permission
from kernel.access import Actor
from kernel.states import Machine, Transition


class Side(models.TextChoices):
    INVESTOR = "investor"
    STARTUP = "startup"


class Section(models.TextChoices):
    """A list's two parts: every gate passed, or none failed and some unknown."""

    RANKED = "ranked"
    NEEDS_DATA = "needs_data"


class PreviewPurpose(models.TextChoices):
    """What terms are tried out for: a caller's question, or what would open more."""

    PREVIEW = "preview"
    UNLOCKS = "unlocks"


class PreviewStatus(models.TextChoices):
    """How far what is worked out on request has come."""

    QUEUED = "queued"
    DONE = "done"
    FAILED = "failed"


class InputKind(models.TextChoices):
    MANDATE = "mandate"
    RAISE = "raise"


class ModelKind(models.TextChoices):
    """Where a registered scoring model comes from: numbers that somebody set, or fitted to deals."""

    SET = "set"
    TRAINED = "trained"


class EvaluationSource(models.TextChoices):
    FOLDER = "folder"
    RECORDED = "recorded"


class ImpressionKind(models.TextChoices):
    LIST = "list"
    EXPLANATION = "explanation"


class OutcomeKind(models.TextChoices):
    INTEREST = "interest"
    PASS = "pass", "a no, with its reason"
    SILENCE = "silence"
    TERMS = "terms"
    CASH = "cash"


class PartKind(models.TextChoices):
    """What a part of a run holds: one side's columns, or the pairs on one side's lists."""

    MANDATE = "mandate"
    RAISE = "raise"
    INVESTOR = "investor"
    STARTUP = "startup"


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


class IntroductionStatus(models.TextChoices):
    INTERESTED = "interested", "one side is"
    MUTUAL = "mutual"
    DECLINED = "declined"
    EXPIRED = "expired", "never answered"
    WITHDRAWN = "withdrawn"


class DecisionStepKind(models.TextChoices):
    FIRST_RESPONSE = "first_response"
    TERM_SHEET = "term_sheet"
    CASH = "cash", "money has arrived"
    PASS = "pass", "no, after all"


SIDES = {str(Kind.FUND): Side.INVESTOR, str(Kind.FIRM): Side.STARTUP}
"""The side that an organisation of this kind takes."""


def is_asked(introduction: Any, actor: Actor) -> str | None:
    """Why the actor does not answer an introduction: its own side asked."""
    if actor.is_system or SIDES.get(actor.kind) not in {None, introduction.side}:
        return None
    return "The side that is asked answers."


def is_asking(introduction: Any, actor: Actor) -> str | None:
    """Why the actor does not take an interest back: it is not its side's."""
    if actor.is_system or SIDES.get(actor.kind) == introduction.side:
        return None
    return "The side that asked takes its interest back."


_ASKED = frozenset({IntroductionStatus.INTERESTED})

INTRODUCTION = Machine(
    name="introduction",
    statuses=IntroductionStatus,
    initial=IntroductionStatus.INTERESTED,
    transitions=(
        Transition(
            "accept",
            _ASKED,
            IntroductionStatus.MUTUAL,
            Permission.INTRODUCTION_ANSWER,
            events.INTRODUCTION_BECAME_MUTUAL,
            (is_asked,),
        ),
        Transition(
            "decline",
            _ASKED,
            IntroductionStatus.DECLINED,
            Permission.INTRODUCTION_ANSWER,
            events.INTRODUCTION_DECLINED,
            (is_asked,),
        ),
        Transition(
            "withdraw",
            _ASKED,
            IntroductionStatus.WITHDRAWN,
            Permission.INTRODUCTION_WITHDRAW,
            events.INTRODUCTION_WITHDRAWN,
            (is_asking,),
        ),
        Transition("expire", _ASKED, IntroductionStatus.EXPIRED, None, events.INTRODUCTION_EXPIRED),
    ),
)
