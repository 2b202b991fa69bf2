"""The registry's tables: firms, capabilities with their bills and events, raises."""

from apps.startups.models.capabilities import Capability, Component
from apps.startups.models.development import Attestation, DevelopmentEvent
from apps.startups.models.firms import Financials, Firm
from apps.startups.models.raises import Raise

__all__ = ["Attestation", "Capability", "Component", "DevelopmentEvent", "Financials", "Firm", "Raise"]
