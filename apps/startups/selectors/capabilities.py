"""Reading capabilities and their bills."""

from __future__ import annotations

from django.db.models import (
    QuerySet,
)

from apps.organisations.disclosure import Tier, with_tier
from apps.startups.models import Capability, Component
from kernel.access import Actor


def capability_list(*, actor: Actor) -> QuerySet[Capability]:
    """The capabilities that the actor may see."""
    return Capability.objects.visible_to(actor).select_related("firm__organisation", "area")


def component_list(*, actor: Actor, capability: Capability) -> QuerySet[Component]:
    """The bill of materials of one's own capability; of another's, nothing."""
    rows = with_tier(Component.objects.filter(capability=capability), actor, subject="capability__firm__organisation")
    return rows.filter(viewer_tier__gte=Tier.T4)
