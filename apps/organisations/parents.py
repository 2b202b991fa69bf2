"""Finding the object that a nested path hangs on."""

from __future__ import annotations

from typing import TypeVar

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import models

from kernel.errors import NotFound

M = TypeVar("M", bound=models.Model)


def parent_get(*, rows: models.QuerySet[M], value: str) -> M:
    """The row whose id is the text `value`. Raises NotFound for any other row and for any text that is no id."""
    try:
        return rows.get(pk=value)
    except (ObjectDoesNotExist, ValidationError, ValueError):
        raise NotFound from None
