"""The standing of an organisation and where it came from."""

from django.db import models

from apps.organisations import events
from apps.permissions import Kind, Permission, Role
from kernel.states import Machine, Transition


class Standing(models.TextChoices):
    REGISTERED = "registered"
    VERIFIED = "verified"
    SUSPENDED = "suspended"


class Basis(models.TextChoices):
    CASE = "case", "a verification case"
    IMPORT = "import", "an operator's import"


class Scheme(models.TextChoices):
    """Registers that give legal entities their numbers; each number is checked by its own checksum."""

    EDRPOU = "UA-EDR"
    RNTRC = "UA-RNTRC"
    LEI = "LEI"
    EU_VAT = "EU-VAT"
    OTHER = "other"


class RegistrationStatus(models.TextChoices):
    IN_REVIEW = "in_review"
    REGISTERED = "registered"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class ClashCause(models.TextChoices):
    IDENTIFIER = "identifier", "the same number in the same register"
    NAME = "name", "a similar name"


class ClashStatus(models.TextChoices):
    OPEN = "open"
    DISTINCT = "distinct", "two different entities"
    SAME = "same", "the same entity: to be merged or refused"


REGISTRATION = Machine(
    name="registration",
    statuses=RegistrationStatus,
    initial=RegistrationStatus.IN_REVIEW,
    transitions=(
        Transition(
            "register",
            frozenset({RegistrationStatus.IN_REVIEW}),
            RegistrationStatus.REGISTERED,
            None,
            events.REGISTRATION_REGISTERED,
        ),
        Transition(
            "refuse",
            frozenset({RegistrationStatus.IN_REVIEW}),
            RegistrationStatus.REFUSED,
            None,
            events.REGISTRATION_REFUSED,
        ),
        Transition(
            "withdraw",
            frozenset({RegistrationStatus.IN_REVIEW}),
            RegistrationStatus.WITHDRAWN,
            None,
            events.REGISTRATION_WITHDRAWN,
        ),
    ),
)

REGISTRATION_CLASH = Machine(
    name="registration_clash",
    statuses=ClashStatus,
    initial=ClashStatus.OPEN,
    transitions=(
        Transition(
            "judge_distinct",
            frozenset({ClashStatus.OPEN}),
            ClashStatus.DISTINCT,
            Permission.REGISTRATION_CLASH_DECIDE,
            events.CLASH_JUDGED_DISTINCT,
        ),
        Transition(
            "judge_same",
            frozenset({ClashStatus.OPEN}),
            ClashStatus.SAME,
            Permission.REGISTRATION_CLASH_DECIDE,
            events.CLASH_JUDGED_SAME,
        ),
    ),
)

KINDS = [(kind.value, kind.value) for kind in Kind]
REGISTERED_KINDS = [(kind.value, kind.value) for kind in Kind if kind != Kind.OPERATOR]
"""Operators are set up with the installation."""
ROLES = [(role.value, role.value) for role in Role]
PERMISSIONS = [(permission.value, permission.value) for permission in Permission]
