"""Fields that funds, levers and mandates have in common."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

COUNTRY = r"^[A-Z]{2}$"
PLACE = r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$"
MAX_COUNTRIES = 250
MAX_PLACES = 500
MAX_PROSE = 2_000


def rate_field(**kwargs: Any) -> serializers.DecimalField:
    """A fraction per year, as the tables keep it."""
    return serializers.DecimalField(max_digits=9, decimal_places=6, **kwargs)


def cover_field(**kwargs: Any) -> serializers.DecimalField:
    """A fraction of the risk."""
    return serializers.DecimalField(max_digits=7, decimal_places=6, **kwargs)


def tenor_field(**kwargs: Any) -> serializers.DecimalField:
    """Years."""
    return serializers.DecimalField(max_digits=6, decimal_places=3, **kwargs)


def countries_field(**kwargs: Any) -> serializers.ListField:
    """Countries as ISO 3166-1 alpha-2 codes."""
    return serializers.ListField(child=serializers.RegexField(COUNTRY), max_length=MAX_COUNTRIES, **kwargs)


def places_field(**kwargs: Any) -> serializers.ListField:
    """Countries and regions as ISO 3166-1 alpha-2 and ISO 3166-2 codes."""
    return serializers.ListField(child=serializers.RegexField(PLACE), max_length=MAX_PLACES, **kwargs)


def prose_field(**kwargs: Any) -> serializers.CharField:
    """A text in whole sentences."""
    return serializers.CharField(max_length=MAX_PROSE, allow_blank=True, **kwargs)
