"""The funds' reactions: a registered fund gets its entry."""

from __future__ import annotations

from typing import Any

from apps.investors import services
from apps.organisations.models import Organisation
from apps.permissions import Kind
from kernel.access import Actor
from kernel.events import subscribe


@subscribe("reference.areas.retired")
def follow_areas(event: Any) -> None:
    """Let mandates for a retired area want its successors."""
    services.mandates_follow(moves=event.data["moves"])


@subscribe("organisations.organisation.registered")
def enter_fund(event: Any) -> None:
    """Enter the organisation among the funds if it is one."""
    if event.data["kind"] == Kind.FUND:
        organisation = Organisation.objects.get(pk=event.object_id)
        services.fund_register(actor=Actor.system(), organisation=organisation)
