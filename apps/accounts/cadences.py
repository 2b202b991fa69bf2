"""How often a person wants mail about something."""

from __future__ import annotations

from django.db import models


class Cadence(models.TextChoices):
    """From often to never; the order is that of rarity."""

    INSTANT = "instant"
    DAILY = "daily"
    WEEKLY = "weekly"
    OFF = "off"


_ORDER = tuple(Cadence.values)


def rarer(*cadences: str) -> Cadence:
    """The rarest of the cadences, at least one: what two wishes about one mail come to."""
    return Cadence(max(cadences, key=_ORDER.index))
