"""The disclosure tier of every field of the registry, and the name by which a firm is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import models
from django.utils.crypto import salted_hmac

from apps.organisations.disclosure import Tier
from apps.startups.models import Attestation, Capability, Component, DevelopmentEvent, Financials, Firm, Raise
from apps.startups.states import Naming

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter looks like a figure."""
PSEUDONYM_LENGTH = 7
"""35 bits: among 10,000 firms two share a pseudonym with a chance of about 1 in 700."""

NAME_FROM: Mapping[str, Tier] = {Naming.ALL_VERIFIED: Tier.T1, Naming.ACCEPTED: Tier.T2, Naming.NOBODY: Tier.T3}
"""From which tier on a firm's choice shows its name; behind a room's undertaking the parties know one another."""

TIERS: Mapping[type[models.Model], Mapping[str, Tier]] = {
    Firm: {
        "id": Tier.T1,
        "organisation": Tier.T4,
        "region": Tier.T4,
        "founded_on": Tier.T2,
        "staff": Tier.T2,
        "summary": Tier.T2,
        "naming": Tier.T4,
        "version": Tier.T4,
        "created_at": Tier.T4,
    },
    Financials: {
        "id": Tier.T4,
        "firm": Tier.T1,
        "year": Tier.T2,
        "currency": Tier.T2,
        "revenue": Tier.T2,
        "order_book": Tier.T2,
        "customers": Tier.T2,
        "largest_customer_share": Tier.T2,
        "gross_margin": Tier.T2,
        "debt": Tier.T2,
        "audited": Tier.T2,
        "tier": Tier.T2,
        "withdrawn_at": Tier.T4,
    },
    Capability: {
        "id": Tier.T1,
        "firm": Tier.T1,
        "area": Tier.T1,
        "title": Tier.T1,
        "description": Tier.T2,
        "trl": Tier.T1,
        "maturity": Tier.T1,
        "tier": Tier.T1,
        "unit_cost": Tier.T2,
        "currency": Tier.T2,
        "output_per_month": Tier.T2,
        "lead_time_days": Tier.T2,
        "export_class": Tier.T2,
        "flags": Tier.T2,
        "status": Tier.T1,
        "version": Tier.T4,
        "created_at": Tier.T4,
    },
    Component: {
        "id": Tier.T4,
        "capability": Tier.T1,
        "name": Tier.T4,
        "unit_cost": Tier.T4,
        "currency": Tier.T4,
        "quantity": Tier.T4,
        "origin": Tier.T2,
        "supplier": Tier.T4,
        "single_source": Tier.T4,
    },
    DevelopmentEvent: dict.fromkeys(
        ("id", "capability", "kind", "occurred_at", "answers", "supersedes", "tier", "note", "recorded_at"), Tier.T4
    ),
    Attestation: dict.fromkeys(("id", "event", "attestor", "verdict", "attested_on"), Tier.T4),
    Raise: {
        "id": Tier.T1,
        "firm": Tier.T1,
        "issuer": Tier.T2,
        "lead_capability": Tier.T1,
        "amount": Tier.T1,
        "currency": Tier.T1,
        "amount_left": Tier.T1,
        "min_ticket": Tier.T4,
        "syndicate": Tier.T1,
        "instruments": Tier.T1,
        "stage": Tier.T1,
        "tenor_years": Tier.T1,
        "marginal_cost_of_capital": Tier.T4,
        "cost_tier": Tier.T4,
        "opened_on": Tier.T1,
        "need_by": Tier.T1,
        "blocked_countries": Tier.T4,
        "terms": Tier.T2,
        "use_of_proceeds": Tier.T2,
        "status": Tier.T1,
        "version": Tier.T4,
        "created_at": Tier.T4,
    },
}

DERIVED: Mapping[type[models.Model], Mapping[str, Tier]] = {
    Firm: {
        "name": Tier.T1,
        "name_uk": Tier.T1,
        "is_pseudonym": Tier.T1,
        "country": Tier.T0,
        "staff_band": Tier.T0,
        "standing": Tier.T1,
    },
    Capability: {"startup": Tier.T1, "actions": Tier.T1},
    Raise: {"startup": Tier.T1, "actions": Tier.T1},
}
"""What answers show beyond the columns. `name` is the pseudonym below the tier that the firm's choice asks for."""

STAFF_BANDS = (10, 50, 250)


@dataclass(frozen=True, slots=True)
class FirmName:
    """What a firm is called in an answer."""

    name: str
    name_uk: str
    is_pseudonym: bool


def firm_name(*, firm: Firm, viewer_tier: int) -> FirmName:
    """The legal name where the firm's choice shows it at this tier, else its pseudonym; needs `firm.organisation`."""
    if viewer_tier >= NAME_FROM[firm.naming]:
        organisation = firm.organisation
        return FirmName(organisation.legal_name, organisation.legal_name_uk, is_pseudonym=False)
    name = firm_pseudonym(firm_id=str(firm.pk))
    return FirmName(name, "", is_pseudonym=True)


def firm_pseudonym(*, firm_id: str) -> str:
    """`Firm 7KQ2M0D`: always the same for a firm, and telling nothing about it without the installation's secret."""
    number = int.from_bytes(salted_hmac("startups.pseudonym", firm_id, algorithm="sha256").digest()[:8])
    letters = [ALPHABET[number >> 5 * place & 31] for place in range(PSEUDONYM_LENGTH)]
    return f"Firm {''.join(letters)}"


def staff_band(*, staff: int | None) -> str | None:
    """`1-9`, `10-49`, `50-249` or `250+`; None when not stated."""
    if staff is None:
        return None
    lower = 1
    for edge in STAFF_BANDS:
        if staff < edge:
            return f"{lower}-{edge - 1}"
        lower = edge
    return f"{lower}+"
