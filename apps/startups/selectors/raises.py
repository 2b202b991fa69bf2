"""Reading raises."""

from __future__ import annotations

from django.db.models import (
    QuerySet,
)

from apps.startups.models import Raise
from kernel.access import Actor


def raise_list(*, actor: Actor) -> QuerySet[Raise]:
    """The raises that the actor may see."""
    return Raise.objects.visible_to(actor).select_related("firm__organisation", "lead_capability__area")
