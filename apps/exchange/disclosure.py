"""The disclosure tier of every field of imports and exports."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models

from apps.exchange.models import Export, ExportPart, Import, ImportKey
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
    Export: dict.fromkeys(
        (
            *("id", "organisation", "requested_by", "what", "tables", "format", "filters", "status", "job", "counts"),
            *("size", "sha256", "content", "expires_at", "version", "created_at"),
        ),
        Tier.T4,
    ),
    ExportPart: dict.fromkeys(("id", "export", "table", "rows", "content", "disclosed"), Tier.T5),
}
"""An import is seen by its sender alone, an export by who asked for it; keys and parts by nobody."""
