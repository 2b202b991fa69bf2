"""The disclosure tier of every field of the registry, and the name by which a firm is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import models
from django.db.models import Case, Value, When
from django.utils.crypto import salted_hmac

from apps.organisations.disclosure import Tier
from apps.reference.tables import UnknownCurrency, editions
from apps.startups.models import (
    Attestation,
    AttestationRequest,
    AttestorAddress,
    AttestorAdmission,
    AttestorSeat,
    Capability,
    CapabilityCodification,
    CapabilityDocument,
    CapabilityStandard,
    Component,
    DevelopmentEvent,
    EventEvidence,
    Financials,
    Firm,
    Listing,
    ListingValue,
    Raise,
    SearchText,
    SearchWord,
    SelfAttestation,
    StartDraft,
    TrackerDelivery,
    TrackerEndpoint,
    TrackerProject,
    TrackerReference,
)
from apps.startups.models.speed import SpeedFlag, SpeedPoint, SpeedProfile
from apps.startups.rules.bands import amount_band, months_band, share_band
from apps.startups.states import Naming
from kernel.clock import utc_today

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter looks like a figure."""
PSEUDONYM_LENGTH = 7
"""35 bits: among 10,000 firms two share a pseudonym with a chance of about 1 in 700."""

NAME_FROM: Mapping[str, Tier] = {Naming.ALL_VERIFIED: Tier.T1, Naming.ACCEPTED: Tier.T2, Naming.NOBODY: Tier.T3}
"""From which tier on a firm's choice shows its name; behind a room's undertaking the parties know one another. Whoever
the firm revealed itself to reads it in any case.
"""

TIERS: Mapping[type[models.Model], Mapping[str, Tier]] = {
    Firm: {
        "id": Tier.T1,
        "organisation": Tier.T4,
        "teaser_id": Tier.T0,
        "region": Tier.T1,
        "founded_on": Tier.T2,
        "staff": Tier.T2,
        "summary": Tier.T2,
        "summary_uk": Tier.T2,
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
        "order_book_customers": Tier.T2,
        "customers": Tier.T2,
        "largest_customer_share": Tier.T2,
        "gross_margin": Tier.T2,
        "debt": Tier.T2,
        "cash_months": Tier.T2,
        "headcount": Tier.T2,
        "audited": Tier.T2,
        "document": Tier.T4,
        "tier": Tier.T2,
        "withdrawn_at": Tier.T4,
    },
    Capability: {
        "id": Tier.T1,
        "firm": Tier.T1,
        "area": Tier.T1,
        "former_area": Tier.T4,
        "title": Tier.T1,
        "title_uk": Tier.T1,
        "description": Tier.T2,
        "description_uk": Tier.T2,
        "trl": Tier.T1,
        "maturity": Tier.T1,
        "tier": Tier.T1,
        "given_tier": Tier.T4,
        "unit_cost": Tier.T2,
        "currency": Tier.T2,
        "output_per_month": Tier.T2,
        "lead_time_days": Tier.T2,
        "export_class": Tier.T2,
        "confirmed_export_class": Tier.T2,
        "export_class_reason": Tier.T4,
        "export_class_confirmed_at": Tier.T4,
        "export_class_confirmed_by": Tier.T5,
        "flags": Tier.T2,
        "seeks": Tier.T1,
        "status": Tier.T1,
        "version": Tier.T4,
        "created_at": Tier.T4,
    },
    CapabilityStandard: {
        "id": Tier.T4,
        "capability": Tier.T1,
        "designation": Tier.T2,
        "part": Tier.T2,
        "basis": Tier.T2,
        "document": Tier.T4,
    },
    CapabilityCodification: {
        "id": Tier.T4,
        "capability": Tier.T1,
        "scheme": Tier.T2,
        "number": Tier.T2,
        "issued_on": Tier.T4,
        "document": Tier.T4,
        "confirmed_at": Tier.T4,
        "confirmed_by": Tier.T5,
    },
    CapabilityDocument: dict.fromkeys(("id", "capability", "document", "purpose"), Tier.T4),
    StartDraft: dict.fromkeys(
        (
            "id",
            "firm",
            "area",
            "title",
            "maturity",
            "trl",
            "staff",
            "amount",
            "currency",
            "instruments",
            "stage",
            "version",
            "created_at",
        ),
        Tier.T4,
    ),
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
        (
            *("id", "capability", "kind", "occurred_at", "answers", "supersedes", "tier", "source", "note"),
            *("recorded_at", "is_late"),
        ),
        Tier.T4,
    ),
    EventEvidence: dict.fromkeys(
        (
            *("id", "event", "template", "document", "sha256", "number", "issuer", "issued_on", "tier", "status"),
            *("version", "attached_at", "judged_at", "reason", "withdrawn_at"),
        ),
        Tier.T4,
    )
    | {"judged_by": Tier.T5},
    TrackerEndpoint: dict.fromkeys(
        (
            *("id", "firm", "name", "sealed_secret", "version", "created_at", "rotated_at", "received_at"),
            "disabled_at",
        ),
        Tier.T4,
    ),
    TrackerProject: dict.fromkeys(("id", "endpoint", "key", "capability"), Tier.T4),
    TrackerDelivery: dict.fromkeys(("id", "endpoint", "webhook_id", "body_sha256", "answer", "received_at"), Tier.T4),
    TrackerReference: dict.fromkeys(("id", "endpoint", "reference", "event", "digest"), Tier.T4),
    Attestation: dict.fromkeys(
        (
            *("id", "event", "attestor", "address", "request", "role", "token", "verdict", "attested_on", "reason"),
            *("counts", "given_by", "withdraw_hash", "withdrawn_at", "withdrawn_by", "withdrawn_reason"),
        ),
        Tier.T4,
    ),
    AttestationRequest: dict.fromkeys(
        (
            *("id", "event", "seat", "address", "role", "shows_name", "sealed_address", "token_hash", "status"),
            *("version", "requested_by", "created_at", "expires_at", "mailed_at", "ended_at", "receipt_at"),
        ),
        Tier.T4,
    ),
    AttestorSeat: dict.fromkeys(
        ("id", "organisation", "code", "role", "sealed_address", "opened_by", "opened_at", "disabled_at"), Tier.T4
    ),
    AttestorAdmission: dict.fromkeys(
        ("id", "capability", "seat", "shows_name", "admitted_by", "admitted_at", "ended_at"), Tier.T4
    ),
    AttestorAddress: dict.fromkeys(
        (
            *("id", "organisation", "digest", "domain", "role", "status", "version", "first_asked_at", "decided_by"),
            *("decided_at", "reason"),
        ),
        Tier.T4,
    ),
    SelfAttestation: dict.fromkeys(
        ("id", "organisation", "capability", "event", "attestor", "tie", "attempted_by", "attempted_at"), Tier.T4
    ),
    SpeedProfile: {
        "id": Tier.T4,
        "firm": Tier.T1,
        "capability": Tier.T1,
        "area": Tier.T1,
        "as_of": Tier.T1,
        "computed_at": Tier.T4,
        "figures": Tier.T1,
        "model": Tier.T1,
        "model_sha256": Tier.T1,
        "taxonomy": Tier.T1,
        "taxonomy_sha256": Tier.T1,
        "log_sha256": Tier.T4,
        "history_to": Tier.T4,
        "adaptation_days": Tier.T1,
        "cadence_days": Tier.T1,
        "feedback_days": Tier.T1,
        "delivery_days": Tier.T1,
    },
    SearchText: dict.fromkeys(("id", "capability", "tier", "words", "name", "edition"), Tier.T4),
    SearchWord: dict.fromkeys(("lexeme", "mark", "text", "documents"), Tier.T4),
    SpeedPoint: {"id": Tier.T4, "profile": Tier.T2, "month_end": Tier.T2, "figures": Tier.T2},
    SpeedFlag: dict.fromkeys(
        (
            "id",
            "firm",
            "capability",
            "kind",
            "events",
            "details",
            "sha256",
            "found_at",
            "verdict",
            "reason",
            "judged_by",
            "judged_at",
            "version",
        ),
        Tier.T5,
    ),
    Listing: dict.fromkeys(
        (
            *("id", "kind", "firm", "capability", "raising", "published_at", "area", "areas", "trl", "maturity"),
            *("tier", "seeks", "capital_class", "instruments", "stage", "amount_eur", "amount_band", "share_eu"),
            *("share_eu_eea", "share_eu_eea_ua", "adaptation_days", "cadence_days", "feedback_days"),
            *("delivery_days", "iteration_band"),
        ),
        Tier.T1,
    )
    | {"country": Tier.T0, "organisation": Tier.T4, "listed_at": Tier.T4, "words": Tier.T4, "codes": Tier.T4},
    ListingValue: dict.fromkeys(("id", "column", "value"), Tier.T4),
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
        "cost_evidence": Tier.T4,
        "subsidised_loans": Tier.T4,
        "round": Tier.T1,
        "opened_on": Tier.T1,
        "need_by": Tier.T1,
        "blocked_countries": Tier.T4,
        "blocked_organisations": Tier.T4,
        "terms": Tier.T2,
        "use_of_proceeds": Tier.T2,
        "proceeds": Tier.T2,
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
        "financials": Tier.T1,
        "group_countries": Tier.T2,
        "group": Tier.T4,
    },
    Capability: {
        "startup": Tier.T1,
        "actions": Tier.T1,
        "standards": Tier.T2,
        "codifications": Tier.T2,
        "documents": Tier.T4,
    },
    StartDraft: {"missing": Tier.T4},
    Raise: {"startup": Tier.T1, "actions": Tier.T1, "capital_class": Tier.T1, "committed": Tier.T1},
    DevelopmentEvent: dict.fromkeys(
        ("own_tier", "effective_tier", "superseded_by", "counts", "counting", "evidence", "attestations"), Tier.T4
    ),
    EventEvidence: dict.fromkeys(("organisation", "capability", "kind", "occurred_at", "actions"), Tier.T4),
}
"""What answers show beyond the columns. `name` is the pseudonym below the tier that the firm's choice asks for."""

SPEED: Mapping[str, Tier] = {
    **dict.fromkeys(
        ("id", "area", "as_of", "figures", "model", "model_sha256", "taxonomy", "taxonomy_sha256"), Tier.T1
    ),
    "points": Tier.T2,
    "computed_at": Tier.T4,
}
"""The fields of what is told of a firm's or capability's speed. Its moment tells when an event was recorded."""

EXPORT_CLASS: Mapping[str, Tier] = dict.fromkeys(
    (
        "id",
        "organisation",
        "area",
        "title",
        "description",
        "maturity",
        "trl",
        "flags",
        "status",
        "export_class",
        "confirmed_export_class",
        "export_class_reason",
        "export_class_confirmed_at",
        "codifications",
        "documents",
    ),
    Tier.T4,
)
"""What the firm itself and the officers who judge it see of a capability's goods."""

AT_WAR: Mapping[type[models.Model], Mapping[str, Tier]] = {Firm: {"region": Tier.T4}}
"""What replaces the tiers above for firms of countries at war: nothing that helps a targeteer."""

ORIGIN: Mapping[str, Tier] = {
    **dict.fromkeys(("capability", "is_stated", "bands"), Tier.T1),
    **dict.fromkeys(("foreign", "countries", "regions", "largest", "herfindahl"), Tier.T2),
    **dict.fromkeys(("single_source_share", "single_source", "unknown"), Tier.T4),
}
"""What is shown of a bill of materials beside its lines, which are its owner's own."""

TEASER: Mapping[str, Tier] = dict.fromkeys(("id", "pseudonym", "area", "country", "trl_band", "size_band"), Tier.T0)
"""The fields of a firm's T0 face. Its id and pseudonym are its own: nothing links it to what is seen at T1."""

STAFF_BANDS = (10, 50, 250)


@dataclass(frozen=True, slots=True)
class FirmName:
    """What a firm is called in an answer."""

    name: str
    name_uk: str
    is_pseudonym: bool


def firm_name(*, firm: Firm, viewer_tier: int, is_revealed: bool) -> FirmName:
    """The legal name where the firm's choice shows it at this tier or the firm revealed itself to the viewer, else its
    pseudonym; needs `firm.organisation`.
    """
    if is_revealed or viewer_tier >= NAME_FROM[firm.naming]:
        organisation = firm.organisation
        return FirmName(organisation.legal_name, organisation.legal_name_uk, is_pseudonym=False)
    name = firm_pseudonym(firm_id=str(firm.pk))
    return FirmName(name, "", is_pseudonym=True)


def firm_pseudonym(*, firm_id: str) -> str:
    """`Firm 7KQ2M0D`: always the same for a firm, and telling nothing about it without the installation's secret."""
    return _pseudonym("startups.pseudonym", firm_id)


def teaser_pseudonym(*, teaser_id: str) -> str:
    """What a firm is called at T0: of the same form, made of its teaser's id under a salt of its own."""
    return _pseudonym("startups.teaser", teaser_id)


def _pseudonym(salt: str, identifier: str) -> str:
    number = int.from_bytes(salted_hmac(salt, identifier, algorithm="sha256").digest()[:8])
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


SIZE_BANDS = tuple(str(staff_band(staff=lower)) for lower in (1, *STAFF_BANDS))


def staff_band_sql(*, column: str) -> Case:
    """`staff_band` as an expression over a column; an empty text where it is not stated."""
    bands = [When(**{f"{column}__lt": edge}, then=Value(staff_band(staff=edge - 1))) for edge in STAFF_BANDS]
    return Case(When(**{column: None}, then=Value("")), *bands, default=Value(staff_band(staff=STAFF_BANDS[-1])))


@dataclass(frozen=True, slots=True)
class FinancialBands:
    """A year's figures as far as verified counterparts see them: bands in `currency`."""

    year: int
    currency: str
    revenue: str | None
    order_book: str | None
    debt: str | None
    largest_customer_share: str | None
    cash_months: str | None


def financial_bands(*, financials: Financials) -> FinancialBands:
    """The bands of a year's figures, amounts in EUR at the reference rate of today."""
    stated = (financials.revenue, financials.order_book, financials.debt)
    revenue, order_book, debt = (amount_band(amount=_in_eur(amount, financials.currency)) for amount in stated)
    return FinancialBands(
        year=financials.year,
        currency="EUR",
        revenue=revenue,
        order_book=order_book,
        debt=debt,
        largest_customer_share=share_band(share=financials.largest_customer_share),
        cash_months=months_band(months=financials.cash_months),
    )


def _in_eur(amount: Decimal | None, currency: str) -> Decimal | None:
    try:
        return None if amount is None else editions().table_at(utc_today()).in_eur(amount, currency)
    except UnknownCurrency:
        return None
