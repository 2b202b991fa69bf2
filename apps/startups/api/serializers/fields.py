"""Fields that several shapes of the registry share."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

COUNTRY = r"^[A-Z]{2}$"


def rate_field(**kwargs: Any) -> serializers.DecimalField:
    """A fraction per year, as the tables keep it."""
    return serializers.DecimalField(max_digits=9, decimal_places=6, **kwargs)


def share_field(**kwargs: Any) -> serializers.DecimalField:
    """A fraction, as the tables keep it."""
    return serializers.DecimalField(max_digits=7, decimal_places=6, **kwargs)


def months_field(**kwargs: Any) -> serializers.DecimalField:
    """Months."""
    return serializers.DecimalField(max_digits=5, decimal_places=1, **kwargs)


def tenor_field(**kwargs: Any) -> serializers.DecimalField:
    """Years."""
    return serializers.DecimalField(max_digits=6, decimal_places=3, **kwargs)
