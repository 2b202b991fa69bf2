"""The registry's tables: firms, capabilities with their bills and events, raises."""

from apps.startups.models.attestations import (
    Attestation,
    AttestationRequest,
    AttestorAddress,
    AttestorAdmission,
    AttestorSeat,
    SelfAttestation,
)
from apps.startups.models.capabilities import Capability, Component
from apps.startups.models.development import DevelopmentEvent
from apps.startups.models.evidence import EventEvidence
from apps.startups.models.firms import Financials, Firm
from apps.startups.models.listings import Listing, ListingValue
from apps.startups.models.raises import Raise
from apps.startups.models.search import SearchText, SearchWord
from apps.startups.models.speed import SpeedFlag, SpeedPoint, SpeedProfile
from apps.startups.models.standards import CapabilityCodification, CapabilityDocument, CapabilityStandard
from apps.startups.models.starts import StartDraft
from apps.startups.models.trackers import TrackerDelivery, TrackerEndpoint, TrackerProject, TrackerReference

__all__ = [
    "Attestation",
    "AttestationRequest",
    "AttestorAddress",
    "AttestorAdmission",
    "AttestorSeat",
    "Capability",
    "CapabilityCodification",
    "CapabilityDocument",
    "CapabilityStandard",
    "Component",
    "DevelopmentEvent",
    "EventEvidence",
    "Financials",
    "Firm",
    "Listing",
    "ListingValue",
    "Raise",
    "SearchText",
    "SearchWord",
    "SelfAttestation",
    "SpeedFlag",
    "SpeedPoint",
    "SpeedProfile",
    "StartDraft",
    "TrackerDelivery",
    "TrackerEndpoint",
    "TrackerProject",
    "TrackerReference",
]
