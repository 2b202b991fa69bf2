"""The disclosure tier of every field of funds, levers, mandates, their versions and holds."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models

from apps.investors.models import CapacityHold, Fund, Lever, Mandate, MandateVersion
from apps.organisations.disclosure import Tier

TIERS: Mapping[type[models.Model], Mapping[str, Tier]] = {
    Fund: {
        "id": Tier.T1,
        "organisation": Tier.T4,
        "teaser_id": Tier.T0,
        "fund_type": Tier.T0,
        "investor_countries": Tier.T4,
        "life_ends_on": Tier.T1,
        "strategy": Tier.T1,
        "strategy_uk": Tier.T1,
        "version": Tier.T4,
        "created_at": Tier.T4,
    },
    Lever: {
        "id": Tier.T1,
        "organisation": Tier.T4,
        "kind": Tier.T1,
        "issuer": Tier.T1,
        "classes": Tier.T1,
        "countries": Tier.T1,
        "excluded_flags": Tier.T1,
        "risk_cover": Tier.T1,
        "cover_cap": Tier.T1,
        "currency": Tier.T1,
        "premium": Tier.T1,
        "fee": Tier.T1,
        "tenor_max_years": Tier.T1,
        "places": Tier.T1,
        "conditions": Tier.T1,
        "conditions_uk": Tier.T1,
        "valid_from": Tier.T1,
        "valid_to": Tier.T1,
        "source": Tier.T1,
        "as_of": Tier.T1,
        "confidence": Tier.T1,
        "code": Tier.T4,
        "edition": Tier.T4,
        "version": Tier.T4,
        "created_at": Tier.T4,
    },
    Mandate: {
        "id": Tier.T1,
        "fund": Tier.T1,
        "name": Tier.T1,
        "areas": Tier.T1,
        "ticket_min": Tier.T1,
        "ticket_max": Tier.T1,
        "ticket_typical": Tier.T1,
        "currency": Tier.T1,
        "stages": Tier.T1,
        "instruments": Tier.T1,
        "countries": Tier.T1,
        "places": Tier.T4,
        "trl_min": Tier.T1,
        "trl_max": Tier.T1,
        "offered_cost_of_capital": Tier.T1,
        "offer_tier": Tier.T1,
        "lever": Tier.T1,
        "tenor_years": Tier.T1,
        "capacity": Tier.T4,
        "max_foreign_share": Tier.T4,
        "perimeter": Tier.T4,
        "exclusions": Tier.T4,
        "terms": Tier.T1,
        "follow_on_reserve": Tier.T1,
        "thesis": Tier.T1,
        "thesis_uk": Tier.T1,
        "status": Tier.T1,
        "version": Tier.T4,
        "created_at": Tier.T4,
    },
    MandateVersion: dict.fromkeys(("id", "mandate", "number", "terms", "changes", "actor", "at"), Tier.T4),
    CapacityHold: dict.fromkeys(
        ("id", "mandate", "amount", "currency", "cause", "cause_id", "status", "expires_at", "created_at"), Tier.T4
    ),
}

DERIVED: Mapping[type[models.Model], Mapping[str, Tier]] = {
    Fund: {"name": Tier.T1, "country": Tier.T0, "standing": Tier.T1, "areas": Tier.T0},
    Lever: {"is_public": Tier.T1},
    Mandate: {
        "investor": Tier.T1,
        "actions": Tier.T1,
        "capacity_left": Tier.T4,
        "warnings": Tier.T4,
    },
}
"""What answers show beyond the columns. `areas` of a fund are the roots of what its active mandates name."""

TEASER: Mapping[str, Tier] = dict.fromkeys(("id", "fund_type", "country", "areas"), Tier.T0)
"""The fields of a fund's T0 face. Its id is its own: nothing links it to what is seen at T1."""
