"""The disclosure tier of every field of the reference data, as numbers: the tiers themselves are defined above."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models

from apps.reference.models import CapabilityArea

TIERS: Mapping[type[models.Model], Mapping[str, int]] = {
    CapabilityArea: {"id": 0, "code": 0, "parent": 0, "label_en": 0, "label_uk": 0, "edition": 0, "successors": 0}
}
"""The taxonomy tells of nobody."""
