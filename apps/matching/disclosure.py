"""The disclosure tier of every field of runs, their inputs and lists, of introductions and of decision logs."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models

from apps.matching.models import (
    Deal,
    DecisionStep,
    DigestList,
    DigestRound,
    Impression,
    InputChange,
    InputVersion,
    Introduction,
    MatchList,
    MatchPreview,
    MatchRun,
    ModelEvaluation,
    ModelPromotion,
    Outcome,
    RegisteredModel,
    RunComparison,
    RunPart,
    Touched,
)
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
    Introduction: dict.fromkeys(
        (
            *("id", "mandate", "raise_item", "fund", "firm", "side", "status", "message", "asked_by", "answered_by"),
            *("run", "score_investor", "score_startup", "expires_at", "warned_at", "responded_at", "mutual_at"),
            *("closed_at", "closed_by", "reason", "is_reason_told", "note", "version", "created_at"),
        ),
        Tier.T4,
    ),
    DecisionStep: dict.fromkeys(("id", "introduction", "step", "side", "on", "recorded_by", "recorded_at"), Tier.T4),
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
        "revision": Tier.T5,
        "refreshed_at": Tier.T5,
        "shadow_of": Tier.T5,
        "is_shadow": Tier.T5,
        "created_at": Tier.T1,
    },
    RegisteredModel: {
        **dict.fromkeys(("name", "sha256", "kind", "basis", "content", "registered_at"), Tier.T1),
        **dict.fromkeys(("id", "provenance", "registered_by"), Tier.T5),
    },
    ModelEvaluation: dict.fromkeys(
        (
            *("id", "candidate", "candidate_sha256", "baseline", "baseline_sha256", "source", "subject", "as_of"),
            *("seed", "resamples", "figures", "is_better", "evaluated_by", "evaluated_at"),
        ),
        Tier.T5,
    ),
    ModelPromotion: dict.fromkeys(("id", "name", "sha256", "evaluation", "promoted_by", "promoted_at"), Tier.T5),
    Impression: dict.fromkeys(
        (
            *("id", "kind", "organisation", "run", "side", "section", "owner_id", "first_rank", "counterpart_ids"),
            *("shown_on", "created_at"),
        ),
        Tier.T4,
    ),
    Outcome: dict.fromkeys(
        (
            *("id", "event_id", "kind", "side", "reason", "mandate_id", "raise_id", "fund", "firm", "on"),
            "created_at",
        ),
        Tier.T4,
    ),
    RunPart: dict.fromkeys(
        ("id", "run", "kind", "place", "entity_ids", "version_ids", "organisation_ids", "content"), Tier.T5
    ),
    RunComparison: dict.fromkeys(("id", "earlier", "later", "job", "tallies", "created_at"), Tier.T5),
    DigestRound: dict.fromkeys(("id", "week", "run", "job", "entries", "exposure", "created_at"), Tier.T5),
    DigestList: dict.fromkeys(
        ("id", "round", "side", "owner_id", "organisation", "counterpart_ids", "scores"), Tier.T4
    ),
    MatchPreview: {
        **dict.fromkeys(("id", "organisation", "purpose", "side", "owner_id", "run", "created_at"), Tier.T4),
        **dict.fromkeys(("owner_version", "job", "asked", "probes", "result"), Tier.T5),
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
        "is_cut": Tier.T5,
        "is_short": Tier.T5,
    },
    Touched: dict.fromkeys(
        ("organisation_id", "token", "touched_at", "since", "applied_token", "applied_run"), Tier.T5
    ),
    InputChange: dict.fromkeys(("id", "run", "kind", "entity_id", "version", "revision", "created_at"), Tier.T5),
}
"""A run tells of the market as a whole; a list belongs to whose mandate or raise it is for. An introduction is of its
two parties: of it each has its own score, and its own note.
"""

DECISION_FIGURES: Mapping[str, Tier] = {"id": Tier.T1, "as_of": Tier.T1, "bands": Tier.T1, "exact": Tier.T4}
"""How fast a fund decides: bands for verified firms, exact for itself."""
