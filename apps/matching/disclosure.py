"""The disclosure tier of every field of runs, their inputs and lists, and of the funds' decision logs."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models

from apps.matching.models import Deal, InputVersion, MatchList, MatchRun
from apps.organisations.disclosure import Tier

TIERS: Mapping[type[models.Model], Mapping[str, Tier]] = {
    Deal: {
        "id": Tier.T4,
        "fund": Tier.T4,
        "firm": Tier.T4,
        "introduced_on": Tier.T4,
        "date": Tier.T4,
        "amount": Tier.T4,
        "currency": Tier.T4,
        "stage": Tier.T4,
        "outcome": Tier.T4,
        "reason": Tier.T4,
        "tier": Tier.T4,
    },
    InputVersion: {
        "id": Tier.T5,
        "kind": Tier.T5,
        "entity_id": Tier.T5,
        "sha256": Tier.T5,
        "facts": Tier.T5,
        "created_at": Tier.T5,
    },
    MatchRun: {
        "id": Tier.T1,
        "job": Tier.T1,
        "status": Tier.T1,
        "is_current": Tier.T1,
        "as_of": Tier.T1,
        "model_id": Tier.T1,
        "model_sha256": Tier.T1,
        "areas_id": Tier.T1,
        "areas_sha256": Tier.T1,
        "extra_areas": Tier.T5,
        "reference_id": Tier.T1,
        "reference_sha256": Tier.T1,
        "mandate_versions": Tier.T5,
        "raise_versions": Tier.T5,
        "counts": Tier.T1,
        "digest": Tier.T1,
        "started_at": Tier.T1,
        "published_at": Tier.T1,
        "created_at": Tier.T1,
    },
    MatchList: {
        "id": Tier.T5,
        "run": Tier.T4,
        "side": Tier.T4,
        "section": Tier.T4,
        "owner_id": Tier.T4,
        "organisation": Tier.T4,
        "counterpart_ids": Tier.T4,
        "score_investor": Tier.T4,
        "score_startup": Tier.T4,
        "score_mutual": Tier.T4,
        "confidence_investor": Tier.T4,
        "confidence_startup": Tier.T4,
        "contributions_investor": Tier.T4,
        "contributions_startup": Tier.T4,
        "missing": Tier.T4,
    },
}
"""A run tells of the market as a whole; a list belongs to whose mandate or raise it is for."""
