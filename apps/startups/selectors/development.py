"""Reading development logs."""

from __future__ import annotations

from django.db.models import (
    QuerySet,
)

from apps.startups.models import Capability, DevelopmentEvent
from kernel.access import Actor


def development_event_list(*, actor: Actor, capability: Capability) -> QuerySet[DevelopmentEvent]:
    """The development log of one's own capability; of another's, nothing."""
    return DevelopmentEvent.objects.visible_to(actor).filter(capability=capability)
