"""The standing of an organisation and where it came from."""

from django.db import models

from apps.permissions import Kind, Permission, Role


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


KINDS = [(kind.value, kind.value) for kind in Kind]
REGISTERED_KINDS = [(kind.value, kind.value) for kind in Kind if kind != Kind.OPERATOR]
"""Operators are set up with the installation."""
ROLES = [(role.value, role.value) for role in Role]
PERMISSIONS = [(permission.value, permission.value) for permission in Permission]
