"""Results of screening and kinds of owners."""

from django.db import models


class ScreeningResult(models.TextChoices):
    CLEAR = "clear"
    REVIEW = "review", "a hit waits for review"
    HIT = "hit", "a confirmed hit"


class OwnerKind(models.TextChoices):
    PERSON = "person"
    ENTITY = "entity"
