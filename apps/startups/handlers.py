"""The registry's reactions: a registered firm gets its entry."""

from __future__ import annotations

from typing import Any

from apps.organisations.models import Organisation
from apps.permissions import Kind
from apps.startups import services
from kernel.access import Actor
from kernel.events import subscribe


@subscribe("organisations.organisation.registered")
def enter_firm(event: Any) -> None:
    """Enter the organisation in the registry if it is a firm."""
    if event.data["kind"] == Kind.FIRM:
        organisation = Organisation.objects.get(pk=event.object_id)
        services.firm_register(actor=Actor.system(), organisation=organisation)
