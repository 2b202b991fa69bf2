"""Lives and vocabularies of mandates and levers."""

from django.db import models

from apps.investors import events
from apps.permissions import Permission
from kernel.states import Machine, Transition


class LeverKind(models.TextChoices):
    GUARANTEE = "guarantee"
    INSURANCE = "insurance"
    PUBLIC_MANDATE = "public_mandate"
    TENOR = "tenor"
    DIVERSIFICATION = "diversification"


class Perimeter(models.TextChoices):
    """Inside which countries a component does not count as foreign."""

    EU = "EU"
    EU_EEA = "EU+EEA"
    EU_EEA_UA = "EU+EEA+UA"


class MandateStatus(models.TextChoices):
    DRAFT = "draft"
    ACTIVE = "active"
    PAUSED = "paused"
    CLOSED = "closed"


MANDATE = Machine(
    name="mandate",
    statuses=MandateStatus,
    initial=MandateStatus.DRAFT,
    transitions=(
        Transition(
            "activate",
            frozenset({MandateStatus.DRAFT, MandateStatus.PAUSED}),
            MandateStatus.ACTIVE,
            Permission.MANDATE_ACTIVATE,
            events.MANDATE_ACTIVATED,
        ),
        Transition(
            "pause",
            frozenset({MandateStatus.ACTIVE}),
            MandateStatus.PAUSED,
            Permission.MANDATE_ACTIVATE,
            events.MANDATE_PAUSED,
        ),
        Transition(
            "close",
            frozenset({MandateStatus.DRAFT, MandateStatus.ACTIVE, MandateStatus.PAUSED}),
            MandateStatus.CLOSED,
            Permission.MANDATE_CLOSE,
            events.MANDATE_CLOSED,
        ),
    ),
)
