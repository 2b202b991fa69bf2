"""The disclosure tier of every field of ownership statements and screenings."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models

from apps.compliance.models import OwnershipStatement, Screening
from apps.organisations.disclosure import Tier

TIERS: Mapping[type[models.Model], Mapping[str, Tier]] = {
    OwnershipStatement: {
        "id": Tier.T4,
        "owned": Tier.T4,
        "owner": Tier.T4,
        "owner_name": Tier.T4,
        "owner_kind": Tier.T4,
        "country": Tier.T4,
        "share_min": Tier.T4,
        "share_max": Tier.T4,
        "interest": Tier.T4,
        "from_date": Tier.T4,
        "to_date": Tier.T4,
    },
    Screening: {"id": Tier.T5, "organisation": Tier.T5, "result": Tier.T5, "basis": Tier.T5, "at": Tier.T5},
}
"""Counterparts learn the outcome by the organisation's standing; what a watch-list said is the officer's alone."""
