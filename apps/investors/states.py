"""Lives and vocabularies of mandates, of what is held of their capacity, and of levers."""

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


class Confidence(models.TextChoices):
    """How sure the terms of a lever are."""

    A = "A", "read in the issuer's own text"
    B = "B", "read in another's account"
    C = "C", "recalled, to be checked"


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


class HoldStatus(models.TextChoices):
    """Of capacity: reserved for terms that were accepted, consumed by money, or free again."""

    RESERVED = "reserved"
    CONSUMED = "consumed"
    RELEASED = "released"


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

HOLD = Machine(
    name="capacity_hold",
    statuses=HoldStatus,
    initial=HoldStatus.RESERVED,
    transitions=(
        Transition("consume", frozenset({HoldStatus.RESERVED}), HoldStatus.CONSUMED, None, events.CAPACITY_CONSUMED),
        Transition("release", frozenset({HoldStatus.RESERVED}), HoldStatus.RELEASED, None, events.CAPACITY_RELEASED),
    ),
)
