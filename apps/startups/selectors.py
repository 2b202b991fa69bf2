"""Reading the registry: rows with the viewer's tier and all that an answer shows of them."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from apps.startups.models import Capability, Component, DevelopmentEvent, Financials, Firm, Raise
from kernel.access import Actor


def firm_list(*, actor: Actor) -> QuerySet[Firm]:
    """The firms that the actor may see."""
    return Firm.objects.visible_to(actor).select_related("organisation")


def capability_list(*, actor: Actor) -> QuerySet[Capability]:
    """The capabilities that the actor may see."""
    return Capability.objects.visible_to(actor).select_related("firm__organisation", "area")


def raise_list(*, actor: Actor) -> QuerySet[Raise]:
    """The raises that the actor may see."""
    return Raise.objects.visible_to(actor).select_related("firm__organisation", "lead_capability__area")


def financials_list(*, actor: Actor, firm: Firm) -> QuerySet[Financials]:
    """The years that one's own firm has stated and not withdrawn; of another's, none."""
    rows = Financials.objects.filter(firm=firm, withdrawn_at=None)
    return rows if actor.is_system else rows.filter(Q(firm__organisation_id=actor.organisation_id))


def component_list(*, actor: Actor, capability: Capability) -> QuerySet[Component]:
    """The bill of materials of one's own capability; of another's, nothing."""
    rows = Component.objects.filter(capability=capability)
    return rows if actor.is_system else rows.filter(Q(capability__firm__organisation_id=actor.organisation_id))


def development_event_list(*, actor: Actor, capability: Capability) -> QuerySet[DevelopmentEvent]:
    """The development log of one's own capability; of another's, nothing."""
    return DevelopmentEvent.objects.visible_to(actor).filter(capability=capability)
