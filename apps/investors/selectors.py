"""Reading funds, levers and mandates: rows with the viewer's tier and all that an answer shows of them."""

from __future__ import annotations

from django.db.models import Case, IntegerField, Prefetch, Q, QuerySet, Value, When

from apps.investors.models import Fund, Lever, Mandate
from apps.investors.states import MandateStatus
from apps.organisations.disclosure import Tier
from kernel.access import Actor


def fund_list(*, actor: Actor) -> QuerySet[Fund]:
    """The funds that the actor may see, each with its `active_mandates`."""
    active = Prefetch(
        "mandates", queryset=Mandate.objects.filter(status=MandateStatus.ACTIVE), to_attr="active_mandates"
    )
    return Fund.objects.visible_to(actor).select_related("organisation").prefetch_related(active)


def lever_list(*, actor: Actor) -> QuerySet[Lever]:
    """The public levers and one's own, each with the viewer's tier."""
    own = Q(organisation_id=actor.organisation_id) if actor.organisation_id else Q(pk__in=[])
    everything = Tier.T4 if actor.is_system else Tier.T1
    tier = Case(When(own, then=Value(int(Tier.T4))), default=Value(int(everything)), output_field=IntegerField())
    return Lever.objects.visible_to(actor).annotate(viewer_tier=tier)


def mandate_list(*, actor: Actor) -> QuerySet[Mandate]:
    """The mandates that the actor may see."""
    return Mandate.objects.visible_to(actor).select_related("fund__organisation", "lever")
