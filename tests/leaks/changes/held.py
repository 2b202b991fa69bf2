"""What the second world holds fixed although the viewer does not read it, and why."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models

from apps.compliance.models import (
    CaseDocument,
    CaseItem,
    GroupMembership,
    OwnershipStatement,
    Party,
    Screening,
    ScreeningRun,
    ScreeningSubject,
    VerificationCase,
)
from apps.dealflow.models import (
    AlertHit,
    SavedSearch,
    SearchSubscription,
    WatchlistEntry,
    WatchlistMove,
    WatchlistNote,
    WatchlistNoteText,
    WatchlistReminder,
)
from apps.documents.models import DocumentAccess, DocumentVersion, Upload
from apps.exchange.models import Export
from apps.investors.models import CapacityHold, Fund, Lever, Mandate, MandateVersion
from apps.matching.models import Deal
from apps.notifications.models import Mention
from apps.organisations.models import DisclosureGrant, Organisation, RegistrationClash
from apps.startups.models import (
    Attestation,
    AttestationRequest,
    AttestorAddress,
    AttestorAdmission,
    AttestorSeat,
    Capability,
    CapabilityCodification,
    Component,
    DevelopmentEvent,
    EventEvidence,
    Financials,
    Firm,
    Raise,
    SelfAttestation,
    TrackerReference,
)
from tests.leaks.rules import COUNTERPART, GRANTED, HIDDEN, SELF, TEASER, Sight, subject_of

Held = Mapping[tuple[type[models.Model], str], str]

HELD: Held = {
    (Firm, "staff"): "the size band is T0; varied within its band",
    (Firm, "naming"): "decides what the name's tier is",
    (Organisation, "standing"): "decides who is seen at all; varied by whole organisations",
    (Organisation, "dark_since"): "decides who is seen at all; varied among the dark",
    (Organisation, "merged_into"): "decides who is seen at all; a merged organisation is added",
    (Organisation, "legal_name"): "shown by the firm's choice; varied where that does not show it",
    (Organisation, "legal_name_uk"): "shown by the firm's choice; varied where that does not show it",
    (Organisation, "kind"): "decides which registry an organisation is in",
    (Organisation, "country"): "shown at T0 of firms and funds; varied where not even a teaser is seen",
    (Capability, "status"): "decides who is seen; hidden rows of every status are added",
    (Raise, "status"): "decides who is seen; hidden rows of every status are added",
    (Mandate, "status"): "decides who is seen; hidden rows of every status are added",
    (DisclosureGrant, "viewer"): "decides who is seen; grants to others are added and taken",
    (DisclosureGrant, "person"): "decides who is seen; grants to others are added and taken",
    (DisclosureGrant, "cause"): "decides who is seen; grants to others are added and taken",
    (RegistrationClash, "similarity"): "is null where numbers are equal",
    (DocumentVersion, "status"): "decides who is seen; hidden versions of every status are added",
    (DocumentVersion, "stored_at"): "hangs on the status",
    (DocumentVersion, "destroyed_at"): "hangs on the key",
    (DocumentVersion, "scan_state"): "hangs on the status",
    (DocumentVersion, "number"): "once a document",
    **dict.fromkeys(
        ((DocumentVersion, name) for name in ("storage_key", "wrapped_key", "vault_key", "segments")),
        "what a shown content is read by",
    ),
    **dict.fromkeys(
        ((DocumentAccess, name) for name in ("viewer", "cause", "since", "until")),
        "decides who is seen; what is opened to others is added",
    ),
    (Upload, "status"): "hangs on what was received; hidden uploads of every status are added",
    (Upload, "received"): "hangs on the size; varied beside it",
    (VerificationCase, "is_standing"): "once an organisation, and hangs on the status",
    (CaseItem, "need"): "decides whether its organisation sees an item",
    (CaseDocument, "item"): "either this or the request",
    (CaseDocument, "request"): "either this or the item",
    (GroupMembership, "role"): "once an organisation",
    **dict.fromkeys(
        ((OwnershipStatement, name) for name in ("owned", "owner", "stated_by", "supersedes")),
        "whose a statement is; hidden ones are added",
    ),
    (Party, "stated_by"): "whose a party is; hidden ones are added",
    **dict.fromkeys(
        (
            *((AttestationRequest, name) for name in ("event", "seat", "address")),
            *((model, "event") for model in (EventEvidence, SelfAttestation, TrackerReference)),
            (AttestorAdmission, "seat"),
            (Attestation, "event"),
        ),
        "what a row is about; hidden ones are added",
    ),
    (AttestationRequest, "status"): "hangs on the link; hidden requests of every status are added",
    **dict.fromkeys(
        ((WatchlistEntry, name) for name in ("kind", "firm", "capability", "raise_item")),
        "what an entry is about; hidden ones are added",
    ),
    **dict.fromkeys(
        (
            (WatchlistEntry, "stage"),
            *((WatchlistMove, name) for name in ("entry", "from_stage", "to_stage")),
            *((model, "entry") for model in (WatchlistNote, WatchlistReminder)),
            (WatchlistNoteText, "note"),
            *((model, "search") for model in (SearchSubscription, AlertHit)),
            (Mention, "notification"),
            *((model, "mandate") for model in (MandateVersion, CapacityHold)),
        ),
        "what a row is a part of; hidden ones are added",
    ),
    **dict.fromkeys(
        ((SavedSearch, name) for name in ("owner", "is_shared")), "decides who is seen; hidden searches are added"
    ),
    (Lever, "code"): "of the public ones alone",
    (CapabilityCodification, "scheme"): "hangs on the number",
    (AttestorAddress, "status"): "hangs on who decided it",
    (EventEvidence, "status"): "hangs on who judged it; hidden evidence of every status is added",
    (Export, "status"): "hangs on the content; hidden exports of every status are added",
}
"""Hidden fields that are not simply varied, and why."""
HELD_AT_TEASER: Held = {
    (Capability, "area"): "the teaser's root area",
    (Capability, "trl"): "the teaser's TRL band",
    (Capability, "maturity"): "the teaser's TRL band where none is stated",
    (Mandate, "areas"): "a fund's teaser names the roots of its areas",
    (Mandate, "countries"): "a fund's teaser names countries",
}
"""What a teaser (T0) is derived from."""
HELD_AT_COUNTERPART: Held = {
    (Financials, "year"): "which year the bands are of",
    (Financials, "withdrawn_at"): "which year the bands are of",
    (Financials, "currency"): "bands of revenue and orders",
    (Financials, "revenue"): "band of revenue",
    (Financials, "order_book"): "band of orders",
    (Financials, "debt"): "band of debt",
    (Financials, "largest_customer_share"): "band of the largest customer",
    (Financials, "cash_months"): "band of the cash",
    **dict.fromkeys(
        ((Component, name) for name in ("unit_cost", "currency", "quantity", "origin")), "bands of the foreign share"
    ),
}
"""What figures shown to counterparts (T1) are derived from."""
HELD_AT_GRANTED: Held = {
    (GroupMembership, "party"): "countries of the group",
    (GroupMembership, "ended_at"): "countries of the group",
    (Party, "country"): "countries of the group",
    (Party, "organisation"): "countries of the group",
}
"""What is shown to those whom a firm granted more (T2) is derived from."""
HELD_IN_MATCHING: Held = {
    (Financials, "tier"): "part of the evidence behind a score",
    (Financials, "year"): "which year's evidence counts",
    (Financials, "withdrawn_at"): "a withdrawn year is no evidence",
    (Capability, "flags"): "gate: exclusions",
    (Capability, "trl"): "gate: TRL",
    (Capability, "area"): "gate and feature: area",
    (Capability, "maturity"): "feature: maturity",
    (Component, "unit_cost"): "share of foreign parts",
    (Component, "currency"): "share of foreign parts",
    (Component, "quantity"): "share of foreign parts",
    (Component, "origin"): "share of foreign parts",
    (DevelopmentEvent, "kind"): "speed figures",
    (DevelopmentEvent, "occurred_at"): "speed figures",
    (DevelopmentEvent, "answers"): "speed figures",
    (DevelopmentEvent, "supersedes"): "speed figures",
    (DevelopmentEvent, "capability"): "speed figures",
    (DevelopmentEvent, "tier"): "speed figures",
    (DevelopmentEvent, "source"): "speed figures: an attestor's own event stands as long as its word does",
    (Attestation, "attestor"): "evidence of speed figures",
    (Attestation, "verdict"): "evidence of speed figures",
    (Attestation, "attested_on"): "evidence of speed figures",
    (Attestation, "counts"): "evidence of speed figures",
    (Attestation, "withdrawn_at"): "evidence of speed figures",
    (Raise, "issuer"): "gate: country of the issuer",
    (Raise, "min_ticket"): "gate: ticket",
    (Raise, "marginal_cost_of_capital"): "feature: saving",
    (Raise, "cost_tier"): "feature: evidence of the saving",
    (Raise, "blocked_countries"): "gate: exclusions of the firm",
    (Raise, "blocked_organisations"): "gate: exclusions of the firm",
    (Raise, "terms"): "gate: structure",
    (Screening, "result"): "gate: screening",
    (Screening, "run"): "gate: screening, which is behind where its subjects changed after the run",
    (ScreeningRun, "started_at"): "gate: screening",
    (ScreeningSubject, "changed_at"): "gate: screening",
    (ScreeningSubject, "is_current"): "gate: screening",
    (Deal, "introduced_on"): "decision figures",
    (Deal, "date"): "decision figures",
    (Deal, "outcome"): "decision figures",
    (Deal, "reason"): "decision figures and gate: history",
    (Deal, "tier"): "evidence of decision figures",
    (Fund, "investor_countries"): "gate: exclusions of the firm",
    (Mandate, "places"): "feature: place",
    (Mandate, "capacity"): "gate: capacity",
    (Mandate, "max_foreign_share"): "gate: dependency",
    (Mandate, "perimeter"): "gate: dependency",
    (Mandate, "exclusions"): "gate: exclusions",
    **dict.fromkeys(
        ((CapacityHold, name) for name in ("amount", "currency", "status", "expires_at")), "gate: capacity"
    ),
}
"""What a T1 figure, the score, is derived from (held only where the second world is matched anew)."""

HELD_FROM_OPERATORS = frozenset({(VerificationCase, "status")})
"""Drafts are all that operators do not see."""
HELD_OF_ITSELF = frozenset({(VerificationCase, "suspension_cause")})
"""Whether it is suspended is told to an organisation; that it was listed is not, and is varied of others."""
CLEARANCE = frozenset(
    {
        (Screening, "result"),
        (Screening, "run"),
        (ScreeningRun, "started_at"),
        (ScreeningSubject, "changed_at"),
        (ScreeningSubject, "is_current"),
    }
)
"""What the gate of one's own screening is derived from: whether it is open is told to an organisation, no more."""
OF_ROWS = frozenset({"endpoint", "profile", "document", "upload", "case", "screened", "watch_list"})
"""What a row is a part of."""

UNTOUCHED = frozenset({"secret_hash", "token_hash", "prefix"})
"""Unique by chance: varied by making new rows."""

EMPTY_OR_ALL = frozenset(
    {
        *((AttestationRequest, name) for name in ("sealed_address", "token_hash")),
        *((AttestorSeat, name) for name in ("sealed_address", "disabled_at")),
        *((Attestation, name) for name in ("token", "withdrawn_by", "withdrawn_reason")),
        *((EventEvidence, name) for name in ("judged_at", "judged_by", "withdrawn_at")),
        *((CapabilityCodification, name) for name in ("confirmed_at", "confirmed_by")),
        *((Capability, f"export_class_confirmed_{name}") for name in ("at", "by")),
        (Capability, "confirmed_export_class"),
        (Export, "content"),
    }
)
"""Fields that can only be stated along with others: varied where they are."""


def is_left_empty(row: models.Model, name: str) -> bool:
    """Whether a field is one of these and empty."""
    field = row._meta.get_field(name)
    return (type(row), name) in EMPTY_OR_ALL and getattr(row, field.attname) in {None, ""}


def is_held(*, sight: Sight, row: models.Model, name: str, tier: int, is_matched_anew: bool) -> bool:
    """Whether a field of a row stays as it is; `tier` is the viewer's of the row."""
    model = type(row)
    if name in sight.beside(row) or model._meta.get_field(name).generated or is_left_empty(row, name):
        return True
    if name in UNTOUCHED or name in {"id", "organisation", "firm", "fund", "capability"} | OF_ROWS:
        return True
    if (model, name) in HELD_FROM_OPERATORS and sight.actor.kind == "operator":
        return True
    if (model, name) in HELD_OF_ITSELF and tier == SELF:
        return True
    if (model, name) in HELD:
        return True
    if (model, name) in CLEARANCE and subject_of(row) == sight.own:
        return True
    seen = sight.of_organisation(subject_of(row))
    if (model, name) in {(Firm, "teaser_id"), (Fund, "teaser_id"), (Fund, "fund_type")}:
        return seen >= TEASER
    if seen == TEASER and (model, name) in HELD_AT_TEASER:
        return True
    if seen >= COUNTERPART and (model, name) in HELD_AT_COUNTERPART:
        return True
    if seen >= GRANTED and (model, name) in HELD_AT_GRANTED:
        return True
    return is_matched_anew and (model, name) in HELD_IN_MATCHING and max(seen, tier) != HIDDEN
