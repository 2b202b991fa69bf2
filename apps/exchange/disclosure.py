"""The disclosure tier of every field of imports."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models

from apps.exchange.models import Import, ImportKey
from apps.organisations.disclosure import Tier

TIERS: Mapping[type[models.Model], Mapping[str, Tier]] = {
    Import: {
        "id": Tier.T4,
        "organisation": Tier.T4,
        "file_name": Tier.T4,
        "sha256": Tier.T4,
        "content": Tier.T4,
        "verified": Tier.T4,
        "partial": Tier.T4,
        "status": Tier.T4,
        "job": Tier.T4,
        "counts": Tier.T4,
        "problems": Tier.T4,
        "problem_count": Tier.T4,
        "version": Tier.T4,
        "created_at": Tier.T4,
    },
    ImportKey: {
        "id": Tier.T5,
        "sender": Tier.T5,
        "table": Tier.T5,
        "key": Tier.T5,
        "object_id": Tier.T5,
        "sha256": Tier.T5,
    },
}
"""An import is seen by its sender alone; the senders' keys by nobody."""
