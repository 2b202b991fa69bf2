"""The choices of the deal flow."""

from django.db import models


class SubjectKind(models.TextChoices):
    """What a fund may watch."""

    FIRM = "firm"
    CAPABILITY = "capability"
    RAISE = "raise"


class Priority(models.TextChoices):
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
