"""Reading firms and their figures."""

from __future__ import annotations

from django.db.models import (
    F,
    Prefetch,
    QuerySet,
    Value,
)

from apps.organisations.states import Standing
from apps.startups.models import Financials, Firm
from kernel.access import Actor


def firm_list(*, actor: Actor) -> QuerySet[Firm]:
    """The firms that the actor may see, each with its `shown_standing` and as `latest_financials` none or one year."""
    latest = Financials.objects.filter(withdrawn_at=None).order_by("firm_id", "-year").distinct("firm_id")
    standing = F("organisation__standing") if actor.preview is None else Value(Standing.VERIFIED)
    return (
        Firm.objects.visible_to(actor)
        .select_related("organisation")
        .prefetch_related(Prefetch("financials", queryset=latest, to_attr="latest_financials"))
        .annotate(shown_standing=standing)
    )


def financials_list(*, actor: Actor, firm: Firm) -> QuerySet[Financials]:
    """The years that the firm has stated and not withdrawn, as far as the actor may see them."""
    return Financials.objects.visible_to(actor).filter(firm=firm)
