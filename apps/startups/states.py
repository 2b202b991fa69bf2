"""Lives and vocabularies of capabilities, development events and raises."""

from django.db import models

from apps.permissions import Permission
from apps.startups import events
from kernel.states import Machine, Transition


class Maturity(models.TextChoices):
    CONCEPT = "concept"
    PROTOTYPE = "prototype"
    TESTED = "tested"
    CODIFIED = "codified"
    FIELDED = "fielded"
    SERIAL = "serial"


class Flag(models.TextChoices):
    LETHAL = "lethal"
    LETHAL_AUTONOMOUS = "lethal_autonomous"
    CLUSTER_MUNITION = "cluster_munition"
    DUAL_USE = "dual_use"


class EventKind(models.TextChoices):
    FEEDBACK_REPORTED = "feedback_reported"
    FIX_FIELDED = "fix_fielded"
    RELEASE_FIELDED = "release_fielded"
    FIELD_TEST = "field_test"
    COUNTERMEASURE_OBSERVED = "countermeasure_observed"
    COUNTERMEASURE_ANSWERED = "countermeasure_answered"
    ORDER_RECEIVED = "order_received"
    DELIVERY_MADE = "delivery_made"


class Verdict(models.TextChoices):
    CONFIRMED = "confirmed"
    REFUSED = "refused"


class Naming(models.TextChoices):
    """To whom a firm's name is shown."""

    ALL_VERIFIED = "all_verified"
    ACCEPTED = "accepted"
    NOBODY = "nobody"


class CapabilityStatus(models.TextChoices):
    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class RaiseStatus(models.TextChoices):
    DRAFT = "draft"
    OPEN = "open"
    PARTLY_COMMITTED = "partly_committed"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


OPEN_RAISES = (RaiseStatus.OPEN, RaiseStatus.PARTLY_COMMITTED)

CAPABILITY = Machine(
    name="capability",
    statuses=CapabilityStatus,
    initial=CapabilityStatus.DRAFT,
    transitions=(
        Transition(
            "publish",
            frozenset({CapabilityStatus.DRAFT}),
            CapabilityStatus.PUBLISHED,
            Permission.CAPABILITY_PUBLISH,
            events.CAPABILITY_PUBLISHED,
        ),
        Transition(
            "archive",
            frozenset({CapabilityStatus.PUBLISHED}),
            CapabilityStatus.ARCHIVED,
            Permission.CAPABILITY_ARCHIVE,
            events.CAPABILITY_ARCHIVED,
        ),
    ),
)

RAISE = Machine(
    name="raise",
    statuses=RaiseStatus,
    initial=RaiseStatus.DRAFT,
    transitions=(
        Transition(
            "open", frozenset({RaiseStatus.DRAFT}), RaiseStatus.OPEN, Permission.RAISE_OPEN, events.RAISE_OPENED
        ),
        Transition(
            "commit_partly",
            frozenset({RaiseStatus.OPEN}),
            RaiseStatus.PARTLY_COMMITTED,
            Permission.RAISE_UPDATE,
            events.RAISE_PARTLY_COMMITTED,
        ),
        Transition(
            "reopen",
            frozenset({RaiseStatus.PARTLY_COMMITTED}),
            RaiseStatus.OPEN,
            Permission.RAISE_UPDATE,
            events.RAISE_REOPENED,
        ),
        Transition("close", frozenset(OPEN_RAISES), RaiseStatus.CLOSED, Permission.RAISE_CLOSE, events.RAISE_CLOSED),
        Transition(
            "withdraw",
            frozenset({RaiseStatus.DRAFT, *OPEN_RAISES}),
            RaiseStatus.WITHDRAWN,
            Permission.RAISE_CLOSE,
            events.RAISE_WITHDRAWN,
        ),
    ),
)
